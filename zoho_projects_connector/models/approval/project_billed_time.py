from odoo import fields, models


class ProjectBilledTime(models.Model):
    """Who approved billed time for the customer, as it was then."""

    _name = "project.billed.time"
    _inherit = ["code.only.mixin", "project.billed.time"]

    customer_approver = fields.Char("Approved for the Customer By", readonly=True)
    customer_approved_at = fields.Datetime("Approved by the Customer On", readonly=True)

    def _evidence(self, timesheet: models.BaseModel) -> dict:
        return {
            **super()._evidence(timesheet),
            "customer_approver": timesheet.customer_approver,
            "customer_approved_at": timesheet.customer_approved_at,
        }

    def _same_evidence(self) -> dict:
        return {
            **super()._same_evidence(),
            "customer_approver": self.customer_approver,
            "customer_approved_at": self.customer_approved_at,
        }

    def _fetch_evidence(self, times_by_line: dict) -> None:
        # What is billed is told as it is, whatever the user may read.
        timesheets = self.env["account.analytic.line"].sudo()
        timesheets.browse(
            time.timesheet_id for times in times_by_line.values() for time in times
        ).fetch(["customer_approver", "customer_approved_at"])
        return super()._fetch_evidence(times_by_line)
