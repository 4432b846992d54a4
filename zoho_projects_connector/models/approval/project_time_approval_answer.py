from hmac import compare_digest

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import format_date

from ...clock import say_day
from ...groups import BILLING_GROUP
from ...hours import clock, say_hours

# What people type is kept up to here.
LONGEST_NAME = 100
LONGEST_REASON = 1000
# The largest id that PostgreSQL takes: an address can have any number in it.
MAX_ID = 2**31 - 1


class ProjectTimeApproval(models.Model):
    """What the customer answers, and what his silence does."""

    _inherit = "project.time.approval"

    @api.model
    def _find_by_token(self, approval_id: int, token: str) -> models.BaseModel:
        """Return the request that a link is about, none when it is not right.

        :rtype: project.time.approval
        """
        # A form can send a file in place of any text.
        if not isinstance(token, str) or not 0 < approval_id <= MAX_ID:
            return self.browse()
        # Nobody has rights here: the token alone opens a request.
        request = self.sudo().browse(approval_id).exists()
        known = request.access_token or ""
        is_right = compare_digest(known.encode(), token.encode())
        return request if known and is_right else self.browse()

    def _can_be_answered(self) -> bool:
        """Whether the link of this request is still good. Note: `self.ensure_one()`."""
        return (
            self.state == "sent"
            and self.partner_id.time_approval
            # Who left does not answer for his company.
            and self.approver_id.active
            and self.approver_id.commercial_partner_id == self.partner_id
        )

    # What the customer reads, in his language.

    def _say_waiting(self) -> str:
        """Return what waits for an answer. Note: `self.ensure_one()`."""
        return self.env._(
            "%(hours)s h wait for your approval.", hours=clock(self.asked_hours)
        )

    def _say_asked(self, lines: models.BaseModel) -> str:
        """Return what time it is about. Note: `self.ensure_one()`."""
        days = lines.mapped("date")
        told = {
            "company": self.company_id.name,
            "customer": self.partner_id.name,
            "hours": clock(sum(lines.mapped("hours"))),
            "first": format_date(self.env, min(days)),
        }
        if len({*days}) == 1:
            return self.env._(
                "%(company)s worked for %(customer)s: %(hours)s h on %(first)s.", **told
            )
        return self.env._(
            "%(company)s worked for %(customer)s: %(hours)s h, from %(first)s to"
            " %(last)s.",
            last=format_date(self.env, max(days)),
            **told,
        )

    def _say_deadline(self) -> str:
        """Return what silence does. Note: `self.ensure_one()`."""
        return self.env._(
            "Without an answer by %(day)s it counts as approved, as agreed.",
            day=format_date(self.env, self.deadline),
        )

    def _say_answered(self) -> str:
        """Return what the answer was. Note: `self.ensure_one()`."""
        return self.env._(
            "This request is answered. Approved: %(approved)s h. Objected to:"
            " %(objected)s h.",
            approved=clock(self.approved_hours),
            objected=clock(self.objected_hours),
        )

    @api.model
    def _asked_of(
        self, contact: models.BaseModel, project: models.BaseModel
    ) -> models.BaseModel:
        """Return what a contact is asked of a project, for him alone: with the links.

        :rtype: project.time.approval
        """
        # Customers have no rights to requests; these are his own to answer.
        found = self.sudo().search(
            [
                ("approver_id", "=", contact.id),
                ("project_ids", "in", project.ids),
                ("state", "=", "sent"),
            ]
        )
        return found.filtered(lambda request: request._can_be_answered())

    def _is_of_customer(self, timesheet: models.BaseModel) -> bool:
        """Whether the customer who is asked pays for a timesheet.

        Note: `self.ensure_one()`
        """
        customer = timesheet.project_id.partner_id.commercial_partner_id
        return customer == self.partner_id.commercial_partner_id

    def _open_lines(self) -> models.BaseModel:
        """Return what of these requests can be approved as it was shown.

        Not what was changed, excluded or deleted since.
        :rtype: project.time.approval.line
        """
        return self.line_ids.filtered(lambda line: line._is_open())

    def _answer(self, name: str, reasons: dict[int, str]) -> None:
        """Take the customer's answer: what has a reason is objected to, the rest not.

        Note: `self.ensure_one()`

        :param name: who says that he answers.
        :param reasons: ``{line id: why not}``; those of other requests count nothing.
        :raise UserError: nobody signs it, or it is answered already.
        """
        name = " ".join(name.split())[:LONGEST_NAME]
        if not name:
            raise UserError(
                self.env._("Type your name: it says who approved the time.")
            )
        self._lock_open()
        lines = self._open_lines()
        objected, approved = lines.browse(), lines.browse()
        for line in lines:
            reason = reasons.get(line.id, "").strip()[:LONGEST_REASON]
            if reason:
                line.reason = reason
                objected += line
            else:
                approved += line
        told = self._for_biller()
        told._settle(approved, objected, name)
        if objected:
            told._tell_biller(
                told.env._("Objections to time: %(name)s", name=told.display_name),
                told.env._(
                    "%(person)s objects to %(hours)s. Correct or exclude the time, "
                    "then ask again.",
                    person=name,
                    hours=say_hours(told.env, sum(objected.mapped("hours"))),
                ),
            )

    def _lock_open(self) -> None:
        """Keep others from answering this request meanwhile.

        :raise UserError: somebody answers it right now, or has done so.
        """
        try:
            self.lock_for_update()
        except LockError:
            raise UserError(
                self.env._("Somebody is answering right now. Load the page again.")
            ) from None
        # Read before the lock was there, it may be another one's answer by now.
        self.invalidate_recordset(["state"])
        if not self._can_be_answered():
            raise UserError(self.env._("This request was answered or taken back."))

    def _settle(
        self, approved: models.BaseModel, objected: models.BaseModel, name: str
    ) -> None:
        """Note what was answered, by whom and when. Note: `self.ensure_one()`."""
        answer = {"answered_by": name, "answered_at": fields.Datetime.now()}
        approved.write({"state": "approved", **answer})
        objected.write({"state": "objected", **answer})
        # What was changed meanwhile was not shown as it is: it is asked for anew.
        asked = self.line_ids.filtered(lambda line: line.state == "asked")
        asked.state = "dropped"
        self.state = "answered" if objected else "closed"
        self._message_log(
            body=self.env._(
                "%(person)s: approved %(approved)s, objected to %(objected)s.",
                person=name,
                approved=say_hours(self.env, sum(approved.mapped("hours"))),
                objected=say_hours(self.env, sum(objected.mapped("hours"))),
            )
        )

    def _biller(self) -> models.BaseModel:
        """Return who is told of answers. Note: `self.ensure_one()`."""
        # Who asked may have left the company, or its billing, since.
        billers = self.env.ref(BILLING_GROUP).all_user_ids.filtered(
            lambda one: one.active and self.company_id in one.company_ids
        )
        return (self.user_id & billers) or billers[:1] or self.env.user

    def _for_biller(self) -> models.BaseModel:
        """Return this request in the language of who is told: customers have theirs.

        Note: `self.ensure_one()`

        :rtype: project.time.approval
        """
        return self.with_context(lang=self._biller().lang)

    def _tell_biller(self, summary: str, note: str) -> None:
        """Give who asked something to do. Note: `self.ensure_one()`."""
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            # It has the name that somebody typed without a login.
            note=escape(note),
            user_id=self._biller().id,
        )

    @api.model
    def _cron_approve_by_silence(self) -> None:
        """Approve what customers did not answer in the time that is agreed."""
        domain = [("state", "=", "sent"), ("deadline", "!=", False)]
        for request in self.search(domain):
            if request.deadline < request._company_today():
                request._for_biller()._approve_by_silence()

    def _approve_by_silence(self) -> None:
        """Take silence for approval, if it still is agreed and he was asked.

        Note: `self.ensure_one()`
        """
        is_agreed = self.partner_id.time_approval_days and self._can_be_answered()
        if not is_agreed or self._is_undelivered():
            reason = self.env._(
                "The last day to answer is over, but silence approves nothing: the "
                "e-mail was not sent, its contact is archived, or it is no longer "
                "agreed. Ask again."
            )
            self.deadline = False
            self._tell_biller(self.display_name, reason)
            return
        day = say_day(self.env, self.deadline)
        name = self.env._("No answer until %(day)s, as agreed", day=day)
        lines = self.line_ids
        self._settle(self._open_lines(), lines.browse(), name)

    def _is_undelivered(self) -> bool:
        """Whether the e-mail never left. Note: `self.ensure_one()`."""
        return self.mail_id.state != "sent"
