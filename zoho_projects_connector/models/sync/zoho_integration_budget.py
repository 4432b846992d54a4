from datetime import datetime, time

import pytz

from odoo import fields, models


class ZohoIntegration(models.Model):
    """The calls that are used up, beside those that Zoho allows."""

    _inherit = "zoho.integration"

    call_budget = fields.Json(
        compute="_compute_call_budget", export_string_translation=False
    )
    calls_today = fields.Integer(
        compute="_compute_calls_today",
        help="Calls of the runs that were started today.",
    )

    def _compute_call_budget(self) -> None:
        # Numbers alone: nobody but code has rights to the quota.
        Quota = self.env["zoho.quota"].sudo()
        for integration in self:
            integration.call_budget = Quota._usage(integration)

    def _compute_calls_today(self) -> None:
        zone = pytz.timezone(self.env.user.tz or "UTC")
        today = fields.Date.context_today(self)
        start = zone.localize(datetime.combine(today, time.min)).astimezone(pytz.utc)
        calls = dict(
            self.env["zoho.sync.run"]._read_group(
                [
                    ("integration_id", "in", self.ids),
                    ("started_at", ">=", start.replace(tzinfo=None)),
                ],
                ["integration_id"],
                ["api_calls:sum"],
            )
        )
        for integration in self:
            integration.calls_today = calls.get(integration, 0)
