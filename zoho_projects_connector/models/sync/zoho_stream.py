from collections.abc import Iterable
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from .causes import say_note
from .entities import ENTITIES, ENTITY_SELECTION, MODULES
from .portal_session import PortalSession
from .stream_base import Stream
from .stream_cursor import Cursor, Pass
from .stream_listings import (
    CustomerStream,
    ListedStream,
    ListingStream,
    TaskStream,
    UserStream,
)
from .stream_projects import ProjectStream
from .stream_time_logs import TimeLogStream

STREAMS: dict[str, type[Stream]] = {
    "customer": CustomerStream,
    "user": UserStream,
    "project": ProjectStream,
    "phase": ListedStream,
    "task_list": ListedStream,
    "task": TaskStream,
    "bug": ListedStream,
    "timelog": TimeLogStream,
}

# What is fetched is not yet healed and compared; what is staged is not yet written.
FETCHED_SHARE = 0.95
STAGED_SHARE = 0.5


class ZohoStream(models.Model):
    """Where one module of a portal stands, and what it has told of itself.

    What is done with it in a run is in :class:`stream_base.Stream` and its kinds.
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
    note = fields.Json(readonly=True, export_string_translation=False)
    message = fields.Char(compute="_compute_message")
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
    obeys_modified = fields.Boolean(
        readonly=True,
        copy=False,
        help="This portal has shown that it obeys the filter on the day of change.",
    )
    log_lists = fields.Selection(
        [("project", "Project by Project"), ("item", "Item by Item")],
        "Time Logs Are Listed",
        readonly=True,
        help="Where the portal refuses a list of the time of all projects.",
    )
    ignores_order = fields.Boolean(
        readonly=True,
        copy=False,
        help="This portal does not sort the list by the last change.",
    )
    pages_read = fields.Integer(
        readonly=True,
        copy=False,
        help="So many pages of a list that is not sorted had their turn: a quick sync "
        "reads the next one.",
    )
    approving_changes = fields.Selection(
        [("yes", "Yes"), ("no", "No")],
        "Approving Changes a Time Log",
        readonly=True,
        copy=False,
        help="What this portal has shown: whether approved time is among what has "
        "changed.",
    )
    last_reread = fields.Datetime(readonly=True)
    reread_until = fields.Char(
        readonly=True,
        copy=False,
        help="The last of the waiting days that the schedule has read again.",
    )
    asked_until = fields.Integer(
        readonly=True,
        help="The last missing record that Zoho was asked for; the next comparison "
        "goes on behind it, so that each has its turn.",
    )
    accepted_loss = fields.Integer(
        readonly=True,
        help="So many records somebody says are really gone: a list that lacks no more "
        "of them is believed, until each of them has had its second signal.",
    )
    # Assigned anew with each step: a change within JSON would go unnoticed. It moves in
    # the transaction of what it tells of.
    cursor = fields.Json(readonly=True)
    ahead = fields.Json(
        readonly=True,
        copy=False,
        help="Where the lists of this module stand that are read before its turn.",
    )

    _entity_uniq = models.UniqueIndex("(integration_id, entity)")

    @api.depends("entity")
    @api.depends_context("lang")
    def _compute_display_name(self) -> None:
        labels = dict(self._fields["entity"]._description_selection(self.env))
        for stream in self:
            stream.display_name = labels.get(stream.entity, "")

    @api.depends("note")
    @api.depends_context("lang", "tz")
    def _compute_message(self) -> None:
        for stream in self:
            stream.message = say_note(self.env, stream.note)

    @api.depends("entity", "integration_id")
    def _compute_record_count(self) -> None:
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
    def _prepare(self, integration: Any) -> None:
        """Make the streams of an integration, one for each module."""
        known = set(integration.stream_ids.mapped("entity"))
        self.create(
            [
                {
                    "integration_id": integration.id,
                    "entity": entity,
                    "sequence": sequence,
                }
                for sequence, entity in enumerate(MODULES)
                if entity not in known
            ]
        )

    def _queue(self) -> None:
        """Put the streams that are switched on into the queue of a run."""
        # A run that was closed by force may have left what its listings had shown.
        self.env["zoho.listed.record"]._forget(self)
        self.env["zoho.page"]._forget(self)
        for stream in self:
            state = "waiting" if stream._is_enabled() else "idle"
            stream.write({"state": state, "cursor": False})

    def _stream(self, session: PortalSession) -> Stream:
        """Return what reads this module. Note: `self.ensure_one()`

        :param session: the line to Zoho, with the run in hand.
        """
        return STREAMS[self.entity](self, session)

    def _plan_ahead(self, session: PortalSession) -> list[Pass]:
        """Return what of this module can be read before its turn."""
        stream = self._stream(session)
        return stream.plan_ahead() if isinstance(stream, ListingStream) else []

    def _is_enabled(self) -> bool:
        """Return whether the module is synced at all."""
        is_of_time = ENTITIES[self.entity].is_of_time
        return not is_of_time or self.integration_id.sync_timesheets

    def _is_full(self, run: Any) -> bool:
        """Return whether this run reads the whole module."""
        return run.is_full or self.needs_full_sync or not self.last_full_sync

    def _finish(self, run: Any) -> None:
        """End the stream: what was seen becomes what the next run starts from.

        What changed while the run was reading may have been missed, whatever else was
        seen later: the next run starts no later than this one did. A list that moved
        while it was read may also have passed over what was never seen: it is read
        again by the next run, but not by each.
        """
        cursor, seen = Cursor.from_json(self.cursor), self.modified_seen
        values = {
            "state": "idle",
            "cursor": False,
            "last_sync": fields.Datetime.now(),
            "modified_until": seen and min(seen, run.until),
        }
        if cursor.is_full:
            is_moved = cursor.is_moved and not self.needs_full_sync
            values |= {"last_full_sync": run.until, "needs_full_sync": is_moved}
        self.write(values)
        self.env["zoho.page"]._forget(self)
        errors, others = self.env["zoho.sync.error"], self.integration_id.stream_ids
        # What is new in a list that cannot be sorted had no turn yet, and is referred
        # to: the next run reads that list whole.
        if in_turn := others.filtered("ignores_order"):
            missing = errors._missing_since(run)
            lists = in_turn.filtered(lambda one: one.entity in missing)
            lists.needs_full_sync = True
        # While nobody can tell what is gone, the error that says so stays.
        if not cursor.is_deaf:
            errors._clear_module(self.integration_id, self.entity, cursor.is_full)

    def _fail(self, code: str, kept: dict) -> None:
        """End the stream without its cursor moving on; the reason is shown.

        :param kept: what is shown.
        """
        self.write({"state": "error", "cursor": False, "note": kept})
        cause, reason = kept if "kind" in kept else None, say_note(self.env, kept)
        self.env["zoho.page"]._forget(self)
        self.env["zoho.sync.error"]._note_module(
            self.integration_id, self.entity, code, reason=reason, cause=cause
        )

    # How much of one module is done, as far as its cursor tells

    def _share(self, line: Any, total: int | None) -> float:
        """Return how much of this module is done, from 0 to 1.

        :param line: what the run has counted in this module so far.
        :param total: records of the last run of this kind, None when unknown.
        """
        if not self.cursor:
            return 0.0
        cursor = Cursor.from_json(self.cursor)
        fetch_share = STAGED_SHARE if self.entity == "project" else FETCHED_SHARE
        if cursor.phase == "fetch":
            return fetch_share * self._fetched_share(cursor, line, total)
        if cursor.phase == "apply" and line.fetched:
            written = line.created + line.updated + line.unchanged
            share = min(1.0, (written + line.skipped + line.failed) / line.fetched)
            return fetch_share + (FETCHED_SHARE - fetch_share) * share
        return FETCHED_SHARE

    def _fetched_share(self, cursor: Cursor, line: Any, total: int | None) -> float:
        """Return how much of the listings is read: by records, by passes, by pages."""
        passes = len(cursor.passes)
        if total:
            return min(1.0, line.fetched / total)
        if passes > 1:
            return cursor.index / passes
        return 1.0 - 1.0 / cursor.page


class ZohoListedRecord(models.Model):
    """What the listings of the run in hand have shown so far.

    It outlives a killed server, so a listing goes on at the page where it stopped,
    knows a page that brings nothing new, and can tell in the end what is missing.
    """

    _name = "zoho.listed.record"
    _inherit = ["code.only.mixin"]
    _description = "Record Seen in a Listing of Zoho Projects"
    # There is one for each record of the portal, in each full comparison: four columns
    # less.
    _log_access = False

    # Its ``zoho.stream``. A foreign key would be looked up for each row, among all the
    # versions of a stream whose cursor moves with each page.
    stream_id = fields.Integer("Module", required=True, readonly=True)
    pass_key = fields.Char(required=True, readonly=True)
    page = fields.Integer(required=True, readonly=True)
    zoho_id = fields.Char(required=True, readonly=True)
    payload = fields.Json(readonly=True, groups="base.group_system")
    needs_customer = fields.Boolean(readonly=True)

    # The id first, as of links.
    _listed_uniq = models.UniqueIndex("(zoho_id, stream_id, pass_key)")

    @api.model
    def _note_shown(
        self, stream: Any, pass_key: str, page: int, zoho_ids: Iterable[str]
    ) -> tuple[set[str], set[str]]:
        """Note the ids of a page.

        A page that is read again, because it was interrupted, brings the same again.

        :param pass_key: names the pass, and the record that it asks for.
        :return: the ids that no other page of this pass has shown, and those of them
            that no page at all has shown.
        """
        zoho_ids = [zoho_id for zoho_id in dict.fromkeys(zoho_ids) if zoho_id]
        if not zoho_ids:
            return set(), set()
        self.env.execute_query(
            SQL(
                """INSERT INTO zoho_listed_record (stream_id, pass_key, page, zoho_id)
                   SELECT %s, %s, %s, unnest(%s) ON CONFLICT DO NOTHING
                   RETURNING 1""",
                *(stream.id, pass_key, page, zoho_ids),
            )
        )
        # Deep paging is no snapshot (reference, section 9.1): rows that move meanwhile
        # are shown twice, and a list that goes round in circles is found out.
        elsewhere = self.env.execute_query(
            SQL(
                """SELECT zoho_id, bool_or(pass_key = %s) FROM zoho_listed_record
                    WHERE stream_id = %s AND zoho_id = ANY(%s)
                      AND NOT (pass_key = %s AND page = %s)
                 GROUP BY zoho_id""",
                pass_key,
                stream.id,
                zoho_ids,
                pass_key,
                page,
            )
        )
        known = {zoho_id for zoho_id, _in_pass in elsewhere}
        in_pass = {zoho_id for zoho_id, is_in_pass in elsewhere if is_in_pass}
        return set(zoho_ids) - in_pass, set(zoho_ids) - known

    @api.model
    def _forget(self, streams: Any) -> None:
        """Clear what the listings of these streams have shown."""
        if streams:
            # Nothing is returned: there may be hundreds of thousands.
            self.env.cr.execute(
                SQL(
                    "DELETE FROM zoho_listed_record WHERE stream_id = ANY(%s)",
                    streams.ids,
                )
            )
            # The statement went past the cache.
            self.invalidate_model()

    @api.autovacuum
    def _gc_orphans(self) -> None:
        """Clear what the listings of streams have shown that were deleted."""
        self.env.cr.execute(
            """DELETE FROM zoho_listed_record listed
                WHERE NOT EXISTS (SELECT FROM zoho_stream stream
                                   WHERE stream.id = listed.stream_id)"""
        )
        # The statement went past the cache.
        self.invalidate_model()
