from collections import Counter
from typing import Any

from odoo import api, fields, models

from ..sync.entities import WRITE_KEY

# The module that a row of each kind stands under.
ENTITIES = {"lock": "timelog", "unlock": "timelog", "figures": "project"}


class ZohoSyncError(models.Model):
    """What Zoho has refused to be written: one row for each kind."""

    _inherit = "zoho.sync.error"

    @api.model
    def _note_writing(
        self, integration: Any, key: str, code: str, details: dict[str, Any]
    ) -> None:
        """Keep the row of one kind of writing in step.

        :param details: what its sentence names; nothing when all is well again.
        """
        entity = ENTITIES[key]
        error = self._find_open(integration, entity, [WRITE_KEY + key])
        now = fields.Datetime.now()
        if not details:
            error.resolved_at = now
            return
        values = {"code": code, "details": details, "last_seen": now}
        if error:
            error._write_changed(values)
            return
        self.create(
            {
                **values,
                "integration_id": integration.id,
                "entity": entity,
                "zoho_id": WRITE_KEY + key,
                "name": self._name_of_writing(key),
                "first_seen": now,
            }
        )

    @api.model
    def _name_of_writing(self, key: str) -> str:
        if key == "figures":
            return self.env._("Figures of projects")
        return self.env._("Lock of invoiced time")

    def _retry_here(self, integration: Any, asks: bool) -> tuple[Counter, bool]:
        """Leave what was to be written to its own schedule, which is woken."""
        written = self.filtered(lambda one: (one.zoho_id or "").startswith(WRITE_KEY))
        if not written:
            return super()._retry_here(integration, asks)
        integration._try_writing_again()
        if rest := self - written:
            counts, _is_done = super(ZohoSyncError, rest)._retry_here(integration, asks)
            return counts, False
        return Counter(), False
