from odoo import models
from odoo.fields import Domain


class ProjectInvoiceCreate(models.TransientModel):
    _inherit = "project.invoice.create"

    def _expense_day_domain(self, operator: str, day) -> Domain:
        """An expense is of the day on its receipt, whenever it was posted."""
        posted = super()._expense_day_domain(operator, day)
        return (Domain("expense_ids", "=", False) & posted) | Domain(
            "expense_ids.date", operator, day
        )
