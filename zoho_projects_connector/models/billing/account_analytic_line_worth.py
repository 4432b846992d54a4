from collections import defaultdict

from odoo import api, fields, models

from ...groups import MONEY_GROUPS


class AccountAnalyticLine(models.Model):
    """What a timesheet is worth, part by part, so that lists add up to the figures.

    Amounts are in the billing currency of the project and not rounded: a third of an
    hour at 100.00 is 33.33 three times, and 100.00 together.
    """

    _inherit = "account.analytic.line"

    unbilled_amount = fields.Float(
        string="To Invoice",
        compute="_compute_worth",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="Unbilled hours at the rate of today.",
    )
    closed_amount = fields.Float(
        string="Not to Invoice",
        compute="_compute_worth",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="What the hours that are not to be billed would be worth at the rate of "
        "today.",
    )
    worth_amount = fields.Float(
        string="Worth",
        compute="_compute_worth",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="As invoiced, else at the rate of today.",
    )

    @api.depends("billing_rate", "unbilled_hours", "closed_hours", "billed_hours")
    def _compute_worth(self) -> None:
        rates = self._get_billing_rates()
        billed = self._billed_amounts()
        for line in self:
            rate = rates[line.id].rate or 0.0
            line.unbilled_amount = line.unbilled_hours * rate
            line.closed_amount = line.closed_hours * rate
            line.worth_amount = (
                line.unbilled_amount + line.closed_amount + billed[line._origin.id]
            )

    def _billed_amounts(self) -> dict[int, float]:
        """Return what documents bill of each timesheet less credits, in one query."""
        today = fields.Date.context_today(self)
        amounts = defaultdict(float)
        rows = self.env["project.billed.time"]._read_group(
            [("timesheet_id", "in", self._origin.ids), ("active", "=", True)],
            ["timesheet_id", "currency_id", "sign"],
            ["amount:sum"],
        )
        for line, currency, sign, amount in rows:
            target = line.invoicing_currency_id
            amounts[line.id] += sign * currency._convert(
                amount, target, line.company_id, today
            )
        return amounts
