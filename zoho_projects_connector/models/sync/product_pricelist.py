from typing import Any

from odoo import api, models


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    @api.model
    def _zoho_for(self, currency: Any, company: Any) -> Any:
        """Return a pricelist without rules in a currency, made when missing."""
        pricelist = self.search(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (False, company.id)),
                ("item_ids", "=", False),
            ],
            limit=1,
        )
        return pricelist or self.create(
            {
                "name": self.env._("Invoiced in %(currency)s", currency=currency.name),
                "currency_id": currency.id,
                "company_id": company.id,
            }
        )
