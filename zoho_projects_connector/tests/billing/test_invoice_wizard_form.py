"""The form of the invoice wizard, as an accountant without other rights uses it."""

from odoo.tests import Form, new_test_user, tagged

from .figures_common import ProjectFiguresCommon


@tagged("post_install", "-at_install")
class TestInvoiceWizardForm(ProjectFiguresCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "wizard_accountant",
            "zoho_projects_connector.group_zoho_billing",
            company_id=cls.env.company.id,
        )

    def _form(self):
        wizard = self.env["project.invoice.create"].with_user(self.accountant)
        return Form(wizard.with_context(default_project_ids=self.project.ids))

    def test_the_preview_follows_every_choice(self):
        form = self._form()
        self.assertEqual((form.total_hours, form.total_amount), (12.5, 1250.0))
        form.employee_ids.add(self.anna)
        self.assertEqual((form.total_hours, form.total_amount), (10.0, 1000.0))
        form.employee_ids.clear()
        form.milestone_ids.add(self.milestone)
        self.assertEqual((form.total_hours, form.total_amount), (2.5, 250.0))
        form.date_from = form.date_to = "2026-03-11"
        self.assertEqual((form.total_hours, form.total_amount), (0.0, 0.0))

    def test_an_accountant_invoices_the_time_of_one_person(self):
        with self._form() as form:
            form.employee_ids.add(self.anna)
        wizard = form.record
        wizard.write({"employee_ids": [(4, self.anna.id)], "group_by": "employee"})
        action = wizard.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(invoice.amount_untaxed, 1000.0)
        self.assertEqual(self.entry.billing_state, "draft")
        self.assertEqual(invoice.with_user(self.accountant).billed_time_hours, 10.0)
        ledger = invoice.with_user(self.accountant).action_billed_time()
        rows = self.env["project.billed.time"].with_user(self.accountant)
        found = rows.search(ledger["domain"])
        self.assertEqual(found.mapped("employee_name"), ["Anna"])

    def test_a_project_without_customer_is_said_in_the_form(self):
        self.project.partner_id = False
        form = self._form()
        self.assertIn("has no customer", form.warning)
