"""Reading library for the Zoho Projects REST API, version 3; knows nothing of Odoo."""
