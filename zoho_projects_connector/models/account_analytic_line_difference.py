from odoo import models


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    def _filter_held_back(self):
        """Let the rest of partly billed time wait while its difference is open.

        How many hours are right is what the difference asks: billing the rest first
        may bill more than Zoho has.
        """
        billed = self.filtered("billed_hours")
        held = super()._filter_held_back()
        if not billed:
            return held
        differences = self.env["zoho.difference"].sudo()
        domain = [("timesheet_id", "in", billed.ids), ("state", "=", "open")]
        return held | differences.search(domain).timesheet_id.with_env(self.env)
