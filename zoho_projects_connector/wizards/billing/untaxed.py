"""What lines of time come to without taxes, as Odoo will say it on the invoice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from odoo.models import BaseModel

if TYPE_CHECKING:
    from .invoice_time import TimeGroup


def untaxed_amounts(wizard: BaseModel, groups: Iterable[TimeGroup]) -> list[float]:
    """Return the subtotals that the invoice lines of time will have, in a few queries.

    Where taxes are included in its price, Odoo rounds the price with taxes first: a
    line may then have a cent more or less than its hours at the rate.
    """
    currency = wizard.currency_id
    taxes_of_products, amounts = {}, []
    for group in groups:
        # Among the projects of the choice, whatever he may read of their products.
        project = wizard.project_ids.browse(group.project_id).sudo()
        product = group.product(project)
        if product not in taxes_of_products:
            taxes_of_products[product] = taxes_of(wizard, product)
        taxes = taxes_of_products[product]
        if not any(taxes.mapped("price_include")):
            amounts.append(currency.round(group.quantity * group.rate))
            continue
        details = taxes._get_tax_details(
            taxes._price_with_included(group.rate, product),
            group.quantity,
            precision_rounding=currency.rounding,
            rounding_method=wizard.company_id.tax_calculation_rounding_method,
            product=product,
        )
        amounts.append(currency.round(details["total_excluded"]))
    return amounts


def taxes_of(wizard: BaseModel, product: BaseModel) -> BaseModel:
    """Return the taxes that the order of a project puts on what it sells.

    :rtype: account.tax
    """
    company = wizard.company_id
    # Odoo looks the position up by itself: it reads more than the accountant may.
    positions = wizard.env["account.fiscal.position"].sudo().with_company(company)
    partner = wizard.partner_id.sudo()
    delivery = partner.browse(partner.address_get(["delivery"])["delivery"])
    position = positions._get_fiscal_position(partner, delivery)
    taxes = product.with_company(company).taxes_id
    # Products may be shared by companies, and then have taxes of each.
    return position.map_tax(taxes._filter_taxes_by_company(company))
