from odoo import Command, fields, models

# What a change of these means for time, the lines do not tell by themselves: Odoo
# computes the currency from the journal, and taxes from customer and fiscal position.
RESTATING_FIELDS = {
    "currency_id",
    "fiscal_position_id",
    "journal_id",
    "move_type",
    "partner_id",
    "state",
}


class AccountMove(models.Model):
    _inherit = "account.move"

    billing_left_ids = fields.Many2many(
        "account.analytic.line",
        "account_move_billing_left_rel",
        "move_id",
        "timesheet_id",
        copy=False,
        export_string_translation=False,
        help="Time of deleted lines of this invoice: when two lines are merged into "
        "one, the line that is left bills it.",
        readonly=True,
    )

    def write(self, vals):
        result = super().write(vals)
        if RESTATING_FIELDS & vals.keys():
            self._restate_billed_time()
        return result

    def action_update_fpos_values(self):
        """Taxes that are part of the price change the money of the time."""
        result = super().action_update_fpos_values()
        self._restate_billed_time()
        return result

    def _leave_time(self, timesheets) -> None:
        """Remember the time of a deleted line, unless its document is deleted.

        Other lines may bill it, or a line that is typed tells it again.
        Note: `self.ensure_one()`

        :param account.analytic.line timesheets: the time of the line.
        """
        if self.env.context.get("dynamic_unlink"):
            return
        # Only code may write what a deleted line has left.
        self.sudo().billing_left_ids = [
            Command.link(timesheet.id) for timesheet in timesheets
        ]
        self._restate_billed_time()
