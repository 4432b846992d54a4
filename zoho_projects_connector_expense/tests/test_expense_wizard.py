"""Expenses in the invoice wizard, by the accountant without other rights."""

from odoo.tests import tagged

from .expense_common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseWizard(ExpenseCommon):
    def _wizard(self, projects=None, **values):
        projects = projects or self.project
        return (
            super()
            ._wizard(projects.with_user(self.accountant), **values)
            .with_user(self.accountant)
        )

    def test_expenses_alone(self):
        """115.00 with 15 % tax, and the time of the project stays."""
        self._golden()
        expense = self._posted(markup=15)
        invoice = self._invoice(mode="expenses")
        self.assertRecordValues(
            invoice,
            [{"state": "draft", "amount_untaxed": 115, "amount_total": 132.25}],
        )
        self.assertBilling(expense, "draft", 0)
        self.assertEqual(self.project.hours_unbilled, 45)
        with self.assertRefused("nothing to invoice"):
            self._invoice(mode="expenses")

    def test_with_time(self):
        """3,125.00 of time and 115.00."""
        self._golden()
        expense = self._posted(markup=15)
        self.assertEqual(self._invoice().amount_untaxed, 3125)
        self.assertBilling(expense, "unbilled", 1)
        self._log(1)
        invoice = self._invoice(include_expenses=True)
        self.assertEqual(invoice.amount_untaxed, 215)

    def test_not_posted_and_not_billable_are_not_offered(self):
        self._expense()
        self._posted(billable=False)
        with self.assertRefused("nothing to invoice"):
            self._invoice(mode="expenses")

    def test_two_projects(self):
        other = self._project("Other Project")
        self._posted(markup=10)
        self._posted(40, other)
        invoice = self._invoice(self.project | other, mode="expenses")
        amounts = self._lines(invoice).mapped("price_subtotal")
        self.assertEqual(sorted(amounts), [40, 110])

    def test_days(self):
        first, second = self._posted(), self._posted(30, date="2026-03-05")
        self.assertNotEqual(first.date, second.date)
        invoice = self._invoice(
            mode="expenses", date_from="2026-03-05", date_to="2026-03-05"
        )
        self.assertEqual(invoice.amount_untaxed, 30)

    def test_credit_gives_back_once(self):
        expense = self._posted(markup=15)
        invoice = self._invoice(mode="expenses")
        invoice.action_post()
        credit_note = self._credit_note(invoice)
        with self.assertRefused("nothing to invoice"):
            self._invoice(mode="expenses")
        credit_note.action_post()
        self.assertBilling(expense, "unbilled", 1)
        self.assertEqual(self._invoice(mode="expenses").amount_untaxed, 115)
        with self.assertRefused("nothing to invoice"):
            self._invoice(mode="expenses")

    def test_partial_credit(self):
        """Half of 100.00 is credited: 50.00 are due again, not 100.00."""
        expense = self._posted()
        invoice = self._invoice(mode="expenses")
        invoice.action_post()
        credit_note = self._credit_note(invoice)
        self._set_line(self._lines(credit_note), quantity=0.5)
        credit_note.action_post()
        self.assertBilling(expense, "unbilled", 0.5)
        self.assertEqual(self._invoice(mode="expenses").amount_untaxed, 50)
        self.assertBilling(expense, "draft", 0)

    def test_delete_and_remove(self):
        first, second = self._posted(), self._posted(50, name="Hotel")
        invoice = self._invoice(mode="expenses")
        self._remove_line(
            self._lines(invoice).filtered(lambda line: line.price_subtotal == 100)
        )
        self.assertBilling(first, "unbilled", 1)
        self.assertBilling(second, "draft", 0)
        invoice.unlink()
        self.assertBilling(second, "unbilled", 1)
        self.assertEqual(self._invoice(mode="expenses").amount_untaxed, 150)

    def test_foreign_project(self):
        self.project.billing_currency_id = self.other_currency
        self._posted(markup=15)
        invoice = self._invoice(mode="expenses")
        self.assertEqual(invoice.currency_id, self.other_currency)
        self.assertEqual(invoice.amount_untaxed, 230)
