from odoo import fields, models

from .zoho_differing_mixin import READERS


class AccountAnalyticLine(models.Model):
    """Time of which Zoho may say otherwise."""

    _name = "account.analytic.line"
    _inherit = ["code.only.mixin", "account.analytic.line"]

    zoho_difference_ids = fields.One2many(
        "zoho.difference",
        "timesheet_id",
        groups=READERS,
        export_string_translation=False,
        readonly=True,
    )
