from collections import Counter
from datetime import date

from odoo import api, models
from odoo.tools import date_utils

from ..sync.hours_check import Entry
from .attention import Attention

# Where a log is: project in Zoho, first day of the month, whether it is billable.
Place = tuple[str, date, bool]


class ZohoSettlement(models.AbstractModel):
    """Makes differences of what Zoho says otherwise of billed records."""

    _inherit = "zoho.settlement"

    @api.model
    def _tell_difference(
        self,
        integration: models.BaseModel,
        record: models.BaseModel,
        kind: str,
        values: dict | None = None,
    ) -> None:
        differences = self.env["zoho.difference"]
        if record._name == "project.project":
            customer = self.env["res.partner"].browse(values["partner_id"])
            differences._raise_customer(integration, record, customer)
        else:
            differences._raise(integration, record, kind, values)

    @api.model
    def _tell_agreement(self, records: models.BaseModel) -> None:
        differences = self.env["zoho.difference"]
        if records._name == "project.project":
            differences._settle_customer(records)
        else:
            differences._settle(records)

    @api.model
    def _tell_merge(self, merged: models.BaseModel, kept: models.BaseModel) -> None:
        self.env["zoho.difference"]._follow_merge(merged, kept)

    @api.model
    def _filter_differing(self, timesheets: models.BaseModel) -> models.BaseModel:
        differences = self.env["zoho.difference"]
        return differences._find_standing(
            [("timesheet_id", "in", timesheets.ids)]
        ).timesheet_id

    @api.model
    def _differing_days(
        self, integration: models.BaseModel, earliest: date
    ) -> set[tuple[str, date]]:
        # Time that was withdrawn is archived; what Zoho says of it counts.
        differences = self.env["zoho.difference"].with_context(active_test=False)
        free = differences._find_standing(
            [
                ("integration_id", "=", integration.id),
                ("timesheet_id.date", ">=", earliest),
                ("timesheet_id.billing_state", "not in", ("draft", "invoiced", "paid")),
            ]
        )
        return {
            (one.timesheet_id.zoho_log_kind or "task", day)
            for one in free
            for day in (one.timesheet_id.date, one._day_after())
            if day
        }

    @api.model
    def _open_counts(self, integrations: models.BaseModel) -> dict:
        groups = self.env["zoho.difference"]._read_group(
            [("integration_id", "in", integrations.ids), ("state", "=", "open")],
            ["integration_id"],
            ["__count"],
        )
        return dict(groups)

    @api.model
    def _attention_counts(self, integrations: models.BaseModel) -> dict:
        return Attention(integrations._origin).counts()

    @api.model
    def _records_to_count(self) -> dict[str, tuple[str, ...]]:
        counted = super()._records_to_count()
        return {**counted, "differences": ("zoho.difference", "kind", "state")}

    @api.model
    def _differing_entries(
        self, integration: models.BaseModel, first: date, last: date
    ) -> list[tuple]:
        minutes, counts = Counter(), Counter()
        for difference in self.env["zoho.difference"]._find_standing(
            [("integration_id", "=", integration.id), ("timesheet_id", "!=", False)]
        ):
            # Hours that moved lack at one place and are too many at the other.
            (here, less), (there, more) = self._sides(integration, difference)
            minutes[here] -= less
            minutes[there] += more
            for place in {here, there}:
                counts[place] += 1
        return [
            ((project, month), Entry("differing", "", billable, total, counts[place]))
            for place, total in minutes.items()
            for project, month, billable in (place,)
            if total and first <= month <= last
        ]

    @api.model
    def _sides(
        self, integration: models.BaseModel, difference: models.BaseModel
    ) -> tuple[tuple[Place, int], tuple[Place, int]]:
        """Return where a log is in Odoo, and where in Zoho, each with its minutes."""
        line, after = difference.timesheet_id, difference.values_after or {}
        minutes = round(line.logged_hours * 60)
        here = self._place(integration, line.project_id, line.date)
        is_off = (
            line.zoho_log_kind == "general" and not integration.sync_general_timesheets
        )
        if difference.kind == "deleted" and not is_off:
            return (here, minutes), (here, 0)
        if difference.kind == "unbillable":
            return (here, minutes), ((*here[:2], False), minutes)
        project = line.project_id.browse(after.get("project_id")) or line.project_id
        there = self._place(integration, project, difference._day_after() or line.date)
        return (here, minutes), (there, round(line._hours_of(after) * 60))

    @api.model
    def _place(
        self, integration: models.BaseModel, project: models.BaseModel, day: date
    ) -> Place:
        # An id of Zoho, which people may read on the record itself.
        links = project.sudo().zoho_link_ids.filtered(
            lambda link: link.integration_id == integration
        )
        return links[:1].zoho_id or "", date_utils.start_of(day, "month"), True
