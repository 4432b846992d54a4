from odoo import fields, models


class ProjectInvoiceCreateLeftOut(models.TransientModel):
    """Time that waits for an answer to what Zoho says of it."""

    _inherit = "project.invoice.create.left.out"

    reason = fields.Selection(
        selection_add=[
            ("difference", "Differs from Zoho: settle the difference first"),
            # Its place: Odoo puts what is added before the neighbour that follows.
            ("draft",),
        ]
    )
