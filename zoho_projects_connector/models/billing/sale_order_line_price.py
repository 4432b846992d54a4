from odoo import models


class SaleOrderLine(models.Model):
    """Lines of a billing order that sell something at a price, not by the hour."""

    _inherit = "sale.order.line"

    def _include_taxes(self) -> None:
        """Raise prices by the taxes that are included in them.

        Rates and amounts of a project are agreed without taxes.
        """
        for line in self:
            price = line.tax_ids._price_with_included(line.price_unit, line.product_id)
            if price != line.price_unit:
                line.write({"price_unit": price, "technical_price_unit": 0.0})

    def _is_sold_at_price(self) -> bool:
        """Whether the line sells an item or a fixed cost. Note: one line or none."""
        return bool(self.billing_key) and not self._bills_timesheets()

    def _deliver_as_invoiced(self) -> None:
        """Let nothing be due on these lines: the project's invoices bill them."""
        # Whoever may change the invoice need not have rights to the order.
        for line in self.sudo():
            if line._is_sold_at_price() and line.qty_delivered != line.qty_invoiced:
                line.qty_delivered = line.qty_invoiced
