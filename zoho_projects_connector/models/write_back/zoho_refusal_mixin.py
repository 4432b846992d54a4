from __future__ import annotations

from datetime import timedelta
from typing import Any

from odoo import api, fields, models

# What Zoho has refused is tried again so much later.
TRIED_AGAIN = timedelta(days=1)


class ZohoRefusalMixin(models.AbstractModel):
    """What is written to Zoho, which may refuse it: why, and when it is tried again.

    A row belongs to an integration. Only code writes these fields: whoever inherits
    this inherits that guard before it.
    """

    _name = "zoho.refusal.mixin"
    _description = "Refused by Zoho"

    refusal = fields.Json(readonly=True, export_string_translation=False)
    retry_at = fields.Datetime("Tried Again", readonly=True)

    def _refuse(self, cause: dict[str, str]) -> None:
        """Keep why Zoho has not taken it, and let some time pass.

        :param cause: as `cause_of` returns it.
        """
        retry_at = fields.Datetime.now() + TRIED_AGAIN
        self.write({"refusal": cause, "retry_at": retry_at})

    @api.model
    def _forget_refusals(self, integration: Any) -> None:
        """Let all of an integration that was refused be tried again now."""
        self.search(
            [("integration_id", "=", integration.id), ("retry_at", "!=", False)]
        ).retry_at = False
