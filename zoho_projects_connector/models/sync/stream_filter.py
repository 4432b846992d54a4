"""What a quick sync asks for, where Zoho does not simply tell what has changed.

:source: Zoho Projects API reference, sections 7.2, 9.3 and 14.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from odoo import fields
from odoo.tools import SQL

from ...zoho import endpoints, queries
from ...zoho.paging import Page
from ...zoho.records import Record, TimeLog
from ..changes import changed_values
from .stream_base import OVERLAP, Stream
from .stream_cursor import Cursor, Pass
from .zoho_skipped_record import LOG_KINDS

# A log that was changed so many days after its day of work tells one from the other.
TELLING_DAYS = 4
# What a quick sync may ask for as long as nothing has changed.
QUICK_CALLS = 11
PAGE = 200
# Days are joined as long as they fit one page, with room for what is new there, and one
# range: Zoho takes six months.
ROOM = 160
LONGEST_RANGE = timedelta(days=150)
REREAD_DAYS = 150


def newest_first(listed: Pass, field: str, until: datetime) -> Pass:
    """Return a pass that ends with the first page of what is known.

    :param field: by which Zoho is asked to sort the list.
    :param until: the last change that is known (naive UTC).
    """
    return replace(
        listed,
        params={**listed.params, "sort_by": f"DESC({field})"},
        optional=("sort_by",),
        since=fields.Datetime.to_string(until - OVERLAP),
    )


class ChangedStream(Stream):
    """A module of which nobody can be asked what has changed.

    Where the portal sorts its list by the last change, a quick sync reads it as far as
    what is known already. Where it does not, a quick sync reads one page of it, each in
    its turn: a change arrives when the turn comes to its page.
    """

    # No source names the fields that these lists can be sorted by: the change of a
    # record is called so in the record itself.
    sort_field = "last_updated_time"

    def plan(self, is_full: bool) -> list[Pass]:
        """Return the passes of this run: all of the list, or what may have changed."""
        if is_full:
            self._turn_to(0, ignores_order=False)
            return super().plan(is_full)
        return [self.changes_of(Pass(self.entity.listing))]

    def changes_of(self, listed: Pass) -> Pass:
        """Return the pass of a quick sync over a list."""
        record = self.record
        if record.ignores_order or not record.modified_until:
            return replace(listed, is_turn=True, skipped=record.pages_read)
        sorted_ = newest_first(listed, self.sort_field, record.modified_until)
        return replace(sorted_, is_turn=True)

    def _after(self, page: Page, fresh: set[str], records: Sequence[Record]) -> Cursor:
        cursor = self.cursor
        current = cursor.current
        is_alone = cursor.page == 1 and not current.skipped and not page.more
        if not current.is_turn or is_alone or current.is_by_change(records):
            return super()._after(page, fresh, records)
        number = cursor.page + current.skipped
        # Of a list that says of each page that more follow, the end is known so; Zoho
        # may give pages of half the size that it is asked for.
        smallest = endpoints.LISTINGS[current.listing].per_page // 2
        ends = number > self.sources.count(self.name) // smallest
        self._turn_to(number if page.more and not ends else 0, ignores_order=True)
        return self.sources.behind(cursor, replace(current, is_answered=True))

    def _turn_to(self, pages_read: int, ignores_order: bool) -> None:
        """Keep which page is the next one."""
        values = {"pages_read": pages_read, "ignores_order": ignores_order}
        if changes := changed_values(self.record, values):
            self.record.write(changes)


class ChangeFilter:
    """Whether a portal obeys the filter on the day of change of time logs.

    One that ignores it lists days of work instead, and every row of them may look as if
    it had been asked for. A log that is known to have changed on other days than it was
    worked on tells: whether the pass by the day of change itself has listed it.

    :param record: the ``zoho.stream`` of the time logs, which keeps it.
    """

    def __init__(self, record: Any) -> None:
        self.record = record
        self.env = record.env

    def note(self, since: date, records: Sequence[TimeLog]) -> None:
        """Keep what the rows of a pass by the day of change say of the filter.

        :param since: the first day that was asked for.
        """
        # Zoho documents the filter for days of change without saying in whose time zone
        # they are counted: a day more or less tells nothing.
        changed = [one.modified.date() for one in records if one.modified]
        if any(_is_before(day, since) for day in changed):
            self.record.ignores_modified = True
        elif any(_is_before(one.day, since) for one in records):
            self.record.obeys_modified = True

    def is_ignored(self, cursor: Cursor) -> bool:
        """Return whether a log that has changed in the days asked for is missing."""
        told = [(no, one) for no, one in enumerate(cursor.passes) if one.by_modified]
        asked = [(number, one) for number, one in told if not one.probe]
        probes = [(number, one) for number, one in told if one.probe]
        # Where the filter has shown itself, a probe is not read to its end.
        missed = not self.record.obeys_modified and any(
            self._lacks_probe(number, one) for number, one in probes
        )
        return missed or (bool(asked) and self._lacks_changed(asked))

    def _lacks_changed(self, asked: list[tuple[int, Pass]]) -> bool:
        """Return whether these passes, with their numbers, lack a log of older work."""
        since = date.fromisoformat(min(one.by_modified for _number, one in asked))
        return self._lacks(
            [number for number, _one in asked],
            SQL("link.remote_modified >= %s", since + OVERLAP),
            SQL("line.date < %s", since - OVERLAP),
        )

    def _lacks_probe(self, number: int, probe: Pass) -> bool:
        """Return whether a probe has missed its log; one changed since is no miss."""
        behind = date.fromisoformat(probe.by_modified) + 3 * OVERLAP
        return self._lacks(
            [number],
            SQL("link.id = %s", probe.probe),
            SQL("link.remote_modified < %s", behind),
        )

    def _lacks(self, passes: list[int], *conditions: SQL) -> bool:
        """Return whether a log is linked that none of these passes has listed.

        What another pass has listed says nothing of the filter.

        :param passes: their numbers.
        """
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT 1 FROM zoho_link link
                         JOIN account_analytic_line line ON line.id = link.res_id
                        WHERE link.integration_id = %s AND link.entity = 'timelog'
                          AND link.state = 'linked' AND %s
                          AND NOT EXISTS (
                              SELECT FROM zoho_listed_record listed
                               WHERE listed.stream_id = %s
                                 AND listed.zoho_id = link.zoho_id
                                 AND split_part(listed.pass_key, ':', 1) = ANY(%s))
                        LIMIT 1""",
                    self.record.integration_id.id,
                    SQL(" AND ").join(conditions),
                    self.record.id,
                    [str(number) for number in passes],
                )
            )
        )

    def next_probe(self, cursor: Cursor) -> Pass | None:
        """Return the probe of a run that asks for days of change, if it is due."""
        is_by_change = any(one.by_modified for one in cursor.passes)
        is_by_item = any(one.each for one in cursor.passes)
        is_asked = any(one.probe for one in cursor.passes)
        return None if is_by_item or is_asked or not is_by_change else self.probe()

    def probe(self) -> Pass | None:
        """Return a pass that must list one known log, where nothing has told yet.

        It is one page a day as a rule, after a full comparison.
        """
        if self.record.obeys_modified or self.record.ignores_modified:
            return None
        found = self.env.execute_query(
            SQL(
                """SELECT link.id, link.remote_modified::date, line.zoho_log_kind
                     FROM zoho_link link
                     JOIN account_analytic_line line ON line.id = link.res_id
                    WHERE link.integration_id = %s AND link.entity = 'timelog'
                      AND link.state = 'linked' AND line.zoho_log_kind IS NOT NULL
                      AND line.date + %s <= link.remote_modified::date
                 ORDER BY link.remote_modified DESC, link.id LIMIT 1""",
                self.record.integration_id.id,
                TELLING_DAYS,
            )
        )
        for link_id, day, kind in found:
            first, last = day - timedelta(days=1), day + timedelta(days=1)
            return Pass(
                "time_logs",
                kind=queries.LOG_TYPES[kind],
                params=queries.time_log_params(kind, first, last, True),
                by_modified=first.isoformat(),
                probe=link_id,
            )
        return None


def calls_left(run: Any, record: Any) -> int:
    """Return how many calls a quick sync has left for what has its turn.

    :param record: the ``zoho.stream`` in hand. The lists of those behind it count as
        made, and what waits there.
    """
    integration = record.integration_id
    later = integration._enabled_streams().filtered(
        lambda one: one.sequence > record.sequence
    )
    lists: int = len(later) + sum(later.mapped("subtasks_apart"))
    names = later.mapped("entity")
    if "project" in names and any(run.env["zoho.sync.error"]._waiting_projects(run)):
        lists += 1 + integration.crm_first
    if logs := later.filtered(lambda one: one.entity == "timelog"):
        waiting = Waiting(logs, fields.Date.to_date(run.until))
        lists += len(LOG_KINDS) - 1
        lists += bool(waiting.count) + bool(ChangeFilter(logs).probe())
    return QUICK_CALLS - int(run.api_calls) - lists


def _is_before(day: date, since: date) -> bool:
    """Return whether a day lies before one, by more than time zones explain."""
    return (since - day).days > 1


@dataclass(frozen=True)
class Span:
    """Days with time of one kind that waits.

    :param logs: how many logs of the kind are known there.
    :param waiting: how many of them wait.
    """

    kind: str
    first: date
    last: date
    logs: int = 0
    waiting: int = 0

    @property
    def key(self) -> str:
        """Return what names it, in the order in which spans take their turns."""
        return f"{self.last} {self.kind}"

    @property
    def calls(self) -> int:
        """Return how many pages it is likely to have."""
        return max(1, -(-self.logs // PAGE))


class Waiting:
    """Time that waits for approval, or for an invoice that it is no longer on.

    Nobody knows whether an approval counts as a change of the log. Until the portal has
    shown that it does, the days with such time are read again: as few lists as hold
    them, and in each sync no more than a quick sync may ask for.

    :param record: the ``zoho.stream`` of the time logs.
    :param today: the day of the run.
    """

    def __init__(self, record: Any, today: date) -> None:
        self.record = record
        self.env = record.env
        self.integration = record.integration_id
        self.earliest = today - timedelta(days=REREAD_DAYS)
        # By kind and day: the logs that are known, and those that wait.
        self.known: dict[str, Counter[date]] = defaultdict(Counter)
        self.waiting: dict[str, Counter[date]] = defaultdict(Counter)
        self._count_left_out()
        self._count_differing()

    @property
    def count(self) -> int:
        """Return how many logs wait."""
        return sum(days.total() for days in self.waiting.values())

    @property
    def first_day(self) -> date | None:
        """Return the first day with such time."""
        days = (day for days in self.waiting.values() for day in days)
        return min(days, default=None)

    def _count_left_out(self) -> None:
        is_told = self.record.approving_changes == "yes"
        is_told = is_told and not self.record.ignores_modified
        left_out = self.env["zoho.skipped.record"]._read_group(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "timelog"),
                ("day", ">=", self.earliest),
            ],
            ["day:day", "kind", "reason"],
            ["__count"],
        )
        for day, known_kind, reason, count in left_out:
            # What an older version has kept may be of any kind.
            for kind in [known_kind] if known_kind else dict(LOG_KINDS):
                self.known[kind][day] += count
                if reason == "timesheet_not_approved" and not is_told:
                    self.waiting[kind][day] += count

    def _count_differing(self) -> None:
        settlement = self.env["zoho.settlement"]
        for kind, day in settlement._differing_days(self.integration, self.earliest):
            self.waiting[kind][day] += 1

    def _count_listed(self) -> None:
        """Count the logs that were fetched, and those that are errors, of any kind."""
        rows = self.env.execute_query(
            SQL(
                """SELECT line.zoho_log_kind, line.date, count(*)
                     FROM account_analytic_line line
                     JOIN zoho_link link ON link.res_id = line.id
                      AND link.res_model = 'account.analytic.line'
                    WHERE link.integration_id = %(id)s AND link.state = 'linked'
                      AND line.zoho_log_kind IS NOT NULL AND line.date >= %(first)s
                 GROUP BY line.zoho_log_kind, line.date
                UNION ALL SELECT NULL, day, count(*) FROM zoho_sync_error
                    WHERE integration_id = %(id)s AND entity = 'timelog'
                      AND resolved_at IS NULL AND day >= %(first)s GROUP BY day""",
                id=self.integration.id,
                first=self.earliest,
            )
        )
        for known_kind, day, count in rows:
            for kind in [known_kind] if known_kind else self.waiting:
                self.known[kind][day] += count

    def spans(self) -> list[Span]:
        """Return all days with such time, the newest first."""
        if not self.count:
            return []
        self._count_listed()
        spans = [span for kind in self.waiting for span in self._spans_of(kind)]
        return sorted(spans, key=lambda one: (one.key, one.waiting), reverse=True)

    def _spans_of(self, kind: str) -> list[Span]:
        known, waiting, found = self.known[kind], self.waiting[kind], list[Span]()
        for day in sorted(waiting, reverse=True):
            span = Span(kind, day, day, known[day], waiting[day])
            if found:
                last = found[-1]
                between = (one for one in known if day < one < last.first)
                joined = Span(
                    kind,
                    day,
                    last.last,
                    last.logs + span.logs + sum(known[one] for one in between),
                    last.waiting + span.waiting,
                )
                if joined.logs <= ROOM and joined.last - day < LONGEST_RANGE:
                    found[-1] = joined
                    continue
            found.append(span)
        return found

    def due(self, calls: int, is_asked: bool) -> list[Span]:
        """Return the days that are read now.

        Whoever presses the button gets the newest: what was approved of late is what he
        waits for. The schedule goes on where it stopped, so that all have their turn.

        :param calls: how many there may be; one list is read in any case.
        :param is_asked: whether somebody has pressed the button.
        """
        spans = self.spans()
        if not is_asked:
            behind = self.record.reread_until or ""
            spans.sort(key=lambda one: not one.key < behind)
        chosen = [
            span
            for number, span in enumerate(spans)
            if not number or sum(one.calls for one in spans[: number + 1]) <= calls
        ]
        if chosen and not is_asked:
            self.record.reread_until = chosen[-1].key
        return chosen
