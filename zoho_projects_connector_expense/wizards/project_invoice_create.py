from __future__ import annotations

from datetime import date

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.zoho_projects_connector.wizards.billing.invoice_expenses import (
    ExpenseSource,
)
from odoo.addons.zoho_projects_connector.wizards.billing.invoice_source import (
    InvoiceSource,
)


class ReceiptSource(ExpenseSource):
    """Expenses of employees among what is re-invoiced: they have a receipt."""

    def _day_domain(self, operator: str, day: date) -> Domain:
        """An expense is of the day on its receipt, whenever it was posted."""
        posted = super()._day_domain(operator, day)
        # Other costs that Odoo re-invoices have no receipt, but the day of their entry.
        return (Domain("expense_ids", "=", False) & posted) | Domain(
            "expense_ids.date", operator, day
        )


class ProjectInvoiceCreate(models.TransientModel):
    _inherit = "project.invoice.create"

    @api.model
    def _source_classes(self) -> dict[str, type[InvoiceSource]]:
        return {**super()._source_classes(), "expenses": ReceiptSource}
