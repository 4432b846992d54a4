from collections import Counter, defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, date_utils


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


class ZohoReconciliation(models.Model):
    """What Odoo knows of the hours in Zoho, in one query."""

    _inherit = "zoho.reconciliation"

    @api.model
    def _books(self, integration, first, last):
        """Return what Odoo knows of each project and month.

        :param first: first day of the period.
        :param last: last day of the period.
        :return: ``{(project id in Zoho, first day of the month): [Entry]}``.
        :rtype: dict
        """
        self.env.flush_all()
        books = defaultdict(list)
        rows = self.env.execute_query(self._books_query(integration, first, last))
        for project, month, kind, reason, billable, minutes, count in rows:
            entry = Entry(kind, reason, billable, minutes, count)
            books[project, month].append(entry)
        for pair, entry in self._differing(integration, first, last):
            books[pair].append(entry)
        return books

    @api.model
    def _books_query(self, integration, first, last):
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
            one=integration.id,
            first=first,
            last=last,
        )

    @api.model
    def _merged(self, entries):
        """Return the entries of several projects as those of one.

        :rtype: list[Entry]
        """
        minutes, counts = Counter(), Counter()
        for entry in entries:
            minutes[entry[:3]] += entry.minutes
            counts[entry[:3]] += entry.count
        return [Entry(*key, minutes[key], counts[key]) for key in sorted(minutes)]

    # Time on an invoice, of which Zoho says something else by now

    @api.model
    def _differing(self, integration, first, last):
        """Return what has to be added to the timesheets to get what Zoho counts.

        :return: pairs of project and month, each with its :class:`Entry`.
        :rtype: list[tuple]
        """
        minutes, counts = Counter(), Counter()
        for difference in self.env["zoho.difference"]._standing(
            [("integration_id", "=", integration.id), ("timesheet_id", "!=", False)]
        ):
            before, after = self._sides(integration, difference)
            minutes[before[:3]] -= before[3]
            minutes[after[:3]] += after[3]
            for side in {before[:3], after[:3]}:
                counts[side] += 1
        return [
            ((project, month), Entry("differing", "", billable, sum_, counts[key]))
            for key, sum_ in minutes.items()
            for project, month, billable in (key,)
            if sum_ and first <= month <= last
        ]

    @api.model
    def _sides(self, integration, difference):
        """Return where a log is in Odoo, and where in Zoho.

        :return: project, month, whether it is billable, and minutes; of both sides.
        """
        line, after = difference.timesheet_id, difference.values_after or {}
        minutes = round(line.logged_hours * 60)
        project = line.project_id
        here = (self._zoho_id_of(integration, project), self._month(line.date), True)
        is_off = (
            line.zoho_log_kind == "general" and not integration.sync_general_timesheets
        )
        if difference.kind == "deleted" and not is_off:
            return (*here, minutes), (*here, 0)
        if difference.kind == "unbillable":
            return (*here, minutes), (here[0], here[1], False, minutes)
        if moved := after.get("project_id"):
            project = project.browse(moved)
        day = date.fromisoformat(after["date"]) if after.get("date") else line.date
        there = (self._zoho_id_of(integration, project), self._month(day), True)
        return (*here, minutes), (
            *there,
            round(line._hours_of(after) * 60),
        )

    @api.model
    def _zoho_id_of(self, integration, project):
        # An id of Zoho, which people may read on the record itself.
        links = project.sudo().zoho_link_ids.filtered(
            lambda link: link.integration_id == integration
        )
        return links[:1].zoho_id or ""

    @api.model
    def _month(self, day):
        return date_utils.start_of(day, "month")
