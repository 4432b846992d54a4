"""Counts the portal's logs once, as far as a little time and a few calls go."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from time import monotonic

from odoo import fields
from odoo.models import BaseModel
from odoo.tools import format_date, formatLang

from ...hours import clock
from ...zoho import endpoints, queries
from ...zoho.client import ZohoClient
from ...zoho.endpoints import PageRequest
from ...zoho.errors import ZohoRefused, ZohoThrottled, ZohoUnreadable
from ...zoho.paging import JsonRow, Page, iter_rows
from ...zoho.records import TimeLog, parse_project, parse_time_log
from .stream_time_logs import (
    DAYS_AHEAD,
    DAYS_BEFORE_FIRST_PROJECT,
    DAYS_WITHOUT_PROJECTS,
    EARLIEST_DAY,
    LOG_KINDS,
)

# A request of the browser is answered in time, and the first sync, which follows,
# still finds a good part of the hundred calls that Zoho allows in two minutes.
COUNT_SECONDS = 20
COUNT_CALLS = 60


class BudgetSpent(Exception):
    """The count has used what it may."""


class BudgetedFetcher:
    """Fetches pages until the time, or the number of calls, is used up.

    :param integration: the budget of whose portal is counted.
    :param client: reads the portal.
    """

    def __init__(self, integration: BaseModel, client: ZohoClient) -> None:
        self.integration = integration
        self.client = client
        self.deadline = monotonic() + COUNT_SECONDS
        self.calls = 0

    def fetch(self, request: PageRequest) -> Page:
        """Return a page.

        :raise BudgetSpent: instead of a call too many.
        """
        if self.calls >= COUNT_CALLS or monotonic() > self.deadline:
            raise BudgetSpent
        # Nobody but code has rights to the quota; the portal was checked.
        quota = self.integration.env["zoho.quota"].sudo()
        try:
            quota._reserve(self.integration, request.listing.pattern)
            self.calls += 1
            return self.client.fetch(request)
        except ZohoThrottled as error:
            raise BudgetSpent from error


def count_logs(integration: BaseModel, client: ZohoClient) -> "LogTally":
    """Return the tally of the newest days, back to the oldest if there is time.

    :param client: reads the portal of the integration.
    """
    fetcher = BudgetedFetcher(integration, client)
    today = fields.Date.today()
    end = today + timedelta(days=DAYS_AHEAD)
    tally = LogTally(end)
    # What is not read by then is told beside the count.
    with suppress(BudgetSpent):
        start = _first_day_to_count(fetcher, today)
        for first, last in reversed(queries.day_slices(start, end)):
            for log in _logs_between(fetcher, first, last):
                tally.add(log)
            tally.since = first
        tally.is_whole = True
    return tally


def _first_day_to_count(fetcher: BudgetedFetcher, today: date) -> date:
    """Return the day from which the sync would ask for logs."""
    days = []
    for params in ({}, queries.project_filter("all_closed")):
        try:
            rows = list(iter_rows(fetcher, endpoints.PROJECTS, params))
        except ZohoRefused:
            if params:
                continue  # a portal without this filter
            raise
        days += [day for row in rows if (day := _first_day_of(row))]
    first = min(days, default=today - timedelta(days=DAYS_WITHOUT_PROJECTS))
    first = max(first, EARLIEST_DAY)
    return first - timedelta(days=DAYS_BEFORE_FIRST_PROJECT)


def _first_day_of(row: JsonRow) -> date | None:
    """Return the day on which a project began or was made, maybe None."""
    try:
        project = parse_project(row)
    except ZohoUnreadable:
        return None
    made = project.created and project.created.date()
    return min(filter(None, (project.start, made)), default=None)


def _logs_between(
    fetcher: BudgetedFetcher, first: date, last: date
) -> Iterator[TimeLog]:
    """Yield the readable logs of some days."""
    # Zoho lists one kind at a time. A portal that wants the project or the item named
    # refuses this: whoever asks is told, and the sync itself finds its way around.
    for kind in LOG_KINDS:
        params = queries.time_log_params(kind, first, last)
        for row in iter_rows(fetcher, endpoints.TIME_LOGS, params):
            try:
                yield parse_time_log(row, kind)
            except ZohoUnreadable:
                continue  # the sync lists it as an error


class LogTally:
    """Logs and minutes by day, kind and approval; billable logs only.

    :ivar date since: the first day that was read.
    :ivar bool is_whole: whether nothing older was left unread.
    """

    def __init__(self, since: date, is_whole: bool = False) -> None:
        self.since = since
        self.is_whole = is_whole
        self._logs: Counter = Counter()
        self._minutes: Counter = Counter()

    def add(self, log: TimeLog) -> None:
        """Count one log."""
        if log.is_billable:
            key = (log.day.isoformat(), log.kind, log.approval)
            self._logs[key] += 1
            self._minutes[key] += log.minutes

    def dump(self) -> dict:
        """Return what :meth:`load` takes, fit for JSON."""
        return {
            "since": self.since.isoformat(),
            "is_whole": self.is_whole,
            "rows": [[*key, n, self._minutes[key]] for key, n in self._logs.items()],
        }

    @classmethod
    def load(cls, values: dict) -> "LogTally":
        """Return a tally from what :meth:`dump` has returned."""
        tally = cls(date.fromisoformat(values["since"]), values["is_whole"])
        for *key, logs, minutes in values["rows"]:
            tally._logs[tuple(key)] = logs
            tally._minutes[tuple(key)] = minutes
        return tally

    def count(
        self,
        is_wanted: Callable[[TimeLog], bool],
        first: date = date.min,
        last: date = date.max,
    ) -> tuple[int, float]:
        """Return how many logs, and how many hours, lie in some days.

        :param first: the first day.
        :param last: the day after the last one.
        """
        logs = minutes = 0
        for key, number in self._logs.items():
            day = date.fromisoformat(key[0])
            if max(first, self.since) <= day < last and is_wanted(self._log(day, *key)):
                logs += number
                minutes += self._minutes[key]
        return logs, minutes / 60

    def _log(self, day: date, _text: str, kind: str, approval: str) -> TimeLog:
        """Return a log that stands for those of one key."""
        return TimeLog("", day=day, kind=kind, approval=approval, is_billable=True)


def describe_cutoff(integration: BaseModel, tally: LogTally) -> str:
    """Return what the cut-off in hand would mark, in one sentence."""
    env, day = integration.env, integration.timesheet_cutoff_date
    lines = env["account.analytic.line"]

    def is_fetched(log: TimeLog) -> bool:
        return lines._zoho_reason_to_leave(log, integration) is None

    logs, hours = tally.count(is_fetched, last=day)
    rest, rest_hours = tally.count(is_fetched, first=day)
    values = {
        "logs": formatLang(env, logs, digits=0),
        "hours": clock(hours),
        "rest": formatLang(env, rest, digits=0),
        "rest_hours": clock(rest_hours),
        # Days as the field above the sentence shows them, with their year.
        "day": format_date(env, day),
        "since": format_date(env, tally.since),
    }
    if tally.is_whole:
        return env._(
            "%(logs)s logs with %(hours)s h before %(day)s would be shown as"
            " Invoiced; %(rest)s logs with %(rest_hours)s h would be Unbilled.",
            **values,
        )
    if day <= tally.since:
        return env._(
            "The logs before %(day)s could not be counted: only those since"
            " %(since)s could be read within what Zoho allows in two minutes.",
            **values,
        )
    return env._(
        "At least %(logs)s logs with %(hours)s h before %(day)s would be shown as"
        " Invoiced: only those since %(since)s could be counted within what Zoho"
        " allows in two minutes.",
        **values,
    )
