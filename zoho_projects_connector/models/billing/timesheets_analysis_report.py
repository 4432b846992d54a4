from odoo import api, models


class TimesheetsAnalysisReport(models.Model):
    _inherit = "timesheets.analysis.report"

    @api.model
    def _where(self) -> str:
        """Leave withdrawn time out of the analysis."""
        return f"{super()._where()} AND A.active"
