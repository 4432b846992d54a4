# Order matters: a model stands before the classes that extend it.
from . import zoho_refusal_mixin
from . import zoho_log_lock
from . import zoho_project_writing
from . import zoho_field_mapping
from . import zoho_sync_error
from . import zoho_integration
from . import res_config_settings
