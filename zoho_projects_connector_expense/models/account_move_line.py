from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _sale_create_reinvoice_sale_line(self) -> dict:
        """Accountants who post a project's expense may not write orders themselves."""
        ours = self.filtered(lambda line: line.expense_id._of_accountant())
        found = super(AccountMoveLine, self - ours)._sale_create_reinvoice_sale_line()
        return {
            **found,
            **super(AccountMoveLine, ours.sudo())._sale_create_reinvoice_sale_line(),
        }

    def _sale_prepare_sale_line_values(
        self, order: models.BaseModel, price: float
    ) -> dict:
        values = super()._sale_prepare_sale_line_values(order, price)
        expense = self.expense_id
        if (
            expense.product_id.expense_policy == "cost"
            and expense._is_billed_by_project()
        ):
            values.update(self._project_expense_line_values(order, values["tax_ids"]))
        return values

    def _project_expense_line_values(
        self, order: models.BaseModel, tax_ids: list[int]
    ) -> dict:
        """Return quantity and price with which the line comes to the amount exactly.

        Odoo rounds the price of a unit and takes a cost for a price with taxes where
        the taxes of the product are included in its price.

        :param sale.order order: the order of the line.
        """
        taxes = self.env["account.tax"].browse(tax_ids)
        details = taxes._get_tax_details(
            self.expense_id._reinvoice_amount(order.currency_id),
            quantity=1.0,
            precision_rounding=order.currency_id.rounding,
            product=self.product_id,
            # The cost is without taxes; included ones come on top of it.
            special_mode="total_excluded",
        )
        included = sum(
            data["tax_amount"]
            for data in details["taxes_data"]
            if data["tax"].price_include
        )
        return {
            "product_uom_qty": self.quantity,
            # Not rounded: Odoo multiplies it again, and must come to the amount.
            "price_unit": (details["total_excluded"] + included) / self.quantity,
            "technical_price_unit": 0.0,
        }
