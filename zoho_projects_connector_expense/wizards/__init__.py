from . import project_billing_terms
from . import project_invoice_create
