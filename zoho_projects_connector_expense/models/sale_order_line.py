from odoo import models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_qty_invoiced(self) -> dict:
        """Give expenses of projects back when their credit note is posted.

        Odoo does so with the draft: invoiced again before the draft is deleted, the
        expense would be on two invoices.
        """
        invoiced = super()._prepare_qty_invoiced()
        for line in self.filtered("is_expense"):
            if line.order_id.billing_project_id:
                invoiced[line] += line._quantity_of_draft_credits()
        return invoiced

    def _quantity_of_draft_credits(self) -> float:
        """Return what draft credit notes take off, in the unit of the line."""
        return sum(
            credit.product_uom_id._compute_quantity(
                credit.quantity, self.product_uom_id, round=False
            )
            for credit in self.invoice_lines
            if credit.move_id.move_type == "out_refund"
            # Odoo has taken their quantity off already: it is put back.
            and credit.parent_state == "draft"
        )
