from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...zoho import endpoints
from .stream_plans import OVERLAP

# A log that was changed so many days after its day of work tells one from the other.
TELLING_DAYS = 4


class ZohoStream(models.Model):
    """Whether a portal obeys the filter on the day of change of time logs.

    One that ignores it lists days of work instead, and every row of them may look as
    if it had been asked for. A log that is known to have changed on other days than it
    was worked on tells: whether the pass by the day of change itself has listed it.

    :source: Zoho Projects API reference, sections 7.2 and 14.
    """

    _inherit = "zoho.stream"

    obeys_modified = fields.Boolean(
        readonly=True,
        copy=False,
        help="This portal has shown that it obeys the filter on the day of change.",
    )

    def _note_filter(self, since, records):
        """Keep what the rows of a pass by the day of change say of the filter.

        :param date since: the first day that was asked for.
        """
        if any(
            record.modified and (since - record.modified.date()).days > 1
            for record in records
        ):
            self.ignores_modified = True
        elif any(record.day and (since - record.day).days > 1 for record in records):
            self.obeys_modified = True

    def _is_filter_ignored(self, cursor):
        """Return whether a log that has changed in the days asked for is missing."""
        asked, probes = [], []
        for number, step in enumerate(cursor["passes"]):
            if "by_modified" in step:
                (probes if "probe" in step else asked).append((number, step))
        missed = any(self._lacks_probe(number, step) for number, step in probes)
        return missed or (bool(asked) and self._lacks_changed(asked))

    def _lacks_changed(self, asked):
        """Return whether these passes lack a log of older work.

        :param list asked: pairs of number and pass.
        """
        first = min(step["by_modified"] for _number, step in asked)
        since = fields.Date.to_date(first)
        return self._lacks(
            [number for number, _step in asked],
            SQL("link.remote_modified >= %s", since + OVERLAP),
            SQL("line.date < %s", since - OVERLAP),
        )

    def _lacks_probe(self, number, step):
        """Return whether a probe has missed its log; one changed since is no miss."""
        behind = fields.Date.to_date(step["by_modified"]) + 3 * OVERLAP
        return self._lacks(
            [number],
            SQL("link.id = %s", step["probe"]),
            SQL("link.remote_modified < %s", behind),
        )

    def _lacks(self, passes, *conditions):
        """Return whether a log is linked that none of these passes has listed.

        What another pass has listed says nothing of the filter.

        :param list passes: their numbers.
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
                    self.integration_id.id,
                    SQL(" AND ").join(conditions),
                    self.id,
                    [str(number) for number in passes],
                )
            )
        )

    def _plan_probe(self):
        """Ask for the days of one known change, where nothing has told yet.

        It is one list a day at most: after a full comparison, until the filter has
        shown itself.

        :return: whether there is more to fetch.
        """
        passes = self.cursor["passes"]
        is_by_change = any("by_modified" in step for step in passes)
        is_by_item = any(step.get("each") for step in passes)
        is_asked = any("probe" in step for step in passes)
        if self.obeys_modified or not is_by_change or is_by_item or is_asked:
            return False
        probe = self._probe()
        if probe:
            self._move(passes=[*passes, probe])
        return bool(probe)

    def _probe(self):
        """Return a pass by the day of change that must list one known log, or None.

        :rtype: dict | None
        """
        found = self.env.execute_query(
            SQL(
                """SELECT link.id, link.remote_modified::date, line.zoho_log_kind
                     FROM zoho_link link
                     JOIN account_analytic_line line ON line.id = link.res_id
                    WHERE link.integration_id = %s AND link.entity = 'timelog'
                      AND link.state = 'linked' AND line.zoho_log_kind IS NOT NULL
                      AND line.date + %s <= link.remote_modified::date
                 ORDER BY link.remote_modified DESC, link.id LIMIT 1""",
                self.integration_id.id,
                TELLING_DAYS,
            )
        )
        for link_id, day, kind in found:
            first, last = day - timedelta(days=1), day + timedelta(days=1)
            return {
                "listing": "time_logs",
                "sink": "upsert",
                "kind": endpoints.LOG_TYPES[kind],
                "params": endpoints.time_log_params(kind, first, last, True),
                "by_modified": first.isoformat(),
                "probe": link_id,
            }
        return None
