"""Time logs: three kinds, in slices of days, by day of work or of change.

:source: Zoho Projects API reference, sections 7.2 and 9.3.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from odoo import fields
from odoo.tools import SQL

from ...clock import is_over
from ...zoho import queries
from ...zoho.errors import ZohoError, ZohoRefused
from ...zoho.paging import Page
from ...zoho.records import TimeLog
from .stream_base import OVERLAP
from .stream_cursor import Cursor, Pass, Sources
from .stream_filter import QUICK_CALLS, ChangeFilter, Span, Waiting
from .stream_listings import ListingStream

# Logs may be older than their project, and may be dated ahead.
DAYS_BEFORE_FIRST_PROJECT = 365
DAYS_AHEAD = 31
# The portal may be a day ahead of UTC, and may not count the last day asked for.
AHEAD = timedelta(days=2)
DAYS_WITHOUT_PROJECTS = 730
# Zoho Projects is younger: an earlier start of a project is a slip of the pen.
EARLIEST_DAY = date(2000, 1, 1)
# Between two re-readings of the days that wait for approval, on the schedule.
REREAD_HOURS = 4
LOG_KINDS = ("task", "issue", "general")
BY_MODIFIED = "fetch_by_modified_time"
# Where Zoho blames an id, not where it says "invalid".
BLAMES_ID = re.compile(r"(?<![a-z])ids?(?![a-z])")


class TimeLogStream(ListingStream):
    """Time logs; where the portal wants it so, project by project or item by item."""

    def plan(self, is_full: bool) -> list[Pass]:
        """Return the passes over time: all days, or the days of change."""
        record, until = self.record, self.run.until
        today = fields.Date.to_date(until)
        # No source shows a live run of the filter on the day of change (reference,
        # section 7.2): what a portal has shown of it is found out anew by each full
        # reading, or a wrong guess would stay for ever.
        if is_full:
            record.write(
                {
                    "last_reread": until,
                    "ignores_modified": False,
                    "obeys_modified": False,
                    "log_lists": False,
                }
            )
            return self._plan_all_days()
        if self._is_blind():
            return self._plan_reread(today)
        return self.plan_days(
            fields.Date.to_date(min(record.modified_until, until) - OVERLAP),
            # Zoho's clock is another one: what is ahead of ours has changed, too;
            # and it may count days in the portal's zone, without the last one.
            today + timedelta(days=DAYS_AHEAD),
            by_modified=True,
        )

    def plan_ahead(self) -> list[Pass]:
        """Return the passes of a full reading, once the first day is known."""
        projects = self.integration.stream_ids.filtered(
            lambda stream: stream.entity == "project"
        )
        is_open = projects.state in ("waiting", "running")
        if is_open and not Cursor.from_json(projects.cursor).lookups:
            return []
        return [one for one in self._plan_all_days() if not one.each]

    def _plan_all_days(self) -> list[Pass]:
        """Return the passes over all days that may have time."""
        today = fields.Date.to_date(self.run.until)
        start = first_log_day(self.integration, today)
        return self.plan_days(start, today + timedelta(days=DAYS_AHEAD))

    def _is_blind(self) -> bool:
        """Return whether this portal cannot say which logs have changed."""
        return bool(self.record.ignores_modified or not self.record.modified_until)

    def plan_days(
        self, start: date, end: date, by_modified: bool = False
    ) -> list[Pass]:
        """Return three passes for each slice of days: no kind of log is left out.

        :param by_modified: the days are days of change.
        """
        passes = [
            Pass(
                "time_logs",
                kind=kind,
                params=queries.time_log_params(kind, first, last, by_modified),
                by_modified=first.isoformat() if by_modified else "",
            )
            for first, last in queries.day_slices(start, end)
            for kind in LOG_KINDS
        ]
        return [_split(one, self.record.log_lists) for one in passes]

    def _plan_reread(self, today: date) -> list[Pass]:
        """Return passes over the days of work where changes cannot be asked for."""
        is_due = is_over(self.record.last_reread, timedelta(hours=REREAD_HOURS))
        if self.run.trigger == "schedule" and not is_due:
            return []
        self.record.last_reread = self.run.until
        days = [Waiting(self.record, today).first_day, self._first_open_day(today)]
        return self.plan_days(min(day for day in days if day), today + AHEAD)

    def _plan_waiting(self) -> bool:
        """Read days again where time waits for approval, or for an invoice.

        Where some of the days read have been approved, somebody is at it: whoever has
        pressed the button gets all of them.

        :return: whether there are any.
        """
        cursor, is_asked = self.cursor, self.run.trigger != "schedule"
        waiting = Waiting(self.record, fields.Date.to_date(self.run.until))
        if cursor.waiting is None:
            calls = QUICK_CALLS - self.run.api_calls
            if calls < 1 and any(one.probe for one in cursor.passes):
                return False
            spans, is_all = waiting.due(calls, is_asked), False
        elif is_asked and waiting.count < cursor.waiting:
            spans, is_all = waiting.spans(), True
        else:
            return False
        read = [(one.kind, one.params) for one in cursor.passes]
        passes = [
            _split(one, self.record.log_lists)
            for one in _day_passes(spans)
            if (one.kind, one.params) not in read
        ]
        more = cursor.with_more(passes, waiting=waiting.count, unfiltered=is_all)
        self.cursor = self.sources.settled(more)
        return bool(passes)

    def _first_open_day(self, today: date) -> date:
        """Return the first day to read where changes cannot be asked for.

        Whoever presses the button gets all that is unbilled; the schedule a month, and
        the rest once a day.
        """
        month_ago = today - timedelta(days=DAYS_AHEAD)
        if self.run.trigger == "schedule":
            return month_ago
        oldest = self.env["account.analytic.line"].search(
            [
                ("billing_state", "=", "unbilled"),
                ("zoho_link_ids.integration_id", "=", self.integration.id),
            ],
            order="date",
            limit=1,
        )
        first: date = oldest.date or month_ago
        return min(first, month_ago)

    def plan_more(self) -> bool:
        """Read by day of work what the filter on the day of change may not tell."""
        cursor, filter_ = self.cursor, ChangeFilter(self.record)
        if cursor.is_full or cursor.unfiltered:
            return False
        if not self.record.ignores_modified and filter_.is_ignored(cursor):
            self.record.ignores_modified = True
        if not self.record.ignores_modified:
            if probe := filter_.next_probe(cursor):
                self.cursor = cursor.with_more([probe])
            return bool(probe) or self._plan_waiting()
        days = self._plan_reread(fields.Date.to_date(self.run.until))
        self.cursor = self.sources.settled(cursor.with_more(days, unfiltered=True))
        return bool(days)

    def _after(self, page: Page, fresh: set[str], records: Sequence[TimeLog]) -> Cursor:
        """Return the cursor behind a page; a probe that has told needs no other."""
        cursor = self.cursor
        if cursor.current.probe and self.record.obeys_modified:
            return self.sources.behind(cursor, cursor.current)
        return super()._after(page, fresh, records)

    def note_seen(self, current: Pass, records: Sequence[TimeLog]) -> None:
        """Keep the newest change seen, and whether the filter on it is obeyed."""
        super().note_seen(current, records)
        if current.by_modified:
            since = date.fromisoformat(current.by_modified)
            ChangeFilter(self.record).note(since, records)

    # Where Zoho refuses

    def way_around(self, cursor: Cursor, error: ZohoRefused) -> Cursor | None:
        """Return the cursor with another way than the one refused, None without."""
        current = cursor.current
        if level := _finer_list(current, error):
            self.record.log_lists = level
            passes = [
                _split(one, level)
                if number >= cursor.index and one.kind == current.kind
                else one
                for number, one in enumerate(cursor.passes)
            ]
            return self.sources.settled(replace(cursor, passes=tuple(passes), page=1))
        if _refuses_modified(current, error):
            self.record.ignores_modified = True
            others = tuple(one for one in cursor.passes if not one.by_modified)
            return self.sources.settled(replace(cursor, passes=others, index=0, page=1))
        return super().way_around(cursor, error)

    def find_lists(self) -> None:
        """Find out how much time Zoho lists at once, without reading any of it."""
        today = fields.Date.today()
        self.cursor = Cursor(passes=tuple(self.plan_days(today, today)), is_full=True)
        while request := self.cursor.request(self.portal):
            try:
                self.session.page(request)
            except ZohoRefused as error:
                if not self.plan_around(error):
                    return
            except ZohoError:
                return
            else:
                return


# Portals that want to hear whose time they are to list


def _split(one: Pass, level: str | None) -> Pass:
    """Return a pass that asks once for each project, or for each item.

    :param level: ``project``, ``item``, or nothing for all at once.
    """
    if not level or one.kind == "general":
        return one
    plain = replace(one, at="", is_answered=False)
    if level == "project":
        listing = "project_time_logs"
        return replace(plain, listing=listing, each="known_project", path="project")
    item = "task" if one.kind == "task" else "bug"
    return replace(plain, listing="time_logs", each=item, path="")


def _day_passes(spans: Iterable[Span]) -> list[Pass]:
    """Return a pass over each of the spans."""
    return [
        Pass(
            "time_logs",
            kind=queries.LOG_TYPES[span.kind],
            params=queries.time_log_params(span.kind, span.first, span.last),
        )
        for span in spans
    ]


def _finer_list(current: Pass, error: ZohoRefused) -> str | None:
    """Return how less time at once can be asked for, where Zoho refuses more.

    A list of a project shows the time of tasks that no list holds, too: those of single
    items are the last way.

    :return: ``project``, ``item``, or None when that is not the matter.
    """
    if current.kind not in ("task", "issue") or current.each in ("task", "bug"):
        return None
    wants_id = error.code == "bad_request" and bool(
        BLAMES_ID.search(f"{error.field} {error.message}".lower())
    )
    is_unknown = current.each == "known_project" and not current.is_answered
    if not wants_id and not is_unknown:
        return None
    return "item" if current.each else "project"


def _refuses_modified(current: Pass, error: ZohoRefused) -> bool:
    """Return whether Zoho does not take the filter on the day of change."""
    said = f"{error.field} {error.message}"
    is_bad = error.code == "bad_request"
    return bool(current.by_modified) and is_bad and BY_MODIFIED in said


def first_log_day(integration: Any, today: date) -> date:
    """Return the first day that a full reading asks for."""
    projects = integration.stream_ids.filtered(
        lambda stream: stream.entity == "project"
    )
    first = projects.earliest_day or today - timedelta(days=DAYS_WITHOUT_PROJECTS)
    first = max(first, EARLIEST_DAY) - timedelta(days=DAYS_BEFORE_FIRST_PROJECT)
    [[oldest]] = integration.env.execute_query(
        SQL(
            """SELECT least(
                (SELECT min(line.date) FROM account_analytic_line line
                   JOIN zoho_link link ON link.res_id = line.id
                    AND link.res_model = 'account.analytic.line'
                  WHERE link.integration_id = %(id)s AND link.state = 'linked'),
                (SELECT min(day) FROM zoho_skipped_record
                  WHERE integration_id = %(id)s AND entity = 'timelog'))""",
            id=integration.id,
        )
    )
    return min(first, oldest or first).replace(day=1)


def count_log_calls(integration: Any) -> tuple[str, int, int]:
    """Return what listing all time costs where it is not listed all at once.

    :return: ``project``, ``item`` or nothing; how many of them are known; and how many
        calls they take.
    """
    logs = integration.stream_ids.filtered(lambda stream: stream.entity == "timelog")
    if not logs.log_lists:
        return "", 0, 0
    sources, today = Sources(logs), fields.Date.today()
    last = today + timedelta(days=DAYS_AHEAD)
    slices = len(queries.day_slices(first_log_day(integration, today), last))
    if logs.log_lists == "project":
        count = sources.count("known_project")
        return "project", count, 2 * count * slices
    count = sources.count("task") + sources.count("bug")
    return "item", count, count * slices
