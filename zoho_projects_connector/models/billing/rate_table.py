"""Which rate an hour of work has: the precedence rules, free of the ORM."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date
from typing import NamedTuple

# The scopes tried for each billing method, best first. A project without a method
# takes the most specific rate that was set.
SCOPES = {
    False: ("task_employee", "task", "employee", "project"),
    "fixed_cost": ("project",),
    "project_hours": ("project",),
    "task_hours": ("task_employee", "task", "project"),
    "staff_hours": ("employee_task", "employee", "default"),
}
# Rates per day are found like those per hour.
DAY_METHODS = {
    "project_days": "project_hours",
    "task_days": "task_hours",
    "staff_days": "staff_hours",
}
# Where a rate is a person's: nobody else's time says what his is worth.
STAFF_METHODS = ("staff_hours", "staff_days")
SCOPES.update({days: SCOPES[hours] for days, hours in DAY_METHODS.items()})
ORIGINS = {"task_employee": "task", "employee_task": "employee"}


class BillingRate(NamedTuple):
    """Rate per hour in the project's billing currency, and where it was found.

    ``rate`` is None when no rate is set: such time cannot be invoiced.
    """

    rate: float | None
    origin: str


class RateTable:
    """The rates of some projects, looked up without touching the database."""

    def __init__(self) -> None:
        self._methods: dict[int, str | bool] = {}
        self._hours_per_day: dict[int, float] = {}
        self._rates: dict[tuple[int, int, int], list[tuple[date, float]]]
        self._rates = defaultdict(list)
        self._dated: set[int] = set()

    def add_project(
        self, project_id: int, method: str | bool, hours_per_day: float = 0.0
    ) -> None:
        """Make a project known.

        :param method: its billing method, False when none was chosen.
        :param hours_per_day: hours of a day, 0 when its rates are per hour.
        """
        self._methods[project_id] = method
        self._hours_per_day[project_id] = hours_per_day

    def add_rate(
        self,
        project_id: int,
        rate: float,
        task_id: int = 0,
        employee_id: int = 0,
        date_from: date | None = None,
    ) -> None:
        """Add one rate, in the unit of the project.

        Later additions for the same day win, zero is no rate.
        """
        if not rate:
            return
        if date_from:
            self._dated.add(project_id)
        rates = self._rates[project_id, task_id, employee_id]
        rates.append((date_from or date.min, rate))
        rates.sort(key=lambda row: row[0])

    def is_dated(self, project_id: int) -> bool:
        """Whether rates of this project depend on the day of the entry."""
        return project_id in self._dated

    def find(
        self, project_id: int, task_id: int, employee_id: int, day: date
    ) -> BillingRate:
        """Return the rate of an hour that an employee worked on a task on a day."""
        scopes = SCOPES[self._methods.get(project_id, False)]
        for scope in scopes:
            key = self._key(scope, project_id, task_id, employee_id)
            rate = key and self._valid_on(key, day)
            if rate:
                # Whatever they were agreed by, rates are compared and kept per hour.
                rate /= self._hours_per_day.get(project_id) or 1.0
                return BillingRate(rate, ORIGINS.get(scope, scope))
        return BillingRate(None, scopes[-1])

    @staticmethod
    def _key(
        scope: str, project_id: int, task_id: int, employee_id: int
    ) -> tuple[int, int, int] | None:
        """Return where a scope's rates are kept, None when the entry has no such."""
        wants_task = "task" in scope
        wants_employee = "employee" in scope
        if (wants_task and not task_id) or (wants_employee and not employee_id):
            return None
        return (
            project_id,
            task_id if wants_task else 0,
            employee_id if wants_employee else 0,
        )

    def _valid_on(self, key: tuple[int, int, int], day: date) -> float | None:
        """Return the newest rate whose first day is not after ``day``."""
        rates = self._rates.get(key, ())
        # A rate is valid on its first day: right of all that start until then.
        index = bisect_right(rates, day, key=lambda row: row[0])
        return rates[index - 1][1] if index else None
