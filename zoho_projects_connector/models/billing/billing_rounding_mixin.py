from odoo import fields, models

from .rounding import Rounding

ROUNDINGS = [
    ("none", "No rounding"),
    ("up", "Up"),
    ("down", "Down"),
    ("nearest", "To the nearest"),
]


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
