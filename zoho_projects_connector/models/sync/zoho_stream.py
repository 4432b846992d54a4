from odoo import api, fields, models

from ...const import BATCH_SIZE, ENTITIES, ENTITY_SELECTION
from ...zoho.errors import ZohoRefused

# What is fetched is not yet healed and compared; what is staged is not yet written.
FETCHED_SHARE = 0.95


STAGED_SHARE = 0.5


class ZohoStream(models.Model):
    """One module of a portal on its way into Odoo, with its cursor.

    A run takes a stream through phases: *fetch* walks the passes of its plan page by
    page, *apply* (projects only) writes what was staged, *heal* tries again what
    waited for another record, *reconcile* looks for deletions. The cursor moves in
    the transaction that writes the page, so a run may be killed anywhere.
    """

    _name = "zoho.stream"
    _inherit = ["code.only.mixin"]
    _description = "Module of a Zoho Portal"
    _order = "integration_id, sequence"
    _rec_name = "entity"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="integration_id.company_id", store=True)
    entity = fields.Selection(
        ENTITY_SELECTION, string="Module", required=True, readonly=True
    )
    sequence = fields.Integer(readonly=True)
    state = fields.Selection(
        [
            ("idle", "Up to Date"),
            ("waiting", "Waiting"),
            ("running", "In Progress"),
            ("error", "Error"),
        ],
        required=True,
        default="idle",
        readonly=True,
    )
    message = fields.Char(readonly=True)
    last_sync = fields.Datetime(readonly=True)
    last_full_sync = fields.Datetime("Last Full Comparison", readonly=True)
    needs_full_sync = fields.Boolean(
        readonly=True, help="The next run reads the whole module again."
    )
    record_count = fields.Integer("Records", compute="_compute_record_count")
    modified_until = fields.Datetime(
        "Changes Read until",
        readonly=True,
        help="The newest change seen in Zoho's own data.",
    )
    modified_seen = fields.Datetime(readonly=True)
    earliest_day = fields.Date(readonly=True)
    subtasks_apart = fields.Boolean(
        readonly=True, help="This portal lists subtasks only when asked for them."
    )
    ignores_modified = fields.Boolean(
        readonly=True, help="This portal ignores the filter on the day of change."
    )
    cursor = fields.Json(readonly=True)

    _entity_uniq = models.UniqueIndex("(integration_id, entity)")

    @api.depends("entity")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["entity"]._description_selection(self.env))
        for stream in self:
            stream.display_name = labels.get(stream.entity, "")

    @api.depends("entity", "integration_id")
    def _compute_record_count(self):
        counts = {
            (integration.id, entity): count
            for integration, entity, count in self.env["zoho.link"]._read_group(
                [
                    ("integration_id", "in", self.integration_id.ids),
                    ("state", "=", "linked"),
                ],
                ["integration_id", "entity"],
                ["__count"],
            )
        }
        for stream in self:
            key = (stream.integration_id.id, stream.entity)
            stream.record_count = counts.get(key, 0)

    # Life of a stream in a run
    @api.model
    def _prepare(self, integration):
        """Make the streams of an integration, one for each module."""
        known = set(integration.stream_ids.mapped("entity"))
        self.create(
            [
                {
                    "integration_id": integration.id,
                    "entity": entity,
                    "sequence": sequence,
                }
                for sequence, entity in enumerate(ENTITIES)
                if entity not in known
            ]
        )

    def _queue(self, run):
        """Put the streams that are switched on into the run's queue."""
        self.env["zoho.listed.record"]._forget(self)
        for stream in self:
            state = "waiting" if stream._is_enabled() else "idle"
            stream.write({"state": state, "cursor": False})

    def _is_enabled(self):
        if self.entity in ("user", "timelog"):
            return self.integration_id.sync_timesheets
        return True

    def _is_full(self, run):
        """Return whether this run reads the whole module."""
        return run.is_full or self.needs_full_sync or not self.last_full_sync

    def _begin(self, run):
        is_full = self._is_full(run)
        cursor = {
            "phase": "fetch",
            "passes": self._plan(run, is_full),
            "index": 0,
            "page": 1,
            "is_full": is_full,
        }
        self.write(
            {
                "state": "running",
                "message": False,
                "modified_seen": self.modified_until,
                "cursor": self._settled(cursor),
            }
        )

    def _finish(self, run):
        """End the stream: what was seen becomes what the next run starts from.

        What changed while the run was reading may have been missed, whatever else was
        seen later: the next run starts no later than this one did.
        """
        is_full, seen = self.cursor["is_full"], self.modified_seen
        is_deaf = self.cursor.get("is_deaf")
        values = {
            "state": "idle",
            "cursor": False,
            "last_sync": fields.Datetime.now(),
            "modified_until": seen and min(seen, run.until),
        }
        if is_full:
            values |= {"last_full_sync": run.until, "needs_full_sync": False}
        self.write(values)
        if is_deaf:
            self._note_deaf()
            return
        self.env["zoho.sync.error"]._clear_module(
            self.integration_id, self.entity, is_full
        )

    def _fail(self, code, message):
        """End the stream without its cursor moving on; the reason is shown.

        :param str code: a code of the error summary.
        """
        self.write({"state": "error", "cursor": False, "message": message})
        self.env["zoho.sync.error"]._note_module(
            self.integration_id, self.entity, code, reason=message
        )

    # One step: whatever may be committed at once
    def _steps(self, session, run):
        """Do one step; yield whenever the state may be committed.

        It yields None inside a page, which is better not left half-way, and the number
        of records at its end.

        :param SyncSession session: the line to Zoho.
        :raise ZohoError: when Zoho does not give the page; nothing was written then.
        """
        self.ensure_one()
        if self.state == "waiting":
            self._read_fields(session, run)
            self._begin(run)
            yield 0
            return
        steps = {
            "fetch": self._step_fetch,
            "apply": self._step_apply,
            "heal": self._step_heal,
            "reconcile": self._step_reconcile,
        }
        yield from steps[self.cursor["phase"]](session, run)

    def _step_fetch(self, session, run):
        request = self._request()
        if not request:
            yield from self._step_fetched(session, run)
            return
        try:
            page = self.integration_id._fetch_page(session, run, request)
        except ZohoRefused as error:
            if not self._plan_around(error):
                raise
            yield 0
            return
        step = self.cursor["passes"][self.cursor["index"]]
        records, broken = self._parse(page.rows, step)
        fresh, unseen = self._note_listed(step, page.rows, records)
        onward = self._after(page, step, fresh, records)
        self._fetch_ahead(session, run, onward)
        yield from self._sink(run, step, records, unseen)
        self._note_broken(run, step, broken)
        self.cursor = onward
        yield len(page.rows)

    def _step_fetched(self, session, run):
        """All passes are walked: go on to the next phase."""
        if not self._plan_more(run):
            is_staged = self.entity == "project"
            self._move(phase="apply" if is_staged else "heal", at=0)
        yield 0

    # Healing
    def _step_heal(self, session, run):
        """Try again what waited for another record, until a round brings nothing."""
        if lost := self._next_lost_project(run):
            self._read_lost_project(session, run, lost)
            yield 0
            return
        cursor = self.cursor
        errors = self.env["zoho.sync.error"]._healable(
            self.integration_id,
            self.entity,
            cursor.get("at", 0),
            run.started_at if not cursor.get("round") else None,
            BATCH_SIZE,
        )
        if errors:
            records, _broken = self._parse([error.payload for error in errors])
            now = fields.Datetime.now()
            counted = errors.filtered(
                lambda e: e.last_seen and run.started_at <= e.last_seen <= now
            )
            run._line(self.entity)._add({"failed": -len(counted)})
            healed = 0
            for page in self._upsert_batches(run, records):
                healed += len(page.fetched)
                yield
            self._move(at=errors[-1].id, healed=cursor.get("healed", 0) + healed)
            yield len(errors)
            return
        if cursor.get("healed"):
            self._move(at=0, healed=0, round=cursor.get("round", 0) + 1)
        else:
            self._end(run)
        yield 0

    def _end(self, run):
        """Look for deletions after a full reading, else finish."""
        if self.cursor["is_full"]:
            self._move(phase="reconcile", at=0)
        else:
            self._finish(run)

    # How much of one module is done, as far as its cursor tells.

    def _share(self, line, total) -> float:
        """Return how much of this module is done, from 0 to 1.

        :param line: what the run has counted in this module so far.
        :param total: records of the last run of this kind, None when unknown.
        """
        cursor = self.cursor
        if not cursor:
            return 0.0
        fetch_share = STAGED_SHARE if self.entity == "project" else FETCHED_SHARE
        if cursor["phase"] == "fetch":
            return fetch_share * self._fetched_share(cursor, line, total)
        if cursor["phase"] == "apply" and line.fetched:
            written = line.created + line.updated + line.unchanged
            share = min(1.0, (written + line.skipped + line.failed) / line.fetched)
            return fetch_share + (FETCHED_SHARE - fetch_share) * share
        return FETCHED_SHARE

    def _fetched_share(self, cursor, line, total) -> float:
        """Return how much of the listings is read: by records, by passes, by pages."""
        passes = len(cursor["passes"])
        if total:
            return min(1.0, line.fetched / total)
        if passes > 1:
            return cursor["index"] / passes
        return 1.0 - 1.0 / cursor["page"]
