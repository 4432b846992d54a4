"""Where the lines of an invoice come from: one source for each mode of the wizard."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Protocol

from odoo.api import Environment
from odoo.exceptions import LockError, UserError
from odoo.models import BaseModel

from ...models.billing.plan import BillingPlan


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

    def plan(self, plan: BillingPlan, sale_line_id: int) -> None:
        """Note that the line of a sales order line bills this."""

    def preview_vals(self, wizard: BaseModel) -> dict:
        """Return the figures of the preview line."""


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
