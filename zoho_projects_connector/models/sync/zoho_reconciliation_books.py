from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from odoo import api, models
from odoo.tools import SQL

from .hours_check import Entry


class ZohoReconciliation(models.Model):
    """What Odoo knows of the hours in Zoho, in one query."""

    _inherit = "zoho.reconciliation"

    @api.model
    def _books(
        self, integration: Any, first: date, last: date
    ) -> dict[tuple[str, date], list[Any]]:
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
        settlement = self.env["zoho.settlement"]
        for pair, entry in settlement._differing_entries(integration, first, last):
            books[pair].append(entry)
        return books

    @api.model
    def _books_query(self, integration: Any, first: date, last: date) -> SQL:
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
    def _merged(self, entries: Iterable[Any]) -> list[Any]:
        """Return the entries of several projects as those of one.

        :rtype: list[Entry]
        """
        minutes, counts = Counter(), Counter()
        for entry in entries:
            minutes[entry[:3]] += entry.minutes
            counts[entry[:3]] += entry.count
        return [Entry(*key, minutes[key], counts[key]) for key in sorted(minutes)]
