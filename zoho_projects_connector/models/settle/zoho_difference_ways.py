import logging

from markupsafe import Markup
from psycopg2 import IntegrityError

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.translate import LazyTranslate

from ...const import SYNC_CONTEXT
from ...groups import BILLING_GROUP
from ...hours import SAME_HOURS, from_hours
from .zoho_difference import WITHDRAWN_KINDS

_logger = logging.getLogger(__name__)

# Without them an invoice tells the truth about hours, but not about the work.
TOLD_BY_INVOICE = {"date", "employee_id", "task_id"}

_lt = LazyTranslate(__name__)
# Why a difference cannot be settled in a way.
NOT_SETTLEABLE = {
    "accept": _lt("%(difference)s is settled."),
    "credit": _lt("%(difference)s has nothing to credit."),
    "bill_rest": _lt("%(difference)s has no hours that are still to be billed."),
}


class ZohoDifference(models.Model):
    """How an accountant settles a difference: accept, credit, bill the rest.

    *Accept* leaves the invoice and the timesheet as they are; only another change in
    Zoho asks again.

    *Credit* takes back the hours that the invoice has too much: all that Zoho has
    withdrawn or moved, else those that it has fewer, else (another day, person or
    task) all of it, to be billed anew. A draft invoice is lowered at once; a posted
    one gets a draft credit note, and once that is posted the timesheet becomes what
    Zoho says.

    *Bill the rest* gives the timesheet the values of Zoho, which has more hours: what
    is invoiced stays, the next invoice offers the rest.
    """

    _inherit = "zoho.difference"

    can_credit = fields.Boolean(compute="_compute_ways", compute_sudo=True)
    can_bill_rest = fields.Boolean(compute="_compute_ways", compute_sudo=True)
    # Without the reference, which names the project once more.
    invoice_names = fields.Char(
        "Invoice Numbers",
        compute="_compute_invoice_names",
        compute_sudo=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    @api.depends("state", "kind", "hours_after", "timesheet_id.billed_hours")
    def _compute_ways(self) -> None:
        for difference in self:
            is_open = difference.state == "open"
            difference.can_credit = is_open and bool(difference._excess_hours())
            difference.can_bill_rest = is_open and difference._has_rest()

    @api.depends("invoice_ids.name", "invoice_ids.state")
    @api.depends_context("lang")
    def _compute_invoice_names(self) -> None:
        for difference in self:
            difference.invoice_names = ", ".join(
                invoice._get_move_display_name() for invoice in difference.invoice_ids
            )

    def _has_rest(self) -> bool:
        """Return whether Zoho's hours cover what is billed, and there are more.

        Note: `self.ensure_one()`
        """
        billed = self.timesheet_id.billed_hours
        # Time that was billed in part has a rest even if Zoho has no more of it.
        most = max(self.hours_before, self.hours_after)
        return self.kind == "changed" and (
            self.hours_after > billed - SAME_HOURS and most > billed + SAME_HOURS
        )

    def _kept_hours(self) -> float:
        """Return the hours that the invoices may keep. Note: `self.ensure_one()`."""
        return self.hours_after if self.kind == "changed" else 0.0

    def _excess_hours(self) -> float:
        """Return the hours that a credit takes back. Note: `self.ensure_one()`."""
        billed = self.timesheet_id.billed_hours
        excess = billed - self._kept_hours()
        if excess > SAME_HOURS:
            return excess
        # As many hours on another day or of another person: the document is wrong all
        # the same, and is credited to be billed anew.
        told = TOLD_BY_INVOICE & (self.values_after or {}).keys()
        return billed if told and self.timesheet_id else 0.0

    def action_open_list(self) -> dict:
        """Show these differences."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.zoho_difference_action"
        )
        return {**action, "domain": [("id", "in", self.ids)], "context": {}}

    # The buttons ask for the reason

    def action_accept(self) -> dict:
        """Ask why the invoice is right as it is."""
        return self._settle_dialog("accept", self.env._("Accept"))

    def action_credit(self) -> dict:
        """Ask why hours are taken back from the customer."""
        return self._settle_dialog("credit", self.env._("Credit"))

    def action_bill_rest(self) -> dict:
        """Ask why the hours that Zoho has more are billed as well."""
        return self._settle_dialog("bill_rest", self.env._("Bill the Rest"))

    def _settle_dialog(self, way: str, title: str) -> dict:
        self._check_settleable(way)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "zoho.difference.settle",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_difference_ids": self.ids, "default_way": way},
        }

    def _check_settleable(self, way: str) -> None:
        """Refuse what the user may not settle, or not in this way.

        :raise AccessError: for users outside the billing group.
        :raise UserError: naming the first that cannot be settled so.
        """
        if not (self.env.su or self.env.user.has_group(BILLING_GROUP)):
            raise AccessError(
                self.env._("Only the Billing group of Zoho Projects settles this.")
            )
        self.check_access("read")
        for difference in self:
            if not difference._can_settle(way):
                sentence = self.env._(NOT_SETTLEABLE[way])
                raise UserError(sentence % {"difference": difference.display_name})

    def _can_settle(self, way: str) -> bool:
        """Whether a difference may be settled in this way. Note: `ensure_one()`."""
        if way == "accept":
            return self.state == "open"
        return self.can_credit if way == "credit" else self.can_bill_rest

    # What the dialog carries out

    def _settle_by(self, way: str, reason: str) -> models.BaseModel:
        """Settle these differences, and say so on their invoices.

        :param str way: ``accept``, ``credit`` or ``bill_rest``.
        :param str reason: why, in the words of the accountant.
        :return: the draft credit notes that were made, maybe none.
        :rtype: account.move
        """
        self._check_settleable(way)
        notes = self.env["account.move"]
        # Checked above; the accountant has no right to write timesheets.
        for difference in self.sudo():
            invoices = difference.timesheet_id._billing_invoices()
            difference.write(
                {
                    "invoice_ids": [Command.set(invoices.ids)],
                    "settled_by_id": self.env.uid,
                    "settled_at": fields.Datetime.now(),
                    "reason": reason,
                }
            )
            body = difference._message(way)
            # A selection holds nothing but the names of these methods.
            made = getattr(difference, f"_settle_by_{way}")(reason)
            documents = (invoices | made) or difference.project_id
            documents._message_log_batch(dict.fromkeys(documents.ids, body))
            notes |= made
        # Back to the rights of the caller.
        return notes.sudo(self.env.su)

    def _message(self, way: str) -> Markup:
        """Return what the chatter of the invoices says. Note: `self.ensure_one()`."""
        told = {
            "difference": Markup("<b>%s</b>") % self.display_name,
            "changes": self.summary,
        }
        sentences = {
            "accept": self.env._(
                "Difference with Zoho: %(difference)s. The invoice is kept as it is: "
                "%(changes)s",
                **told,
            ),
            "credit": self.env._(
                "Difference with Zoho: %(difference)s. The hours too much are "
                "credited: %(changes)s",
                **told,
            ),
            "bill_rest": self.env._(
                "Difference with Zoho: %(difference)s. The rest is offered for "
                "billing: %(changes)s",
                **told,
            ),
        }
        reason = self.env._("Reason: %(reason)s", reason=self.reason)
        return Markup("<p>%s</p><p>%s</p>") % (sentences[way], reason)

    def _settle_by_accept(self, reason: str) -> models.BaseModel:
        self.settlement = "accepted"
        return self.env["account.move"]

    def _settle_by_bill_rest(self, reason: str) -> models.BaseModel:
        self.settlement = "rest_billed"
        self._follow()
        return self.env["account.move"]

    def _settle_by_credit(self, reason: str) -> models.BaseModel:
        waiting = self.timesheet_id._draft_credit_notes()
        if waiting:
            raise UserError(
                self.env._(
                    "%(difference)s: the credit note %(notes)s already takes back "
                    "hours of this time. Post or delete it first.",
                    difference=self.display_name,
                    notes=", ".join(waiting.mapped("display_name")),
                )
            )
        notes = self.timesheet_id._take_back(self._excess_hours(), reason)
        self.write({"settlement": "credited", "credit_note_ids": notes.ids})
        # Taken off drafts, the time may be free already, and then Zoho was followed.
        if not notes and self.is_standing:
            self._try_to_follow()
        return notes

    # What follows from it

    @api.model
    def _credits_posted(self, credit_notes: models.BaseModel) -> None:
        """Let timesheets become what Zoho says, now that their hours are credited."""
        # Only code writes differences; the document was checked by its own rights.
        for difference in self.sudo().search(
            [("credit_note_ids", "in", credit_notes.ids), ("is_standing", "=", True)]
        ):
            # Time on several invoices has a credit note for each: all must be posted.
            if set(difference.credit_note_ids.mapped("state")) == {"posted"}:
                difference._try_to_follow()

    @api.model
    def _time_freed(self, timesheets: models.BaseModel) -> None:
        """Do what Zoho says of time as soon as nothing bills it any more."""
        # Only code writes differences; whoever freed the time need not read them.
        for difference in self.sudo()._find_standing(
            [("timesheet_id", "in", timesheets.ids)]
        ):
            difference._try_to_follow("agreed")

    def _try_to_follow(self, settlement: str = "credited") -> None:
        """Give the timesheet the values of Zoho, as far as Odoo takes them.

        What Odoo refuses now stays an open difference, and is offered to nobody.
        Note: `self.ensure_one()`
        """
        try:
            # No document fails because of what Zoho says of its time.
            with self.env.cr.savepoint():
                self._follow(settlement)
        except (UserError, IntegrityError) as error:
            _logger.info("%s stays open: %s", self, error)

    def _follow(self, settlement: str = "credited") -> None:
        """Give the timesheet the values of Zoho. Note: `self.ensure_one()`.

        While more is billed than Zoho has, it keeps just these hours: nothing that is
        in question is offered to the next invoice.

        :param str settlement: how both sides agreed, if nobody settled it.
        """
        # As in a sync: nobody is written to, and values of Zoho may be written.
        timesheet = self.timesheet_id.with_context(**SYNC_CONTEXT)
        links = timesheet.zoho_link_ids.filtered(lambda link: link.entity == "timelog")
        billed = timesheet.billed_hours
        # Zoho is to be compared anew, even if it goes back to what was invoiced.
        links.fingerprint = False
        if billed > self._kept_hours() + SAME_HOURS:
            quantity = from_hours(billed, timesheet.product_uom_id)
            timesheet._correct_invoiced({"unit_amount": quantity})
            return
        self._agree(settlement)
        if self.kind in WITHDRAWN_KINDS or not self.values_after:
            timesheet._zoho_withdraw()
            links.state = "withdrawn"
        else:
            timesheet._correct_invoiced(self._values_to_follow())

    def _values_to_follow(self) -> dict:
        """Return the values of Zoho for the timesheet. Note: `self.ensure_one()`.

        Time that nothing bills was billed elsewhere before the cut-off, as in a sync.
        """
        values = dict(self.values_after)
        if self.integration_id and not self.timesheet_id.billed_hours:
            day = self._day_after() or self.timesheet_id.date
            values["billed_elsewhere"] = self.integration_id._is_before_cutoff(day)
        return values

    @api.model
    def _check_reopened(self, documents: models.BaseModel) -> None:
        """Refuse to undo credit notes whose time has become what Zoho says.

        :raise UserError: naming the credit note.
        """
        # Differences count for who may not read them, too.
        followed = self.sudo().search(
            [("credit_note_ids", "in", documents.ids), ("is_standing", "=", False)]
        )
        notes = followed.credit_note_ids & documents
        if notes:
            raise UserError(
                self.env._(
                    "%(notes)s settled a difference with Zoho: the time was corrected "
                    "since, and the credit note stays. Make a new invoice instead.",
                    notes=", ".join(notes.mapped("display_name")),
                )
            )
