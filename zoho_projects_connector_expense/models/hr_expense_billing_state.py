from odoo import api, fields, models

BILLING_STATES = [
    ("non_billable", "Not Billable"),
    ("waiting", "Not Posted Yet"),
    ("unbilled", "Unbilled"),
    ("draft", "On a Draft Invoice"),
    ("invoiced", "Invoiced"),
    ("paid", "Paid"),
]


class HrExpense(models.Model):
    """Where an expense stands on its way to the customer."""

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

    def _live_invoices(self):
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
