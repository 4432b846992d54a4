from odoo import fields, models


class ProjectInvoiceCreateLeftOut(models.TransientModel):
    """Time that waits for the customer's approval."""

    _inherit = "project.invoice.create.left.out"

    reason = fields.Selection(
        selection_add=[
            ("customer_approval", "Waits for the customer's approval"),
            # Its place: Odoo puts what is added before the neighbour that follows.
            ("draft",),
        ]
    )
