from math import ceil, floor
from typing import NamedTuple

from odoo import fields, models

ROUNDINGS = [
    ("none", "No rounding"),
    ("up", "Up"),
    ("down", "Down"),
    ("nearest", "To the nearest"),
]


# Minutes closer than this to a step are on it: the noise of hours as fractions.
SAME_MINUTES = 1e-6


class Rounding(NamedTuple):
    """Up, down or to the nearest step of so many minutes; ``none`` leaves hours."""

    method: str = "none"
    minutes: int = 1

    def apply(self, hours: float) -> float:
        """Return the hours that an invoice shows for an entry; a half rounds up."""
        if self.method == "none":
            return hours
        steps = hours * 60 / self.minutes
        noise = SAME_MINUTES / self.minutes
        whole = {
            # Twenty minutes are 0.333… hours: their noise must not make another step.
            "up": ceil(steps - noise),
            "down": floor(steps + noise),
            "nearest": floor(steps + 0.5 + noise),
        }[self.method]
        return whole * self.minutes / 60


class BillingRoundingMixin(models.AbstractModel):
    """Says how time is rounded on invoices: of a company, a customer or a project.

    Empty leaves it to the next: the project to its customer, he to the company.
    """

    _name = "billing.rounding.mixin"
    _description = "Rounding of Time on Invoices"

    billing_rounding = fields.Selection(
        ROUNDINGS,
        string="Round Time",
        help="Each time entry is rounded on the invoice only: the time that was "
        "logged stays as it is.",
    )
    billing_rounding_minutes = fields.Integer(
        string="Step in Minutes", default=15, required=True
    )

    _billing_rounding_minutes_positive = models.Constraint(
        "CHECK(billing_rounding_minutes > 0)",
        "Time is rounded to one minute or more.",
    )

    def _own_billing_rounding(self) -> Rounding | None:
        """Return the rounding that is set here, None when it is set elsewhere."""
        if not self.billing_rounding:
            return None
        return Rounding(self.billing_rounding, self.billing_rounding_minutes)
