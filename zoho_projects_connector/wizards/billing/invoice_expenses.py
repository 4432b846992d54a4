"""Lines of an invoice to come that bill expenses."""

from __future__ import annotations

from datetime import date

from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import format_amount

from .invoice_amounts import AmountGroup
from .invoice_source import InvoiceSource


class ExpenseSource(InvoiceSource):
    """Mode `expenses`: what Odoo re-invoices through the orders of the projects."""

    def impossible(self) -> dict | bool:
        """Say where no expense of these projects waits, of whatever day."""
        # Of his projects alone: who may invoice need not have rights to orders.
        lines = self.env["sale.order.line"].sudo()
        if lines.search_count(self._domain(), limit=1):
            return False
        return {"why": self.env._("No expense waits to be re-invoiced.")}

    def _domain(self) -> Domain:
        """Return which order lines of expenses are still to invoice."""
        projects = self.wizard.project_ids._origin
        return Domain(
            [
                ("is_expense", "=", True),
                ("state", "=", "sale"),
                # Odoo counts drafts as invoiced: what is on one is not offered.
                ("qty_to_invoice", ">", 0),
                ("company_id", "=", self.wizard.company_id.id),
                ("order_id.project_id", "in", projects.ids),
            ]
        )

    def _lines(self) -> BaseModel:
        """Return the order lines of the expenses that were asked for.

        :rtype: sale.order.line
        """
        domain = self._domain()
        ends = ((">=", self.wizard.date_from), ("<=", self.wizard.date_to))
        for operator, day in ends:
            if day:
                domain &= self._day_domain(operator, day)
        # Of his projects alone: who may invoice need not have rights to orders.
        return self.env["sale.order.line"].sudo().search(domain, order="id")

    def _why_left_out(self, line: BaseModel) -> str | bool:
        """Return why an expense is not invoiced, False when it is."""
        if line.currency_id != self.wizard.currency_id:
            return "other_currency"
        customer = self.wizard.partner_id.commercial_partner_id
        is_his = line.order_partner_id.commercial_partner_id == customer
        return False if line._follows_customer() or is_his else "other_customer"

    def _free_lines(self) -> BaseModel:
        """Return those that are invoiced."""
        return self._lines().filtered(lambda line: not self._why_left_out(line))

    def _day_domain(self, operator: str, day: date) -> Domain:
        """Return the order lines of expenses since or until a day.

        :param operator: ``>=`` or ``<=``.
        :param day: what the entry of the cost is compared with.
        """
        return Domain("analytic_line_ids.date", operator, day)

    def groups(self) -> list[AmountGroup]:
        """Return an invoice line for each expense."""
        return [
            AmountGroup(
                project_id=line.order_id.project_id.id,
                kind="expense",
                key="expense",
                name=line.name,
                amount=line._untaxed_worth_of(line.qty_to_invoice),
                sale_line_id=line.id,
            )
            for line in self._free_lines()
        ]

    def left_out(self) -> list[dict]:
        """Return the expenses that wait in another currency, or for somebody else."""
        return [
            {
                "reason": reason,
                "name": self.env._(
                    "%(expense)s (%(amount)s)",
                    expense=line.name,
                    amount=format_amount(
                        self.env,
                        line._untaxed_worth_of(line.qty_to_invoice),
                        line.currency_id,
                    ),
                ),
            }
            for line in self._lines()
            if (reason := self._why_left_out(line))
        ]

    def locked_groups(self) -> list[AmountGroup]:
        """Return the lines that no other invoice bills meanwhile."""
        lines = self._free_lines()
        with self.lock_or_tell():
            lines.lock_for_update(allow_referencing=True)
        for project, orders in lines.order_id.grouped("billing_project_id").items():
            if project:
                order = orders._get_billing_order(project)
                (lines & orders.order_line)._move_to_order(order)
        return self.groups()
