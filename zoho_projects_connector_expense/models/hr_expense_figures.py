from collections import defaultdict

from odoo import fields, models

from .hr_expense import OPEN_STATES


class HrExpense(models.Model):
    _inherit = "hr.expense"

    def _amounts_by_figure(self, currency) -> dict[str, float]:
        """Return what of this expense stands where, without taxes.

        After a credit in part, one part of it is invoiced and the rest unbilled. An
        expense that is not billable counts with its cost, once it is posted.

        :param res.currency currency: the currency of the amounts.
        """
        self.ensure_one()
        if line := self.sale_order_line_id:
            found = self._amounts_of_line(line)
        elif self.billing_state == "waiting":
            found = {(self.reinvoice_currency_id, "waiting"): self.amount_to_reinvoice}
        elif self.state in (*OPEN_STATES, "refused"):
            found = {}
        else:
            cost = self.total_amount - self.tax_amount
            found = {(self.company_currency_id, "non_billable"): cost}
        today = fields.Date.context_today(self)
        amounts = defaultdict(float)
        for (source, figure), amount in found.items():
            amounts[figure] += source._convert(amount, currency, self.company_id, today)
        return {figure: amount for figure, amount in amounts.items() if amount}

    def _amounts_of_line(self, line) -> dict[tuple, float]:
        """Return what of an order line is unbilled, on drafts and invoiced.

        :param sale.order.line line: the line that re-invoices an expense.
        :return: ``{(currency, figure): amount}``.
        """
        amounts = defaultdict(float)
        if line.product_uom_qty:
            share = line.qty_to_invoice / line.product_uom_qty
            amounts[line.currency_id, "unbilled"] = line.price_subtotal * share
        for billed in line.invoice_lines:
            is_credit = billed.move_id.move_type == "out_refund"
            sign = -1 if is_credit else 1
            if billed.parent_state == "posted":
                figure = "invoiced"
            elif billed.parent_state == "draft" and not is_credit:
                figure = "draft"
            else:
                continue
            amounts[billed.currency_id, figure] += sign * billed.price_subtotal
        return amounts
