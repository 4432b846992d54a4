"""An ordinary sales order that sells the time of a project."""

from odoo import Command

from .billing_common import BillingCommon


class NativeCommon(BillingCommon):
    """An ordinary order sells the hours of a project at 100.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {
                "name": "Hours",
                "type": "service",
                "service_policy": "delivered_timesheet",
                "service_tracking": "no",
                "list_price": 100,
                "uom_id": cls.env.ref("uom.product_uom_hour").id,
                "taxes_id": False,
            }
        )
        cls.sold = cls._project("Sold Project")
        cls.task = cls._task("Sold Task", cls.sold)
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.customer.id,
                "order_line": [
                    Command.create({"product_id": cls.product.id, "price_unit": 100})
                ],
            }
        )
        cls.order.action_confirm()
        cls.order_line = cls.order.order_line
        cls.sold.sale_line_id = cls.order_line
        cls.task.sale_line_id = cls.order_line

    def _work(self, hours, day="2026-06-05"):
        return self._log(hours, task=self.task, day=day)

    def _native(self, date_from=False, date_to=False):
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": self.order.ids,
                "advance_payment_method": "delivered",
                "date_start_invoice_timesheet": date_from,
                "date_end_invoice_timesheet": date_to,
            }
        )
        known = self.order.invoice_ids
        wizard.create_invoices()
        return self.order.invoice_ids - known

    def _net_hours(self):
        """Hours billed less hours credited, by the documents themselves."""
        moves = self.order.invoice_ids.filtered(lambda move: move.state != "cancel")
        return sum(
            line.quantity * (1 if line.move_id.move_type == "out_invoice" else -1)
            for line in moves.invoice_line_ids
        )
