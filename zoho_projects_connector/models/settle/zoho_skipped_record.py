from typing import Any

from odoo import api, models
from odoo.fields import Domain

from .project_project import WAITING_REASON

# How the invoice wizard calls why time is left out in Zoho.
REASONS = {
    WAITING_REASON: "waiting",
    "general_timesheet_off": "general",
    "timesheet_not_billable": "not_billable_in_zoho",
}


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
        failed = self._failed_time(Domain("company_id", "=", company.id), period)
        billed = Domain("timesheet_id.unbilled_hours", "=", 0)
        billed &= period.domain("timesheet_id.date")
        asked = own & Domain("state", "=", "open")
        asked &= Domain("timesheet_id", "=", False) | billed
        differing = self.env["zoho.difference"]._read_group(
            asked, ["project_id"], ["__count"]
        )
        return {
            "waiting": {one.id: (count, hours) for one, count, hours in waiting},
            "not_fetched": {one.id: (count, hours) for one, count, hours in failed},
            "difference": {one.id: (count, 0.0) for one, count in differing},
        }

    @api.model
    def _time_outside(
        self, projects: models.BaseModel, period: Any
    ) -> list[tuple[str, models.BaseModel, int, float]]:
        """Say what of projects is left out in Zoho, or could not be fetched."""
        # Sums of projects that he may read; no log is shown.
        left_out = self.sudo()._read_group(
            projects._left_out_domain() & period.domain("day"),
            ["project_id", "reason"],
            ["__count", "hours:sum"],
        )
        failed = self.sudo()._failed_time(projects._failed_domain(), period)
        return [
            *(
                (REASONS[reason], project, count, hours)
                for project, reason, count, hours in left_out
                if reason in REASONS
            ),
            *(("not_fetched", *row) for row in failed if row[0] in projects),
        ]

    @api.model
    def _failed_time(
        self, domain: Domain, period: Any
    ) -> list[tuple[models.BaseModel, int, float]]:
        """Return time logs that could not be fetched: (project, how many, hours).

        :param domain: of which errors.
        """
        open_logs = Domain("entity", "=", "timelog") & Domain("resolved_at", "=", False)
        rows = self.env["zoho.sync.error"]._read_group(
            domain & open_logs & period.domain("day"),
            ["integration_id", "project_zoho_id"],
            ["__count", "hours:sum"],
        )
        # Zoho ids alone, of projects that are looked at by who may see them.
        links = (
            self.env["zoho.link"]
            .sudo()
            .search(
                [
                    ("entity", "=", "project"),
                    ("zoho_id", "in", [zoho_id for _one, zoho_id, *_ in rows]),
                ]
            )
        )
        ids = {(link.integration_id, link.zoho_id): link.res_id for link in links}
        projects = self.env["project.project"]
        return [
            (projects.browse(ids[integration, zoho_id]), count, hours)
            for integration, zoho_id, count, hours in rows
            if (integration, zoho_id) in ids
        ]
