from odoo import api, fields, models

from .account_analytic_line import BILLING_STATES


class TimesheetsAnalysisReport(models.Model):
    _name = "timesheets.analysis.report"
    _inherit = [
        "code.only.mixin",
        "timesheets.analysis.report",
        "unsold.view.mixin",
    ]
    _auto = False

    # As on the timesheets: what is on no sales order may be billable all the same.
    timesheet_invoice_type = fields.Selection(
        selection_add=[("non_billable", "On No Sales Order")]
    )
    billable_time = fields.Float("Time on Sales Orders")
    non_billable_time = fields.Float("Time on No Sales Order")
    billing_state = fields.Selection(BILLING_STATES, readonly=True)

    @api.model
    def _select(self) -> str:
        return f"{super()._select()}, A.billing_state AS billing_state"

    @api.model
    def _where(self) -> str:
        """Leave withdrawn time out of the analysis."""
        return f"{super()._where()} AND A.active"
