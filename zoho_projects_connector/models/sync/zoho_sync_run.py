from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_datetime

from ...const import BACK_OFF_MINUTES
from .entities import ENTITIES, ENTITY_SELECTION

OPEN_STATUSES = ("queued", "running", "waiting")


KEEP_DAYS = 180


COUNTS = (
    "fetched",
    "created",
    "updated",
    "unchanged",
    "withdrawn",
    "skipped",
    "failed",
)


class ZohoSyncRun(models.Model):
    """One synchronisation: who started it, how long it took, what became of it."""

    _name = "zoho.sync.run"
    _inherit = ["code.only.mixin"]
    _description = "Synchronisation Run"
    _order = "id desc"
    _rec_name = "started_at"

    integration_id = fields.Many2one(
        "zoho.integration",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    company_id = fields.Many2one(related="integration_id.company_id", store=True)
    trigger = fields.Selection(
        [
            ("schedule", "Schedule"),
            ("button", "Instant Sync"),
            ("setup", "Set-up"),
            ("webhook", "Webhook"),
            ("retry", "Retry"),
        ],
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", "Started By", readonly=True)
    is_full = fields.Boolean(
        "Full Comparison",
        readonly=True,
        help="Everything was compared, deletions included.",
    )
    status = fields.Selection(
        [
            ("queued", "Queued"),
            ("running", "Running"),
            ("waiting", "Waiting"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("stopped", "Stopped"),
        ],
        required=True,
        default="queued",
        readonly=True,
        index=True,
    )
    message = fields.Char(readonly=True)
    started_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime(readonly=True)
    until = fields.Datetime(
        readonly=True, help="Fixed before the first request: what is newer waits."
    )
    failures_in_row = fields.Integer(readonly=True)
    api_calls = fields.Integer("API Calls", readonly=True)
    duration = fields.Float(
        "Duration (minutes)", compute="_compute_duration", aggregator=None
    )
    line_ids = fields.One2many("zoho.sync.run.line", "run_id", readonly=True)
    mapping_snapshot = fields.Json("Mapped Fields", readonly=True)
    fetched = fields.Integer(compute="_compute_counts")
    created = fields.Integer(compute="_compute_counts")
    updated = fields.Integer(compute="_compute_counts")
    unchanged = fields.Integer(compute="_compute_counts")
    withdrawn = fields.Integer(compute="_compute_counts")
    skipped = fields.Integer(compute="_compute_counts")
    failed = fields.Integer(compute="_compute_counts")
    summary = fields.Char(compute="_compute_summary")
    mapping_table = fields.Html(compute="_compute_mapping_table")

    _one_open = models.UniqueIndex(
        "(integration_id) WHERE status IN ('queued', 'running', 'waiting')",
        "A synchronisation of this portal is under way already.",
    )

    @api.depends("started_at", "ended_at")
    def _compute_duration(self):
        for run in self:
            end = run.ended_at or fields.Datetime.now()
            start = run.started_at or end
            run.duration = (end - start).total_seconds() / 60

    # Life of a run, for the synchronisation
    def _open(self):
        """Start a queued run, or go on with one that was interrupted."""
        self.ensure_one()
        if self.status == "running":
            self.integration_id._set_status("syncing")
            return
        values = {"status": "running", "message": False}
        if not self.started_at:
            now = fields.Datetime.now()
            values |= {
                "started_at": now,
                "until": now,
                "mapping_snapshot": self.integration_id.mapping_ids._snapshot(),
            }
            self.env["zoho.link"]._forget_dangling(self.integration_id)
            if self.integration_id.full_sync_requested:
                self.integration_id.full_sync_requested = False
                self.integration_id.stream_ids.needs_full_sync = True
            self.integration_id.stream_ids._queue()
        self.write(values)
        self.integration_id._set_status("syncing")

    def _current_stream(self):
        """Return the stream that is to be worked on, in the order of modules."""
        return self.integration_id.stream_ids.filtered(
            lambda stream: stream.state in ("waiting", "running")
        ).sorted("sequence")[:1]

    def _line(self, entity):
        """Return the line that counts one module, made when missing."""
        line = self.line_ids.filtered(lambda line: line.entity == entity)
        return line or line.create({"run_id": self.id, "entity": entity})

    def _wait(self, error):
        """Pause until Zoho may answer again; nothing is lost.

        :param ZohoRetryLater error: what Zoho, or our own budget, has said.
        :return: when to go on (naive UTC).
        """
        failures = 0 if error.retry_at else self.failures_in_row + 1
        minutes = BACK_OFF_MINUTES[min(failures, len(BACK_OFF_MINUTES)) - 1]
        retry_at = fields.Datetime.now() + timedelta(minutes=minutes)
        if error.retry_at:
            retry_at = error.retry_at.replace(tzinfo=None, microsecond=0)
            retry_at += timedelta(seconds=1)
        message = self.integration_id._explain_pause(error)
        self.write(
            {"status": "waiting", "message": message, "failures_in_row": failures}
        )
        self.integration_id._set_status("waiting", message, retry_at)
        return retry_at

    def _close(self, status, message=False):
        """End the run; its listings are forgotten.

        :param str status: ``done``, ``failed`` or ``stopped``.
        """
        self.write(
            {
                "status": status,
                "message": message,
                "ended_at": fields.Datetime.now(),
                "progress": False,
            }
        )
        streams = self.integration_id.stream_ids
        self.env["zoho.listed.record"]._forget(streams)
        streams.filtered(lambda stream: stream.state in ("waiting", "running")).write(
            {"state": "idle", "cursor": False}
        )

    @api.autovacuum
    def _gc_old_runs(self):
        """Delete the history of more than half a year ago."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search(
            [("ended_at", "<", limit), ("status", "not in", OPEN_STATUSES)], limit=10000
        ).unlink()

    # What a run did, over all modules and in one line, for the history.

    @api.depends(*(f"line_ids.{name}" for name in COUNTS))
    def _compute_counts(self) -> None:
        for run in self:
            for name in COUNTS:
                run[name] = sum(run.line_ids.mapped(name))

    @api.depends(*(f"line_ids.{name}" for name in COUNTS))
    @api.depends_context("lang")
    def _compute_summary(self) -> None:
        for run in self:
            run.summary = "; ".join(filter(None, map(self._summarise, run.line_ids)))

    def _summarise(self, line) -> str:
        """Return what changed in a module, empty when nothing did."""
        words = {
            "created": self.env._("created"),
            "updated": self.env._("updated"),
            "withdrawn": self.env._("withdrawn"),
            "failed": self.env._("failed"),
        }
        parts = [f"{line[name]} {word}" for name, word in words.items() if line[name]]
        modules = dict(line._fields["entity"]._description_selection(self.env))
        return parts and f"{modules[line.entity]}: {', '.join(parts)}" or ""

    # How a run is shown: its name, and the mapping that it has used.

    @api.depends("started_at", "trigger")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self) -> None:
        for run in self:
            run.display_name = (
                format_datetime(self.env, run.started_at)
                if run.started_at
                else self.env._("Queued")
            )

    @api.depends("mapping_snapshot", "started_at")
    @api.depends_context("lang")
    def _compute_mapping_table(self) -> None:
        for run in self:
            is_told = run.mapping_snapshot or run.started_at
            run.mapping_table = run._render_mapping() if is_told else False

    def _render_mapping(self) -> Markup:
        """Return one row for each mapped field: module, Zoho's side, Odoo's side."""
        entity = self.env["zoho.field.mapping"]._fields["entity"]
        labels = dict(entity._description_selection(self.env))
        row = Markup("<tr><td>%s</td><td>%s (%s)</td><td>%s</td><td>%s</td></tr>")
        rows = (
            row
            % (
                labels.get(mapped["entity"], mapped["entity"]),
                mapped["zoho_label"],
                mapped["zoho_field"],
                mapped["field"],
                self._mapping_word(mapped),
            )
            for mapped in self._mapped_fields()
        )
        head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th><th></th></tr>") % (
            self.env._("Module"),
            self.env._("Field in Zoho"),
            self.env._("Field in Odoo"),
        )
        table = Markup('<table class="table table-sm">%s%s</table>')
        return table % (head, Markup("").join(rows))

    def _mapped_fields(self) -> list[dict]:
        """Return the fields of all modules that the run has synced, or left alone.

        A run keeps what differs from run to run; the standard fields are added.
        """
        kept = self.mapping_snapshot or []
        known = {(mapped["entity"], mapped["zoho_field"]) for mapped in kept}
        standard = [
            {
                "entity": entity,
                "zoho_field": field.zoho_field,
                "zoho_label": self.env._(field.label),
                "field": field.field,
                "is_standard": True,
            }
            for entity, facts in ENTITIES.items()
            for field in facts.fields
            if (entity, field.zoho_field) not in known
        ]
        order = [*ENTITIES]
        return sorted(
            [*standard, *kept],
            key=lambda mapped: (
                order.index(mapped["entity"]),
                not mapped.get("is_standard"),
            ),
        )

    def _mapping_word(self, mapped: dict) -> str:
        if not mapped.get("active", True):
            return self.env._("Switched off")
        return self.env._("Standard") if mapped.get("is_standard") else ""


class ZohoSyncRunLine(models.Model):
    """What a run did in one module."""

    _name = "zoho.sync.run.line"
    _inherit = ["code.only.mixin"]
    _description = "Module of a Synchronisation Run"
    _order = "run_id, id"

    run_id = fields.Many2one(
        "zoho.sync.run", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True)
    entity = fields.Selection(
        ENTITY_SELECTION, string="Module", required=True, readonly=True
    )
    fetched = fields.Integer(readonly=True, help="Records that Zoho has listed.")
    created = fields.Integer(readonly=True)
    updated = fields.Integer(readonly=True)
    unchanged = fields.Integer(readonly=True)
    withdrawn = fields.Integer(readonly=True)
    skipped = fields.Integer(readonly=True)
    failed = fields.Integer(readonly=True)

    _entity_uniq = models.UniqueIndex("(run_id, entity)")

    def _add(self, counts):
        """Add the counts of one page."""
        values = {
            name: self[name] + number for name, number in counts.items() if number
        }
        if values:
            self.write(values)
