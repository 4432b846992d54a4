"""What a customer sees of one of his projects: hours, budget, invoices, time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from odoo.api import Environment
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools.date_utils import end_of

from ...hours import SAME_HOURS, clock, exact_hours


class MonthOfWork(NamedTuple):
    """The hours of a month, and their share of those of the busiest one."""

    first: date
    hours: float
    share: float

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"


class Entry(NamedTuple):
    """An entry as the customer sees it."""

    day: date
    person: str
    task: str
    notes: str
    hours: float


class ShownTime:
    """Time of a project that its company shows to the customer.

    :ivar day: the field of the day of work.
    """

    day = "date"

    def __init__(self, records: BaseModel, domain: Domain) -> None:
        self.records = records
        self.domain = domain

    def months(self) -> list[MonthOfWork]:
        """Return the months with time, the newest first."""
        hours = {first: some for first, some in self._hours_by_month() if first}
        most = max(map(abs, hours.values()), default=0.0)
        return [
            MonthOfWork(first, exact_hours(hours[first]), abs(hours[first]) / most)
            for first in sorted(hours, reverse=True)
            if abs(hours[first]) >= SAME_HOURS
        ]

    def _of(self, month: MonthOfWork | None) -> Domain:
        if not month:
            return self.domain
        last = end_of(month.first, "month")
        days = Domain(self.day, ">=", month.first) & Domain(self.day, "<=", last)
        return self.domain & days

    def count(self, month: MonthOfWork | None) -> int:
        """Return how many entries there are, of one month or of all."""
        return self.records.search_count(self._of(month))

    def entries(
        self, month: MonthOfWork | None, offset: int, limit: int
    ) -> list[Entry]:
        """Return a page of the entries, the newest first."""
        order = f"{self.day} desc, id desc"
        found = self.records.search(
            self._of(month), order=order, limit=limit, offset=offset
        )
        return [self._entry(record) for record in found]

    def _hours_by_month(self) -> Iterator[tuple[date, float]]:
        raise NotImplementedError

    def _entry(self, record: BaseModel) -> Entry:
        raise NotImplementedError


class LoggedTime(ShownTime):
    """Timesheets, invoiced or not."""

    def _hours_by_month(self) -> Iterator[tuple[date, float]]:
        return iter(
            self.records._read_group(self.domain, ["date:month"], ["logged_hours:sum"])
        )

    def _entry(self, record: BaseModel) -> Entry:
        return Entry(
            record.date,
            record._portal_staff_name(),
            record.task_id.name or "",
            record._portal_notes(),
            record.logged_hours,
        )


class InvoicedTime(ShownTime):
    """What posted documents bill or take back, as they say it."""

    day = "day"

    def _hours_by_month(self) -> Iterator[tuple[date, float]]:
        hours: dict[date, float] = {}
        groups = self.records._read_group(
            self.domain, ["day:month", "sign"], ["invoiced_hours:sum"]
        )
        for first, sign, some in groups:
            hours[first] = hours.get(first, 0.0) + sign * some
        return iter(hours.items())

    def _entry(self, record: BaseModel) -> Entry:
        return Entry(
            record.day,
            record._portal_staff_name(),
            record.task_name or "",
            record._portal_notes(),
            exact_hours(record.sign * record.invoiced_hours),
        )


def shows_invoiced_only(project: BaseModel) -> bool:
    """Whether the company of a project shows the time of its invoices alone."""
    return project.company_id.portal_time == "invoiced"


def posted_domain(projects: BaseModel) -> Domain:
    """Return which rows of the ledger are on posted documents of the customers."""
    customers = projects.grouped(lambda one: one.partner_id.commercial_partner_id)
    return Domain("move_id.state", "=", "posted") & Domain.OR(
        Domain("project_id", "in", own.ids)
        & Domain("move_id.commercial_partner_id", "=", customer.id)
        for customer, own in customers.items()
    )


def shown_time_domain(projects: BaseModel) -> Domain:
    """Return which time of projects is shown, all of invoices or all of timesheets."""
    if shows_invoiced_only(projects[:1]):
        is_time = Domain("kind", "=", "time") & Domain("hours", ">", 0)
        return posted_domain(projects) & is_time
    timesheets = projects.env["account.analytic.line"]
    own = Domain("project_id", "in", projects.ids)
    return own & timesheets._portal_shown_domain()


def shown_hours(projects: BaseModel) -> dict[BaseModel, float]:
    """Return the hours that the page of each project shows, of all at once.

    :param projects: as for a page: with more rights than the user's.
    """
    hours = dict.fromkeys(projects, 0.0)
    for is_invoiced, some in projects.grouped(shows_invoiced_only).items():
        domain = shown_time_domain(some)
        if is_invoiced:
            groups = projects.env["project.billed.time"]._read_group(
                domain, ["project_id", "sign"], ["invoiced_hours:sum"]
            )
            for project, sign, total in groups:
                hours[project] += sign * total
        else:
            lines = projects.env["account.analytic.line"]
            hours.update(
                lines._read_group(domain, ["project_id"], ["logged_hours:sum"])
            )
    return {project: exact_hours(total) for project, total in hours.items()}


class ProjectPage:
    """The page of a project in the portal.

    :param project: a project that the user may read, and that is his, or that he
        bills; with more rights than his.
    """

    def __init__(self, project: BaseModel) -> None:
        self.project = project
        self.customer = project.partner_id.commercial_partner_id
        self.time = self._shown_time()
        self.months = self.time.months()

    @property
    def env(self) -> Environment:
        """Return the environment of the project."""
        return self.project.env

    def _shown_time(self) -> ShownTime:
        """Return the time that is shown: that of invoices where only this is.

        Of a project that companies share, each shows its own.
        """
        domain = shown_time_domain(self.project)
        if shows_invoiced_only(self.project):
            return InvoicedTime(self.env["project.billed.time"], domain)
        return LoggedTime(self.env["account.analytic.line"], domain)

    def month(self, key: str) -> MonthOfWork | None:
        """Return the month of this name, if it has time."""
        return next((month for month in self.months if month.key == key), None)

    @property
    def hours(self) -> float:
        """Return all hours that are shown."""
        return exact_hours(sum(month.hours for month in self.months))

    @property
    def shows_time(self) -> bool:
        """Whether the customer sees time at all; there may be none yet."""
        company = self.project.company_id
        return bool(self.months) or not company or company.portal_time != "nothing"

    def invoices(self) -> BaseModel:
        """Return the posted documents that bill or credit the project.

        :rtype: account.move
        """
        groups = self.env["project.billed.time"]._read_group(
            posted_domain(self.project), aggregates=["move_id:recordset"]
        )
        [[moves]] = groups
        return moves.sorted(lambda move: (move.invoice_date, move.id), reverse=True)

    def budgets(self) -> list[dict]:
        """Return the budgets that the company shows, used by what the page shows.

        :return: for each its ``key``, how much of it is used in words as ``text``, and
            the ``percent``.
        """
        shown = self.project.company_id.portal_budget
        hours, amount = self.project._billing_budget()
        found = []
        if shown in ("hours", "amount") and self.shows_time:
            found.append(("hours", self.hours, hours))
        if shown == "amount":
            found.append(("amount", self._invoiced_amount(), amount))
        return [
            {
                "key": key,
                "text": self._say_budget(key, used, budget),
                "percent": round(used / budget * 100),
            }
            for key, used, budget in found
            if budget
        ]

    def _say_budget(self, key: str, used: float, budget: float) -> str:
        if key == "hours":
            return self.env._(
                "%(used)s h of %(budget)s h", used=clock(used), budget=clock(budget)
            )
        return self.env._(
            "%(used)s of %(budget)s invoiced, without taxes",
            used=self.project._in_money(used),
            budget=self.project._in_money(budget),
        )

    def _invoiced_amount(self) -> float:
        """Return what posted documents bill of it, in the currency of the project."""
        currency = self.project.invoicing_currency_id
        groups = self.env["project.billed.time"]._read_group(
            posted_domain(self.project) & Domain("currency_id", "=", currency.id),
            ["sign"],
            ["amount:sum"],
        )
        return sum(sign * amount for sign, amount in groups)
