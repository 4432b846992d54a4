from odoo import api, models


class SaleOrderLine(models.Model):
    """What an order offers waits while a difference of its time is open."""

    _inherit = "sale.order.line"

    @api.depends("timesheet_ids.zoho_difference_ids.state")
    def _compute_qty_to_invoice(self) -> None:
        return super()._compute_qty_to_invoice()
