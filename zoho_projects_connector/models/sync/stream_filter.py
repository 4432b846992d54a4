"""Whether a portal obeys the filter on the day of change of time logs.

One that ignores it lists days of work instead, and every row of them may look as if it
had been asked for. A log that is known to have changed on other days than it was worked
on tells: whether the pass by the day of change itself has listed it.

:source: Zoho Projects API reference, sections 7.2 and 14.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from odoo.tools import SQL

from ...zoho import queries
from ...zoho.records import TimeLog
from .stream_base import OVERLAP
from .stream_cursor import Cursor, Pass

# A log that was changed so many days after its day of work tells one from the other.
TELLING_DAYS = 4


class ChangeFilter:
    """What the passes by the day of change have told of the filter.

    :param record: the ``zoho.stream`` of the time logs, which keeps it.
    """

    def __init__(self, record: Any) -> None:
        self.record = record
        self.env = record.env

    def note(self, since: date, records: Sequence[TimeLog]) -> None:
        """Keep what the rows of a pass by the day of change say of the filter.

        :param since: the first day that was asked for.
        """
        # Zoho documents the filter for days of change without saying in whose time zone
        # they are counted: a day more or less tells nothing.
        changed = [one.modified.date() for one in records if one.modified]
        if any(_is_before(day, since) for day in changed):
            self.record.ignores_modified = True
        elif any(_is_before(one.day, since) for one in records):
            self.record.obeys_modified = True

    def is_ignored(self, cursor: Cursor) -> bool:
        """Return whether a log that has changed in the days asked for is missing."""
        told = [(no, one) for no, one in enumerate(cursor.passes) if one.by_modified]
        asked = [(number, one) for number, one in told if not one.probe]
        probes = [(number, one) for number, one in told if one.probe]
        missed = any(self._lacks_probe(number, one) for number, one in probes)
        return missed or (bool(asked) and self._lacks_changed(asked))

    def _lacks_changed(self, asked: list[tuple[int, Pass]]) -> bool:
        """Return whether these passes, with their numbers, lack a log of older work."""
        since = date.fromisoformat(min(one.by_modified for _number, one in asked))
        return self._lacks(
            [number for number, _one in asked],
            SQL("link.remote_modified >= %s", since + OVERLAP),
            SQL("line.date < %s", since - OVERLAP),
        )

    def _lacks_probe(self, number: int, probe: Pass) -> bool:
        """Return whether a probe has missed its log; one changed since is no miss."""
        behind = date.fromisoformat(probe.by_modified) + 3 * OVERLAP
        return self._lacks(
            [number],
            SQL("link.id = %s", probe.probe),
            SQL("link.remote_modified < %s", behind),
        )

    def _lacks(self, passes: list[int], *conditions: SQL) -> bool:
        """Return whether a log is linked that none of these passes has listed.

        What another pass has listed says nothing of the filter.

        :param passes: their numbers.
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
                    self.record.integration_id.id,
                    SQL(" AND ").join(conditions),
                    self.record.id,
                    [str(number) for number in passes],
                )
            )
        )

    def next_probe(self, cursor: Cursor) -> Pass | None:
        """Return a pass over the days of one known change, where nothing has told yet.

        It is one list a day at most: after a full comparison, until the filter has
        shown itself.
        """
        is_by_change = any(one.by_modified for one in cursor.passes)
        is_by_item = any(one.each for one in cursor.passes)
        is_asked = any(one.probe for one in cursor.passes)
        is_told = self.record.obeys_modified
        if is_told or not is_by_change or is_by_item or is_asked:
            return None
        return self._probe()

    def _probe(self) -> Pass | None:
        """Return a pass by the day of change that must list one known log, or None."""
        found = self.env.execute_query(
            SQL(
                """SELECT link.id, link.remote_modified::date, line.zoho_log_kind
                     FROM zoho_link link
                     JOIN account_analytic_line line ON line.id = link.res_id
                    WHERE link.integration_id = %s AND link.entity = 'timelog'
                      AND link.state = 'linked' AND line.zoho_log_kind IS NOT NULL
                      AND line.date + %s <= link.remote_modified::date
                 ORDER BY link.remote_modified DESC, link.id LIMIT 1""",
                self.record.integration_id.id,
                TELLING_DAYS,
            )
        )
        for link_id, day, kind in found:
            first, last = day - timedelta(days=1), day + timedelta(days=1)
            return Pass(
                "time_logs",
                kind=queries.LOG_TYPES[kind],
                params=queries.time_log_params(kind, first, last, True),
                by_modified=first.isoformat(),
                probe=link_id,
            )
        return None


def _is_before(day: date, since: date) -> bool:
    """Return whether a day lies before one, by more than time zones explain."""
    return (since - day).days > 1
