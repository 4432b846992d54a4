from odoo import models


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "zoho.differing.mixin"]

    _difference_path = "invoice_ids"

    def _restate_billed_time(self) -> None:
        result = super()._restate_billed_time()
        self.env["zoho.difference"].sudo()._follow_credit_notes(self)
        return result

    def button_draft(self):
        self.env["zoho.difference"].sudo()._check_not_followed(self)
        return super().button_draft()
