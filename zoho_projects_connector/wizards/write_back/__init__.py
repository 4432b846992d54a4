from . import zoho_integration_confirm
