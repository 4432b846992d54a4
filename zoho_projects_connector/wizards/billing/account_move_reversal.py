from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.billing.account_analytic_line_ledger import TIME_KEPT


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    credited_warning = fields.Char(compute="_compute_credited_warning")

    @api.depends("move_ids")
    def _compute_credited_warning(self) -> None:
        for wizard in self:
            sentences = [
                sentence
                for move in wizard.move_ids._origin
                if move.move_type == "out_invoice" and move._billed_evidence()
                for sentence in move._over_credit(move.amount_total, move.currency_id)
            ]
            if sentences:
                why = self.env._("Say why it is to be reversed all the same.")
                sentences.append(why)
            wizard.credited_warning = "\n".join(sentences)

    def reverse_moves(self, is_modify: bool = False) -> models.BaseModel:
        """Let the replacing invoice take over the time; Odoo links none to it.

        A credit note that Odoo posts at once has its question here.

        :raise UserError: when less is left to credit, and no reason is given.
        """
        if not is_modify:
            return super().reverse_moves(is_modify)
        # Within one call the time is free for a moment: nobody is to act on that.
        wizard = self.with_context(billing_time_kept=TIME_KEPT)
        if self.credited_warning:
            if not (self.reason or "").strip():
                raise UserError(self.credited_warning)
            wizard = wizard.with_context(posting_reason=self.reason)
        result = super(AccountMoveReversal, wizard).reverse_moves(is_modify)
        new = self.new_move_ids.with_env(self.env)
        for move in new:
            origins = move.invoice_line_ids.billing_origin_id
            # Only code writes this; he may read what he has just reversed.
            move.sudo().billing_replaced_ids = origins.move_id & self.move_ids
        # By hand: what the new invoice replaces was written after its lines.
        new._restate_billed_time()
        # What the replacing invoice did not take over is free.
        self.move_ids._billed_timesheets()._follow_ledger()
        return result
