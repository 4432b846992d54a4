import logging
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import date_utils

from ...naming import name_some
from ...zoho.endpoints import LOG_TYPES
from ...zoho.errors import ZohoError, ZohoRefused, ZohoThrottled
from ...zoho.records import TimeTotals
from ...zoho.reports import PROJECT_TIME_REPORT, TIME_REPORT
from .portal_session import budgeted_call

_logger = logging.getLogger(__name__)
ACTIVITY = "zoho_projects_connector.activity_type_unexplained_hours"
CRON = "zoho_projects_connector.ir_cron_zoho_reconcile"
# How far the check looks back; what is older has long been invoiced.
MONTHS = 12
# Projects and months that are looked at each night although nothing points at them.
IN_TURN = 30
WHOLE_PORTAL = ""
# One night's check may take several rounds, as Zoho's limits allow.
FRESH = timedelta(hours=6)
WAIT_FOR_SYNC = timedelta(minutes=15)
# More are counted, not named: the sentence must stay readable.
NAMED = 10


class ZohoIntegration(models.Model):
    """The hours of Zoho's own reports beside those of Odoo.

    One call for each month tells whether anything is wrong in it at all; only then
    its projects are asked for, one by one. Some others have their turn every night,
    so that errors that outweigh each other are found too.

    :source: Zoho Projects API reference, section 7.1.
    """

    _inherit = "zoho.integration"

    reconciliation_ids = fields.One2many(
        "zoho.reconciliation", "integration_id", readonly=True
    )
    unexplained_count = fields.Integer(compute="_compute_unexplained_count")

    @api.depends("reconciliation_ids.is_explained")
    def _compute_unexplained_count(self):
        counts = dict(
            self.env["zoho.reconciliation"]._read_group(
                [("integration_id", "in", self.ids), ("is_explained", "=", False)],
                ["integration_id"],
                ["__count"],
            )
        )
        for integration in self:
            integration.unexplained_count = counts.get(integration, 0)

    @api.model
    def _cron_reconcile(self):
        """Compare the hours of every portal that is synced; tell what is unexplained.

        What Zoho does not answer today is asked for tomorrow.
        """
        for integration in self.search(
            [("status", "=", "active"), ("sync_timesheets", "=", True)]
        ):
            if not integration.last_sync:
                continue
            if integration._open_run():
                # What is being read just now would count as unexplained.
                self.env.ref(CRON)._trigger(at=fields.Datetime.now() + WAIT_FOR_SYNC)
                continue
            try:
                integration._reconcile(fields.Datetime.now() - FRESH)
            except ZohoThrottled as error:
                integration._reconcile_later(error)
            except ZohoError as error:
                _logger.warning("No hours of %s: %s", integration.id, error.message)
            integration._tell_unexplained()

    def action_reconcile(self):
        """Compare the hours now.

        :raise UserError: with one sentence when Zoho refuses, or nothing is synced.
        """
        self._check_ready()
        if not self.last_sync:
            raise UserError(self.env._("Wait for the first sync to end."))
        with self._user_errors():
            try:
                # Checked above; only code writes the reconciliation.
                self.sudo()._reconcile()
            except ZohoThrottled as error:
                self.sudo()._reconcile_later(error)
        self.sudo()._tell_unexplained()
        return self.action_open_reconciliation()

    def action_open_reconciliation(self):
        """Return the list of the compared months."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.zoho_reconciliation_action"
        )
        return {**action, "domain": [("integration_id", "=", self.id)]}

    def _reconcile_later(self, error):
        """Go on when Zoho's limit, or our own budget, allows it."""
        at = error.retry_at.replace(tzinfo=None) + timedelta(seconds=1)
        self.env.ref(CRON)._trigger(at=at)

    def _reconcile(self, fresh_since=None):
        """Compare the months of a year, and the projects that they point at.

        :param fresh_since: what was compared after this moment need not be again.
        :raise ZohoError: when Zoho does not answer; what was compared is kept.
        """
        months, books = self._months_and_books()
        old = self.reconciliation_ids.filtered(lambda row: row.month < months[-1])
        old.unlink()
        self._reconcile_pairs([(WHOLE_PORTAL, month) for month in months], books)
        self._reconcile_pairs(self._suspects(books, fresh_since), books)

    def _months_and_books(self):
        this = date_utils.start_of(fields.Date.context_today(self), "month")
        months = [this - relativedelta(months=back) for back in range(MONTHS)]
        last = date_utils.end_of(this, "month")
        books = self.env["zoho.reconciliation"]._books(self, months[-1], last)
        return months, books

    def _suspects(self, books, fresh_since):
        """Return the projects and months to ask for, the most urgent first."""
        rows = self.reconciliation_ids.filtered(lambda row: not row.is_portal)
        checked = {(row.project_zoho_id, row.month): row.checked_at for row in rows}
        open_rows = rows.filtered(lambda row: not row.is_explained)
        wrong = {(row.project_zoho_id, row.month) for row in open_rows}
        portal = self.reconciliation_ids.filtered("is_portal")
        for month in portal.filtered(lambda row: not row.is_explained).mapped("month"):
            wrong |= {(project, month) for project in self._projects_in_zoho(books)}
        never = fields.Datetime.to_datetime("1970-01-01")

        def by_age(pairs):
            return sorted(pairs, key=lambda pair: (checked.get(pair, never), pair))

        others = by_age(pair for pair in books if pair[0] and pair not in wrong)
        return [
            pair
            for pair in [*by_age(wrong), *others[:IN_TURN]]
            if not fresh_since
            or not fresh_since <= checked.get(pair, never) <= fields.Datetime.now()
        ]

    def _projects_in_zoho(self, books):
        """Return the Zoho ids of all projects that may have time."""
        links = self.env["zoho.link"].search_fetch(
            [("integration_id", "=", self.id), ("entity", "=", "project")], ["zoho_id"]
        )
        return {project for project, _month in books if project} | set(
            links.mapped("zoho_id")
        )

    def _reconcile_pairs(self, pairs, books=None):
        """Compare some projects and months.

        :param list pairs: ``(project id in Zoho, first day of the month)``.
        :param dict books: what Odoo knows, when it has been read already.
        :raise ZohoError: when Zoho does not answer.
        """
        model = self.env["zoho.reconciliation"]
        if books is None and pairs:
            days = [month for _project, month in pairs]
            books = model._books(self, min(days), date_utils.end_of(max(days), "month"))
        for pair in pairs:
            totals = self._fetch_totals(*pair)
            model._keep(self, pair, totals, self._entries(books, pair))

    def _entries(self, books, pair):
        project, month = pair
        if project != WHOLE_PORTAL:
            return books.get(pair, [])
        return self.env["zoho.reconciliation"]._merged(
            entry for (_one, at), part in books.items() if at == month for entry in part
        )

    def _fetch_totals(self, project, month):
        """Return what Zoho's report says of a month.

        :rtype: TimeTotals
        """
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

    def _fetch_report(self, project, month, kind=""):
        endpoint = PROJECT_TIME_REPORT if project else TIME_REPORT
        last = date_utils.end_of(month, "month")
        return budgeted_call(
            self,
            endpoint.pattern,
            lambda client: client.time_totals(month, last, project, kind),
        )

    def _tell_unexplained(self):
        """Keep one activity that names what is unexplained; none when nothing is."""
        rows = self.reconciliation_ids.filtered(lambda row: not row.is_explained)
        if not rows:
            self.activity_unlink([ACTIVITY])
            return
        note = self._unexplained_note(rows)
        known = self.activity_search([ACTIVITY])
        if known:
            known.note = note
            return
        if user := self._administrators().sorted("id")[:1]:
            self.with_context(mail_activity_quick_update=True).activity_schedule(
                ACTIVITY, note=note, user_id=user.id
            )

    def _unexplained_note(self, rows):
        """Return the sentence that names the months, and what to do."""
        projects = rows.filtered(lambda row: not row.is_portal) or rows
        return self.env._(
            "The hours of these do not agree with Zoho's own reports, and nothing "
            "explains it: %(named)s. Run a full comparison, then Check Now under "
            "Reconciliation; what is left should be looked at in Zoho.",
            named=name_some(self.env, projects.mapped("display_name"), NAMED),
        )
