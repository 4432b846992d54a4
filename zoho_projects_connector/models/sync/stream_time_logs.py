import re
from datetime import date, timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...zoho import endpoints
from .clock import is_over
from .stream_plans import OVERLAP

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
REREAD_DAYS = 150
LOG_KINDS = ("task", "issue", "general")
BY_MODIFIED = "fetch_by_modified_time"
# Where Zoho blames an id, not where it says "invalid".
BLAMES_ID = re.compile(r"(?<![a-z])ids?(?![a-z])")


class ZohoStream(models.Model):
    """Time logs: three kinds, in slices of days, by day of work or of change.

    :source: Zoho Projects API reference, sections 7.2 and 9.3.
    """

    _inherit = "zoho.stream"

    last_reread = fields.Datetime(readonly=True)
    log_lists = fields.Selection(
        [("project", "Project by Project"), ("item", "Item by Item")],
        "Time Logs Are Listed",
        readonly=True,
        help="Where the portal refuses a list of the time of all projects.",
    )

    def _plan_time_logs(self, run, is_full):
        today = fields.Date.to_date(run.until)
        if is_full:
            self.write(
                {
                    "last_reread": run.until,
                    "ignores_modified": False,
                    "obeys_modified": False,
                    "log_lists": False,
                }
            )
            start = self._first_log_day(today)
            return self._plan_days(start, today + timedelta(days=DAYS_AHEAD))
        passes = []
        if not self._is_blind():
            passes = self._plan_days(
                fields.Date.to_date(min(self.modified_until, run.until) - OVERLAP),
                # Zoho's clock is another one: what is ahead of ours has changed, too;
                # and it may count days in the portal's zone, without the last one.
                today + timedelta(days=DAYS_AHEAD),
                by_modified=True,
            )
        return passes + self._plan_reread(run, today)

    def _is_blind(self):
        """Return whether this portal cannot say which logs have changed."""
        return self.ignores_modified or not self.modified_until

    def _plan_days(self, start, end, by_modified=False):
        """Return three passes for each slice of days: no kind of log is left out."""
        passes = [
            {
                "listing": "time_logs",
                "sink": "upsert",
                "kind": kind,
                "params": endpoints.time_log_params(kind, first, last, by_modified),
                **({"by_modified": first.isoformat()} if by_modified else {}),
            }
            for first, last in endpoints.month_slices(start, end)
            for kind in LOG_KINDS
        ]
        return [self._split_pass(step, self.log_lists) for step in passes]

    def _plan_reread(self, run, today):
        """Return passes over the days that wait for approval, or for an invoice.

        Nobody knows whether an approval counts as a change of the log.
        """
        first = self._first_waiting_day(today - timedelta(days=REREAD_DAYS))
        if self._is_blind():
            days = [first, self._first_open_day(run, today)]
            first = min(day for day in days if day)
        is_due = is_over(self.last_reread, timedelta(hours=REREAD_HOURS))
        if not first or (run.trigger == "schedule" and not is_due):
            return []
        self.last_reread = run.until
        return self._plan_days(first, today + AHEAD)

    def _first_waiting_day(self, earliest):
        """Return the first day of what could not be fetched as it is in Zoho.

        That is time without approval, and time that differs from an invoice which it
        is no longer on.
        """
        [[first]] = self.env.execute_query(
            SQL(
                """SELECT least(
                    (SELECT min(day) FROM zoho_skipped_record
                      WHERE integration_id = %(integration)s AND day >= %(earliest)s
                        AND entity = 'timelog' AND reason = 'timesheet_not_approved'),
                    (SELECT min(least(line.date, (after.values_after->>'date')::date))
                       FROM zoho_difference after
                       JOIN account_analytic_line line ON line.id = after.timesheet_id
                      WHERE after.integration_id = %(integration)s
                        AND after.is_standing AND line.date >= %(earliest)s
                        AND line.billing_state NOT IN ('draft', 'invoiced', 'paid'))
                )""",
                integration=self.integration_id.id,
                earliest=earliest,
            )
        )
        return first

    def _first_open_day(self, run, today):
        """Return the first day to read where changes cannot be asked for.

        Whoever presses the button gets all that is unbilled; the schedule a month, and
        the rest once a day.
        """
        month_ago = today - timedelta(days=DAYS_AHEAD)
        if run.trigger == "schedule":
            return month_ago
        oldest = self.env["account.analytic.line"].search(
            [
                ("billing_state", "=", "unbilled"),
                ("zoho_link_ids.integration_id", "=", self.integration_id.id),
            ],
            order="date",
            limit=1,
        )
        return min(oldest.date or month_ago, month_ago)

    def _first_log_day(self, today):
        """Return the first day that a full reading asks for."""
        projects = self.integration_id.stream_ids.filtered(
            lambda stream: stream.entity == "project"
        )
        first = projects.earliest_day or today - timedelta(days=DAYS_WITHOUT_PROJECTS)
        first = max(first, EARLIEST_DAY) - timedelta(days=DAYS_BEFORE_FIRST_PROJECT)
        [[oldest]] = self.env.execute_query(
            SQL(
                """SELECT least(
                    (SELECT min(line.date) FROM account_analytic_line line
                       JOIN zoho_link link ON link.res_id = line.id
                        AND link.res_model = 'account.analytic.line'
                      WHERE link.integration_id = %s AND link.state = 'linked'),
                    (SELECT min(day) FROM zoho_skipped_record
                      WHERE integration_id = %s AND entity = 'timelog'))""",
                self.integration_id.id,
                self.integration_id.id,
            )
        )
        return min(first, oldest or first).replace(day=1)

    def _plan_unfiltered(self, run):
        """Read by day of work when the filter on the day of change proved ignored."""
        cursor = self.cursor
        if cursor["is_full"] or cursor.get("unfiltered"):
            return False
        if not self.ignores_modified and self._is_filter_ignored(cursor):
            self.ignores_modified = True
        if not self.ignores_modified:
            return self._plan_probe()
        days = self._plan_reread(run, fields.Date.to_date(run.until))
        self._move(passes=[*cursor["passes"], *days], unfiltered=True)
        return bool(days)

    # Portals that want to hear whose time they are to list

    def _split_pass(self, step, level):
        """Return a pass that asks once for each project, or for each item.

        :param level: ``project``, ``item``, or nothing for all at once.
        """
        if not level or step["kind"] == "general":
            return step
        apart = ("at", "each", "is_answered", "path")
        plain = {name: step[name] for name in step if name not in apart}
        if level == "project":
            by_project = {"each": "known_project", "path": "project"}
            return {**plain, "listing": "project_time_logs", **by_project}
        item = "task" if step["kind"] == "task" else "bug"
        return {**plain, "listing": "time_logs", "each": item}

    def _count_log_calls(self):
        """Return what listing all time costs where it is not listed all at once.

        :return: ``project``, ``item`` or nothing; how many of them are known; and how
            many calls they take.
        """
        logs = self.filtered(lambda stream: stream.entity == "timelog")
        if not logs.log_lists:
            return False, 0, 0
        today = fields.Date.today()
        last = today + timedelta(days=DAYS_AHEAD)
        slices = len(endpoints.month_slices(logs._first_log_day(today), last))
        if logs.log_lists == "project":
            count = logs._count_source("known_project")
            return "project", count, 2 * count * slices
        count = logs._count_source("task") + logs._count_source("bug")
        return "item", count, count * slices

    def _split_logs(self, step, error):
        """Ask for less time at once from here on, where Zoho refuses more.

        A list of a project shows the time of tasks that no list holds, too: those of
        single items are the last way.

        :param ZohoRefused error: what Zoho has said.
        :return: whether there is such a way.
        """
        each = step.get("each")
        if step.get("kind") not in ("task", "issue") or each in ("task", "bug"):
            return False
        wants_id = error.code == "bad_request" and bool(
            BLAMES_ID.search(f"{error.field} {error.message}".lower())
        )
        is_unknown = each == "known_project" and not step.get("is_answered")
        if not wants_id and not is_unknown:
            return False
        self.log_lists = "item" if each else "project"
        index = self.cursor["index"]
        passes = [
            self._split_pass(one, self.log_lists)
            if number >= index and one["kind"] == step["kind"]
            else one
            for number, one in enumerate(self.cursor["passes"])
        ]
        self.cursor = self._settled({**self.cursor, "passes": passes, "page": 1})
        return True

    def _refuses_modified(self, step, error):
        """Return whether Zoho does not take the filter on the day of change."""
        return bool(step.get("by_modified")) and (
            error.code == "bad_request"
            and BY_MODIFIED in f"{error.field} {error.message}"
        )
