from collections.abc import Iterable
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...zoho.values import plain_text
from ..changes import changed_values
from .entities import ENTITY_SELECTION
from .page import Key, SyncPage, any_of_keys

LOG_KINDS = [("task", "Task"), ("bug", "Bug"), ("general", "General")]
REASONS = [
    ("timesheet_not_billable", "Not billable in Zoho"),
    ("timesheet_not_approved", "Waiting for approval or rejected in Zoho"),
    ("general_timesheet_off", "General timesheets are switched off"),
    ("project_closed", "Closed or archived project"),
    ("project_template", "Project template"),
    ("client_user", "User of a customer"),
    ("parent_left_out", "Its project is not imported"),
]


class ZohoSkippedRecord(models.Model):
    """A record that was listed and left out by choice, with the reason.

    Time logs carry their minutes, so that every hour of the portal is accounted for.
    """

    _name = "zoho.skipped.record"
    _inherit = ["code.only.mixin", "synced.list.mixin"]
    _description = "Record Not Imported"
    _order = "day desc, id desc"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, ondelete="cascade", readonly=True
    )
    # Computed before the INSERT: each row would be updated after it.
    company_id = fields.Many2one(
        related="integration_id.company_id", store=True, precompute=True
    )
    entity = fields.Selection(ENTITY_SELECTION, required=True, readonly=True)
    zoho_id = fields.Char("Zoho ID", required=True, readonly=True)
    name = fields.Char(readonly=True)
    reason = fields.Selection(REASONS, required=True, readonly=True, index=True)
    project_zoho_id = fields.Char("Project ID in Zoho", readonly=True, index=True)
    project_id = fields.Many2one(
        "project.project", readonly=True, index="btree_not_null", ondelete="set null"
    )
    day = fields.Date(readonly=True)
    kind = fields.Selection(LOG_KINDS, "Logged On", readonly=True)
    remote_modified = fields.Datetime("Changed in Zoho", readonly=True)
    person = fields.Char("Staff", readonly=True)
    notes = fields.Text(readonly=True)
    minutes = fields.Integer(readonly=True)
    is_unlisted = fields.Boolean("Read by Its ID", readonly=True)
    is_billable = fields.Boolean("Billable in Zoho", readonly=True)
    # Stored, so that lists and groups add it up; minutes are what Zoho counts exactly.
    hours = fields.Float(compute="_compute_hours", store=True, precompute=True)
    url = fields.Char("Open in Zoho", compute="_compute_url", compute_sudo=True)

    _skipped_uniq = models.UniqueIndex("(integration_id, entity, zoho_id)")

    @api.depends("minutes")
    def _compute_hours(self) -> None:
        for record in self:
            record.hours = record.minutes / 60

    @api.depends("zoho_id", "entity", "project_zoho_id")
    def _compute_url(self) -> None:
        for record in self:
            record.url = record.integration_id.portal_id._record_url(
                record.entity, record.zoho_id, record.project_zoho_id
            )

    @api.model
    def _left_out(self, integration: Any, references: Iterable[Key]) -> set[Key]:
        """Return those of the ``(entity, zoho_id)`` pairs that are left out."""
        references = set(references)
        if not references:
            return set()
        return set(
            self.env.execute_query(
                SQL(
                    """SELECT entity, zoho_id FROM zoho_skipped_record
                        WHERE integration_id = %s AND (%s)""",
                    integration.id,
                    any_of_keys(references),
                )
            )
        )

    @api.model
    def _note_page(self, page: SyncPage) -> None:
        """Keep the left-out records of a page in step: add, change, remove."""
        ids = [record.zoho_id for record in page.records]
        known = {
            row.zoho_id: row
            for row in self.search(
                [
                    ("integration_id", "=", page.integration.id),
                    ("entity", "=", page.entity),
                    ("zoho_id", "in", ids),
                ]
            )
        }
        wanted = {
            zoho_id: self._prepare_values(page, record, outcome.reason)
            for zoho_id, (record, outcome) in page.counted.items()
        }
        gone = self.browse(
            row.id for zoho_id, row in known.items() if zoho_id not in wanted
        )
        if page.entity == "timelog":
            gone._note_approvals(page)
        gone.unlink()
        self.create(
            [values for zoho_id, values in wanted.items() if zoho_id not in known]
        )
        for zoho_id, values in wanted.items():
            row = known.get(zoho_id)
            if row and (changes := changed_values(row, values)):
                row.write(changes)

    @api.model
    def _prepare_values(
        self, page: SyncPage, record: Any, reason: str
    ) -> dict[str, Any]:
        project = getattr(record, "project_id", "")
        owner = getattr(record, "owner", None)
        notes = getattr(record, "notes", "")
        return {
            "integration_id": page.integration.id,
            "entity": page.entity,
            "zoho_id": record.zoho_id,
            "name": getattr(record, "name", "")
            or getattr(record, "title", "")
            or False,
            "reason": reason,
            "project_zoho_id": project or False,
            "project_id": page.refs.get(("project", project), False),
            "day": getattr(record, "day", False),
            # Of other records, it is another word.
            "kind": page.entity == "timelog" and record.kind,
            "remote_modified": record.modified or False,
            "person": (owner and (owner.name or owner.email)) or False,
            "notes": plain_text(notes) or False,
            "minutes": getattr(record, "minutes", 0),
            "is_billable": getattr(record, "is_billable", False),
        }

    def _note_approvals(self, page: SyncPage) -> None:
        """Keep whether the portal counts an approval among the changes of a log.

        :param page: the logs as they are now; none of these is left out any more.
        """
        logs = page.integration.stream_ids.filtered(
            lambda stream: stream.entity == "timelog"
        )
        approved = {
            record.zoho_id: record
            for record in page.records
            if record.approval == "approved" and record.modified
        }
        for row in self:
            record = approved.get(row.zoho_id)
            waited = row.reason == "timesheet_not_approved" and row.remote_modified
            if not record or not waited:
                continue
            if record.modified == row.remote_modified:
                logs.approving_changes = "no"
            elif not logs.approving_changes and row._is_same(page, record):
                logs.approving_changes = "yes"

    def _is_same(self, page: SyncPage, record: Any) -> bool:
        """Return whether a record says what it said when it was left out.

        Note: `self.ensure_one()`
        """
        said = self._prepare_values(page, record, self.reason)
        said = {name: said[name] for name in ("day", "kind", "minutes", "notes")}
        return not changed_values(self, said)
