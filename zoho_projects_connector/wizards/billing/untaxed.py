"""What lines come to without taxes, as Odoo will say it on the document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from odoo.models import BaseModel

if TYPE_CHECKING:
    from .invoice_source import InvoiceGroup


class LineAmount(NamedTuple):
    """What one line comes to without taxes.

    :ivar subtotal: what the line itself says.
    :ivar share: its part of what the document says. Where a company rounds the whole
        document, the cents between both lie on some of the lines.
    """

    subtotal: float
    share: float


def document_total(currency: BaseModel, amounts: Sequence[LineAmount]) -> float:
    """Return what a document comes to without taxes, 0 when it has no lines."""
    return currency.round(sum(one.share for one in amounts)) if amounts else 0.0


class Untaxed:
    """Figures the lines of a document to come with Odoo's own taxes.

    Where taxes are included in its price, Odoo rounds the price with taxes first: a
    line may then have a cent more or less than its hours at the rate. And where the
    company rounds taxes globally, a document is not the sum of its lines.
    """

    def __init__(
        self, partner: BaseModel, company: BaseModel, currency: BaseModel
    ) -> None:
        self.partner, self.company, self.currency = partner, company, currency
        self._taxes: dict[BaseModel, BaseModel] = {}

    def line(self, product: BaseModel, price: float, quantity: float) -> dict:
        """Return a line to figure, as Odoo's taxes take it.

        :param product: what is sold, with the rights to read its taxes.
        :param price: of one, without taxes.
        """
        if product not in self._taxes:
            self._taxes[product] = self._taxes_of(product)
        taxes = self._taxes[product]
        return taxes._prepare_base_line_for_taxes_computation(
            {},
            product_id=product,
            tax_ids=taxes,
            price_unit=taxes._price_with_included(price, product),
            quantity=quantity,
            currency_id=self.currency,
        )

    def _taxes_of(self, product: BaseModel) -> BaseModel:
        """Return the taxes that an order of the customer puts on a product.

        :rtype: account.tax
        """
        # Odoo looks the position up by itself: it reads more than the accountant may.
        positions = self.partner.env["account.fiscal.position"].sudo()
        partner = self.partner.sudo()
        delivery = partner.browse(partner.address_get(["delivery"])["delivery"])
        position = positions.with_company(self.company)._get_fiscal_position(
            partner, delivery
        )
        taxes = product.with_company(self.company).taxes_id
        # Products may be shared by companies, and then have taxes of each.
        return position.map_tax(taxes._filter_taxes_by_company(self.company))

    def amounts(self, lines: Sequence[dict]) -> list[LineAmount]:
        """Return what each line of one document comes to.

        :param lines: as `line` or a line of an order gives them.
        """
        taxes = self.partner.env["account.tax"]
        taxes._add_tax_details_in_base_lines(lines, self.company)
        taxes._round_base_lines_tax_details(lines, self.company)
        details = [line["tax_details"] for line in lines]
        return [
            LineAmount(
                one["total_excluded_currency"],
                one["total_excluded_currency"] + one["delta_total_excluded_currency"],
            )
            for one in details
        ]


def group_amounts(
    wizard: BaseModel, groups: Iterable[InvoiceGroup]
) -> list[LineAmount]:
    """Return what each line of the invoice to come amounts to.

    :param project.invoice.create wizard: who is to pay, and in which currency.
    """
    untaxed = Untaxed(wizard.partner_id, wizard.company_id, wizard.currency_id)
    # Of the projects chosen, whatever he may read of products, orders and taxes.
    projects = {project.id: project for project in wizard.project_ids._origin.sudo()}
    return untaxed.amounts(
        [group.untaxed_line(untaxed, projects[group.project_id]) for group in groups]
    )
