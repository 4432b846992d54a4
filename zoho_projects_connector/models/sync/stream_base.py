"""What the stream of every module does: the phases, the cursor, the healing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from odoo import fields

from ...const import BATCH_SIZE
from ...zoho.endpoints import PageRequest
from ...zoho.errors import ZohoError, ZohoRefused
from ...zoho.paging import PAGE_CAP, Page
from .entities import ENTITIES, JsonRow
from .page import SyncPage
from .portal_session import PortalSession
from .stream_batches import (
    Batches,
    Parsed,
    Shown,
    generations,
    parse_rows,
    row_key,
)
from .stream_cursor import LEFT_OUT, Cursor, Pass, Sources
from .stream_deletions import Deletions

# The filter on the day of change knows days only, of an unknown time zone.
OVERLAP = timedelta(days=1)

# The people of the customers, all in one list.
CONTACTS = Pass("client_users", sink="contacts", is_extra=True)

# Number of records done, or None inside a page, which is better not left half-way:
# whenever it is yielded, all may be committed. With 0 it need not be.
Steps = Iterator[int | None]
Sink = Callable[[Pass, list[Any], set[str]], Iterable[None]]


class Stream:
    """One module of a portal on its way into Odoo.

    A run takes it through phases: *fetch* walks the passes of its plan page by page,
    *apply* (projects only) writes what was staged, *heal* tries again what waited for
    another record, *reconcile* looks for deletions. The cursor moves in the
    transaction that writes the page, so a run may be killed anywhere.

    :param record: the ``zoho.stream`` that keeps where the module stands.
    :param session: the line to Zoho, with the run in hand.
    """

    def __init__(self, record: Any, session: PortalSession) -> None:
        self.record = record
        self.session = session
        self.env = record.env
        self.integration = record.integration_id
        self.name: str = record.entity
        self.entity = ENTITIES[self.name]
        self.sources = Sources(record)
        # As it was read or moved last: nobody else moves it while a run is in hand.
        self._cursor: Cursor | None = None

    @property
    def run(self) -> Any:
        """Return the ``zoho.sync.run`` in hand."""
        return self.session.run

    @property
    def portal(self) -> str:
        """Return the Zoho id of the portal."""
        zoho_id: str = self.integration.portal_id.zoho_id
        return zoho_id

    @property
    def cursor(self) -> Cursor:
        """Return where the module stands; assigning moves it with what is written."""
        if self._cursor is None:
            self._cursor = Cursor.from_json(self.record.cursor)
        return self._cursor

    @cursor.setter
    def cursor(self, cursor: Cursor) -> None:
        self._cursor, self.record.cursor = cursor, cursor.to_json()

    def move(self, **values: Any) -> None:
        """Change some values of the cursor."""
        self.cursor = replace(self.cursor, **values)

    # The phase that follows on the fetching.
    after_fetch = "heal"

    def plan(self, is_full: bool) -> list[Pass]:
        """Return the passes of this run.

        :source: Zoho Projects API reference, sections 9.3, 9.6 and 14.
        """
        return [Pass(self.entity.listing)]

    def plan_more(self) -> bool:
        """Add the passes that only what was read tells of.

        :return: whether there is more to fetch.
        """
        return False

    def phases(self) -> dict[str, Callable[[], Steps]]:
        """Return what is done in each phase."""
        return {
            "fetch": self._fetch,
            "heal": self._heal,
            "reconcile": Deletions(self).step,
        }

    def sinks(self) -> dict[str, Sink]:
        """Return what becomes of the rows of a pass, by the name of its sink.

        Such a function takes the pass, its records, and the ids that no pass of this
        run has shown before.
        """
        return {"upsert": self._sink_upsert}

    def ready(self, records: Sequence[Any]) -> list[Any]:
        """Return the records with what their listing does not tell."""
        return list(records)

    def steps(self) -> Steps:
        """Do one step; yield whenever the state may be committed.

        :raise ZohoError: when Zoho does not give the page; nothing was written then.
        """
        if self.record.state == "waiting":
            self._read_fields()
            self._begin()
            yield 0
            return
        yield from self.phases()[self.cursor.phase]()

    def _read_fields(self) -> None:
        """Keep the field mapping in step; a refusal does no harm to the records.

        :raise ZohoRetryLater: when Zoho does not answer; nothing was written then.
        """
        if self.entity.field_modules and self.record._is_full(self.run):
            mapping = self.integration.env["zoho.field.mapping"]
            mapping._fetch_module(self.integration, self.name, self.session.page)

    def _begin(self) -> None:
        is_full = self.record._is_full(self.run)
        cursor = Cursor(passes=tuple(self.plan(is_full)), is_full=is_full)
        self.cursor, seen = self.sources.settled(cursor), self.record.modified_until
        self.record.write({"state": "running", "note": False, "modified_seen": seen})

    def _fetch(self) -> Steps:
        """Read the next pages, and write what they hold at once."""
        request = self.cursor.request(self.portal)
        if not request:
            if not self.plan_more():
                self.move(phase=self.after_fetch, at=0)
            yield 0
            return
        start, shown, error = self.cursor, Shown(self.cursor.current), None
        while request:
            try:
                self.cursor = onward = self._read(request, shown)
            except ZohoError as failure:
                error = failure
                break
            is_joined = shown.takes(onward, self.session)
            request = onward.request(self.portal) if is_joined else None
            self.session.ahead.work()
        if shown.pages:
            yield from self._write(shown, start)
        # What came before it is written by now, and the cursor stands at what failed.
        if error:
            if not isinstance(error, ZohoRefused) or not self.plan_around(error):
                raise error
            yield 0

    def _read(self, request: PageRequest, shown: Shown) -> Cursor:
        """Read one page.

        :param shown: gets what it holds.
        :return: the cursor behind it.
        :raise ZohoError: when Zoho does not give it.
        """
        page = self.session.ahead.page(self.record, request)
        current = self.cursor.current
        parsed = self.parse(page.rows, current)
        fresh, unseen = self._note_listed(page.rows, parsed.records)
        unseen -= self.session.ahead.overtaken(self.record, unseen, parsed.records)
        self.note_seen(current, parsed.records)
        onward = self._after(page, fresh, parsed.records)
        self.session.ahead.fetch_next(self.record, onward.request(self.portal))
        shown.add(page.rows, parsed, unseen)
        return onward

    def _write(self, shown: Shown, start: Cursor) -> Steps:
        """Write what some pages hold, and move the cursor behind them with it.

        :param start: where the module stood before them, and stands until all is done.
        """
        onward, self.cursor = self.cursor, start
        current, parsed = shown.current, shown.parsed
        yield from self.sinks()[current.sink](current, parsed.records, shown.unseen)
        self.note_broken(current, parsed)
        self.cursor = onward
        yield shown.rows

    def _heal(self) -> Steps:
        """Try again what waited for another record, until a round brings nothing."""
        cursor = self.cursor
        errors = self.env["zoho.sync.error"]._healable(
            self.integration,
            self.name,
            cursor.at,
            self.run.started_at if not cursor.round else None,
            BATCH_SIZE,
        )
        if errors:
            yield from self._heal_batch(errors)
            return
        if cursor.healed:
            self.move(at=0, healed=0, round=cursor.round + 1)
        else:
            self.end()
        yield 0

    def _heal_batch(self, errors: Any) -> Steps:
        """Try the records of some errors again.

        :param errors: ``zoho.sync.error``, each with the record as it was read.
        """
        records = self.parse([error.payload for error in errors]).records
        now = fields.Datetime.now()
        # Those of this run are counted as failed already.
        counted = errors.filtered(
            lambda e: e.last_seen and self.run.started_at <= e.last_seen <= now
        )
        self.run._line(self.name)._add({"failed": -len(counted)})
        healed = 0
        for page in self.upsert(records):
            healed += len(page.fetched)
            yield None
        self.move(at=errors[-1].id, healed=self.cursor.healed + healed)
        yield len(errors)

    def end(self) -> None:
        """Look for deletions after a full reading, else finish."""
        if self.cursor.is_full:
            self.move(phase="reconcile", at=0)
        else:
            self.record._finish(self.run)

    # The cursor

    def _after(self, page: Page, fresh: set[str], records: Sequence[Any]) -> Cursor:
        """Return the cursor behind a page.

        A pass ends with a page that says so, that is empty, that brings no new id, or
        that lies behind the last change already known.
        """
        cursor = self.cursor
        current = cursor.current
        ends = not page.more or not fresh or cursor.page >= PAGE_CAP
        if not ends and not current.is_behind(records):
            # The pages behind are counted in the size that Zoho took.
            return replace(cursor, page=cursor.page + 1, size=page.asked)
        return self.sources.behind(cursor, replace(current, is_answered=True))

    # Where Zoho refuses

    def plan_around(self, error: ZohoRefused) -> bool:
        """Change the pass in hand so that Zoho need not refuse it.

        :param error: what Zoho has said.
        :return: whether there is another way.
        """
        around = self.way_around(self.cursor, error)
        if around:
            self.cursor = around
        return around is not None

    def way_around(self, cursor: Cursor, error: ZohoRefused) -> Cursor | None:
        """Return the cursor with another way than the one refused, None without."""
        current = cursor.current
        if onward := self._without_one(cursor, error):
            return onward
        if other := self.alternative(current, error):
            return self.sources.settled(replace(cursor.with_current(other), page=1))
        if current.is_extra:
            onward = replace(cursor, index=cursor.index + 1, page=1, is_cut=True)
            return self.sources.settled(onward)
        return None

    def _without_one(self, cursor: Cursor, error: ZohoRefused) -> Cursor | None:
        """Return the cursor behind a record whose list Zoho refuses, or None.

        It may be gone, or closed to the signed-in user. Where Zoho gives the list of
        none of them it is the listing that is refused.
        """
        current = cursor.current
        codes = LEFT_OUT if current.listing == "project_phases" else ("not_found",)
        if not current.each or error.code not in codes:
            return None
        onward = self.sources.behind(cursor, current)
        is_last = onward.index > cursor.index
        return None if is_last and not current.is_answered else onward

    def alternative(self, current: Pass, error: ZohoRefused) -> Pass | None:
        """Return another pass to the same end as one that Zoho has refused."""
        return current.alternative(error)

    # The rows of a page

    def parse(self, rows: Iterable[JsonRow], current: Pass | None = None) -> Parsed:
        """Return the records of raw rows, and what could not be read.

        :param current: the pass that brought them, if any did.
        """
        current = current or Pass(self.entity.listing)
        asked = {"type": current.kind} if current.kind else {}
        if current.each == "known_project":
            asked["project_id"] = current.at
        return parse_rows(rows, current.rows or self.name, **asked)

    def _note_listed(
        self, rows: Sequence[JsonRow], records: Sequence[Any]
    ) -> tuple[set[str], set[str]]:
        """Note what a page has shown.

        :return: ids new to this pass, and ids new to the whole listing.
        """
        ids = [record.zoho_id for record in records]
        if len(ids) < len(rows):
            ids += [row_key(row) for row in rows]
        cursor = self.cursor
        # Each record that is asked for has a listing of its own.
        key = f"{cursor.index}:{cursor.current.at}"
        listed = self.env["zoho.listed.record"]
        found: tuple[set[str], set[str]] = listed._note_shown(
            self.record, key, cursor.page, ids
        )
        return found

    def note_seen(self, current: Pass, records: Sequence[Any]) -> None:
        """Keep the newest change that Zoho's own data have shown."""
        moments = [record.modified for record in records if record.modified]
        if seen := self.record.modified_seen:
            moments.append(seen)
        if moments and max(moments) != seen:
            self.record.modified_seen = max(moments)

    def note_broken(self, current: Pass, parsed: Parsed) -> None:
        """Put rows that could not be understood into the error summary."""
        entity = "customer" if current.rows else self.name
        Batches(self.run).leave(entity, parsed.broken)

    def upsert(self, records: Sequence[Any], name: str = "") -> Iterator[SyncPage]:
        """Write records; whoever iterates may commit after each page.

        :param name: their entity, when it is not the module's own.
        """
        return Batches(self.run).upsert(name or self.name, records)

    def _sink_upsert(
        self, current: Pass, records: list[Any], unseen: set[str]
    ) -> Iterator[None]:
        fresh = [record for record in records if record.zoho_id in unseen]
        groups = generations(fresh)
        for generation in groups:
            for page in self.upsert(generation):
                # The last of them is committed with the cursor.
                if generation is not groups[-1] or len(page.records) < len(generation):
                    yield None
        self.run._line(self.name)._add({"fetched": len(fresh)})

    # Again, from what was read before

    def retry(self, errors: Any, current: Pass | None = None, name: str = "") -> int:
        """Try the records of some errors again.

        :param errors: ``zoho.sync.error``, each with the record as it was read.
        :param name: their entity, when it is not the module's own.
        :return: how many of them are fetched now.
        """
        current = current or Pass(self.entity.listing)
        parsed = self.parse(errors.mapped("payload"), current)
        fetched = sum(
            len(page.fetched)
            for generation in generations(self.ready(parsed.records))
            for page in self.upsert(generation, name)
        )
        self.note_broken(current, parsed)
        # The queries that look for what waits read the tables.
        self.env.flush_all()
        return fetched
