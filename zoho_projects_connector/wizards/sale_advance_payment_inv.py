from odoo import models
from odoo.exceptions import UserError


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def create_invoices(self):
        """Refuse a down payment of nothing, which Odoo would make in silence.

        The order of a project only collects what is logged: it has no total.

        :raise UserError: it says where a down payment can be made.
        """
        orders = self.sale_order_ids.filtered(
            lambda order: (
                order.billing_project_id
                and order.currency_id.is_zero(order.amount_total)
            )
        )
        if orders and self.advance_payment_method != "delivered":
            raise UserError(
                self.env._(
                    "%(order)s collects what is logged on %(project)s: it has no total "
                    "to take a down payment of. Make a quotation from the project, "
                    "confirm it, and take the down payment there.",
                    order=orders[0].name,
                    project=orders[0].billing_project_id.display_name,
                )
            )
        return super().create_invoices()
