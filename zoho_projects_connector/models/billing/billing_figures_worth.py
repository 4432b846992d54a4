from collections import defaultdict

from odoo import fields, models

from ...groups import MONEY_GROUPS
from .billing_figures_mixin import OUTSIDE_FIGURES


class BillingFiguresMixin(models.AbstractModel):
    """What time that is on no document is worth, at the rates of today."""

    _inherit = "billing.figures.mixin"

    hours_missing_rate = fields.Float(
        string="Hours without a Rate",
        compute="_compute_amount_unbilled",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="Unbilled time that cannot be invoiced before a rate is set.",
    )
    amount_unbilled = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_amount_unbilled",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="Unbilled time at the rates of today, at its price where an order sells "
        "it.",
    )
    amount_on_orders = fields.Monetary(
        string="Amount on Sales Orders",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_unbilled",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    amount_elsewhere = fields.Monetary(
        string="Worth of Time Billed Elsewhere",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_outside",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    amount_fixed_price = fields.Monetary(
        string="Worth of Time at a Fixed Price",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_outside",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    amount_non_billable = fields.Monetary(
        string="Worth of Non-Billable Time",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_outside",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )

    amount_logged = fields.Monetary(
        string="Worth of All Time",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_logged",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="All time, as it was invoiced or else at the rates of today.",
    )

    def _compute_amount_logged(self) -> None:
        for record in self:
            record.amount_logged = (
                record.amount_unbilled
                + record.amount_billed_time
                + record.amount_elsewhere
                + record.amount_fixed_price
                + record.amount_non_billable
            )

    def _compute_amount_unbilled(self) -> None:
        worth, missing = self._billing_worth("unbilled_hours")
        for record in self:
            of_record = worth[record.id]
            record.amount_unbilled = sum(of_record.values())
            record.amount_on_orders = sum(
                amount for (_state, ordered), amount in of_record.items() if ordered
            )
            record.hours_missing_rate = missing[record.id]

    def _compute_amount_outside(self) -> None:
        worth, _missing = self._billing_worth("closed_hours")
        for record in self:
            amounts = defaultdict(float)
            for (state, _ordered), amount in worth[record.id].items():
                amounts[OUTSIDE_FIGURES.get(state, "non_billable")] += amount
            record.amount_elsewhere = amounts["elsewhere"]
            record.amount_fixed_price = amounts["fixed_price"]
            record.amount_non_billable = amounts["non_billable"]

    def _billing_worth(self, measure: str) -> tuple[dict, dict[int, float]]:
        """Return what hours of each record are worth today, and those without a rate.

        :param str measure: the hours of a timesheet that are counted.
        :return: ``{id: {(state, whether an order sells it): amount}}`` in the
            billing currency, not rounded; and ``{id: hours without a rate}``.
        """
        worth = defaultdict(lambda: defaultdict(float))
        missing = defaultdict(float)
        for row in self._billing_projects()._hour_prices(
            self._billing_time_domain(), measure, self._billing_path
        ):
            if row.price is None:
                missing[row.record.id] += row.hours
            else:
                amount = row.hours * row.price
                worth[row.record.id][row.state, row.ordered] += amount
        return worth, missing
