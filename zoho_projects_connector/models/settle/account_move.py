from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "zoho.differing.mixin"]

    _difference_path = "invoice_ids"

    def _restate_billed_time(self) -> None:
        result = super()._restate_billed_time()
        # Only code writes differences; the document was checked by its own rights.
        self.env["zoho.difference"].sudo()._follow_credit_notes(self)
        return result

    def button_draft(self) -> object:
        # Differences count for who may not read them, too.
        self.env["zoho.difference"].sudo()._check_not_followed(self)
        return super().button_draft()
