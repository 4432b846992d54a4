from odoo import models
from odoo.fields import Domain

from .project_invoice_create_amount import AmountGroup


class ProjectInvoiceCreate(models.TransientModel):
    """Mode `expenses`: what Odoo re-invoices through the orders of the projects."""

    _inherit = "project.invoice.create"

    def _expense_lines(self):
        """Return the order lines of expenses that are still to invoice.

        :rtype: sale.order.line
        """
        projects = self.project_ids._origin
        # The accountant reads no orders; these are of his projects alone.
        lines = self.env["sale.order.line"].sudo()
        domain = Domain(
            [
                ("is_expense", "=", True),
                ("state", "=", "sale"),
                ("qty_to_invoice", ">", 0),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("order_partner_id", "=", self.partner_id.id),
                ("order_id.project_id", "in", projects.ids),
            ]
        )
        for operator, day in ((">=", self.date_from), ("<=", self.date_to)):
            if day:
                domain &= self._expense_day_domain(operator, day)
        return lines.search(domain, order="id")

    def _expense_day_domain(self, operator: str, day) -> Domain:
        """Return the order lines of expenses since or until a day.

        :param str operator: ``>=`` or ``<=``.
        :param date day: what the entry of the cost is compared with.
        """
        return Domain("analytic_line_ids.date", operator, day)

    def _expense_groups(self) -> list[AmountGroup]:
        """Return an invoice line for each expense."""
        return [
            AmountGroup(
                project_id=line.order_id.project_id.id,
                kind="expense",
                key="expense",
                name=line.name,
                amount=line.untaxed_amount_to_invoice,
                sale_line_id=line.id,
            )
            for line in self._expense_lines()
        ]
