from . import project_invoice_create
from . import project_invoice_create_document
from . import project_invoice_create_line
from . import project_invoice_create_time
