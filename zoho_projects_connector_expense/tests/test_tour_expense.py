"""An accountant without other rights re-invoices an expense in a real browser."""

from odoo.tests import new_test_user, tagged

from odoo.addons.zoho_projects_connector.tests.tour_common import TourCase


@tagged("post_install", "-at_install")
class TestExpenseTour(TourCase):
    def setUp(self):
        super().setUp()
        company = self.env.company
        if not company.chart_template:
            self.env["account.chart.template"].try_loading(
                "generic_coa", company, install_demo=False
            )
        accountant = new_test_user(
            self.env,
            "tour_accountant",
            "zoho_projects_connector.group_zoho_billing",
            company_id=company.id,
        )
        self.env["hr.employee"].create(
            {
                "name": "Accountant",
                "user_id": accountant.id,
                "work_contact_id": accountant.partner_id.id,
                "expense_manager_id": False,
            }
        )
        self.env.ref("zoho_projects_connector_expense.product_expense").taxes_id = False
        self.customer = self.env["res.partner"].create({"name": "Tour customer"})
        self.project = self.env["project.project"].create(
            {
                "name": "Website",
                "partner_id": self.customer.id,
                "allow_billable": True,
                "allow_timesheets": True,
                "expense_markup": 15,
            }
        )

    def test_expense_reinvoiced(self):
        """100.00 at 15 % are 115.00, from the project to the draft invoice."""
        self.start_tour(
            f"/odoo/project.project/{self.project.id}",
            "zoho_expense_reinvoiced",
            login="tour_accountant",
        )
        expense = self.env["hr.expense"].search(
            [("name", "=", "Train to the customer")]
        )
        self.assertEqual(expense.billing_project_id, self.project)
        self.assertEqual(expense.billing_state, "draft")
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.customer.id), ("move_type", "=", "out_invoice")]
        )
        self.assertEqual(invoice.amount_untaxed, 115)
