from datetime import datetime, time, timedelta

import pytz
from markupsafe import Markup

from odoo import api, fields, models
from odoo.api import Environment

from ...clock import say_moment
from .causes import say_note
from .entities import ENTITIES, ENTITY_SELECTION

OPEN_STATUSES = ("queued", "running", "waiting")
COUNTS = (
    "fetched",
    "created",
    "updated",
    "unchanged",
    "withdrawn",
    "skipped",
    "failed",
)

PER_PAGE = 200
# No end is foretold from less than this.
SOONEST_ESTIMATE = timedelta(seconds=5)
LEAST_SHARE = 0.05


class ZohoSyncRun(models.Model):
    """One synchronisation: who started it, how long it took, what became of it."""

    _name = "zoho.sync.run"
    _inherit = ["code.only.mixin", "synced.list.mixin"]
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
    # What `message` says, to each reader in his own words.
    note = fields.Json(readonly=True, export_string_translation=False)
    message = fields.Char(compute="_compute_message")
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
    reads_ahead = fields.Boolean(readonly=True, copy=False)
    line_ids = fields.One2many("zoho.sync.run.line", "run_id", readonly=True)
    mapping_snapshot = fields.Json("Mapped Fields", readonly=True)
    # JSON is replaced as a whole: a change within the value would not be noticed.
    progress = fields.Json(
        readonly=True,
        copy=False,
        help="Module, phase, page, records and percentage while the run is in hand.",
    )
    fetched = fields.Integer(compute="_compute_counts")
    created = fields.Integer(compute="_compute_counts")
    updated = fields.Integer(compute="_compute_counts")
    unchanged = fields.Integer(compute="_compute_counts")
    withdrawn = fields.Integer(compute="_compute_counts")
    skipped = fields.Integer("Not Imported", compute="_compute_counts")
    failed = fields.Integer("Errors", compute="_compute_counts")
    summary = fields.Char(compute="_compute_summary")
    mapping_table = fields.Html(compute="_compute_mapping_table")

    _one_open = models.UniqueIndex(
        "(integration_id) WHERE status IN ('queued', 'running', 'waiting')",
        "A synchronisation of this portal is under way already.",
    )

    @api.depends("note")
    @api.depends_context("lang", "tz")
    def _compute_message(self) -> None:
        for run in self:
            run.message = say_note(self.env, run.note)

    @api.depends("started_at", "ended_at")
    def _compute_duration(self) -> None:
        for run in self:
            end = run.ended_at or fields.Datetime.now()
            start = run.started_at or end
            run.duration = (end - start).total_seconds() / 60

    def _current_stream(self) -> models.BaseModel:
        """Return the stream that is to be worked on, in the order of modules."""
        return self.integration_id.stream_ids.filtered(
            lambda stream: stream.state in ("waiting", "running")
        ).sorted("sequence")[:1]

    def _line(self, entity: str) -> models.BaseModel:
        """Return the line that counts one module, made when missing."""
        line = self.line_ids.filtered(lambda line: line.entity == entity)
        return line or line.create({"run_id": self.id, "entity": entity})

    @api.model
    def _count_calls_today(self, integrations: models.BaseModel) -> dict:
        """Return ``{integration: calls}`` of the runs that were started today.

        It is the day of whoever asks.
        """
        zone = pytz.timezone(self.env.user.tz or "UTC")
        today = fields.Date.context_today(self)
        start = zone.localize(datetime.combine(today, time.min)).astimezone(pytz.utc)
        return dict(
            self._read_group(
                [
                    ("integration_id", "in", integrations.ids),
                    ("started_at", ">=", start.replace(tzinfo=None)),
                ],
                ["integration_id"],
                ["api_calls:sum"],
            )
        )

    # How far a run has come: a few numbers, written with the page itself.

    def _note_progress(self) -> None:
        """Keep how far the run has come; nothing is asked of Zoho for it."""
        stream = self._current_stream()
        if not stream:
            return
        before = self.progress or {"expected": self._expected()}
        if before.get("entity") != stream.entity:
            before |= {
                "entity": stream.entity,
                "since": self._now_as_text(),
                "calls": self.api_calls - 1,
            }
        line = self.line_ids.filtered(lambda line: line.entity == stream.entity)
        share = stream._share(line, before["expected"].get(stream.entity))
        percent = round(100 * self._whole_share(stream, share, before["expected"]))
        phase = (stream.cursor or {}).get("phase", "waiting")
        values = {
            **before,
            "phase": phase,
            "page": max(1, self.api_calls - before["calls"]),
            "records": line.fetched,
            "percent": min(99, max(percent, before.get("percent", 0))),
            "at": self._now_as_text(),
        }
        values["ends_at"] = self._estimate_end(stream, share, values)
        self.progress = values

    def _progress_values(self) -> dict:
        """Return what the screens show of the progress, empty when there is none."""
        progress = self.progress
        if not progress:
            return {}
        names = ("entity", "phase", "page", "records", "percent", "ends_at")
        total = progress["expected"].get(progress["entity"], 0)
        return {
            **{name: progress[name] for name in names},
            "total": total if total >= progress["records"] else 0,
        }

    def _last_moment(self) -> datetime | bool:
        """Return when this run was last worked on (naive UTC), or False."""
        at = (self.progress or {}).get("at")
        return fields.Datetime.to_datetime(at) or self.started_at

    def _expected(self) -> dict:
        """Return how many records each module had in the last run of this kind."""
        last = self.search(
            [
                ("integration_id", "=", self.integration_id.id),
                ("status", "=", "done"),
                ("is_full", "=", self.is_full),
            ],
            limit=1,
        )
        return {line.entity: line.fetched for line in last.line_ids}

    def _whole_share(
        self, current: models.BaseModel, share: float, expected: dict
    ) -> float:
        """Return how much of the whole run is done, by the pages of its modules."""
        done = whole = 0.0
        for stream in self.integration_id._enabled_streams():
            pages = ENTITIES[stream.entity].usual_pages
            if expected:
                pages = 1 + expected.get(stream.entity, 0) / PER_PAGE
            whole += pages
            if stream == current:
                done += pages * share
            elif stream.sequence < current.sequence:
                done += pages
        return done / whole if whole else 0.0

    def _estimate_end(
        self, stream: models.BaseModel, share: float, values: dict
    ) -> str | bool:
        """Return when the run should end, or False while nobody can know.

        The first run knows only in its last module how much there is.

        :return: naive UTC, as text.
        """
        start, done = self.started_at, values["percent"] / 100
        if not values["expected"]:
            if stream != self.integration_id._enabled_streams()[-1:]:
                return False
            start, done = fields.Datetime.to_datetime(values["since"]), share
        now = fields.Datetime.now()
        if done < LEAST_SHARE or now - start < SOONEST_ESTIMATE:
            return False
        left = (now - start).total_seconds() * (1 - done) / done
        return fields.Datetime.to_string(now + timedelta(seconds=round(left)))

    @staticmethod
    def _now_as_text() -> str:
        return fields.Datetime.to_string(fields.Datetime.now())

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

    def _summarise(self, line: models.BaseModel) -> str:
        """Return what changed in a module, empty when nothing did."""
        counts = {
            "created": self.env._("%(count)s created", count=line.created),
            "updated": self.env._("%(count)s updated", count=line.updated),
            "withdrawn": self.env._("%(count)s withdrawn", count=line.withdrawn),
            "failed": self.env._("%(count)s with an error", count=line.failed),
        }
        parts = [counted for name, counted in counts.items() if line[name]]
        modules = dict(line._fields["entity"]._description_selection(self.env))
        values = {"module": modules[line.entity], "counts": ", ".join(parts)}
        return self.env._("%(module)s: %(counts)s", **values) if parts else ""

    # How a run is shown: its name, and the mapping that it has used.

    @api.depends("started_at", "trigger")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self) -> None:
        for run in self:
            run.display_name = (
                say_moment(self.env, run.started_at)
                if run.started_at
                else self.env._("Queued")
            )

    @api.depends("mapping_snapshot", "started_at")
    @api.depends_context("lang")
    def _compute_mapping_table(self) -> None:
        for run in self:
            is_told = run.mapping_snapshot or run.started_at
            run.mapping_table = is_told and render_mapping(
                self.env, run.mapping_snapshot or []
            )


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
    skipped = fields.Integer("Not Imported", readonly=True)
    failed = fields.Integer("Errors", readonly=True)

    _entity_uniq = models.UniqueIndex("(run_id, entity)")

    def _add(self, counts: dict[str, int]) -> None:
        """Add the counts of one page."""
        values = {
            name: self[name] + number for name, number in counts.items() if number
        }
        if values:
            self.write(values)


def render_mapping(env: Environment, snapshot: list[dict]) -> Markup:
    """Return one row for each mapped field: module, Zoho's side, Odoo's side.

    :param snapshot: what a run keeps of its mapping, see `zoho.field.mapping`.
    """
    entity = env["zoho.field.mapping"]._fields["entity"]
    labels = dict(entity._description_selection(env))
    row = Markup("<tr><td>%s</td><td>%s (%s)</td><td>%s</td><td>%s</td></tr>")
    rows = (
        row
        % (
            labels.get(mapped["entity"], mapped["entity"]),
            mapped["zoho_label"],
            mapped["zoho_field"],
            mapped["field"],
            _word(env, mapped),
        )
        for mapped in _mapped_fields(env, snapshot)
    )
    head = Markup("<tr><th>%s</th><th>%s</th><th>%s</th><th></th></tr>") % (
        env._("Module"),
        env._("Field in Zoho"),
        env._("Field in Odoo"),
    )
    table = Markup('<table class="table table-sm">%s%s</table>')
    return table % (head, Markup("").join(rows))


def _mapped_fields(env: Environment, snapshot: list[dict]) -> list[dict]:
    """Return the fields of all modules that the run has synced, or left alone.

    A run keeps what differs from run to run; the standard fields are added.
    """
    known = {(mapped["entity"], mapped["zoho_field"]) for mapped in snapshot}
    standard = [
        {
            "entity": entity,
            "zoho_field": field.zoho_field,
            "zoho_label": env._(field.label),
            "field": field.field,
            "is_standard": True,
        }
        for entity, facts in ENTITIES.items()
        for field in facts.fields
        if (entity, field.zoho_field) not in known
    ]
    order = [*ENTITIES]
    return sorted(
        [*standard, *snapshot],
        key=lambda mapped: (
            order.index(mapped["entity"]),
            not mapped.get("is_standard"),
        ),
    )


def _word(env: Environment, mapped: dict) -> str:
    if not mapped.get("active", True):
        return env._("Switched off")
    return env._("Standard") if mapped.get("is_standard") else ""
