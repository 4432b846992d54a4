import sys

from pytz import all_timezones_set

from odoo import fields, models, release
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
    *("ignores_modified", "accepted_loss", "last_reread"),
)
RUN_FIELDS = (
    *("trigger", "is_full", "status", "started_at", "ended_at", "api_calls"),
    "failures_in_row",
)


class ZohoIntegration(models.Model):
    """What support needs to know, without a secret and without anything personal.

    Every value here is chosen by name: what is added to a model later does not get
    into the file by itself. Of records of Zoho only the structure is told.
    """

    _name = "zoho.integration"
    _inherit = ["zoho.integration"]

    def action_download_diagnostic(self) -> dict:
        """Return the action that downloads the diagnostic file."""
        self._check_manager()
        return {
            "type": "ir.actions.act_url",
            "url": f"/zoho_projects/diagnostic/{self.id}",
            "target": "download",
        }

    def _diagnostic(self) -> dict:
        """Return the content of the diagnostic file.

        :rtype: dict
        """
        self.ensure_one()
        runs = self.env["zoho.sync.run"].search(
            [("integration_id", "=", self.id)], limit=RUNS_SHOWN
        )
        return {
            "made_at": fields.Datetime.now(),
            "versions": self._diagnose_versions(),
            "integration": self._pick(PREFERENCES),
            "portal": self._diagnose_portal(),
            "schedule": self._diagnose_schedule(),
            "modules": [self._pick(STREAM_FIELDS, one) for one in self.stream_ids],
            "runs": [self._diagnose_run(run) for run in runs],
            "errors": self._diagnose_errors(),
            "mapped_fields": [self._diagnose_mapping(one) for one in self.mapping_ids],
            "calls": self._diagnose_calls(),
            "records": self._diagnose_records(),
        }

    def _pick(self, names, record=None) -> dict:
        record = record or self
        return {name: record[name] for name in names}

    def _diagnose_versions(self) -> dict:
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

    def _diagnose_portal(self) -> dict:
        portal = self.portal_id
        return {
            "timezone": portal.timezone in all_timezones_set and portal.timezone,
            "is_owner": portal.is_owner,
            "is_admin": portal.is_admin,
            "portals_seen": len(self.portal_ids),
        }

    def _diagnose_schedule(self) -> dict:
        cron = self._cron()
        return {
            **self._pick(("active", "interval_number", "interval_type"), cron),
            **self._pick(("lastcall", "nextcall", "failure_count"), cron),
            "first_failure_date": cron.first_failure_date,
        }

    def _diagnose_run(self, run) -> dict:
        return {
            **self._pick(RUN_FIELDS, run),
            "modules": [self._pick(("entity", *COUNTS), line) for line in run.line_ids],
        }

    def _diagnose_errors(self) -> dict:
        """Return the open errors: all of them counted, the newest one by one."""
        errors = self.env["zoho.sync.error"].search(
            [("integration_id", "=", self.id), ("resolved_at", "=", False)]
        )
        counts = {}
        for error in errors:
            key = f"{error.entity}: {error.reason}"
            counts[key] = counts.get(key, 0) + 1
        return {
            "counts": counts,
            "newest": [self._diagnose_error(one) for one in errors[:ERRORS_SHOWN]],
        }

    def _diagnose_error(self, error) -> dict:
        details = error.details or {}
        variant = details.get("variant")
        code = variant if variant in WHY else error.reason
        return {
            **self._pick(("entity", "reason", "first_seen", "last_seen"), error),
            # The sentence before anything of the record is put into it.
            "why": str(WHY.get(code, WHY["other_record"])),
            "mentions": known_words(details.get("reason", "")),
            "details": {name: shape(value) for name, value in details.items() if value},
            "waits_for": error.missing_entity,
            "failed_with_it": error.child_count,
            "record": shape(error.payload or None),
        }

    def _diagnose_mapping(self, mapping) -> dict:
        return {
            **self._pick(("entity", "zoho_type", "active"), mapping),
            "odoo_type": mapping.field_id.ttype,
            "is_custom": mapping.field_id.state == "manual",
        }

    def _diagnose_calls(self) -> list:
        """Return the calls of the last hour by endpoint, and the limits of Zoho."""
        groups = self.env["zoho.quota"]._read_group(
            [("portal_key", "=", self.env["zoho.quota"]._portal_key(self))],
            ["pattern"],
            ["calls:sum", "announced:max"],
        )
        return [
            {"endpoint": pattern, "calls": calls, "limit": limit}
            for pattern, calls, limit in groups
        ]

    def _diagnose_records(self) -> dict:
        """Return how many records are linked, left out, and differing."""
        counted = {
            "links": ("zoho.link", "entity", "state", "origin"),
            "left_out": ("zoho.skipped.record", "entity", "reason"),
            **self.env["zoho.settlement"]._records_to_count(),
        }
        return {title: self._count_by(*of) for title, of in counted.items()}

    def _count_by(self, model: str, *names: str) -> dict:
        groups = self.env[model]._read_group(
            [("integration_id", "=", self.id)], names, ["__count"]
        )
        return {
            " · ".join(str(part or "-") for part in parts): count
            for *parts, count in groups
        }
