from . import zoho_integration
