from odoo import api, fields, models

from ...hours import SAME_HOURS

# What makes an entry another one than the customer approved.
COMPARED = ("date", "project_id", "task_id", "employee_id")
STATES = [
    ("asked", "Asked"),
    ("objected", "Objected"),
    ("approved", "Approved"),
    ("dropped", "Taken Back"),
]


class ProjectTimeApprovalLine(models.Model):
    """An entry as the customer was shown it, and what he answered.

    It is kept as it was: of a timesheet that says something else by now, nothing is
    approved.
    """

    _name = "project.time.approval.line"
    _inherit = ["code.only.mixin"]
    _description = "Time That a Customer Is Asked For"
    _order = "date, id"
    _rec_name = "timesheet_id"

    approval_id = fields.Many2one(
        "project.time.approval",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="approval_id.company_id", store=True)
    # Evidence: the line outlives its timesheet.
    timesheet_id = fields.Many2one(
        "account.analytic.line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(STATES, default="asked", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    project_id = fields.Many2one("project.project", readonly=True, ondelete="set null")
    project_name = fields.Char("Project as Shown", readonly=True)
    task_id = fields.Many2one("project.task", readonly=True, ondelete="set null")
    task_name = fields.Char("Task as Shown", readonly=True)
    employee_id = fields.Many2one(
        "hr.employee", string="Staff", readonly=True, ondelete="set null"
    )
    employee_name = fields.Char("Staff as Shown", readonly=True)
    name = fields.Char("Description", readonly=True)
    logged_hours = fields.Float("Hours Logged", readonly=True)
    hours = fields.Float(
        readonly=True, help="Hours that were unbilled when the customer was asked."
    )
    reason = fields.Text("Objection", readonly=True)
    answered_by = fields.Char(readonly=True)
    answered_at = fields.Datetime("Answered On", readonly=True)
    is_changed = fields.Boolean(
        "Changed Since", compute="_compute_is_changed", compute_sudo=True
    )

    # Nobody is asked for the same time twice.
    _asked_once = models.UniqueIndex(
        "(timesheet_id) WHERE state = 'asked'",
        "The customer is asked for part of this time already.",
    )

    @api.depends("timesheet_id")
    def _compute_is_changed(self) -> None:
        for line in self:
            line.is_changed = not line._tells(line.timesheet_id)

    @api.model
    def _shown_values(
        self, timesheet: models.BaseModel, company: models.BaseModel
    ) -> dict:
        """Return what a customer is shown of a timesheet.

        :param account.analytic.line timesheet: in his language.
        :param res.company company: it decides whether he sees notes.
        """
        return {
            "timesheet_id": timesheet.id,
            "date": timesheet.date,
            "logged_hours": timesheet._logged_hours(),
            "project_id": timesheet.project_id.id,
            "project_name": timesheet.project_id.name,
            "task_id": timesheet.task_id.id,
            "task_name": timesheet.task_id.name,
            "employee_id": timesheet.employee_id.id,
            "employee_name": timesheet.employee_id.name,
            "name": company._portal_notes(timesheet.name),
            "hours": timesheet.unbilled_hours,
        }

    def _tells(self, timesheet: models.BaseModel) -> bool:
        """Whether a timesheet says what was shown. Note: `self.ensure_one()`.

        A description that was not shown may change. What became another customer's is
        nothing that this one answers for, and he approved no more hours than he saw.
        """
        return (
            bool(timesheet)
            and self.approval_id._is_of_customer(timesheet)
            and all(self[name] == timesheet[name] for name in COMPARED)
            and abs(self.logged_hours - timesheet._logged_hours()) < SAME_HOURS
            and abs(timesheet.unbilled_hours) <= abs(self.hours) + SAME_HOURS
            and (not self.name or self.name == timesheet.name)
        )

    def _is_open(self) -> bool:
        """Whether the time waits for an answer. Note: `self.ensure_one()`."""
        timesheet = self.timesheet_id
        is_due = bool(timesheet.unbilled_hours)
        return self.state == "asked" and is_due and self._tells(timesheet)

    def _shown_person(self) -> str:
        """Return who worked as the customer sees it. Note: `self.ensure_one()`."""
        return self.company_id._portal_staff_name(self.employee_name)

    def _last_objection(self) -> str:
        """Return what the customer objected to this time before, maybe nothing.

        Note: `self.ensure_one()`
        """
        earlier = self.timesheet_id.approval_line_ids.sorted("id")
        reasons = [line.reason for line in earlier if line.id < self.id]
        return (reasons and reasons[-1]) or ""

    def action_open_timesheet(self) -> dict:
        """Show the entry among the time that can be corrected or excluded."""
        self.ensure_one().check_access("read")
        actions = self.env["ir.actions.act_window"]
        action = actions._for_xml_id(
            "zoho_projects_connector.account_analytic_line_action_billing"
        )
        return {**action, "domain": [("id", "=", self.timesheet_id.id)], "context": {}}

    def _is_last_word(self) -> bool:
        """Whether nobody was asked for the time since. Note: `self.ensure_one()`."""
        return self.timesheet_id.approval_line_ids.sorted("id")[-1:] == self
