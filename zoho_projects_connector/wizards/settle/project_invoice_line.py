from odoo import fields, models


class ProjectInvoiceCreateLeftOut(models.TransientModel):
    """Time that waits in Zoho, or for an answer to what Zoho says of it."""

    _inherit = "project.invoice.create.left.out"

    reason = fields.Selection(
        selection_add=[
            ("difference", "Differs from Zoho: settle the difference first"),
            ("waiting", "Waiting for approval or rejected in Zoho"),
            ("not_fetched", "Could not be fetched from Zoho"),
            ("general", "General timesheets are switched off"),
            ("not_billable_in_zoho", "Not billable in Zoho"),
            # Its place: Odoo puts what is added before the neighbour that follows.
            ("draft",),
        ]
    )
