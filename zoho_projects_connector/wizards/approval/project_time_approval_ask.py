from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...hours import say_hours
from ...models.billing.sale_order_line import worked_between


class ProjectTimeApprovalAsk(models.TransientModel):
    """Asks customers to approve time: for the first time, or what they objected to."""

    _name = "project.time.approval.ask"
    _inherit = ["caller.choice.mixin"]
    _description = "Ask for Approval of Time"

    project_ids = fields.Many2many("project.project", string="Projects")
    timesheet_ids = fields.Many2many("account.analytic.line", string="Time")
    approval_id = fields.Many2one("project.time.approval", string="Request")
    date_from = fields.Date("From")
    date_to = fields.Date("Until")
    note = fields.Text(
        "Message", help="Stands in the e-mail, and on the page above the time."
    )
    summary = fields.Text("Who Is Asked", compute="_compute_summary")
    count = fields.Integer("Entries", compute="_compute_summary")

    @api.depends("project_ids", "timesheet_ids", "approval_id", "date_from", "date_to")
    def _compute_summary(self) -> None:
        for wizard in self:
            timesheets = wizard._timesheets()
            # The customers of projects that he may read, whatever of them he may.
            customers = timesheets.sudo().grouped(
                lambda one: one.project_id.partner_id.commercial_partner_id
            )
            wizard.count = len(timesheets)
            wizard.summary = "\n".join(
                wizard._sentence(*group) for group in customers.items()
            )

    def _sentence(self, customer: models.BaseModel, entries: models.BaseModel) -> str:
        contact = self.approval_id.approver_id or customer._asked_contact()
        return self.env._(
            "%(customer)s: %(hours)s (entries: %(count)s), to %(contact)s (%(email)s)",
            customer=customer.display_name,
            hours=say_hours(self.env, sum(entries.mapped("unbilled_hours"))),
            count=len(entries),
            contact=contact.display_name,
            email=contact.email or self.env._("no e-mail address"),
        )

    def _timesheets(self) -> models.BaseModel:
        """Return what is asked for, of what the user may read.

        Of entries that somebody ticked, also those that the customer objected to.
        :rtype: account.analytic.line
        """
        approvals = self.env["project.time.approval"]
        if self.approval_id:
            return self.approval_id._time_to_ask_again()
        if self.timesheet_ids:
            own = self.timesheet_ids._filtered_access("read")
            return approvals._time_to_ask(own, (False, "objected"))
        own = self.env["account.analytic.line"].search(
            Domain("project_id", "in", self.project_ids.ids)
            & Domain("unbilled_hours", "!=", 0)
            & worked_between(self.date_from, self.date_to)
        )
        return approvals._time_to_ask(own)

    def action_send(self) -> dict:
        """Send the requests, and show them.

        :raise UserError: nothing waits, or somebody cannot be asked.
        """
        self.ensure_one()
        approvals = self.env["project.time.approval"]
        note = (self.note or "").strip()
        if self.approval_id:
            requests = self.approval_id
            requests._ask_again(note)
        else:
            timesheets = self._timesheets()
            if not timesheets:
                raise UserError(
                    self.env._(
                        "None of this time waits to be asked for: it is approved or "
                        "asked for already, or its customer need not approve it."
                    )
                )
            requests = approvals._ask(timesheets, note)
        return requests._action_open()
