"""Where the lines of an invoice come from: one source for each mode of the wizard."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from odoo.api import Environment
from odoo.exceptions import LockError, UserError
from odoo.models import BaseModel

from ...hours import SAME_HOURS, exact_hours
from ...models.billing.plan import BillingPlan, PlannedTime
from .untaxed import Untaxed


class InvoiceGroup(Protocol):
    """What one line of the invoice to come bills.

    :ivar key: names the line of the billing order that it is invoiced through.
    :ivar sale_line_id: that line, where the order has it already, else 0.
    :ivar hours_per_day: hours of a day where the price is one of a day, else 0.
    """

    project_id: int
    key: str
    name: str
    sale_line_id: int
    hours_per_day: float

    @property
    def price(self) -> float:
        """Return the price of an hour, a day, or of all of it."""

    def product(self, project: BaseModel) -> BaseModel:
        """Return what the billing order of a project sells it as."""

    def untaxed_line(self, untaxed: Untaxed, project: BaseModel) -> dict:
        """Return the line as its taxes are figured."""

    def plan(self, plan: BillingPlan, sale_line_id: int) -> None:
        """Note that the line of a sales order line bills this."""

    def preview_vals(self) -> dict:
        """Return the figures of the preview line, but for its amount."""


class InvoiceSource(ABC):
    """What one mode of the invoice wizard bills, for the wizard that it is given.

    It takes the wizard as it is: with the user's rights for a preview, with more when
    the invoice is made.
    """

    def __init__(self, wizard: BaseModel) -> None:
        self.wizard = wizard

    @property
    def env(self) -> Environment:
        """Return the environment of the wizard."""
        return self.wizard.env

    def obstacle(self) -> str | bool:
        """Return why the choice makes no invoice, False when it may."""
        return False

    @abstractmethod
    def impossible(self) -> dict | bool:
        """Return why no choice makes an invoice of these projects, False when one may.

        :return: the sentence as ``why``; and the way out, if there is one: the
            ``action`` of ``project_id`` that opens it, and the ``label`` of its button.
        """

    @abstractmethod
    def groups(self) -> Sequence[InvoiceGroup]:
        """Return the lines of the invoice to come."""

    @abstractmethod
    def locked_groups(self) -> Sequence[InvoiceGroup]:
        """Return the lines after keeping other invoices off what they bill.

        :raise UserError: somebody else is invoicing it, or was faster.
        """

    def left_out(self) -> list[dict]:
        """Return what of the choice is not invoiced, with the reasons.

        Amounts are not told: where a rate is missing they are unknown, not zero.
        """
        return []

    def days(self, groups: Iterable[InvoiceGroup]) -> list[date]:
        """Return the days of the time behind lines, whatever source they are of."""
        return []

    @contextmanager
    def lock_or_tell(self) -> Iterator[None]:
        """Turn a lock that somebody else has into a sentence."""
        try:
            yield
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is invoicing or changing this right now. Try again "
                    "in a moment."
                )
            ) from error

    def language(self) -> str:
        """Return the code of the language in which the customer reads the invoice."""
        return self.wizard.partner_id.lang or self.env.lang


def unit_price(rate: float, hours_per_day: float) -> tuple[float, float]:
    """Return the price of a day and its hours, or of an hour and none.

    What is divided by the hours of a day and multiplied again has noise, which the
    digits of a price do not.
    """
    return (round(rate * hours_per_day, 8) if hours_per_day else rate, hours_per_day)


@dataclass
class TimeGroup:
    """The time of one invoice line: one group, one rate.

    The rate is per day when there are hours per day, else per hour.
    """

    project_id: int
    key: str
    rate: float
    hours_per_day: float = 0.0
    times: list[PlannedTime] = field(default_factory=list)
    name: str = ""
    sale_line_id: int = 0

    @property
    def price(self) -> float:
        return self.rate

    @property
    def hours(self) -> float:
        return exact_hours(sum(time.hours for time in self.times))

    @property
    def invoiced_hours(self) -> float:
        return exact_hours(sum(time.invoiced_hours for time in self.times))

    @property
    def quantity(self) -> float:
        return self.invoiced_hours / (self.hours_per_day or 1.0)

    def take_off(self, time: PlannedTime, groups: Iterable[TimeGroup]) -> None:
        """Take negative time off the lines of its project and rate, its own first.

        What is more than they have stays unbilled.

        :param groups: the lines of the invoice.
        """
        same = (self.project_id, self.rate, self.hours_per_day)
        alike = [
            group
            for group in groups
            if (group.project_id, group.rate, group.hours_per_day) == same
        ]
        left = -time.hours
        for group in sorted(alike, key=lambda group: group.key != self.key):
            part = min(left, group.invoiced_hours)
            if part > SAME_HOURS:
                # It may be spread over several lines: each gets its part of the entry.
                group.times.append(time._replace(hours=-part))
                left = exact_hours(left - part)

    def plan(self, plan: BillingPlan, sale_line_id: int) -> None:
        """Note that the line of a sales order line bills this."""
        plan.times[sale_line_id] = self.times
        plan.names[sale_line_id] = self.name

    def product(self, project: BaseModel) -> BaseModel:
        """Return what the billing order of a project sells hours as."""
        return project._billing_time_product()

    def untaxed_line(self, untaxed: Untaxed, project: BaseModel) -> dict:
        """Return the line as its taxes are figured."""
        return untaxed.line(self.product(project), self.rate, self.quantity)

    def preview_vals(self) -> dict:
        """Return the figures of the preview line, but for its amount."""
        return {
            "hours": self.hours,
            "invoiced_hours": self.invoiced_hours,
            "days": self.quantity if self.hours_per_day else 0.0,
            "rate": self.rate,
            "rate_origin": self.times[0].rate_origin,
            "entry_count": len(self.times),
        }
