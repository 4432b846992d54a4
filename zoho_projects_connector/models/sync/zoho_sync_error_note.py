from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...zoho.records import CrmAccount
from ..changes import changed_values
from .entities import FIELD_KEY
from .page import Key, NotFetched, SyncPage
from .sentences import CAUSE_DETAILS, FULL_CODES, RETRIED_CODES, SINGLE_CODES

KEEP_RESOLVED_DAYS = 30


class ZohoSyncError(models.Model):
    """Bookkeeping of errors, for the synchronisation: noted, healed, resolved."""

    _inherit = "zoho.sync.error"

    @api.depends("code", "details", "entity", "zoho_id")
    def _compute_cause(self) -> None:
        """Give one key to all that one decision resolves."""
        for error in self:
            zoho_id, details = error.zoho_id or "", error.details or {}
            is_single = (
                error.code in SINGLE_CODES
                or error.entity == "user"
                or zoho_id.startswith(FIELD_KEY)
            )
            told = [zoho_id] if is_single else map(details.get, CAUSE_DETAILS)
            parts = [error.code, error.entity, *filter(None, told)]
            error.cause = ":".join(map(str, parts))

    @api.model
    def _note_page(self, page: SyncPage) -> None:
        """Record the failures of a page, and resolve what was fetched or left out."""
        self._resolve(page, [*page.fetched, *page.counted])
        if not page.failures:
            return
        parents = self._parents(page)
        known = {
            error.zoho_id: error
            for error in self._find_open(page.integration, page.entity, page.failures)
        }
        now, new = fields.Datetime.now(), []
        for zoho_id, (record, failure) in page.failures.items():
            values = self._prepare_values(page, record, failure)
            values["parent_id"] = parents.get(failure.missing, False)
            values["last_seen"] = now
            if zoho_id in known:
                known[zoho_id]._write_changed(values)
            else:
                new.append({**values, "first_seen": now})
        self.create(new)

    @api.model
    def _prepare_values(
        self, page: SyncPage, record: Any, failure: NotFetched
    ) -> dict[str, Any]:
        missing = failure.missing or (False, False)
        return {
            "integration_id": page.integration.id,
            "entity": page.entity,
            "zoho_id": record.zoho_id,
            "name": getattr(record, "name", "")
            or getattr(record, "title", "")
            or False,
            "code": failure.code,
            "details": {**failure.details, "parent_name": failure.missing_name},
            "hours": self._lost_hours(page, record),
            "day": getattr(record, "day", False),
            "is_billable": getattr(record, "is_billable", False),
            "project_zoho_id": getattr(record, "project_id", "") or False,
            "missing_entity": missing[0],
            "missing_zoho_id": missing[1],
            # An account of the CRM is no customer: its project asks for it again.
            "payload": not isinstance(record, CrmAccount) and record.raw,
        }

    @api.model
    def _lost_hours(self, page: SyncPage, record: Any) -> float:
        """Return the hours of a log that no timesheet has."""
        hours = getattr(record, "minutes", 0) / 60
        link = page.links.get(record.zoho_id)
        if page.entity == "timelog" and link and link.state == "linked":
            hours -= link._record().logged_hours
        return hours

    def _write_changed(self, values: dict[str, Any]) -> None:
        self.write(changed_values(self, values))

    @api.model
    def _find_open(self, integration: Any, entity: str, zoho_ids: Iterable[str]) -> Any:
        return self.search(
            [
                ("integration_id", "=", integration.id),
                ("entity", "=", entity),
                ("zoho_id", "in", list(zoho_ids)),
                ("resolved_at", "=", False),
            ]
        )

    @api.model
    def _resolve(self, page: SyncPage, zoho_ids: Iterable[str]) -> None:
        """Close the open errors of records that are fetched or gone."""
        if zoho_ids:
            self._find_open(page.integration, page.entity, zoho_ids).write(
                {"resolved_at": fields.Datetime.now(), "payload": False}
            )

    @api.model
    def _parents(self, page: SyncPage) -> dict[Key, int]:
        """Return ``{(entity, zoho_id): error id}`` of what the failures wait for.

        A record that no listing has shown gets an error of its own, so that
        thousands of time logs are folded under one row.
        """
        wanted = {}
        for record, failure in page.failures.values():
            if failure.missing and failure.missing[1]:
                wanted.setdefault(failure.missing, (record, failure))
        found = {}
        for entity in {entity for entity, _zoho_id in wanted}:
            ids = [zoho_id for other, zoho_id in wanted if other == entity]
            for error in self._find_open(page.integration, entity, ids):
                found[entity, error.zoho_id] = error.id
        unseen = [key for key in wanted if key not in found]
        now = fields.Datetime.now()
        # All at once, and before their children, which name them.
        made = self.create(
            [
                {
                    "integration_id": page.integration.id,
                    "entity": key[0],
                    "zoho_id": key[1],
                    "name": wanted[key][1].missing_name or False,
                    "code": "parent_not_fetched",
                    "details": {"variant": "not_in_list"},
                    "project_zoho_id": getattr(wanted[key][0], "project_id", False),
                    "first_seen": now,
                    "last_seen": now,
                }
                for key in unseen
            ]
        )
        found.update(zip(unseen, made.ids, strict=True))
        return found

    @api.model
    def _missing_since(self, run: Any) -> set[str]:
        """Return the modules of which a run has missed records, of which it has heard.

        :param run: ``zoho.sync.run``.
        """
        missing = self.search(
            [
                ("integration_id", "=", run.integration_id.id),
                ("code", "=", "parent_not_fetched"),
                ("missing_entity", "=", False),
                ("resolved_at", "=", False),
                ("first_seen", ">=", run.started_at),
            ]
        )
        return set(missing.mapped("entity"))

    @api.model
    def _note_module(
        self, integration: Any, entity: str, code: str, **details: Any
    ) -> None:
        """Record that a whole module cannot be read."""
        now = fields.Datetime.now()
        error = self._find_open(integration, entity, [""])
        values = {"code": code, "details": details, "last_seen": now}
        if error:
            error._write_changed(values)
            return
        self.create(
            {
                **values,
                "integration_id": integration.id,
                "entity": entity,
                "zoho_id": "",
                "first_seen": now,
            }
        )

    @api.model
    def _clear_module(self, integration: Any, entity: str, is_full: bool) -> None:
        """Close the error of a module that can be read again.

        :param bool is_full: only a full reading shows that a list is whole again.
        """
        errors = self._find_open(integration, entity, [""])
        if not is_full:
            errors = errors.filtered(lambda error: error.code not in FULL_CODES)
        errors.resolved_at = fields.Datetime.now()

    @api.model
    def _healable(
        self,
        integration: Any,
        entity: str,
        after_id: int,
        retried_before: datetime | None,
        limit: int,
    ) -> Any:
        """Return errors whose cause may be gone, with the record as it was read.

        :param after_id: the last error that this sweep has tried.
        :param retried_before: also try what Odoo itself refused, if it was tried
            last before this moment; ``None`` for only what waits for another record.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT error.id FROM zoho_sync_error error
                LEFT JOIN zoho_link link
                       ON link.integration_id = error.integration_id
                      AND link.entity = error.missing_entity
                      AND link.zoho_id = error.missing_zoho_id
                    WHERE error.integration_id = %s AND error.entity = %s
                      AND error.id > %s
                      AND error.resolved_at IS NULL AND error.payload IS NOT NULL
                      AND (link.id IS NOT NULL
                           OR EXISTS (SELECT FROM zoho_skipped_record skip
                                       WHERE skip.integration_id = error.integration_id
                                         AND skip.entity = error.missing_entity
                                         AND skip.zoho_id = error.missing_zoho_id)
                           OR (error.code IN %s
                               AND (coalesce(error.last_seen, '-infinity') < %s
                                    OR error.last_seen > %s)))
                 ORDER BY error.id LIMIT %s""",
                *(integration.id, entity, after_id),
                *(RETRIED_CODES, retried_before or "-infinity"),
                # A time in the future is of a clock that was set back since.
                *(fields.Datetime.now() if retried_before else "infinity", limit),
            )
        )
        return self.browse(row[0] for row in rows)

    # Projects: their customers are asked for apart, so that these wait for a call.

    @api.model
    def _waiting_projects(self, run: Any) -> tuple[Any, Any]:
        """Return the projects that are to be asked for though no list has shown them.

        :param run: ``zoho.sync.run``.
        :return: those that somebody wants to be tried again, and the next of those that
            wait, each with the project as it was read.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id, last_seen IS NULL FROM zoho_sync_error
                    WHERE integration_id = %s AND entity = 'project'
                      AND resolved_at IS NULL AND payload IS NOT NULL
                 ORDER BY asked_at NULLS FIRST, id""",
                run.integration_id.id,
            )
        )
        wanted = self.browse(found for found, is_wanted in rows if is_wanted)
        return wanted, self.browse(found for found, _is_wanted in rows[:1])

    def _stage_again(self, stream: Any) -> None:
        """Let a run ask for the customers of these projects, and write them again.

        :param stream: ``zoho.stream`` of the projects. What its lists have shown in
            this run is written as they have shown it, the others as they were kept.
        """
        self.env.execute_query(
            SQL(
                """INSERT INTO zoho_listed_record
                     (stream_id, pass_key, page, zoho_id, payload, needs_customer)
                   SELECT %(stream)s, 'waiting', 0, error.zoho_id,
                          CASE WHEN listed.zoho_id IS NULL THEN error.payload END, TRUE
                     FROM zoho_sync_error error
                     LEFT JOIN (SELECT DISTINCT zoho_id FROM zoho_listed_record
                                 WHERE stream_id = %(stream)s) listed
                       ON listed.zoho_id = error.zoho_id
                    WHERE error.id = ANY(%(ids)s)
                   ON CONFLICT DO NOTHING RETURNING 1""",
                stream=stream.id,
                ids=self.ids,
            )
        )
        # The statement went past the cache.
        self.env["zoho.listed.record"].invalidate_model()
        now = fields.Datetime.now()
        self.write({"asked_at": now, "last_seen": now})

    @api.autovacuum
    def _gc_resolved(self) -> None:
        """Delete errors that were resolved a month ago."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_RESOLVED_DAYS)
        self.search([("resolved_at", "<", limit)], limit=10000).unlink()
