from __future__ import annotations

from odoo.api import Environment
from odoo.fields import Domain
from odoo.models import BaseModel

from ...groups import BILLING_GROUP
from ...hours import say_hours
from .billing_figures_rows import SHOWN_HOURS

# The share of a budget from which on its use is warned of.
BUDGET_WARNING = 0.8


class BillingWarnings:
    """What of a project's billing needs somebody, in words, with the way out.

    :param project: the project, with the rights of whoever looks at it.
    :param invoice: the invoice that is usual now, or False.
    """

    def __init__(self, project: BaseModel, invoice: dict | bool) -> None:
        self.project = project
        self.invoice = invoice

    @property
    def env(self) -> Environment:
        """Return the environment of the project."""
        return self.project.env

    def found(self) -> list[dict]:
        """Return the warnings, as :meth:`_billing_warnings` of projects has them."""
        found = [
            self._warning_without_customer(),
            self._warning_without_rate(),
            self._warning_of_drafts(),
            self._warning_of_older_time(),
        ]
        return [
            *(warning for warning in found if warning),
            *self._warnings_of_budgets(),
        ]

    def _warning_without_customer(self) -> dict | None:
        if self.project.partner_id:
            return None
        may_choose = self.project.has_access("write")
        text = self.env._("No customer is set: nothing can be invoiced.")
        if not may_choose:
            text = self.env._(
                "No customer is set: nothing can be invoiced before a project manager "
                "chooses one."
            )
        return {
            "key": "no_customer",
            "rank": 10,
            "is_urgent": True,
            "text": text,
            "field": may_choose and "partner_id",
            "label": self.env._("Choose a customer"),
        }

    def _warning_without_rate(self) -> dict | None:
        if self.project.hours_missing_rate < SHOWN_HOURS:
            return None
        may_set = self.env.user.has_group(BILLING_GROUP)
        return {
            "key": "missing_rate",
            "rank": 20,
            "is_urgent": True,
            "text": self.env._(
                "%(hours)s have no rate: they cannot be invoiced and are in no amount.",
                hours=say_hours(self.env, self.project.hours_missing_rate),
            ),
            "action": "action_billing_terms" if may_set else "action_billing_rates",
            "label": self.env._("Set a rate"),
        }

    def _warning_of_drafts(self) -> dict | None:
        if self.project.hours_draft < SHOWN_HOURS and not self.project.amount_draft:
            return None
        may_read = self.env["account.move"].has_access("read")
        return {
            "key": "draft",
            "rank": 50,
            "text": self.env._(
                "%(amount)s are on draft invoices that wait to be posted.",
                amount=self.project._in_money(self.project.amount_draft),
            ),
            "action": "action_billing_drafts" if may_read else False,
            "label": self.env._("Open the drafts"),
        }

    def _warning_of_older_time(self) -> dict | None:
        """Say what unbilled time lies before the month that is usually invoiced."""
        if not self.invoice or not self.invoice["date_from"]:
            return None
        before = Domain("date", "<", self.invoice["date_from"])
        # The sum of a project that he may read; no entry is shown.
        timesheets = self.env["account.analytic.line"].sudo()
        [(hours,)] = timesheets._read_group(
            self.project._billing_time_domain("unbilled") & before,
            aggregates=["unbilled_hours:sum"],
        )
        if hours < SHOWN_HOURS:
            return None
        return {
            "key": "older",
            "rank": 80,
            "text": self.env._(
                "%(hours)s from before %(month)s are unbilled, too.",
                hours=say_hours(self.env, hours),
                month=self.invoice["period"],
            ),
            "action": "action_older_invoice",
            "label": self.env._("Invoice all until then"),
        }

    def _warnings_of_budgets(self) -> list[dict]:
        """Warn of budgets that are nearly or wholly used up."""
        may_set = self.env.user.has_group(BILLING_GROUP)
        return [
            {
                "key": f"budget_{budget['key']}",
                "rank": 25 if is_over else 70,
                "is_urgent": is_over,
                "text": self._budget_sentence(budget, is_over),
                "action": "action_billing_terms" if may_set else False,
                "label": self.env._("Change the budget"),
            }
            for budget in self.project._billing_budgets()
            for is_over in [budget["share"] >= 1]
            if budget["share"] >= BUDGET_WARNING
        ]

    def _budget_sentence(self, budget: dict, is_over: bool) -> str:
        """Return what is said of a budget that needs attention."""
        figures = {"percent": round(budget["share"] * 100)}
        for name in ("used", "budget"):
            figures[name] = (
                say_hours(self.env, budget[name])
                if budget["key"] == "hours"
                else self.project._in_money(budget[name])
            )
        if is_over:
            return self.env._(
                "The budget is used up: %(used)s of %(budget)s (%(percent)s%%).",
                **figures,
            )
        return self.env._(
            "%(percent)s%% of the budget is used: %(used)s of %(budget)s.", **figures
        )
