"""From rows to records, and from records to Odoo, in batches that shrink on failure."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg2

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError

from ...const import SAVEPOINTS_PER_TRANSACTION
from ...zoho.errors import ZohoUnreadable
from ...zoho.reader import Row
from ...zoho.values import storable, zoho_id
from .entities import ENTITIES, PARSERS, JsonRow
from .page import NotFetched, SyncPage
from .portal_session import PortalSession
from .stream_cursor import Cursor, Pass

# What an Odoo rule or a constraint of the database may refuse a record with. A clash
# with another transaction is not among it: that concerns the whole transaction, which
# is repeated.
REFUSALS = (
    UserError,
    ValidationError,
    AccessError,
    MissingError,
    ValueError,
    ArithmeticError,
    TypeError,
    psycopg2.IntegrityError,
    psycopg2.DataError,
    # A text too long for an index.
    psycopg2.errors.ProgramLimitExceeded,
)
# So many pages are written at once, and counted as calls together: should the server be
# killed, nobody remembers them, and Zoho allows ten more than are asked for.
PAGES_AT_ONCE = 5
SECONDS_AT_ONCE = 2
# What does not depend on the pass that has shown it.
JOINED = ("upsert", "contacts")
# What a value of a kind that nobody expected there may bring about.
MISFITS = (ValueError, ArithmeticError, TypeError, LookupError, AttributeError)


@dataclass(frozen=True)
class Unreadable:
    """Stands for a record that could not be understood."""

    zoho_id: str
    raw: JsonRow
    name: str = ""
    project_id: str = ""


@dataclass
class Parsed:
    """What became of the rows of a page.

    :param records: those that could be read, each of its own class of the library.
    :param broken: what stands for the others, and why they could not.
    """

    records: list[Any] = field(default_factory=list)
    broken: list[tuple[Unreadable, NotFetched]] = field(default_factory=list)


@dataclass
class Shown:
    """What the pages of one step hold.

    :param current: the pass of the first of them.
    :param unseen: ids that no page of this run has shown before.
    """

    current: Pass
    parsed: Parsed = field(default_factory=Parsed)
    unseen: set[str] = field(default_factory=set)
    rows: int = 0
    pages: int = 0
    # Looked up when it is called, so that a test may stop the clock.
    since: float = field(default_factory=lambda: time.monotonic())

    def add(self, rows: Sequence[JsonRow], parsed: Parsed, unseen: set[str]) -> None:
        """Add a page."""
        self.parsed.records += parsed.records
        self.parsed.broken += parsed.broken
        self.unseen |= unseen
        self.rows += len(rows)
        self.pages += 1

    def takes(self, onward: Cursor, session: PortalSession) -> bool:
        """Return whether the page at a cursor is to be written with these."""
        return (
            session.may_fetch_ahead
            and self.pages < min(session.pages, PAGES_AT_ONCE)
            and time.monotonic() - self.since < SECONDS_AT_ONCE
            and not onward.is_walked
            and self.current.sink == onward.current.sink
            and self.current.sink in JOINED
        )


def parse_rows(rows: Iterable[JsonRow], kind: str, **asked: str) -> Parsed:
    """Return the records of raw rows, and what could not be read.

    :param kind: what the rows are: a key of ``PARSERS``.
    :param asked: what was asked for; a row that does not say it itself is read, and
        kept for when it is tried again, as if it did.
    """
    parsed = Parsed()
    for row in rows:
        whole = row | {key: asked[key] for key in asked if not row.get(key)}
        try:
            parsed.records += PARSERS[kind](whole)
        except (ZohoUnreadable, *MISFITS) as error:
            parsed.broken.append(_broken(row, whole, kind, error))
    return parsed


def _broken(
    row: JsonRow, whole: JsonRow, kind: str, error: Exception
) -> tuple[Unreadable, NotFetched]:
    """Return what stands for a row that cannot be read, and why it cannot.

    :param whole: the row with what was asked for.
    """
    raw, project, entity = storable(whole), "", ENTITIES.get(kind)
    if entity and entity.is_of_project:
        project = Row(raw, entity.record).identifier("project_id")
    # The reason is English: for support, not for whoever reads the error summary.
    reason = getattr(error, "message", "") or type(error).__name__
    variant = f"unreadable_{getattr(error, 'code', '')}"
    unreadable = Unreadable(row_key(row), raw, project_id=project)
    return unreadable, NotFetched("unreadable", variant=variant, reason=reason)


def row_key(row: JsonRow) -> str:
    """Return the id of a raw row; one without an id is known by its content."""
    if found := zoho_id(row.get("id_string") or row.get("id")):
        return found
    text = json.dumps(row, sort_keys=True, default=str)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def generations(records: Iterable[Any]) -> list[list[Any]]:
    """Return the records in groups, so that no parent comes after its child."""
    left = {record.zoho_id: record for record in records}
    groups = []
    while left:
        group = [
            record
            for record in left.values()
            if getattr(record, "parent_id", "") not in left
        ]
        # A circle of parents has no first generation: Odoo will say so.
        group = group or list(left.values())
        groups.append(group)
        for record in group:
            del left[record.zoho_id]
    return groups


class Batches:
    """Writes records as one batch; only when it fails, in halves.

    :param run: the ``zoho.sync.run`` that counts them.
    """

    def __init__(self, run: Any) -> None:
        self.run = run
        self.env = run.env

    def upsert(self, entity: str, records: Sequence[Any]) -> Iterator[SyncPage]:
        """Yield pages that are done; whoever iterates may commit after each."""
        unique = list({record.zoho_id: record for record in records}.values())
        queue = [SyncPage(self.run, entity, unique)] if unique else []
        savepoints = 0
        while queue:
            if savepoints >= SAVEPOINTS_PER_TRANSACTION:
                savepoints = 0
                # A page of nothing, so that whoever iterates commits: past 64
                # savepoints in one transaction, released ones too, PostgreSQL slows
                # down for everybody.
                yield SyncPage(self.run, entity, [])
            page = queue.pop(0)
            savepoints += 1
            failure = self._upsert(page)
            if failure is None:
                yield self._tally(page)
            elif len(page.records) == 1:
                done = page.sub_page(page.records)
                done.leave(page.records[0], failure)
                yield self._tally(done)
            else:
                half = len(page.records) // 2
                queue[:0] = [
                    page.sub_page(page.records[:half]),
                    page.sub_page(page.records[half:]),
                ]

    def leave(
        self, entity: str, broken: Sequence[tuple[Unreadable, NotFetched]]
    ) -> None:
        """Put rows that could not be understood into the error summary."""
        if not broken:
            return
        page = SyncPage(self.run, entity, [record for record, _failure in broken])
        for record, failure in broken:
            page.leave(record, failure)
        self.env["zoho.sync.error"]._note_page(page)
        self.run._line(entity)._add({"fetched": len(broken), **page.counts})

    def _upsert(self, page: SyncPage) -> NotFetched | None:
        """Write one batch under one savepoint.

        :return: None, or why nothing of it was written.
        """
        model = self.env[page.model]
        try:
            # After an error of the database only a savepoint lets its transaction go
            # on; going back to one empties the cache as well.
            with self.env.cr.savepoint():
                model._zoho_upsert(page)
                # What the database refuses, it refuses within the savepoint.
                self.env.flush_all()
        except psycopg2.IntegrityError as error:
            reason = model._sql_error_to_message(error)
        except REFUSALS as error:
            reason = str(error.args[0] if error.args else error)
            if isinstance(error, psycopg2.Error):
                # Of the database's words only the first line is about the value.
                reason = reason.partition("\n")[0]
        else:
            return None
        # The cache holds what was rolled back; flushing would write it again.
        self.env.invalidate_all(flush=False)
        return NotFetched("odoo_refused", reason=reason)

    def _tally(self, page: SyncPage) -> SyncPage:
        """Count a page that is written, and keep the error summary in step."""
        self.env["zoho.skipped.record"]._note_page(page)
        self.env["zoho.sync.error"]._note_page(page)
        self.run._line(page.entity)._add(page.counts)
        return page
