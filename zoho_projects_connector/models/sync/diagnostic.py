"""What support needs to know, without a secret and without anything personal."""

import sys
from collections.abc import Iterable

from pytz import all_timezones_set

from odoo import fields, release
from odoo.models import BaseModel
from odoo.tools import SQL

from ...zoho.redact import known_words, shape
from .sentences import WHY
from .zoho_sync_run import COUNTS

RUNS_SHOWN = 20
ERRORS_SHOWN = 200
PREFERENCES = (
    *("data_center", "status", "sync_timesheets", "sync_general_timesheets"),
    *("require_approval", "timesheet_cutoff", "timesheet_cutoff_date"),
    *("include_closed_projects", "duplicate_customers", "crm_first"),
    *("restrict_project_creation", "quick_interval", "full_interval"),
    *("last_sync", "last_full_sync", "next_sync", "retry_at"),
    *("full_sync_requested", "stop_requested", "is_signed_in"),
)
STREAM_FIELDS = (
    *("entity", "state", "last_sync", "last_full_sync", "record_count"),
    *("modified_until", "earliest_day", "needs_full_sync", "subtasks_apart"),
    *("ignores_modified", "ignores_order", "approving_changes", "accepted_loss"),
    *("last_reread", "reread_until"),
)
RUN_FIELDS = (
    *("trigger", "is_full", "status", "started_at", "ended_at", "api_calls"),
    "failures_in_row",
)


def _pick(record: BaseModel, names: Iterable[str]) -> dict:
    return {name: record[name] for name in names}


class Diagnostic:
    """The diagnostic file of one integration.

    Every value here is chosen by name: what is added to a model later does not get
    into the file by itself. Of records of Zoho only the structure is told.

    :param integration: with the rights to all that the file tells.
    """

    def __init__(self, integration: BaseModel) -> None:
        self.integration = integration
        self.env = integration.env

    def content(self) -> dict:
        """Return the content of the diagnostic file."""
        integration = self.integration
        runs = self.env["zoho.sync.run"].search(
            [("integration_id", "=", integration.id)], limit=RUNS_SHOWN
        )
        return {
            "made_at": fields.Datetime.now(),
            "versions": self._versions(),
            "integration": {
                **_pick(integration, PREFERENCES),
                **integration._diagnostic_facts(),
            },
            "portal": self._portal(),
            "schedule": self._schedule(),
            "modules": [_pick(one, STREAM_FIELDS) for one in integration.stream_ids],
            "runs": [self._run(run) for run in runs],
            "errors": self._errors(),
            "mapped_fields": [self._mapping(one) for one in integration.mapping_ids],
            "calls": self._calls(),
            "records": self._records(),
        }

    def _versions(self) -> dict:
        addons = self.env["ir.module.module"].search(
            [("name", "=like", "zoho_projects_connector%"), ("state", "=", "installed")]
        )
        [[postgresql]] = self.env.execute_query(SQL("SHOW server_version"))
        return {
            "odoo": release.version,
            "python": sys.version.split()[0],
            "postgresql": postgresql,
            **{addon.name: addon.installed_version for addon in addons},
        }

    def _portal(self) -> dict:
        portal = self.integration.portal_id
        return {
            "timezone": portal.timezone in all_timezones_set and portal.timezone,
            "is_owner": portal.is_owner,
            "is_admin": portal.is_admin,
            "portals_seen": len(self.integration.portal_ids),
        }

    def _schedule(self) -> dict:
        cron = self.env["zoho.sync.run"]._cron()
        return {
            **_pick(cron, ("active", "interval_number", "interval_type")),
            **_pick(cron, ("lastcall", "nextcall", "failure_count")),
            "first_failure_date": cron.first_failure_date,
        }

    def _run(self, run: BaseModel) -> dict:
        return {
            **_pick(run, RUN_FIELDS),
            "modules": [_pick(line, ("entity", *COUNTS)) for line in run.line_ids],
        }

    def _errors(self) -> dict:
        """Return the open errors: all of them counted, the newest one by one."""
        errors = self.env["zoho.sync.error"].search(
            [("integration_id", "=", self.integration.id), ("resolved_at", "=", False)]
        )
        counts = {}
        for error in errors:
            key = f"{error.entity}: {error.reason}"
            counts[key] = counts.get(key, 0) + 1
        return {
            "counts": counts,
            "newest": [self._error(one) for one in errors[:ERRORS_SHOWN]],
        }

    def _error(self, error: BaseModel) -> dict:
        details = error.details or {}
        variant = details.get("variant")
        code = variant if variant in WHY else error.reason
        return {
            **_pick(error, ("entity", "reason", "first_seen", "last_seen")),
            # The sentence before anything of the record is put into it.
            "why": str(WHY.get(code, WHY["other_record"])),
            "mentions": known_words(details.get("reason", "")),
            "details": {name: shape(value) for name, value in details.items() if value},
            "waits_for": error.missing_entity,
            "failed_with_it": error.child_count,
            "record": shape(error.payload or None),
        }

    def _mapping(self, mapping: BaseModel) -> dict:
        return {
            **_pick(mapping, ("entity", "zoho_type", "active")),
            "odoo_type": mapping.field_id.ttype,
            "is_custom": mapping.field_id.state == "manual",
        }

    def _calls(self) -> list[dict]:
        """Return the calls of the last hour by endpoint, and the limits of Zoho."""
        quota = self.env["zoho.quota"]
        groups = quota._read_group(
            [("portal_key", "=", quota._portal_key(self.integration))],
            ["pattern"],
            ["calls:sum", "announced:max"],
        )
        return [
            {"endpoint": pattern, "calls": calls, "limit": limit}
            for pattern, calls, limit in groups
        ]

    def _records(self) -> dict:
        """Return how many records are linked, left out, and differing."""
        counted = {
            "links": ("zoho.link", "entity", "state", "origin"),
            "left_out": ("zoho.skipped.record", "entity", "reason"),
            **self.env["zoho.settlement"]._records_to_count(),
        }
        return {title: self._count_by(*of) for title, of in counted.items()}

    def _count_by(self, model: str, *names: str) -> dict:
        groups = self.env[model]._read_group(
            [("integration_id", "=", self.integration.id)], names, ["__count"]
        )
        return {
            " · ".join(str(part or "-") for part in parts): count
            for *parts, count in groups
        }
