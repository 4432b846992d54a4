from odoo import models


class ResConfigSettings(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """The gears of the settings open the same dialogs as those of the form."""

    _name = "res.config.settings"
    _inherit = ["res.config.settings"]

    def action_zoho_change_cutoff(self) -> dict:
        """Show what another cut-off moves before it does."""
        return self.zoho_integration_id.action_change_cutoff()

    def action_zoho_change_duplicates(self) -> dict:
        """Ask what becomes of duplicate customers from now on."""
        return self.zoho_integration_id.action_change_duplicates()
