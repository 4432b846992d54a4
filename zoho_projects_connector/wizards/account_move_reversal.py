from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        """Let the replacing invoice take over the time; Odoo links none to it."""
        result = super().reverse_moves(is_modify)
        if is_modify:
            for move in self.new_move_ids:
                origins = move.invoice_line_ids.billing_origin_id
                # Only code writes this; he may read what he has just reversed.
                move.sudo().billing_replaced_ids = origins.move_id & self.move_ids
            self.new_move_ids._restate_billed_time()
        return result
