from odoo import fields, models

from ...hours import SAME_HOURS
from .rate_table import BillingRate


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    invoicing_currency_id = fields.Many2one(
        related="project_id.invoicing_currency_id", export_string_translation=False
    )

    def _invoice_factors(self) -> dict[int, float]:
        """Return how many hours an invoice shows for each unbilled hour.

        The invoices of an entry add up to the entry rounded once, however often a
        part of it was credited and is billed again. Negative time is not rounded.

        :return: ``{timesheet id: factor}``, 1 where nothing is rounded.
        """
        # Rounding is agreed with the customer, whatever the user may read.
        lines = self.sudo()
        roundings = lines.project_id._billing_roundings()
        billed = lines.filtered("billed_hours")
        invoiced = self.env["project.billed.time"]._net_invoiced_hours(billed)
        factors = {}
        for line in lines:
            rounding = roundings[line.project_id.id]
            unrounded = rounding.method == "none" and not line.billed_hours
            if unrounded or line.unbilled_hours < 0:
                factors[line.id] = 1.0
                continue
            rounded = rounding.apply(line._billing_hours())
            rest = max(rounded - invoiced[line.id], 0.0)
            same = abs(rest - line.unbilled_hours) < SAME_HOURS
            factors[line.id] = 1.0 if same else rest / line.unbilled_hours
        return factors

    def _get_billing_rates(self) -> dict[int, BillingRate]:
        """Return the rate that each timesheet has today, by id of the timesheet.

        A few queries for any number of timesheets. Rates are per hour, in the
        billing currency of the project.

        :return: ``{timesheet id: BillingRate(rate or None, origin)}``; the origin is
            one of ``task``, ``employee``, ``project``, ``default``, or ``order`` for
            the price of time that a sales order sells.
        """
        # Rates are the same for everybody; the fields that show them have groups.
        lines = self.sudo()
        lines._origin.fetch(["project_id", "task_id", "employee_id", "date", "so_line"])
        table = lines.project_id._billing_rate_table()
        today = fields.Date.context_today(self)
        rates, known = {}, {}
        for line in lines:
            project, sold = line.project_id, line.so_line
            day = line.date or today  # none yet while a new entry is typed
            key = (project, line.task_id, line.employee_id, day, sold)
            if key not in known:
                price = sold._price_of_ordered_hour(project, today)
                known[key] = (
                    table.find(project.id, line.task_id.id, line.employee_id.id, day)
                    if price is None
                    else BillingRate(price, "order")
                )
            rates[line.id] = known[key]
        return rates
