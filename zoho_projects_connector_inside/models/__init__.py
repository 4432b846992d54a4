from . import res_users
from . import zoho_form_use
from . import zoho_hint
from . import zoho_integration
from . import zoho_integration_hints
from . import zoho_pairing
from . import zoho_pairing_proof
