from odoo import api, fields, models
from odoo.tools import format_amount, format_duration, plaintext2html

from ...groups import STAFF_GROUP
from ...hours import SAME_HOURS


class AccountMove(models.Model):
    """What is asked before a document is posted, and what is kept of it."""

    _inherit = "account.move"

    unlogged_note = fields.Char(
        compute="_compute_unlogged_note", compute_sudo=True, groups=STAFF_GROUP
    )
    unlogged_hours_agreed = fields.Float(
        readonly=True,
        groups=STAFF_GROUP,
        copy=False,
        export_string_translation=False,
        help="Hours without a timesheet for which somebody gave a reason when he "
        "posted the document.",
    )

    def _posting_questions(self) -> list[str]:
        """Return what is odd about this draft, each as a whole sentence.

        A button asks all of it before it posts, and wants a reason; code does not
        ask. Either way the sentences are kept in the chatter.
        Note: `self.ensure_one()`
        """
        return [*self._credit_questions(), *self._unlogged_questions()]

    def _credit_questions(self) -> list[str]:
        """Return that a credit note takes back more than is left of its invoice."""
        invoice = self.reversed_entry_id
        if self.move_type != "out_refund" or not invoice._billed_evidence():
            return []
        return invoice._over_credit(self.amount_total, self.currency_id)

    def _over_credit(self, amount: float, currency: models.BaseModel) -> list[str]:
        """Return that a credit is more than is left of this invoice, if it is.

        Note: `self.ensure_one()`

        :param float amount: what would be given back, with taxes.
        :param res.currency currency: its currency.
        """
        # With taxes: that is what the customer gets back.
        left = self.amount_total - self._credited_total()
        excess = amount - max(left, 0.0)
        if self.currency_id.compare_amounts(excess, 0.0) <= 0:
            return []
        values = {
            "invoice": self.display_name,
            "total": format_amount(self.env, self.amount_total, self.currency_id),
            "left": format_amount(self.env, left, self.currency_id),
            "amount": format_amount(self.env, amount, currency),
        }
        if self.currency_id.compare_amounts(left, 0.0) <= 0:
            return [
                self.env._(
                    "Nothing is left to credit of %(invoice)s: all of its %(total)s "
                    "is credited already. This would give %(amount)s back once more.",
                    **values,
                )
            ]
        return [
            self.env._(
                "Only %(left)s of the %(total)s of %(invoice)s is left to credit. "
                "This would give %(amount)s back.",
                **values,
            )
        ]

    def _billed_evidence(self) -> models.BaseModel:
        """Return what the ledger says that these invoices bill or billed.

        :rtype: project.billed.time
        """
        domain = [("move_id", "in", self.ids), ("sign", "=", 1)]
        return self.env["project.billed.time"]._find(domain, asleep=True)

    def _credited_total(self) -> float:
        """Return what posted documents that reverse this one take back of it.

        What is itself reversed takes back so much less. Note: `self.ensure_one()`
        """
        # Other people's credit notes count, whatever this user may see of them.
        reversals = self.sudo().reversal_move_ids
        return sum(
            note.amount_total - note._credited_total()
            for note in reversals.filtered(lambda move: move.state == "posted")
        )

    def _questions_by_document(self) -> dict:
        """Return ``{draft: its questions}`` of the drafts that have some."""
        found = {
            move: move._posting_questions()
            for move in self
            if move.state == "draft" and move.is_invoice(include_receipts=True)
        }
        return {move: questions for move, questions in found.items() if questions}

    def _ask_before_posting(self, way: str, dialog: dict | None = None) -> dict | bool:
        """Return the dialog that asks for a reason, False where none is wanted.

        :param str way: the method that posts once a reason is given.
        :param validate.account.move dialog: Odoo's own dialog, where it has it.
        """
        # Code that runs with more rights has nobody to ask.
        if self.env.su or self.env.context.get("posting_reason"):
            return False
        if not self._questions_by_document():
            return False
        return self.env["account.move.question"]._open_dialog(self, way, dialog)

    def action_post(self) -> object:
        return self._ask_before_posting("action_post") or super().action_post()

    def action_validate_moves_with_confirmation(self) -> object:
        """Ask of those that are posted at once; of the others Odoo's dialog does."""
        drafts = self.filtered(lambda move: move.state == "draft" and move.line_ids)
        at_once = drafts - drafts._get_moves_requiring_confirmation()
        way = "action_validate_moves_with_confirmation"
        if at_once._questions_by_document() and (
            question := self._ask_before_posting(way)
        ):
            return question
        return super().action_validate_moves_with_confirmation()

    def _post(self, soft: bool = True) -> models.BaseModel:
        # Before `super`: once posted, a credit note is itself part of what is credited.
        questions = self._questions_by_document()
        posted = super()._post(soft)
        reason = self.env.context.get("posting_reason")
        for move, sentences in questions.items():
            if move not in posted:
                continue
            lines = list(sentences)
            if reason:
                move._agree_to_unlogged_hours()
                lines.append(
                    self.env._("Posted all the same: %(reason)s", reason=reason)
                )
            # Reasons and lines are what people typed: escaped.
            move._message_log(body=plaintext2html("\n".join(lines)))
        return posted

    # Hours that are on a document, but on no timesheet of it. They are seen: on the
    # draft, before it is posted, and in the nightly check.

    @api.depends(
        "state",
        "invoice_line_ids.quantity",
        "invoice_line_ids.billed_time_ids.active",
        "invoice_line_ids.billed_time_ids.invoiced_hours",
    )
    def _compute_unlogged_note(self) -> None:
        """Say it of what is saved: the ledger follows no line that is being typed."""
        for move in self:
            # In a form, `self` has lines without ids, which the ledger does not know.
            saved = move._origin
            found = saved._unlogged_hours() if saved.state == "draft" else {}
            move.unlogged_note = bool(found) and saved._unlogged_sentence(found)

    def _unlogged_hours(self) -> dict:
        """Return ``{line: hours}`` of the lines with more hours than their time."""
        # Hours count in full, whatever timesheets and rows the user may read.
        return self.sudo().invoice_line_ids._unlogged_hours()

    def _unlogged_sentence(self, hours_by_line: dict) -> str:
        """Return what there is to say of hours that nobody logged."""
        lines = [(line.name or "-").split("\n")[0] for line in hours_by_line]
        return self.env._(
            "%(hours)s h on this document are time that nobody logged, or that is "
            "billed elsewhere: %(lines)s. Lower the quantity or delete the line, or "
            "say why they are billed all the same when you post.",
            hours=format_duration(sum(hours_by_line.values())),
            lines=", ".join(dict.fromkeys(lines)),
        )

    def _unlogged_questions(self) -> list[str]:
        """Return what is asked of such hours before the document is posted."""
        found = self._unlogged_hours()
        return [self._unlogged_sentence(found)] if found else []

    def _agree_to_unlogged_hours(self) -> None:
        """Remember for how many such hours somebody gave a reason.

        Note: `self.ensure_one()`
        """
        hours = sum(self._unlogged_hours().values())
        if hours > SAME_HOURS:
            # Posted by his own rights; only code writes what was agreed.
            self.sudo().unlogged_hours_agreed = hours

    def _given_up_rates(self) -> set[float]:
        """Return the prices of an hour of time that this document bills in part only.

        Or that it gave up with a line that was deleted. Note: `self.ensure_one()`
        """
        ledger = self.env["project.billed.time"]
        domain = [("move_id", "=", self.id), ("sign", "=", 1), ("kind", "=", "time")]
        rows = ledger._find(domain, asleep=True)
        # What a deleted line has left is the document's, whoever may read the time.
        timesheets = rows.timesheet_id | self.sudo().billing_left_ids
        live = rows.filtered("active").grouped("timesheet_id")
        if not timesheets:
            return set()
        given_up = timesheets.filtered(
            lambda timesheet: (
                sum(live.get(timesheet, ledger).mapped("hours"))
                < timesheet._logged_hours() - SAME_HOURS
            )
        )
        rates = {rate.rate for rate in given_up._get_billing_rates().values()}
        rates |= {row.rate for row in rows if row.timesheet_id in given_up}
        return {rate for rate in rates if rate}
