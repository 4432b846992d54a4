# Order matters: a model stands before the classes that extend it.
from . import zoho_difference
from . import zoho_differing_mixin
from . import project_project
from . import zoho_skipped_record
from . import account_analytic_line
from . import zoho_difference_ways
from . import account_move
from . import zoho_settlement
from . import zoho_reconciliation_line
from . import zoho_integration
