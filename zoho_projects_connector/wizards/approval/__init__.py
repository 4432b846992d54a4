from . import base_partner_merge
from . import project_time_approval_ask
from . import project_invoice_line
