from odoo import models


class AccountMove(models.Model):
    """Documents that bill time of which Zoho may say otherwise."""

    _name = "account.move"
    _inherit = ["account.move", "zoho.differing.mixin"]

    _difference_path = "invoice_ids"
