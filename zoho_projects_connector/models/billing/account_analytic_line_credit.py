from odoo import models

from ...hours import SAME_HOURS, exact_hours
from .account_analytic_line_ledger import LOCKED_FIELDS
from .billing_correction import Correction, is_correction

# What may be corrected of time that an invoice still bills.
CORRECTED_FIELDS = ("date", "employee_id", "name", "task_id", "unit_amount")


class AccountAnalyticLine(models.Model):
    """Taking back hours that were billed, and correcting what is left."""

    _inherit = "account.analytic.line"

    def _check_can_write(self, values):
        if is_correction(self):
            return None
        return super()._check_can_write(values)

    def _correct_invoiced(self, vals: dict) -> None:
        """Write what is true of a timesheet, though an invoice bills it.

        Never fewer hours than are billed, and nothing that says where and whether it
        is billed. Note: `self.ensure_one()`

        :param dict vals: the true values.
        :raise UserError: it names the invoice.
        """
        self.ensure_one()
        if self.billed_hours:
            kept = [name for name in LOCKED_FIELDS if name not in CORRECTED_FIELDS]
            self._check_unchanged({name: vals[name] for name in kept if name in vals})
            hours = self._hours_of(vals)
            if hours < self.billed_hours - SAME_HOURS:
                self._raise_invoiced(
                    self.env._("More hours than %(hours)s are billed", hours=hours)
                )
        correction = Correction(frozenset(self.ids))
        self.with_context(billing_correction=correction).write(dict(vals))

    def _take_back(self, hours: float, reason: str):
        """Stop billing so many hours of a timesheet, the last billed first.

        They are taken off draft invoices at once; posted invoices get a draft credit
        note each, which frees them when it is posted. Note: `self.ensure_one()`

        :param float hours: hours that should not be billed.
        :param str reason: shown on the credit notes.
        :return: the draft credit notes, maybe none.
        :rtype: account.move
        """
        self.ensure_one()
        ledger = self.env["project.billed.time"]
        standing = ledger._standing(self).get(self.id, {})
        # Settled by who may bill: he may lack rights to change documents and rows.
        rows = ledger.sudo().browse(standing)
        drafts, posted = {}, {}
        for row in rows.sorted(lambda row: (row.move_id.state != "draft", -row.id)):
            part = exact_hours(min(standing[row.id], hours))
            hours -= part
            if part > SAME_HOURS:
                kind = drafts if row.move_id.state == "draft" else posted
                kind[row] = part
        for row, part in drafts.items():
            row._take_off(part)
        notes = self.env["account.move"].sudo()
        for move, on_move in rows.browse().concat(*posted).grouped("move_id").items():
            notes |= move._credit_time({row: posted[row] for row in on_move}, reason)
        return notes

    def _draft_credit_notes(self):
        """Return the draft credit notes that take back hours of these timesheets.

        :rtype: account.move
        """
        # Credit notes count in full, whatever the user may read.
        lines = self.env["account.move.line"].sudo()
        return lines.search(
            [
                ("billing_credited_id.timesheet_id", "in", self.ids),
                ("parent_state", "=", "draft"),
            ]
        ).move_id
