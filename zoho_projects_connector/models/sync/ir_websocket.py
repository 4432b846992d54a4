from odoo import models

from .status import CHANNEL


class IrWebsocket(models.AbstractModel):
    """Who hears how a synchronisation gets on: Zoho users, of their companies."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels: list) -> list:
        """Add the channels of the companies whose sync the user may see."""
        user = self.env.user
        if user.has_group("zoho_projects_connector.group_zoho_user"):
            # A record and a word are a channel that no browser can name by itself.
            channels = [*channels, *((one, CHANNEL) for one in user.company_ids)]
        return super()._build_bus_channel_list(channels)
