"""Lines of an invoice to come that no hours make up."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...models.billing.plan import BillingPlan, PlannedAmount


@dataclass
class AmountGroup:
    """One invoice line: an item at a price, a fixed cost, or an expense.

    ``vals`` says in the ledger what is sold; ``sale_line_id`` is that of an expense,
    which has its line on the order already; ``hours`` are the unbilled hours that an
    item covers. Nothing of it is billed by the day.
    """

    hours_per_day = 0.0

    project_id: int
    kind: str
    key: str
    name: str
    amount: float
    hours: float = 0.0
    vals: dict[str, int] = field(default_factory=dict)
    sale_line_id: int = 0

    @property
    def price(self) -> float:
        return self.amount

    def plan(self, plan: BillingPlan, sale_line_id: int) -> None:
        """Note that the line of a sales order line bills this."""
        vals = {"project_id": self.project_id, **self.vals}
        plan.amounts[sale_line_id] = PlannedAmount(self.kind, vals)
        if not self.sale_line_id:
            plan.names[sale_line_id] = self.name

    def preview_vals(self, currency) -> dict:
        """Return the figures of the preview line."""
        return {
            "hours": self.hours,
            "invoiced_hours": self.hours,
            "days": 0.0,
            "amount": currency.round(self.amount),
        }
