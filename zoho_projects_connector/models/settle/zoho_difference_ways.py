import logging

from markupsafe import Markup
from psycopg2 import IntegrityError

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import SYNC_CONTEXT
from ...groups import BILLING_GROUP
from ...hours import SAME_HOURS, from_hours
from .zoho_difference import WITHDRAWN_KINDS

_logger = logging.getLogger(__name__)

# Without them an invoice tells the truth about hours, but not about the work.
TOLD_BY_INVOICE = {"date", "employee_id", "task_id"}


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

    @api.depends("state", "kind", "hours_after", "timesheet_id.billed_hours")
    def _compute_ways(self) -> None:
        for difference in self:
            is_open = difference.state == "open"
            difference.can_credit = is_open and bool(difference._excess_hours())
            difference.can_bill_rest = is_open and difference._has_rest()

    def _has_rest(self) -> bool:
        """Return whether Zoho's hours cover what is billed, and there are more.

        Note: `self.ensure_one()`
        """
        billed = self.timesheet_id.billed_hours
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
        told = TOLD_BY_INVOICE & (self.values_after or {}).keys()
        return billed if told and self.timesheet_id else 0.0

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
        refusals = {
            "accept": (lambda one: one.state == "open", self.env._("is settled")),
            "credit": (
                lambda one: one.can_credit,
                self.env._("has nothing to credit"),
            ),
            "bill_rest": (
                lambda one: one.can_bill_rest,
                self.env._("has no hours that are still to be billed"),
            ),
        }
        is_fine, refusal = refusals[way]
        for difference in self:
            if not is_fine(difference):
                raise UserError(
                    self.env._(
                        "%(difference)s %(refusal)s.",
                        difference=difference.display_name,
                        refusal=refusal,
                    )
                )

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
            made = getattr(difference, f"_settle_by_{way}")(reason)
            documents = (invoices | made) or difference.project_id
            documents._message_log_batch(dict.fromkeys(documents.ids, body))
            notes |= made
        # Back to the rights of the caller.
        return notes.sudo(self.env.su)

    def _message(self, way: str) -> Markup:
        """Return what the chatter of the invoices says. Note: `self.ensure_one()`."""
        titles = {
            "accept": self.env._("The invoice is kept as it is"),
            "credit": self.env._("The hours too much are credited"),
            "bill_rest": self.env._("The rest is offered for billing"),
        }
        return Markup("<p>%s: <b>%s</b>. %s: %s</p><p>%s: %s</p>") % (
            self.env._("Difference with Zoho"),
            self.display_name,
            titles[way],
            self.summary,
            self.env._("Reason"),
            self.reason,
        )

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
        if not notes and self.is_standing:
            self._follow()
        return notes

    # What follows from it

    @api.model
    def _follow_credit_notes(self, moves: models.BaseModel) -> None:
        """Let timesheets become what Zoho says, now that their hours are credited."""
        posted = moves.filtered(
            lambda move: move.move_type == "out_refund" and move.state == "posted"
        )
        if not posted:
            return
        for difference in self.search(
            [("credit_note_ids", "in", posted.ids), ("is_standing", "=", True)]
        ):
            if set(difference.credit_note_ids.mapped("state")) == {"posted"}:
                difference._follow()

    @api.model
    def _time_freed(self, timesheets: models.BaseModel) -> None:
        """Do what Zoho says of time as soon as nothing bills it any more.

        What Odoo refuses now stays an open difference, and is offered to nobody.
        """
        for difference in self.sudo()._find_standing(
            [("timesheet_id", "in", timesheets.ids)]
        ):
            try:
                with self.env.cr.savepoint():
                    difference._follow("agreed")
            except (UserError, IntegrityError) as error:
                _logger.info("%s stays open: %s", difference, error)

    def _follow(self, settlement: str = "credited") -> None:
        """Give the timesheet the values of Zoho. Note: `self.ensure_one()`.

        While more is billed than Zoho has, it keeps just these hours: nothing that is
        in question is offered to the next invoice.

        :param str settlement: how both sides agreed, if nobody settled it.
        """
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

    def _check_not_followed(self, moves: models.BaseModel) -> None:
        """Refuse to undo credit notes whose time has become what Zoho says.

        :raise UserError: naming the credit note.
        """
        followed = self.search(
            [("credit_note_ids", "in", moves.ids), ("is_standing", "=", False)]
        ).credit_note_ids & moves.filtered(lambda move: move.state == "posted")
        if followed:
            raise UserError(
                self.env._(
                    "%(notes)s settled a difference with Zoho: the time was corrected "
                    "since, and the credit note stays. Make a new invoice instead.",
                    notes=", ".join(followed.mapped("display_name")),
                )
            )
