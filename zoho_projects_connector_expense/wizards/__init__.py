from . import project_billing_terms
