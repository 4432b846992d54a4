from collections import defaultdict

from odoo import api, fields, models

from .hr_expense import OPEN_STATES

BILLING_STATES = [
    ("non_billable", "Not Billable"),
    ("waiting", "Not Posted Yet"),
    ("unbilled", "Unbilled"),
    ("draft", "On a Draft Invoice"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
]


class HrExpense(models.Model):
    """Where an expense stands on its way to the customer, with which amounts."""

    _inherit = "hr.expense"

    billing_state = fields.Selection(
        BILLING_STATES,
        string="Billing",
        compute="_compute_billing_state",
        compute_sudo=True,
        store=True,
        index=True,
        help="Not posted yet: it can be invoiced once its journal entry is posted.",
    )

    @api.depends(
        "billable",
        "state",
        "product_id.expense_policy",
        "sale_order_line_id.qty_to_invoice",
        "sale_order_line_id.invoice_lines.move_id.state",
        "sale_order_line_id.invoice_lines.move_id.payment_state",
    )
    def _compute_billing_state(self) -> None:
        for expense in self:
            line = expense.sale_order_line_id
            if not expense.billable or not expense.can_be_reinvoiced:
                expense.billing_state = "non_billable"
            elif expense.state == "refused":
                expense.billing_state = "non_billable"
            elif not line:
                expense.billing_state = "waiting"
            elif line.product_uom_id.compare(line.qty_to_invoice, 0) > 0:
                expense.billing_state = "unbilled"
            else:
                invoices = expense._live_invoices()
                expense.billing_state = (
                    invoices._billing_state() if invoices else "unbilled"
                )

    def _live_invoices(self) -> models.BaseModel:
        """Return the customer invoices that charge these expenses now.

        :rtype: account.move
        """
        # The state counts invoices that employees may not read.
        moves = self.sudo().sale_order_line_id.invoice_lines.move_id
        return moves.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state != "cancel"
                and move.payment_state != "reversed"
            )
        )

    def _amounts_by_figure(self, currency: models.BaseModel) -> dict[str, float]:
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

    def _amounts_of_line(self, line: models.BaseModel) -> dict[tuple, float]:
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
