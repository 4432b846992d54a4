# Order matters: a model stands before the classes that extend it.
from . import base_partner_merge
from . import zoho_cutoff_change
from . import zoho_integration_confirm
from . import zoho_sync_preview
from . import zoho_choose
from . import zoho_loss_accept
