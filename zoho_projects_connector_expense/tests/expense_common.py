"""Expenses of the golden project, made by the accountant from its menu."""

from odoo import Command
from odoo.tests import Form

from odoo.addons.zoho_projects_connector.tests.billing.billing_common import (
    BillingCommon,
)


class ExpenseCommon(BillingCommon):
    """The accountant has an employee of his own, whom nobody has to approve."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("hr_expense.group_hr_expense_manager")
        cls.clerk = cls.env["hr.employee"].create(
            {
                "name": "Dora",
                "user_id": cls.accountant.id,
                "company_id": cls.env.company.id,
                "work_contact_id": cls.accountant.partner_id.id,
            }
        )
        cls.clerk.expense_manager_id = False
        cls.product = cls.env.ref("zoho_projects_connector_expense.product_expense")
        cls.tax = cls.company_data["default_tax_sale"]
        cls.product.taxes_id = cls.tax
        cls.product.supplier_taxes_id = False
        cls.expenses = cls.env["hr.expense"].with_user(cls.accountant)

    def _form(self, project=None):
        """Return the form that the menu of the project opens, as the accountant."""
        project = (project or self.project).with_user(self.accountant)
        action = project.action_new_expense()
        return Form(self.expenses.with_context(**action["context"]))

    def _expense(self, cost=100.0, project=None, **values):
        """Return a saved draft expense of the accountant."""
        with self._form(project) as form:
            form.name = values.pop("name", "Taxi")
            form.total_amount_currency = cost
            for name, value in values.items():
                setattr(form, name, value)
        return form.record

    def _post(self, expense):
        """Submit and post; nobody has to approve."""
        expense.action_submit()
        self.assertEqual(expense.state, "approved")
        return self._post_approved(expense)

    def _post_approved(self, expense):
        """Post as the accountant, through Odoo's wizard when it asks for a journal."""
        action = expense.action_post()
        if action:
            wizards = self.env[action["res_model"]].with_user(self.accountant)
            wizard = wizards.with_context(**action["context"]).browse(action["res_id"])
            wizard.action_post_entry()
        return expense

    def _posted(self, cost=100.0, project=None, **values):
        return self._post(self._expense(cost, project, **values))

    def _order(self, project=None):
        return self.env["sale.order"].search(
            [("billing_project_id", "=", (project or self.project).id)]
        )

    def _invoice_order(self, project=None):
        """Return the draft that Odoo's own invoicing makes of the project's order."""
        return self._order(project)._create_invoices()

    def assertBilling(self, expense, state, to_invoice):
        self.assertEqual(expense.billing_state, state)
        line = expense.sudo().sale_order_line_id
        self.assertAlmostEqual(line.qty_to_invoice, to_invoice)

    def _lines(self, invoice):
        return invoice.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )

    def _remove_line(self, line):
        line.move_id.write({"invoice_line_ids": [Command.delete(line.id)]})
