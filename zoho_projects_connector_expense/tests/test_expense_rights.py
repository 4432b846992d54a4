"""Who may do what with a project's expense, in which company."""

from pathlib import Path

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .expense_common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseRights(ExpenseCommon):
    def _foreign(self, **values):
        """An expense of Ann that is none of a project."""
        return self.env["hr.expense"].create(
            {
                "name": "Private",
                "employee_id": self.ann.id,
                "product_id": self.product.id,
                "total_amount_currency": 10,
                **values,
            }
        )

    def test_records_for_others(self):
        """Accountants pick any employee of the company, and need none themselves."""
        self.clerk.user_id = False
        form = self._form()
        self.assertFalse(form.employee_id)
        self.assertTrue(form.is_editable)
        found = (
            self.env["hr.employee.public"]
            .with_user(self.accountant)
            .search([("filter_for_expense", "=", True)])
        )
        self.assertIn(self.ann.id, found.ids)
        found = (
            self.env["hr.employee"]
            .with_user(self.accountant)
            .search([("filter_for_expense", "=", True)])
        )
        self.assertIn(self.ann.id, found.ids)
        form.employee_id = self.ann.with_user(self.accountant)
        form.total_amount_currency = 60
        expense = self._post(form.save())
        self.assertBilling(expense, "unbilled", 1)

    def test_approval_stays_with_the_manager(self):
        boss = new_test_user(
            self.env, "boss", "hr_expense.group_hr_expense_team_approver"
        )
        self.ann.expense_manager_id = boss
        expense = self._expense(employee_id=self.ann)
        expense.action_submit()
        self.assertEqual(expense.state, "submitted")
        with self.assertRefused("cannot approve"):
            expense.action_approve()
        expense.markup = 30
        self.assertEqual(expense.amount_to_reinvoice, 130)
        with self.assertRaises(AccessError):
            expense.total_amount_currency = 900
        expense.with_user(boss).action_approve()
        self._post_approved(expense)
        self.assertEqual(self._invoice_order().amount_untaxed, 130)

    def test_takes_back_what_waits(self):
        boss = new_test_user(
            self.env, "boss", "hr_expense.group_hr_expense_team_approver"
        )
        self.ann.expense_manager_id = boss
        expense = self._expense(employee_id=self.ann)
        expense.action_submit()
        self.assertTrue(expense.can_reset)
        expense.action_reset()
        self.assertEqual(expense.state, "draft")
        expense.unlink()

    def test_other_expenses_are_not_his(self):
        expense = self._foreign()
        with self.assertRaises(AccessError):
            expense.with_user(self.accountant).read(["name"])
        internal = self._project("Internal", allow_billable=False)
        expense = self._foreign(analytic_distribution={internal.account_id.id: 100})
        self.assertEqual(expense.billing_project_id, internal)
        with self.assertRaises(AccessError):
            expense.with_user(self.accountant).read(["name"])
        with self.assertRaises(AccessError):
            self.expenses.create(
                {
                    "name": "Mine to see?",
                    "employee_id": self.ann.id,
                    "product_id": self.product.id,
                    "total_amount_currency": 1,
                }
            )

    def test_employees_see_no_markup(self):
        user = new_test_user(self.env, "plain", "base.group_user")
        employee = self.env["hr.employee"].create({"name": "Eve", "user_id": user.id})
        form = Form(self.env["hr.expense"].with_user(user))
        form.product_id = self.product
        form.total_amount_currency = 20
        expense = form.save()
        self.assertEqual(expense.employee_id.id, employee.id)
        with self.assertRaises(AccessError):
            expense.read(["markup"])

    def test_employees_split_and_duplicate(self):
        """Each part keeps the markup that the employee may not see, and its payer."""
        user = new_test_user(self.env, "plain", "base.group_user")
        eve = self.env["hr.employee"].create({"name": "Eve", "user_id": user.id})
        made = self._expense(employee_id=eve, markup=15)
        expense = self.env["hr.expense"].with_user(user).browse(made.id)
        wizard = self.env["hr.expense.split.wizard"].with_user(user)
        wizard = wizard.browse(expense.action_split_wizard()["res_id"])
        wizard.expense_split_line_ids[1].sale_order_id = False
        wizard.action_split_expense()
        parts = self.env["hr.expense"].search([("employee_id", "=", eve.id)])
        self.assertRecordValues(
            parts.sorted("id"),
            [
                {"total_amount": 50, "markup": 15, "billable": True},
                {"total_amount": 50, "markup": 15, "billable": False},
            ],
        )
        self.assertEqual(parts.sale_order_id, self._order())
        again = expense.copy()
        self.assertTrue(again.billable)
        self.assertEqual(again.sudo().markup, 15)
        self.assertEqual(again.sudo().sale_order_id, self._order())

    def test_two_projects_in_one_distribution(self):
        other = self._project("Other")
        expense = self._foreign(
            analytic_distribution={
                self.project.account_id.id: 50,
                other.account_id.id: 50,
            }
        )
        self.assertFalse(expense.billing_project_id)

    def test_second_company(self):
        """Company, order, currency and journal are those of the project."""
        data = self.setup_other_company(name="Second")
        company = data["company"]
        self.accountant.company_ids = [Command.link(company.id)]
        self.env["hr.employee"].create(
            {
                "name": "Dora there",
                "user_id": self.accountant.id,
                "company_id": company.id,
                "work_contact_id": self.accountant.partner_id.id,
                "expense_manager_id": False,
            }
        )
        there = (
            self.env["project.project"]
            .with_company(company)
            .create(
                {
                    "name": "There",
                    "partner_id": self.customer.id,
                    "company_id": company.id,
                    "allow_billable": True,
                    "allow_timesheets": True,
                }
            )
        )
        both = (self.env.company | company).ids
        action = (
            there.with_user(self.accountant)
            .with_context(allowed_company_ids=both)
            .action_new_expense()
        )
        with Form(self.expenses.with_context(**action["context"])) as form:
            form.name = "Taxi"
            form.total_amount_currency = 100
            form.markup = 15
        expense = self._post(form.record)
        self.assertEqual(expense.company_id, company)
        self.assertEqual(expense.currency_id, company.currency_id)
        self.assertEqual(expense.employee_id.company_id, company)
        self.assertEqual(expense.account_move_id.company_id, company)
        order = self._order(there)
        self.assertEqual(order.company_id, company)
        invoice = order._create_invoices()
        self.assertEqual(invoice.company_id, company)
        self.assertEqual(invoice.amount_untaxed, 115)

    def test_layers(self):
        """The companion is billing: it knows nothing of Zoho's API."""
        for path in Path(__file__).parent.parent.glob("models/*.py"):
            self.assertNotIn("zoho_projects_connector.zoho", path.read_text())
