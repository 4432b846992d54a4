"""Which rate an hour of work has: the precedence, free of the ORM, and its reading."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from odoo.fields import Domain
from odoo.models import BaseModel

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
# What holds where a project says nothing of its own, best first.
DEFAULTS = ("person", "role", "customer", "company")
# Of these, what says something of who worked counts only where the method does, too.
PERSONAL = ("person", "role")


def default_scopes(method: str | bool) -> tuple[str, ...]:
    """Return which defaults are tried for a billing method, best first."""
    if not method or method in STAFF_METHODS:
        return DEFAULTS
    return tuple(scope for scope in DEFAULTS if scope not in PERSONAL)


def own_rate(rate: float, is_free: bool) -> float | None:
    """Return the rate that a record says: none, or zero where it is so on purpose."""
    return rate or (0.0 if is_free else None)


class BillingRate(NamedTuple):
    """Rate per hour in the project's billing currency, and where it was found.

    ``rate`` is None when no rate is set: such time cannot be invoiced. Zero is a rate:
    such time is free of charge.
    """

    rate: float | None
    origin: str


class Market(NamedTuple):
    """Where a default counts: in projects of its own company, currency and unit."""

    company_id: int
    currency_id: int
    unit: str


class ProjectTerms(NamedTuple):
    """What of a project decides which rates count.

    :param method: its billing method, False when none was chosen.
    :param hours_per_day: hours of a day, 0 when its rates are per hour.
    :param market: whose defaults hold for it, None for nobody's.
    """

    method: str | bool = False
    hours_per_day: float = 0.0
    market: Market | None = None
    customer_id: int = 0


class RateTable:
    """The rates of some projects, looked up without touching the database."""

    def __init__(self) -> None:
        self._projects: dict[int, ProjectTerms] = defaultdict(ProjectTerms)
        # By the scope and the records of it: (scope, project, task, employee) or
        # (scope, market, record).
        self._rates: dict[tuple[object, ...], list[tuple[date, float]]] = defaultdict(
            list
        )
        self._dated: set[tuple[object, ...]] = set()
        self._roles: dict[int, list[tuple[date, int]]] = defaultdict(list)

    def add_project(self, project_id: int, terms: ProjectTerms) -> None:
        """Make a project known."""
        self._projects[project_id] = terms

    def add_rate(
        self,
        project_id: int,
        rate: float | None,
        task_id: int = 0,
        employee_id: int = 0,
        date_from: date | None = None,
    ) -> None:
        """Add one rate of a project, in its unit.

        Later additions for the same day win, None is no rate.
        """
        self._add(("own", project_id, task_id, employee_id), rate, date_from)
        if date_from and rate is not None:
            self._dated.add(("own", project_id))

    def add_default(
        self,
        market: Market,
        scope: str,
        record_id: int,
        rate: float | None,
        date_from: date | None = None,
    ) -> None:
        """Add what holds for projects without a rate of their own.

        :param scope: one of ``DEFAULTS``.
        :param record_id: the person, role or customer; 0 for the company.
        """
        self._add((scope, market, record_id), rate, date_from)
        if date_from and rate is not None:
            # A customer's is about his projects alone, a person's about all.
            about = record_id if scope == "customer" else 0
            self._dated.add((scope, market, about))

    def _add(
        self, key: tuple[object, ...], rate: float | None, date_from: date | None
    ) -> None:
        if rate is not None:
            # Right of those of the same day: of these, the last one holds.
            row = (date_from or date.min, rate)
            insort(self._rates[key], row, key=lambda known: known[0])

    def add_role(self, employee_id: int, role_id: int, date_from: date) -> None:
        """Note from when on somebody has a role, 0 for none."""
        insort(self._roles[employee_id], (date_from, role_id))

    def is_dated(self, project_id: int) -> bool:
        """Whether rates of this project depend on the day of the entry."""
        if ("own", project_id) in self._dated:
            return True
        terms = self._projects[project_id]
        if ("own", project_id, 0, 0) in self._rates or not terms.market:
            # What is set for the whole project, for ever, leaves nothing to defaults.
            return False
        scopes = default_scopes(terms.method)
        keys = {
            (scope, terms.market, terms.customer_id if scope == "customer" else 0)
            for scope in scopes
        }
        return bool(keys & self._dated) or ("role" in scopes and self._has_promotions())

    def _has_promotions(self) -> bool:
        """Return whether somebody's role depends on the day."""
        return any(
            len({role for _day, role in row}) > 1 for row in self._roles.values()
        )

    def has_personal(self, project_id: int) -> bool:
        """Whether somebody may have a rate of his own on a project."""
        market = self._projects[project_id].market
        return any(
            (scope == "own" and about == project_id and record_id)
            or (scope in PERSONAL and about == market)
            for scope, about, *_task, record_id in self._rates
        )

    def find(
        self,
        project_id: int,
        task_id: int,
        employee_id: int,
        day: date,
        below: str = "",
    ) -> BillingRate:
        """Return the rate of an hour that an employee worked on a task on a day.

        :param below: a scope: only what is less specific is looked at.
        """
        terms = self._projects[project_id]
        own = SCOPES[terms.method]
        scopes = [*own, *default_scopes(terms.method)]
        if below in scopes:
            del scopes[: scopes.index(below) + 1]
        for scope in scopes:
            key = (
                self._own_key(scope, project_id, task_id, employee_id)
                if scope in own
                else self._default_key(scope, terms, employee_id, day)
            )
            rate = self.valid_on(key, day) if key else None
            if rate is not None:
                # Whatever they were agreed by, rates are compared and kept per hour.
                rate /= terms.hours_per_day or 1.0
                return BillingRate(rate, ORIGINS.get(scope, scope))
        return BillingRate(None, own[-1])

    @staticmethod
    def _own_key(
        scope: str, project_id: int, task_id: int, employee_id: int
    ) -> tuple[object, ...] | None:
        """Return where a scope's rates are kept, None when the entry has no such."""
        wants_task = "task" in scope
        wants_employee = "employee" in scope
        if (wants_task and not task_id) or (wants_employee and not employee_id):
            return None
        return (
            "own",
            project_id,
            task_id if wants_task else 0,
            employee_id if wants_employee else 0,
        )

    def _default_key(
        self, scope: str, terms: ProjectTerms, employee_id: int, day: date
    ) -> tuple[object, ...] | None:
        """Return where the defaults of a scope are kept, None when there are none."""
        record_id = 0
        if scope == "person":
            record_id = employee_id
        elif scope == "role":
            record_id = self.role_on(employee_id, day)
        elif scope == "customer":
            record_id = terms.customer_id
        is_known = record_id or scope == "company"
        return (scope, terms.market, record_id) if terms.market and is_known else None

    def role_on(self, employee_id: int, day: date) -> int:
        """Return the role that somebody had on a day, 0 for none.

        Before his first one, that: work that was logged late is his all the same.
        """
        roles = self._roles.get(employee_id, ())
        if not roles:
            return 0
        index = bisect_right(roles, day, key=lambda row: row[0])
        return roles[max(index - 1, 0)][1]

    def valid_on(self, key: tuple[object, ...], day: date) -> float | None:
        """Return the newest rate of a key whose first day is not after ``day``."""
        rates = self._rates.get(key, ())
        # A rate is valid on its first day: right of all that start until then.
        index = bisect_right(rates, day, key=lambda row: row[0])
        return rates[index - 1][1] if index else None

    def history(self, key: tuple[object, ...]) -> list[tuple[date, float]]:
        """Return the rates of a key, each with its first day."""
        return list(self._rates.get(key, ()))


def read_rates(projects: BaseModel) -> RateTable:
    """Return the rates of projects, read in three queries, in five where roles have
    rates.

    :param project.project projects: with full rights: rates are the same for
        everybody, and what shows them has groups.
    """
    table = RateTable()
    projects._origin.fetch(
        ["billing_method", "billing_rate", "billing_is_free", "company_id"]
    )
    companies = projects.company_id | projects.env.company
    rows = projects.env["project.billing.rate"].search_fetch(
        Domain("project_id", "in", projects.ids)
        | (
            Domain("project_id", "=", False) & Domain("company_id", "in", companies.ids)
        ),
        order="id",
    )
    defaults = rows.filtered(lambda row: not row.project_id)
    for project in projects:
        # On a form, what was typed counts; its rows are those of the saved record.
        project_id = project._origin.id
        table.add_project(project_id, _terms(project, has_defaults=bool(defaults)))
        rate = own_rate(project.billing_rate, project.billing_is_free)
        table.add_rate(project_id, rate)
    for task in _tasks_with_rates(projects):
        rate = own_rate(task.billing_rate, task.billing_is_free)
        table.add_rate(task.project_id.id, rate, task_id=task.id)
    for row in rows - defaults:
        scope = (row.task_id.id or 0, row.employee_id.id or 0)
        rate = own_rate(row.rate, row.is_free)
        table.add_rate(row.project_id.id, rate, *scope, row.date_from or None)
    for row in defaults:
        market = Market(row.company_id.id, row.default_currency_id.id, row.default_unit)
        rate = own_rate(row.rate, row.is_free)
        table.add_default(market, *_default_of(row), rate, row.date_from or None)
    for employee_id, role_id, day in _roles(defaults):
        table.add_role(employee_id, role_id, day)
    return table


def _default_of(row: BaseModel) -> tuple[str, int]:
    """Return whose default a row is: scope and id of the record, 0 for the company."""
    if row.employee_id:
        return "person", row.employee_id.id
    if row.job_id:
        return "role", row.job_id.id
    if row.partner_id:
        return "customer", row.partner_id.commercial_partner_id.id
    return "company", 0


def _terms(project: BaseModel, has_defaults: bool) -> ProjectTerms:
    """Return what of a project decides which rates count."""
    terms = ProjectTerms(project.billing_method, project._billing_hours_per_day())
    if not has_defaults:
        # Nobody asks for its currency, which is looked up for each customer.
        return terms
    return terms._replace(
        market=market_of(project),
        customer_id=project.partner_id.commercial_partner_id.id or 0,
    )


def market_of(project: BaseModel) -> Market:
    """Return whose defaults hold for a project."""
    return Market(
        (project.company_id or project.env.company).id,
        project._billing_currency().id,
        project.billing_unit,
    )


def _tasks_with_rates(projects: BaseModel) -> BaseModel:
    """Return the tasks of projects that have a rate of their own.

    Work on a task that was archived since is still to be invoiced.
    """
    tasks = projects.env["project.task"].with_context(active_test=False)
    return tasks.search_fetch(
        Domain("project_id", "in", projects.ids)
        & (Domain("billing_rate", ">", 0) | Domain("billing_is_free", "=", True)),
        ["project_id", "billing_rate", "billing_is_free"],
    )


def _roles(defaults: BaseModel) -> Iterable[tuple[int, int, date]]:
    """Return (employee, role, first day) of all who once had a role with a rate."""
    roles = defaults.job_id
    if not roles:
        return
    versions = roles.env["hr.version"]
    people = versions.search([("job_id", "in", roles.ids)]).employee_id
    for version in versions.search_fetch(
        [("employee_id", "in", people.ids)], ["employee_id", "job_id", "date_version"]
    ):
        yield version.employee_id.id, version.job_id.id or 0, version.date_version
