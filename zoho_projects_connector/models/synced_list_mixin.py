from odoo import api, models


class SyncedListMixin(models.AbstractModel):
    """A list that a sync fills: before the first one, it leads there."""

    _name = "synced.list.mixin"
    _description = "List Filled by a Sync"

    @api.model
    def get_empty_list_help(self, help_message: str) -> str:
        """Say what an empty list means only where something was looked for."""
        said = super().get_empty_list_help(help_message)
        return self.env["zoho.integration"]._say_before_sync(said)
