from odoo import models

from .invoice_time import TimeGroup


class ProjectInvoiceCreate(models.TransientModel):
    """Amounts without taxes, to the cent, where prices include taxes."""

    _inherit = "project.invoice.create"

    def _untaxed_vals(self, group) -> dict:
        """Return what the invoice line of time will have without its taxes.

        Nothing where no tax is included in its price. Odoo rounds the price with
        taxes first: a line may then have a cent more or less than its hours at the
        rate.
        """
        if not isinstance(group, TimeGroup):
            return {}
        # Among the projects of the choice: the product of their order lines.
        project = self.project_ids.browse(group.project_id).sudo()
        product = project._billing_time_product()
        taxes = self._taxes_of(product)
        if not any(taxes.mapped("price_include")):
            return {}
        return {"amount": self._untaxed_amount(group, taxes, product)}

    def _taxes_of(self, product):
        """Return the taxes that the order of a project puts on what it sells.

        :rtype: account.tax
        """
        company = self.company_id
        # Odoo looks the position up by itself: it reads more than the accountant may.
        positions = self.env["account.fiscal.position"].sudo().with_company(company)
        position = positions._get_fiscal_position(self.partner_id)
        taxes = product.with_company(company).taxes_id
        return position.map_tax(taxes._filter_taxes_by_company(company))

    def _untaxed_amount(self, group, taxes, product) -> float:
        """Return the subtotal that the invoice line of a group will have."""
        details = taxes._get_tax_details(
            taxes._price_with_included(group.rate, product),
            group.quantity,
            precision_rounding=self.currency_id.rounding,
            rounding_method=self.company_id.tax_calculation_rounding_method,
            product=product,
        )
        return self.currency_id.round(details["total_excluded"])
