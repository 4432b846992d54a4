# Order matters: a model stands before the classes that extend it.
from . import account_move_question
from . import account_move_reversal
from . import account_move_send_wizard
from . import base_partner_merge
from . import sale_advance_payment_inv
from . import validate_account_move
from . import project_invoice_create
from . import project_invoice_create_document
from . import project_invoice_line
from . import billing_month_end
from . import billing_rate_grid
from . import project_rate_set
from . import project_quotation_create
from . import project_quotation_create_line
from . import project_billing_terms
from . import timesheet_exclude
