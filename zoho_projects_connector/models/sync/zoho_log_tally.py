"""How many logs a portal has for each day, so that a cut-off can be tried out."""

from collections import Counter
from datetime import date

from ...zoho.records import TimeLog


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
