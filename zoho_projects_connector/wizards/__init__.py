from . import project_invoice_create
from . import project_invoice_create_document
from . import project_invoice_create_line
from . import project_invoice_create_time
from . import project_invoice_create_staff
from . import project_quotation_create
from . import project_quotation_create_line
from . import project_billing_terms
