from odoo import models


class ZohoIntegration(models.Model):
    """The way from an integration to what of it is to be settled."""

    _inherit = "zoho.integration"

    def action_open_differences(self) -> dict:
        """Show what has changed in Zoho after it was invoiced."""
        return self._open_list("zoho_difference_action")
