from odoo import models

from ...zoho.endpoints import FORMS
from .zoho_sync_reason import ASKED_CODES


class ZohoSyncError(models.Model):
    """Which errors Zoho is asked about before their records are tried again."""

    _inherit = "zoho.sync.error"

    def _askable(self):
        """Return what Zoho is to be asked for before these are tried again.

        What waits for a record that is itself in error needs that one first.
        """
        found = self | self.parent_id | self.parent_id.parent_id
        return found._of_zoho().filtered(
            lambda error: error.entity in FORMS and (error.zoho_id or "").isdigit()
        )

    def _only_listed(self):
        """Return what may be put right in Zoho and is told by its listings alone."""
        return self._of_zoho() - self._askable()

    def _of_zoho(self):
        """Return those whose way out is in Zoho."""
        return self.filtered(
            lambda error: (
                error.code in ASKED_CODES
                and not error.resolved_at
                and not error.missing_entity
            )
        )
