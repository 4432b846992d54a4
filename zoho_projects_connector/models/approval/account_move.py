from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _billed_time_annex(self) -> dict:
        """Say also who approved the time for the customer."""
        annex = super()._billed_time_annex()
        is_approved = any(annex["rows"].mapped("customer_approver"))
        return {**annex, "approved": annex["approved"] or is_approved}
