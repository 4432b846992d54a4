import secrets
from datetime import timedelta
from urllib.parse import urlencode

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_duration

from ...clock import say_day
from ...groups import BILLING_GROUP
from ...naming import name_some

# More are counted, not named: the sentence must stay readable.
NAMED = 5
MAIL_TEMPLATE = "zoho_projects_connector.mail_template_time_approval"


class ProjectTimeApproval(models.Model):
    """Time that a customer is asked to approve before it is billed.

    He answers on a page that a link in an e-mail opens, without a login. Whoever has
    the link answers for him: so nobody reads it here, each asking has a new one, and it
    ends with the answer.
    """

    _name = "project.time.approval"
    _inherit = [
        "code.only.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "billing.listener",
    ]
    _description = "Approval of Time"
    _order = "id desc"
    # Nobody writes a request; who reads it may write to its chatter.
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True
    )
    approver_id = fields.Many2one(
        "res.partner", string="Asked Contact", required=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    user_id = fields.Many2one("res.users", string="Asked By", readonly=True)
    state = fields.Selection(
        [
            ("sent", "Waits for the Customer"),
            ("answered", "Objections to Settle"),
            ("closed", "Closed"),
        ],
        default="sent",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    sent_at = fields.Datetime("Sent On", readonly=True)
    deadline = fields.Date(
        "Approved by Silence After",
        readonly=True,
        help="The last day on which the customer can answer; after it, his silence "
        "approves. Empty: it never does.",
    )
    note = fields.Text("Message to the Customer", readonly=True)
    # Whoever knows it answers for the customer.
    access_token = fields.Char(readonly=True, copy=False, groups=fields.NO_ACCESS)
    answer_url = fields.Char(compute="_compute_answer_url", groups=fields.NO_ACCESS)
    # Kept: its state says whether the customer was asked at all.
    mail_id = fields.Many2one(
        "mail.mail", readonly=True, ondelete="set null", groups=fields.NO_ACCESS
    )
    line_ids = fields.One2many(
        "project.time.approval.line", "approval_id", string="Time", readonly=True
    )
    project_ids = fields.Many2many(
        "project.project",
        "project_time_approval_project_rel",
        string="Projects",
        compute="_compute_time",
        store=True,
    )
    date_from = fields.Date("First Day", compute="_compute_time", store=True)
    date_to = fields.Date("Last Day", compute="_compute_time", store=True)
    asked_hours = fields.Float("Hours without an Answer", compute="_compute_hours")
    approved_hours = fields.Float(compute="_compute_hours")
    objected_hours = fields.Float(compute="_compute_hours")

    @api.depends("access_token")
    def _compute_answer_url(self) -> None:
        for approval in self:
            approval.answer_url = approval.get_base_url() + approval._answer_path()

    def _answer_path(self) -> str:
        """Return the address of the page with its token. Note: `self.ensure_one()`."""
        query = urlencode({"access_token": self.access_token or ""})
        return f"/my/time-approvals/{self.id}?{query}"

    @api.depends("line_ids.project_id", "line_ids.date")
    def _compute_time(self) -> None:
        for approval in self:
            days = approval.line_ids.mapped("date")
            approval.project_ids = approval.line_ids.project_id
            approval.date_from = min(days, default=False)
            approval.date_to = max(days, default=False)

    @api.depends("line_ids.state", "line_ids.hours")
    def _compute_hours(self) -> None:
        for approval in self:
            lines = approval._current_lines()
            for name in ("asked", "approved", "objected"):
                some = lines.filtered(lambda line, state=name: line.state == state)
                approval[f"{name}_hours"] = sum(some.mapped("hours"))

    def _current_lines(self) -> models.BaseModel:
        """Return what was last said of each entry; what was asked again is history.

        :rtype: project.time.approval.line
        """
        newest = {
            line.timesheet_id or line: line for line in self.line_ids.sorted("id")
        }
        return self.line_ids.browse().union(*newest.values())

    @api.depends("partner_id", "date_from", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self) -> None:
        for approval in self:
            days = sorted({approval.date_from, approval.date_to} - {False})
            period = " – ".join(say_day(self.env, day) for day in days)
            name = approval.partner_id.display_name
            approval.display_name = f"{name}, {period}" if period else name

    # Time that waits

    @api.model
    def _held_back_domain(self) -> Domain:
        """Offer nothing that a customer who approves his time has not approved."""
        approves = "project_id.partner_id.commercial_partner_id.time_approval"
        return Domain(approves, "=", True) & Domain(
            "customer_approval", "!=", "approved"
        )

    @api.model
    def _held_back_paths(self) -> list[str]:
        return [
            "customer_approval",
            "project_id.partner_id.commercial_partner_id.time_approval",
        ]

    @api.model
    def _held_back_reason(self) -> str:
        return "customer_approval"

    @api.model
    def _held_back_sentence(self, timesheets: models.BaseModel) -> str:
        return self.env._(
            "%(hours)s h are not invoiced before the customer approves them:"
            " %(names)s.",
            hours=format_duration(sum(timesheets.mapped("unbilled_hours"))),
            names=name_some(self.env, timesheets.mapped("name"), NAMED),
        )

    @api.model
    def _time_to_ask(
        self, timesheets: models.BaseModel, states: tuple = (False,)
    ) -> models.BaseModel:
        """Return which of these timesheets wait and may be asked for.

        :param states: of `customer_approval`: without an answer, nobody was asked.
        :rtype: account.analytic.line
        """
        # What waits is asked of what is in hand, whatever of it the user may read.
        waiting = timesheets.sudo().search(
            Domain("id", "in", timesheets.ids)
            & Domain("unbilled_hours", "!=", 0)
            & self._held_back_domain()
            & Domain("customer_approval", "in", states),
            order="project_id, date, id",
        )
        return waiting.sudo(timesheets.env.su)

    # Asking

    @api.model
    def _ask(self, timesheets: models.BaseModel, note: str = "") -> models.BaseModel:
        """Ask the customers of this time to approve it.

        :param account.analytic.line timesheets: time that may be asked for, and that
            the user may read.
        :param note: what he is told besides.
        :return: a request for each customer and company, as the user sees them.
        :raise UserError: somebody cannot be asked, or is being asked already.
        """
        self._check_biller()
        # Only code writes requests; accountants have no rights to write timesheets.
        by_customer = timesheets.sudo().grouped(
            lambda one: (
                one.project_id.partner_id.commercial_partner_id,
                one.company_id,
            )
        )
        requests = self.sudo().browse()
        for (customer, company), entries in by_customer.items():
            contact = customer._asked_contact()
            self._check_contact(contact, customer)
            requests += requests.create(
                {
                    "partner_id": customer.id,
                    "approver_id": contact.id,
                    "company_id": company.id,
                    "user_id": self.env.uid,
                    "line_ids": self._line_commands(entries, contact, company),
                }
            )
        requests._send(note)
        return requests.sudo(False)

    @api.model
    def _line_commands(
        self,
        timesheets: models.BaseModel,
        contact: models.BaseModel,
        company: models.BaseModel,
    ) -> list:
        lines = self.env["project.time.approval.line"]
        # The index knows what is asked: what was answered or dropped leaves it first.
        lines.flush_model(["state"])
        spoken = timesheets.with_context(lang=contact.lang)
        return [Command.create(lines._shown_values(one, company)) for one in spoken]

    @api.model
    def _check_contact(
        self, contact: models.BaseModel, customer: models.BaseModel
    ) -> None:
        """Refuse to ask who cannot be reached.

        :raise UserError: it names him.
        """
        if contact.commercial_partner_id != customer:
            raise UserError(
                self.env._(
                    "%(contact)s is no contact of %(customer)s any more: choose "
                    "somebody else to approve time on the customer.",
                    contact=contact.display_name,
                    customer=customer.display_name,
                )
            )
        if not contact.active:
            raise UserError(
                self.env._(
                    "%(contact)s, who approves time for %(customer)s, is archived: "
                    "choose somebody else on the customer.",
                    contact=contact.display_name,
                    customer=customer.display_name,
                )
            )
        if not contact.email:
            raise UserError(
                self.env._(
                    "%(contact)s has no e-mail address to ask for approval: add one to "
                    "the contact.",
                    contact=contact.display_name,
                )
            )

    def _send(self, note: str = "") -> None:
        """Send the customers a new link; one that was sent before opens nothing."""
        # By the system: who writes an e-mail may read it, and so the link.
        template = self.env.ref(MAIL_TEMPLATE).with_user(SUPERUSER_ID)
        now = fields.Datetime.now()
        for request in self:
            days = request.partner_id.time_approval_days
            today = request._company_today()
            request.write(
                {
                    "access_token": secrets.token_urlsafe(32),
                    "state": "sent",
                    "sent_at": now,
                    "deadline": days and today + timedelta(days=days),
                    "note": note,
                }
            )
            # Not among the messages of the request, which whoever reads it reads.
            hidden = {"message_type": "user_notification", "auto_delete": False}
            mail_id = template.send_mail(request.id, email_values=hidden)
            request.mail_id = mail_id
            request.mail_id.send_after_commit()
            request._message_log(
                body=self.env._(
                    "Sent to %(contact)s (%(email)s).",
                    contact=request.approver_id.display_name,
                    email=request.approver_id.email,
                )
            )

    def _company_today(self) -> object:
        """Return the day that it is for the company. Note: `self.ensure_one()`."""
        company = self.company_id
        zone = company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    def action_ask_again(self) -> dict:
        """Ask for what the customer objected to, or what was changed since."""
        self._check_biller()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask Again"),
            "res_model": "project.time.approval.ask",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_approval_id": self.id},
        }

    def _ask_again(self, note: str = "") -> None:
        """Send what is open anew, as it is now.

        :raise UserError: nothing of it is left to ask for.
        """
        self._check_biller()
        self.check_access("read")
        # Checked above: only code writes requests.
        request = self.sudo()
        self._check_contact(request.approver_id, request.partner_id)
        timesheets = self._time_to_ask_again()
        if not timesheets:
            raise UserError(
                self.env._("Nothing is left to ask for: close the request.")
            )
        asked = request.line_ids.filtered(lambda line: line.state == "asked")
        asked.state = "dropped"
        contact, company = request.approver_id, request.company_id
        request.line_ids = self._line_commands(timesheets, contact, company)
        request._send(note)

    def _time_to_ask_again(self) -> models.BaseModel:
        """Return what of this request is not approved, as far as it still waits.

        Not what another request asks for since, nor what became another customer's:
        nobody is told of that. Note: `self.ensure_one()`

        :rtype: account.analytic.line
        """
        # Of a request that the user may read; requests name their time to him.
        lines = self.sudo().line_ids.filtered(lambda line: line._is_last_word())
        found = self._time_to_ask(
            lines.timesheet_id, states=(False, "asked", "objected")
        )
        request, found = self.sudo(), found.sudo()
        return found.filtered(
            lambda timesheet: (
                request._is_of_customer(timesheet)
                and timesheet.company_id == request.company_id
            )
        ).sudo(self.env.su)

    def _action_open(self) -> dict:
        """Return the action that shows these requests."""
        actions = self.env["ir.actions.act_window"]
        action = actions._for_xml_id(
            "zoho_projects_connector.project_time_approval_action"
        )
        if len(self) == 1:
            return {**action, "res_id": self.id, "views": [(False, "form")]}
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    def action_close(self) -> bool:
        """Take back what is open: it waits until the customer is asked again."""
        self._check_biller()
        self.check_access("read")
        # Checked above: only code writes requests.
        self.sudo()._close()
        return True

    def _close(self) -> None:
        """End these requests; what was not answered is not asked any more."""
        asked = self.line_ids.filtered(lambda line: line.state == "asked")
        asked.state = "dropped"
        self.write({"state": "closed"})
        self.activity_unlink(["mail.mail_activity_data_todo"])

    @api.model
    def _check_biller(self) -> None:
        """Refuse who may not bill.

        :raise AccessError: for users outside the billing group.
        """
        if not (self.env.su or self.env.user.has_group(BILLING_GROUP)):
            raise AccessError(
                self.env._(
                    "Only the Billing group of Zoho Projects asks customers to approve "
                    "time."
                )
            )
