"""What the customer pays: markup, currencies, taxes, quantities."""

from odoo.tests import tagged

from .expense_common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpensePrice(ExpenseCommon):
    def assertReinvoiced(self, expense, amount):
        """The order line comes to the amount, and the form said so before."""
        self.assertEqual(expense.amount_to_reinvoice, amount)
        self._post(expense)
        self.assertEqual(expense.amount_to_reinvoice, amount)
        invoice = self._invoice_order(expense.billing_project_id)
        self.assertEqual(invoice.amount_untaxed, amount)
        return invoice

    def test_rounding(self):
        """33.33 and 15 % are 38.3295: 38.33."""
        self.assertReinvoiced(self._expense(33.33, markup=15), 38.33)

    def test_taxes_of_the_receipt_are_not_passed_on(self):
        """115.00 with 15 % input tax cost 100.00; 10 % more are 110.00."""
        self.product.supplier_taxes_id = self.company_data["default_tax_purchase"]
        expense = self._expense(115, markup=10)
        self.assertEqual(expense.untaxed_amount, 100)
        invoice = self.assertReinvoiced(expense, 110)
        self.assertEqual(invoice.amount_tax, 16.5)

    def test_price_with_taxes_included(self):
        """The cost is no price with taxes: 115.00 without, 132.25 with them."""
        self.tax.price_include_override = "tax_included"
        invoice = self.assertReinvoiced(self._expense(markup=15), 115)
        self.assertEqual(self._lines(invoice).price_unit, 132.25)
        self.assertEqual(invoice.amount_total, 132.25)

    def test_foreign_expense(self):
        """200.00 abroad at 2 for 1 cost 100.00 here; 15 % more are 115.00."""
        expense = self._expense(200, currency_id=self.other_currency, markup=15)
        self.assertEqual(expense.total_amount, 100)
        self.assertReinvoiced(expense, 115)

    def test_foreign_project(self):
        """100.00 here are 200.00 there; 15 % more are 230.00."""
        self.project.billing_currency_id = self.other_currency
        expense = self._expense(markup=15)
        self.assertEqual(expense.reinvoice_currency_id, self.other_currency)
        invoice = self.assertReinvoiced(expense, 230)
        self.assertEqual(invoice.currency_id, self.other_currency)

    def test_foreign_project_uses_the_day_of_the_expense(self):
        """Odoo takes the rate of the day of the order, which may be years old."""
        self.project.billing_currency_id = self.other_currency
        self._expense(10, billable=True)
        self.env["res.currency.rate"].create(
            {
                "name": "2017-06-01",
                "currency_id": self.other_currency.id,
                "company_id": self.env.company.id,
                "rate": 4.0,
            }
        )
        self._order().date_order = "2017-02-01"
        self.assertReinvoiced(self._expense(100), 400)

    def test_same_foreign_currency(self):
        """99.99 there are 50.00 here (49.995), but 99.99 for the customer."""
        self.project.billing_currency_id = self.other_currency
        expense = self._expense(99.99, currency_id=self.other_currency)
        self.assertReinvoiced(expense, 99.99)

    def test_quantity(self):
        """3 at 33.33 are 99.99 and 15 % more 114.99 (114.9885), not 3 x 38.33."""
        product = self.env["product.product"].create(
            {
                "name": "Rides",
                "type": "service",
                "standard_price": 33.33,
                "can_be_expensed": True,
                "expense_policy": "cost",
                "invoice_policy": "delivery",
                "taxes_id": False,
                "supplier_taxes_id": False,
            }
        )
        form = self._form()
        form.product_id = product
        form.quantity = 3
        form.markup = 15
        expense = form.save()
        self.assertReinvoiced(expense, 114.99)
        self.assertEqual(expense.sudo().sale_order_line_id.product_uom_qty, 3)

    def test_company_pays_for_a_quantity(self):
        """Odoo's payment counts one: an ordered quantity of 3 would bill it thrice."""
        product = self.env["product.product"].create(
            {
                "name": "Rides",
                "type": "service",
                "standard_price": 10,
                "can_be_expensed": True,
                "expense_policy": "cost",
                "invoice_policy": "order",
                "taxes_id": False,
                "supplier_taxes_id": False,
            }
        )
        form = self._form()
        form.product_id = product
        form.quantity = 3
        form.payment_mode = "company_account"
        self.assertReinvoiced(form.save(), 30)

    def test_sales_price(self):
        """The category's own price is charged; a markup does not apply."""
        self.product.write({"expense_policy": "sales_price", "lst_price": 42})
        self.project.expense_markup = 15
        expense = self._expense(100)
        self.assertTrue(expense.reinvoiced_at_sales_price)
        self.assertReinvoiced(expense, 42)

    def test_default_of_the_project(self):
        """Employees who see no prices get the project's markup too."""
        self.project.expense_markup = 20
        values = {
            "name": "Hotel",
            "employee_id": self.ann.id,
            "product_id": self.product.id,
            "total_amount_currency": 100,
            "analytic_distribution": {self.project.account_id.id: 100},
        }
        expense = self.env["hr.expense"].create({**values, "billable": True})
        self.assertEqual(expense.markup, 20)
        self.assertEqual(expense.amount_to_reinvoice, 120)
        own = self.env["hr.expense"].create({**values, "markup": 0})
        self.assertEqual(own.markup, 0)
        self.assertFalse(own.billable)

    def test_markup_is_not_negative(self):
        with self.assertRaisesRegex(Exception, "markup"):
            with self.env.cr.savepoint():
                self._expense(markup=-1)

    def test_terms(self):
        self.env["project.billing.terms"].with_user(self.accountant).create(
            {"project_id": self.project.id, "expense_markup": 12.5}
        ).action_apply()
        self.assertEqual(self.project.expense_markup, 12.5)
