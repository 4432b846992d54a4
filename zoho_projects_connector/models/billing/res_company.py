from odoo import fields, models


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "billing.rounding.mixin"]

    attach_billed_time_annex = fields.Boolean(
        string="Attach Timesheet Annex",
        help="Invoices and credit notes of time are sent with the list of the time "
        "behind them.",
    )
