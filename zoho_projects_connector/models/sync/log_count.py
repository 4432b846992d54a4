from contextlib import suppress
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ...zoho import endpoints
from ...zoho.errors import ZohoRefused, ZohoUnreadable
from ...zoho.paging import iter_rows
from ...zoho.records import parse_project, parse_time_log
from .stream_time_logs import (
    DAYS_AHEAD,
    DAYS_BEFORE_FIRST_PROJECT,
    DAYS_WITHOUT_PROJECTS,
    EARLIEST_DAY,
    LOG_KINDS,
)
from .zoho_count_budget import BudgetedFetcher, Enough
from .zoho_log_tally import LogTally


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
