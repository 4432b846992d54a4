# Order matters: a model stands before the classes that extend it.
from . import zoho_difference_settle
from . import project_invoice_line
from . import zoho_rate_proposal
from . import project_billing_terms
