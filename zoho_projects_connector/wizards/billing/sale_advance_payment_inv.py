from odoo import models
from odoo.exceptions import UserError


class SaleAdvancePaymentInv(models.TransientModel):
    _inherit = "sale.advance.payment.inv"

    def create_invoices(self) -> object:
        """Refuse a down payment on the order of a project.

        It only collects what is logged, and has no agreed total; and the invoices of
        the project bill chosen time and items, from which nothing is deducted.

        :raise UserError: it says where a down payment can be made.
        """
        orders = self.sale_order_ids.filtered("billing_project_id")
        if orders and self.advance_payment_method != "delivered":
            raise UserError(
                self.env._(
                    "%(order)s collects what is logged on %(project)s: it has no "
                    "agreed total to take a down payment of. Make a quotation from the "
                    "project, confirm it, and take the down payment there.",
                    order=orders[0].name,
                    project=orders[0].billing_project_id.display_name,
                )
            )
        return super().create_invoices()
