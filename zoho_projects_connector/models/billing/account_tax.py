from odoo import models


class AccountTax(models.Model):
    """Prices with and without the taxes that they include, not rounded."""

    _inherit = "account.tax"

    def _price_with_included(self, price: float, product: models.BaseModel) -> float:
        """Return the price to type where these taxes hold, of one without taxes.

        :param product.product product: what is sold.
        """
        if not any(self.mapped("price_include")):
            return price
        # Odoo adds included taxes when a price passes from no taxes to these.
        return self._adapt_price_unit_to_another_taxes(
            price, product, self.browse(), self
        )

    def _price_without_included(self, price: float, product: models.BaseModel) -> float:
        """Return a price that was typed where these taxes hold, without any.

        :param product.product product: what is sold.
        """
        # A group of taxes includes nothing itself: its children do.
        included = self.flatten_taxes_hierarchy().filtered("price_include")
        if not included:
            return price
        return self._adapt_price_unit_to_another_taxes(
            price, product, included, self.browse()
        )
