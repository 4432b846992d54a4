"""The hours of Zoho's own reports beside those of Odoo, month by month.

:source: Zoho Projects API reference, section 7.1.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.models import BaseModel
from odoo.tools import SQL, date_utils

from ...clock import is_over
from ...naming import name_some
from ...zoho.errors import ZohoRefused, ZohoThrottled
from ...zoho.queries import LOG_TYPES
from ...zoho.records import TimeTotals
from ...zoho.reports import PROJECT_TIME_REPORT, TIME_REPORT
from .portal_session import budgeted_call
from .status import administrators


class Entry(NamedTuple):
    """Minutes of one project and month that Odoo knows of.

    :ivar kind: ``synced left_out failed differing native``.
    :ivar reason: why it is left out, or could not be fetched.
    :ivar billable: whether Zoho counts it as billable.
    """

    kind: str
    reason: str
    billable: bool
    minutes: int
    count: int


# A project of Zoho (its id) and the first day of a month.
Pair = tuple[str, date]
Books = dict[Pair, list[Entry]]

ACTIVITY = "zoho_projects_connector.activity_type_unexplained_hours"
CRON = "zoho_projects_connector.ir_cron_zoho_reconcile"
# How far the check looks back; what is older has long been invoiced.
MONTHS = 12
# Projects and months that are looked at each night although nothing points at them.
IN_TURN = 30
WHOLE_PORTAL = ""
# One check may take several rounds, as Zoho's limits and the runner's time allow.
FRESH = timedelta(hours=6)
WAIT_FOR_SYNC = timedelta(minutes=15)
# More are counted, not named: the sentence must stay readable.
NAMED = 10


class HoursCheck:
    """Compares the hours of one integration with Zoho's own reports.

    One call for each month tells whether anything is wrong in it at all; only then
    its projects are asked for, one by one. Some others have their turn every night,
    so that errors that outweigh each other are found too.

    :param integration: with the rights to write its reconciliation.
    """

    def __init__(self, integration: BaseModel) -> None:
        self.integration = integration
        self.env = integration.env
        self.rows = self.env["zoho.reconciliation"]

    def steps(self) -> Iterator[Pair]:
        """Compare the months of a year, and the projects that they point at.

        The newest month is the first: since it was compared, the check is under way,
        and what was compared after it need not be again.

        :return: yields what was compared whenever all may be committed.
        :raise ZohoError: when Zoho does not answer; what was compared is kept.
        """
        months, books = self._months_and_books()
        old = self.integration.reconciliation_ids.filtered(
            lambda row: row.month < months[-1]
        )
        old.unlink()
        newest, *others = [(WHOLE_PORTAL, month) for month in months]
        if is_over(self._checked().get(newest), FRESH):
            yield from self._compare([newest], books)
        since = self._checked()[newest]
        yield from self._compare(self._not_since(since, others), books)
        yield from self._compare(self._suspects(books, since), books)

    def begin(self) -> bool:
        """Compare the newest month; the scheduled action goes on from there.

        One report is asked for here, so that whoever presses the button is told when
        Zoho refuses: the others would take longer than a browser waits, and be lost
        together when one of them fails.

        :return: False when it has to wait, for a sync or for Zoho.
        :raise ZohoError: when Zoho refuses.
        """
        month = self._months()[0]
        # So the scheduled action begins anew, also where it has to wait first.
        self.integration.reconciliation_ids.filtered(
            lambda row: row.is_portal and row.month == month
        ).checked_at = False
        if self.integration.status != "active" or self.is_syncing():
            self.go_on_at(fields.Datetime.now() + WAIT_FOR_SYNC)
            return False
        try:
            self.compare([(WHOLE_PORTAL, month)])
        except ZohoThrottled as error:
            self.go_on_at(error.retry_at.replace(tzinfo=None))
            return False
        # Without a moment, a runner is woken as soon as this is committed.
        self._cron()._trigger()
        return True

    def is_syncing(self) -> bool:
        """Return whether records are being read: they would count as unexplained."""
        return bool(self.env["zoho.sync.run"]._find_open(self.integration))

    def compare(self, pairs: list[Pair]) -> None:
        """Compare some projects and months.

        :raise ZohoError: when Zoho does not answer.
        """
        if not pairs:
            return
        days = [month for _project, month in pairs]
        last = date_utils.end_of(max(days), "month")
        books = self.books(min(days), last)
        for _pair in self._compare(pairs, books):
            pass

    def go_on_at(self, moment: datetime) -> None:
        """Let the nightly check go on later.

        :param moment: naive UTC, such as when Zoho's limit allows more calls.
        """
        self._cron()._trigger(at=moment + timedelta(seconds=1))

    def _cron(self) -> BaseModel:
        """Return the scheduled action, in sudo."""
        # It is the schedule of all: callers have checked the rights of whoever asks.
        return self.env.ref(CRON).sudo()

    def _months(self) -> list[date]:
        """Return the first days of the months that are compared, the newest first."""
        this = date_utils.start_of(fields.Date.context_today(self.integration), "month")
        return [this - relativedelta(months=back) for back in range(MONTHS)]

    def _months_and_books(self) -> tuple[list[date], Books]:
        months = self._months()
        return months, self.books(months[-1], date_utils.end_of(months[0], "month"))

    def _checked(self) -> dict[Pair, datetime]:
        """Return when each project and month was compared last."""
        return {
            (row.project_zoho_id or WHOLE_PORTAL, row.month): row.checked_at
            for row in self.integration.reconciliation_ids
        }

    def _not_since(self, since: datetime, pairs: Iterable[Pair]) -> list[Pair]:
        """Return what was not compared since a moment; a time ahead tells nothing."""
        checked, now = self._checked(), fields.Datetime.now()
        return [
            pair
            for pair in pairs
            if not (checked.get(pair) and since <= checked[pair] <= now)
        ]

    def _suspects(self, books: Books, since: datetime) -> list[Pair]:
        """Return the projects and months to ask for, the most urgent first.

        :param since: when this check has begun.
        """
        rows = self.integration.reconciliation_ids.filtered(
            lambda row: not row.is_portal
        )
        checked = self._checked()
        open_rows = rows.filtered(lambda row: not row.is_explained)
        wrong = {(row.project_zoho_id, row.month) for row in open_rows}
        portal = self.integration.reconciliation_ids.filtered("is_portal")
        for month in portal.filtered(lambda row: not row.is_explained).mapped("month"):
            wrong |= {(project, month) for project in self._projects_in_zoho(books)}
        never = fields.Datetime.to_datetime("1970-01-01")

        def by_age(pairs: Iterable[Pair]) -> list[Pair]:
            return sorted(pairs, key=lambda pair: (checked.get(pair) or never, pair))

        others = [pair for pair in books if pair[0] and pair not in wrong]
        left = by_age(self._not_since(since, others))
        # Those of this check that had their turn in an earlier slice of it count, too.
        turns = max(0, IN_TURN - (len(others) - len(left)))
        return [*by_age(self._not_since(since, wrong)), *left[:turns]]

    def _projects_in_zoho(self, books: Books) -> set[str]:
        """Return the Zoho ids of all projects that may have time."""
        links = self.env["zoho.link"].search_fetch(
            [("integration_id", "=", self.integration.id), ("entity", "=", "project")],
            ["zoho_id"],
        )
        return {project for project, _month in books if project} | set(
            links.mapped("zoho_id")
        )

    def _compare(self, pairs: list[Pair], books: Books) -> Iterator[Pair]:
        for pair in pairs:
            totals = self._fetch_totals(*pair)
            self.rows._write_comparison(
                self.integration, pair, totals, self._entries(books, pair)
            )
            yield pair

    def _entries(self, books: Books, pair: Pair) -> list[Entry]:
        project, month = pair
        if project != WHOLE_PORTAL:
            return books.get(pair, [])
        return _merged(
            entry for (_one, at), part in books.items() if at == month for entry in part
        )

    # What Odoo knows of the hours in Zoho, in one query

    def books(self, first: date, last: date) -> Books:
        """Return what Odoo knows of each project and month.

        :param first: first day of the period.
        :param last: last day of the period.
        """
        # A statement of SQL reads the tables, not what waits in the cache.
        self.env.flush_all()
        books: Books = defaultdict(list)
        rows = self.env.execute_query(self._books_query(first, last))
        for project, month, kind, reason, billable, minutes, count in rows:
            entry = Entry(kind, reason, billable, minutes, count)
            books[project, month].append(entry)
        settlement = self.env["zoho.settlement"]
        differing = settlement._differing_entries(self.integration, first, last)
        for pair, entry in differing:
            books[pair].append(entry)
        return books

    def _books_query(self, first: date, last: date) -> SQL:
        return SQL(
            """
            SELECT project, date_trunc('month', day)::date, kind, reason, billable,
                   sum(minutes)::int, count(*)::int
              FROM (
                SELECT own.zoho_id AS project, line.date AS day,
                       CASE WHEN log.id IS NULL THEN 'native' ELSE 'synced' END AS kind,
                       '' AS reason, TRUE AS billable,
                       round(line.logged_hours * 60) AS minutes
                  FROM account_analytic_line line
                  JOIN zoho_link own ON own.res_model = 'project.project'
                   AND own.res_id = line.project_id AND own.integration_id = %(one)s
             LEFT JOIN zoho_link log ON log.res_model = 'account.analytic.line'
                   AND log.res_id = line.id AND log.integration_id = %(one)s
                 WHERE line.date BETWEEN %(first)s AND %(last)s
                   AND CASE WHEN log.id IS NULL THEN line.active
                       ELSE log.state = 'linked' END
             UNION ALL
                SELECT coalesce(project_zoho_id, ''), day, 'left_out', reason,
                       coalesce(is_billable, FALSE), minutes
                  FROM zoho_skipped_record
                 WHERE integration_id = %(one)s AND entity = 'timelog'
                   AND day BETWEEN %(first)s AND %(last)s
             UNION ALL
                SELECT coalesce(project_zoho_id, ''), day, 'failed', reason,
                       coalesce(is_billable, FALSE), round(hours * 60)
                  FROM zoho_sync_error
                 WHERE integration_id = %(one)s AND entity = 'timelog'
                   AND resolved_at IS NULL AND day BETWEEN %(first)s AND %(last)s
              ) known
          GROUP BY 1, 2, 3, 4, 5
          ORDER BY 1, 2, 3, 4, 5
            """,
            one=self.integration.id,
            first=first,
            last=last,
        )

    # What Zoho knows of them

    def _fetch_totals(self, project: str, month: date) -> TimeTotals:
        """Return what Zoho's report says of a month."""
        try:
            return self._fetch_report(project, month)
        except ZohoRefused as error:
            if error.code != "bad_request" or error.field != "module":
                raise
        kinds = sorted(set(LOG_TYPES.values()))
        parts = [self._fetch_report(project, month, kind) for kind in kinds]
        return TimeTotals(
            sum(part.billable for part in parts),
            sum(part.non_billable for part in parts),
        )

    def _fetch_report(self, project: str, month: date, kind: str = "") -> TimeTotals:
        endpoint = PROJECT_TIME_REPORT if project else TIME_REPORT
        last = date_utils.end_of(month, "month")
        return budgeted_call(
            self.integration,
            endpoint.pattern,
            lambda client: client.time_totals(month, last, project, kind),
        )

    # Who is told

    def tell_unexplained(self) -> None:
        """Keep one activity that names what is unexplained; none when nothing is."""
        rows = self.integration.reconciliation_ids.filtered(
            lambda row: not row.is_explained
        )
        if not rows:
            self.integration.activity_unlink([ACTIVITY])
            return
        note = self._unexplained_note(rows)
        known = self.integration.activity_search([ACTIVITY])
        if known:
            known.note = note
            return
        # The activity's own e-mail would be one too many.
        quiet = self.integration.with_context(mail_activity_quick_update=True)
        if user := administrators(self.integration).sorted("id")[:1]:
            quiet.activity_schedule(ACTIVITY, note=note, user_id=user.id)

    def _unexplained_note(self, rows: BaseModel) -> str:
        """Return the sentence that names the months, and what to do."""
        projects = rows.filtered(lambda row: not row.is_portal) or rows
        return self.env._(
            "The hours of these do not agree with Zoho's own reports, and nothing "
            "explains it: %(named)s. Run a full comparison, then Check Now under "
            "Reconciliation; what is left should be looked at in Zoho.",
            named=name_some(self.env, projects.mapped("display_name"), NAMED),
        )


def _merged(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries of several projects as those of one."""
    minutes: Counter = Counter()
    counts: Counter = Counter()
    for entry in entries:
        minutes[entry[:3]] += entry.minutes
        counts[entry[:3]] += entry.count
    return [Entry(*key, minutes[key], counts[key]) for key in sorted(minutes)]
