from odoo import fields, models

# What a row tells of its timesheet. It is written once, when the time is billed: tasks
# and people get other names later, timesheets are archived or lost.
EVIDENCE = (
    "day",
    "employee_name",
    "project_name",
    "task_name",
    "description",
    "approver",
    "approved_at",
)


class ProjectBilledTime(models.Model):
    _inherit = "project.billed.time"

    day = fields.Date(string="Day of Work", readonly=True)
    employee_name = fields.Char("Staff", readonly=True)
    project_name = fields.Char("Project as Billed", readonly=True)
    task_name = fields.Char("Task", readonly=True)
    description = fields.Char(readonly=True)
    approver = fields.Char("Approved By", readonly=True)
    approved_at = fields.Datetime("Approved On", readonly=True)

    def _fetch_evidence(self, times_by_line) -> None:
        """Read what rows will tell of all these times at once, not line by line.

        :param times_by_line: ``{account.move.line: [PlannedTime]}``
        """
        # What is billed is told as it is, whatever the user may read.
        timesheets = self.env["account.analytic.line"].sudo()
        timesheets = timesheets.browse(
            time.timesheet_id for times in times_by_line.values() for time in times
        )
        timesheets.fetch(
            [
                "date",
                "employee_id",
                "name",
                "project_id",
                "task_id",
                "zoho_approved_at",
                "zoho_approver",
            ]
        )
        timesheets.employee_id.fetch(["name"])
        timesheets.task_id.fetch(["name"])

    def _evidence(self, timesheet) -> dict:
        """Return what a row keeps of a timesheet.

        :param account.analytic.line timesheet: in the language of the customer.
        """
        return {
            "day": timesheet.date,
            "employee_name": timesheet.employee_id.name,
            "project_name": timesheet.project_id.name,
            "task_name": timesheet.task_id.name,
            "description": timesheet.name,
            "approver": timesheet.zoho_approver,
            "approved_at": timesheet.zoho_approved_at,
        }

    def _same_evidence(self) -> dict:
        """Return what this row tells, for the one that credits it.

        Note: `self.ensure_one()`
        """
        return {name: self[name] for name in EVIDENCE}
