from odoo import models


class AccountMove(models.Model):
    """A copy of a document bills nothing of what its lines billed."""

    _inherit = "account.move"

    def copy(self, default=None):
        """Leave the claims of the lines behind, but in a credit note of this document.

        A duplicate, a debit note or the invoice of the next month is a new document:
        its hours are nobody's time before somebody logs them. Of a fixed cost or an
        item at a price it would sell more: it does, or is refused.

        :raise UserError: an item is sold already, or no fixed cost is left.
        """
        if (default or {}).get("reversed_entry_id") in self.ids:
            return super().copy(default)
        copying = self.with_context(billing_copy=True)
        copies = super(AccountMove, copying).copy(default).with_env(self.env)
        for move, new in zip(self, copies, strict=True):
            move._sell_amounts_again(new)
        return copies

    def _sell_amounts_again(self, new) -> None:
        """Put items and fixed costs that lines of this document sell on their copies.

        Note: `self.ensure_one()`

        :param account.move new: the copy.
        """
        lines, copies = self.invoice_line_ids.sorted("id"), new.invoice_line_ids
        if new.move_type != "out_invoice" or len(lines) != len(copies):
            return
        rows = self._billed_amounts().filtered(
            lambda row: row.kind in ("item", "fixed") and row.sign > 0
        )
        by_line = rows.grouped("move_line_id")
        for line, copy in zip(lines, copies.sorted("id"), strict=True):
            if line in by_line:
                # Only code writes the ledger; the copy was made by his own rights.
                # Only code writes the ledger.
                by_line[line].sudo()._bill_amounts_again(copy)
        if by_line:
            amounts = new._billed_amounts()
            new._check_amounts(amounts)
            amounts._follow_amounts()
            new._check_hours_beside_prices(amounts, amounts.timesheet_id)
