"""Expenses in the billing header of a project, each figure opening its list."""

from odoo.tests import tagged

from .expense_common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseFigures(ExpenseCommon):
    def assertFigures(self, **amounts):
        """The rows have these amounts and open exactly what makes them up."""
        project = self.project.with_user(self.accountant)
        project.invalidate_recordset()
        rows = {
            row["key"]: row
            for row in project.billing_figures
            if row["key"].startswith("expenses:")
        }
        self.assertEqual(
            {key.partition(":")[2]: row["amount"] for key, row in rows.items()}, amounts
        )
        for key, row in rows.items():
            action = project.with_context(billing_figure=key).action_view_expenses()
            listed = self.expenses.search(action["domain"])
            parts = [
                expense.sudo()._amounts_by_figure(project.invoicing_currency_id)
                for expense in listed
            ]
            figure = key.partition(":")[2]
            self.assertEqual(sum(part[figure] for part in parts), row["amount"])

    def test_no_expenses(self):
        self.assertFigures()
        keys = [row["key"] for row in self.project.billing_figures]
        self.assertNotIn("expenses", keys)

    def test_each_stage(self):
        """100.00 at 15 % are 115.00, wherever they stand."""
        expense = self._expense(markup=15)
        self.assertFigures(waiting=115)
        self._post(expense)
        self.assertFigures(unbilled=115)
        invoice = self._invoice_order()
        self.assertFigures(draft=115)
        invoice.action_post()
        self.assertFigures(invoiced=115)
        self._credit_note(invoice).action_post()
        self.assertFigures(unbilled=115)

    def test_partial_credit(self):
        """Half of 100.00 is credited: 50.00 stay invoiced, 50.00 are unbilled."""
        self._posted()
        invoice = self._invoice_order()
        invoice.action_post()
        credit_note = self._credit_note(invoice)
        self._set_line(self._lines(credit_note), quantity=0.5)
        self.assertFigures(invoiced=100)
        credit_note.action_post()
        self.assertFigures(invoiced=50, unbilled=50)

    def test_not_billable(self):
        """40.00 without taxes are a cost, once posted."""
        expense = self._expense(40, billable=False)
        self.assertFigures()
        self._post(expense)
        self._posted(markup=10)
        self.assertFigures(non_billable=40, unbilled=110)

    def test_foreign_project(self):
        """100.00 here are 200.00 there."""
        self.project.billing_currency_id = self.other_currency
        self._posted()
        self.assertFigures(unbilled=200)
