"""What one invoice is going to bill, decided before it exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from odoo import fields
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.date_utils import end_of, start_of, subtract

from ...hours import exact_hours

if TYPE_CHECKING:
    from odoo.api import Environment
    from odoo.models import BaseModel


class PlannedTime(NamedTuple):
    """So many hours of one timesheet, at a rate per hour.

    ``invoice_factor`` says how many hours the invoice shows for each hour logged; it
    is 1 unless time is rounded.
    """

    timesheet_id: int
    hours: float
    rate: float
    rate_origin: str
    invoice_factor: float = 1.0

    @property
    def invoiced_hours(self) -> float:
        return exact_hours(self.hours * self.invoice_factor)


class Work(NamedTuple):
    """What an invoice bills of a project: its name, and the days of the time if any."""

    name: str
    days: list[date]


def name_months(env: Environment, days: list[date]) -> str:
    """Return the months of days: "September 2026", "August – September 2026".

    Empty when there are no days.
    """
    if not days:
        return ""
    first, last = min(days), max(days)
    until: str = format_date(env, last, date_format="LLLL yyyy")
    if (first.year, first.month) == (last.year, last.month):
        return until
    named = "LLLL" if first.year == last.year else "LLLL yyyy"
    return f"{format_date(env, first, date_format=named)} – {until}"


class PlannedAmount(NamedTuple):
    """An amount that no hours make up.

    ``kind`` is that of the ledger, ``vals`` says there what is sold.
    """

    kind: str
    vals: dict[str, int]


@dataclass(frozen=True)
class BillingPlan:
    """What each invoice line bills and its text, by id of the sales order line.

    And of which project each is; ``works`` has the projects in the order in which they
    are invoiced.

    It travels in the context through Odoo's own invoicing. A remote call cannot
    forge it: its values are never instances of this class.
    """

    times: dict[int, list[PlannedTime]] = field(default_factory=dict)
    amounts: dict[int, PlannedAmount] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    projects: dict[int, int] = field(default_factory=dict)
    works: dict[int, Work] = field(default_factory=dict)
    has_sections: bool = False
    invoice_date: date | None = None

    def sale_line_ids(self) -> list[int]:
        """Return the sales order lines that the invoice bills, in its order."""
        return [*self.times, *self.amounts]

    def quantity(self, sale_line_id: int) -> float:
        """Return the hours that the invoice line of a sales order line bills."""
        return exact_hours(
            sum(time.invoiced_hours for time in self.times[sale_line_id])
        )


@dataclass(frozen=True)
class OfferedTime:
    """What lines of orders offer of their time: read once for all that ask for it.

    It travels in the context as the plan does.

    :ivar hours: hours to invoice now, by id of the sales order line.
    :ivar waiting: ``{billing.listener: account.analytic.line}`` that has to wait.
    """

    hours: dict[int, float]
    waiting: dict[BaseModel, BaseModel]


def offer_of(env: Environment) -> OfferedTime | None:
    """Return what is offered to the invoicing that the current call carries out."""
    offer = env.context.get("billing_offer")
    return offer if isinstance(offer, OfferedTime) else None


def plan_of(env: Environment) -> BillingPlan | None:
    """Return the plan that the current call carries out, if it does."""
    # RPC makes contexts of JSON: no caller can send an instance of this class.
    plan = env.context.get("billing_plan")
    return plan if isinstance(plan, BillingPlan) else None


@dataclass(frozen=True)
class Correction:
    """Invoiced timesheets that the current call corrects.

    It travels in the context past the guards of invoiced time. A remote call cannot
    forge it: its values are never instances of this class.
    """

    timesheet_ids: frozenset[int]


def is_correction(timesheets: BaseModel) -> bool:
    """Return whether the current call corrects just these timesheets."""
    correction = timesheets.env.context.get("billing_correction")
    return isinstance(correction, Correction) and (
        correction.timesheet_ids.issuperset(timesheets.ids)
    )


# The days of work that are invoiced, reckoned and named in one place.


def worked_between(first: date | None, last: date | None, day: str = "date") -> Domain:
    """Return which time was worked in a period, whose ends may be open.

    :param day: the field with the day of work.
    """
    domain = Domain.TRUE
    if first:
        domain &= Domain(day, ">=", first)
    if last:
        domain &= Domain(day, "<=", last)
    return domain


class Period(NamedTuple):
    """The days of work that are invoiced; an end that is None is open."""

    date_from: date | None
    date_to: date | None

    def domain(self, day: str) -> Domain:
        """Return which records have a day of the period in a field."""
        return worked_between(self.date_from, self.date_to, day)

    def name(self, env: Environment) -> str:
        """Return the name of a month in the language of the user, empty if open."""
        return name_months(env, [self.date_from] if self.date_from else [])


def this_month(records: BaseModel) -> Period:
    """Return the month of today, where the user is."""
    return _month_of(fields.Date.context_today(records))


def last_month(records: BaseModel) -> Period:
    """Return the month that is usually invoiced."""
    return month_before(this_month(records))


def month_before(month: Period) -> Period:
    return _month_of(subtract(month.date_from, months=1))


def _month_of(day: date) -> Period:
    return Period(start_of(day, "month"), end_of(day, "month"))
