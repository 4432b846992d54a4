from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _move_to_order(self, order: models.BaseModel) -> None:
        result = super()._move_to_order(order)
        # The expense names the order through which it is re-invoiced.
        moved = self.filtered(lambda line: line.order_id == order)
        moved.expense_ids.sale_order_id = order
        return result
