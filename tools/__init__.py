"""Tools that make a fresh machine run Odoo 19 for development and tests."""
