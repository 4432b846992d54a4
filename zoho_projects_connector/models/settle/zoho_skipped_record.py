from typing import Any

from odoo import api, models
from odoo.fields import Domain

from .project_project import WAITING_REASON


class ZohoSkippedRecord(models.Model):
    """Tells billing of time that waits in Zoho, or for an answer to what Zoho says."""

    _name = "zoho.skipped.record"
    _inherit = ["zoho.skipped.record", "billing.listener"]

    @api.model
    def _time_not_offered(
        self, company: models.BaseModel, period: Any
    ) -> dict[str, dict[int, tuple[int, float]]]:
        """Say what waits for its approval, and what of billed time is asked.

        Differences that hold unbilled time back are counted with that time.
        """
        own = Domain("company_id", "=", company.id) & Domain("project_id", "!=", False)
        left_out = own & Domain("entity", "=", "timelog")
        left_out &= Domain("reason", "=", WAITING_REASON) & period.domain("day")
        waiting = self._read_group(left_out, ["project_id"], ["__count", "hours:sum"])
        billed = Domain("timesheet_id.unbilled_hours", "=", 0)
        billed &= period.domain("timesheet_id.date")
        asked = own & Domain("state", "=", "open")
        asked &= Domain("timesheet_id", "=", False) | billed
        differing = self.env["zoho.difference"]._read_group(
            asked, ["project_id"], ["__count"]
        )
        return {
            "waiting": {one.id: (count, hours) for one, count, hours in waiting},
            "difference": {one.id: (count, 0.0) for one, count in differing},
        }
