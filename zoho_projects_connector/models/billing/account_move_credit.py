from odoo import Command, models


class AccountMove(models.Model):
    """Credit notes of chosen time."""

    _inherit = "account.move"

    def _credit_time(self, hours_by_row, reason: str):
        """Return a draft credit note of some hours of this posted invoice.

        It is Odoo's own reversal, of which the lines of other time are taken out.
        Note: `self.ensure_one()`

        :param hours_by_row: ``{project.billed.time: hours}`` to credit.
        :param str reason: shown on the credit note.
        :rtype: account.move
        """
        self.ensure_one()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=self.ids)
            .create({"reason": reason, "journal_id": self.journal_id.id})
        )
        credit_note = self.browse(wizard.refund_moves()["res_id"])
        rows = {row.move_line_id: row for row in hours_by_row}
        commands = []
        for line in credit_note.invoice_line_ids:
            row = rows.get(line.billing_origin_id)
            if row:
                vals = line._credit_row_vals(row, hours_by_row[row])
                commands.append(Command.update(line.id, vals))
            else:
                commands.append(Command.delete(line.id))
        credit_note.write({"invoice_line_ids": commands})
        if credit_note.amount_total < 0:
            credit_note.action_switch_move_type()
        return credit_note
