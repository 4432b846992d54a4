"""What a count of the portal's logs may take, of time and of calls."""

from collections import Counter
from contextlib import suppress
from datetime import date, timedelta
from time import monotonic

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...zoho import endpoints
from ...zoho.errors import ZohoRefused, ZohoThrottled, ZohoUnreadable
from ...zoho.paging import iter_rows
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


class Enough(Exception):
    """The count has used what it may."""


class BudgetedFetcher:
    """Fetches pages until the time, or the number of calls, is used up.

    :param integration: the budget of whose portal is counted.
    :param ZohoClient client: reads the portal.
    """

    def __init__(self, integration, client):
        self.integration = integration
        self.client = client
        self.deadline = monotonic() + COUNT_SECONDS
        self.calls = 0

    def fetch(self, request):
        """Return a page.

        :raise Enough: instead of a call too many.
        """
        if self.calls >= COUNT_CALLS or monotonic() > self.deadline:
            raise Enough
        # Nobody but code has rights to the quota; the portal was checked.
        quota = self.integration.env["zoho.quota"].sudo()
        try:
            quota._reserve(self.integration, request.listing.pattern)
            self.calls += 1
            return self.client.fetch(request)
        except ZohoThrottled as error:
            raise Enough from error


class LogTally:
    """Logs and minutes by day, kind and approval; billable logs only.

    :ivar date since: the first day that was read.
    :ivar bool is_whole: whether nothing older was left unread.
    """

    def __init__(self, since, is_whole=False):
        self.since = since
        self.is_whole = is_whole
        self._logs = Counter()
        self._minutes = Counter()

    def add(self, log):
        """Count one log.

        :param TimeLog log: a parsed log.
        """
        if log.is_billable:
            key = (log.day.isoformat(), log.kind, log.approval)
            self._logs[key] += 1
            self._minutes[key] += log.minutes

    def dump(self):
        """Return what :meth:`load` takes, fit for JSON."""
        return {
            "since": self.since.isoformat(),
            "is_whole": self.is_whole,
            "rows": [[*key, n, self._minutes[key]] for key, n in self._logs.items()],
        }

    @classmethod
    def load(cls, values):
        """Return a tally from what :meth:`dump` has returned."""
        tally = cls(date.fromisoformat(values["since"]), values["is_whole"])
        for *key, logs, minutes in values["rows"]:
            tally._logs[tuple(key)] = logs
            tally._minutes[tuple(key)] = minutes
        return tally

    def count(self, is_wanted, first=date.min, last=date.max):
        """Return how many logs, and how many hours, lie in some days.

        :param is_wanted: a function of a :class:`TimeLog`.
        :param date first: the first day.
        :param date last: the day after the last one.
        :rtype: tuple[int, float]
        """
        logs = minutes = 0
        for key, number in self._logs.items():
            day = date.fromisoformat(key[0])
            if max(first, self.since) <= day < last and is_wanted(self._log(day, *key)):
                logs += number
                minutes += self._minutes[key]
        return logs, minutes / 60

    def _log(self, day, _text, kind, approval):
        """Return a log that stands for those of one key."""
        return TimeLog("", day=day, kind=kind, approval=approval, is_billable=True)


class ZohoIntegration(models.Model):
    """How many logs a cut-off date would mark, counted once and then without calls."""

    _inherit = "zoho.integration"

    log_tally = fields.Json(
        readonly=True, copy=False, prefetch=False, export_string_translation=False
    )
    cutoff_count = fields.Char("It Would Mark", compute="_compute_cutoff_count")

    @api.depends(
        "log_tally",
        "portal_id",
        "require_approval",
        "sync_general_timesheets",
        "timesheet_cutoff_date",
    )
    @api.depends_context("lang")
    def _compute_cutoff_count(self):
        for integration in self:
            tally = integration.log_tally
            is_own = tally and tally["portal"] == integration.portal_id.zoho_id
            integration.cutoff_count = (
                is_own
                and integration.timesheet_cutoff_date
                and integration._describe_cutoff(LogTally.load(tally))
            )

    def action_count_logs(self):
        """Count the time logs of the portal by day, as far as a few calls go.

        :raise UserError: with one sentence when Zoho does not let them be counted.
        """
        self._check_manager()
        self._check_set_up()
        with self._user_errors():
            tally = self._zoho_call(self._count_logs)
        # Checked above: what Zoho said is for code to write.
        self.sudo().log_tally = {"portal": self.portal_zoho_id, **tally.dump()}

    def _count_logs(self, client):
        """Return the tally of the newest days, back to the oldest if there is time.

        :param ZohoClient client: reads the portal.
        :rtype: LogTally
        """
        fetcher = BudgetedFetcher(self, client)
        today = fields.Date.today()
        end = today + timedelta(days=DAYS_AHEAD)
        tally = LogTally(end)
        # What is not read by then is told beside the count.
        with suppress(Enough):
            start = self._first_day_to_count(fetcher, today)
            for first, last in reversed(endpoints.month_slices(start, end)):
                for log in self._logs_between(fetcher, first, last):
                    tally.add(log)
                tally.since = first
            tally.is_whole = True
        return tally

    def _first_day_to_count(self, fetcher, today):
        """Return the day from which the sync would ask for logs."""
        days = []
        for params in ({}, endpoints.project_filter("all_closed")):
            try:
                rows = list(iter_rows(fetcher, endpoints.PROJECTS, params))
            except ZohoRefused:
                if params:
                    continue  # a portal without this filter
                raise
            days += [day for row in rows if (day := self._first_day_of(row))]
        first = min(days, default=today - timedelta(days=DAYS_WITHOUT_PROJECTS))
        first = max(first, EARLIEST_DAY)
        return first - timedelta(days=DAYS_BEFORE_FIRST_PROJECT)

    def _first_day_of(self, row):
        """Return the day on which a project began or was made, maybe None."""
        try:
            project = parse_project(row)
        except ZohoUnreadable:
            return None
        made = project.created and project.created.date()
        return min(filter(None, (project.start, made)), default=None)

    def _logs_between(self, fetcher, first, last):
        """Yield the readable logs of some days."""
        for kind in LOG_KINDS:
            params = endpoints.time_log_params(kind, first, last)
            for row in iter_rows(fetcher, endpoints.TIME_LOGS, params):
                try:
                    yield parse_time_log(row, kind)
                except ZohoUnreadable:
                    continue  # the sync lists it as an error

    def _describe_cutoff(self, tally):
        """Return what the date in hand would mark, in one sentence."""
        day = self.timesheet_cutoff_date
        logs, hours = tally.count(self._is_fetched, last=day)
        rest, rest_hours = tally.count(self._is_fetched, first=day)
        values = {
            "logs": formatLang(self.env, logs, digits=0),
            "hours": formatLang(self.env, hours),
            "rest": formatLang(self.env, rest, digits=0),
            "rest_hours": formatLang(self.env, rest_hours),
            "day": format_date(self.env, day),
            "since": format_date(self.env, tally.since),
        }
        if tally.is_whole:
            return self.env._(
                "%(logs)s logs with %(hours)s h before %(day)s would be shown as"
                " Invoiced; %(rest)s logs with %(rest_hours)s h would be Unbilled.",
                **values,
            )
        if day <= tally.since:
            return self.env._(
                "The logs before %(day)s could not be counted: only those since"
                " %(since)s could be read within what Zoho allows in two minutes.",
                **values,
            )
        return self.env._(
            "At least %(logs)s logs with %(hours)s h before %(day)s would be shown as"
            " Invoiced: only those since %(since)s could be counted within what Zoho"
            " allows in two minutes.",
            **values,
        )

    def _is_fetched(self, log):
        return self.env["account.analytic.line"]._zoho_fate(log, self) is None
