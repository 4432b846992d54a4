from odoo import models

from .zoho_integration_fields import FIELD_MODULES


class ZohoStream(models.Model):
    """Before a module is read in full: which fields it has by now."""

    _inherit = "zoho.stream"

    def _read_fields(self, session, run):
        """Keep the field mapping in step; a refusal does no harm to the records.

        :param SyncSession session: the line to Zoho.
        :raise ZohoRetryLater: when Zoho does not answer; nothing was written then.
        """
        if self.entity not in FIELD_MODULES or not self._is_full(run):
            return
        integration = self.integration_id
        if self.entity == "project":
            integration._read_portal_currency(session, run)
        integration._fetch_fields(
            self.entity,
            lambda request: integration._fetch_page(session, run, request),
        )
