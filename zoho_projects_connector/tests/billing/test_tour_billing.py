"""An accountant without other rights makes the documents in a real browser."""

from odoo import fields
from odoo.tests import tagged
from odoo.tools.date_utils import subtract

from ..tour_common import BillingTourCase


@tagged("post_install", "-at_install")
class TestBillingTours(BillingTourCase):
    def test_invoice_with_preview(self):
        self._tour("zoho_billing_invoice", f"/odoo/project.project/{self.project.id}")
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(invoice.amount_untaxed, 3125.0)
        self.assertEqual(self.project.hours_draft, 45.0)

    def test_quotation_of_a_task(self):
        path = f"/odoo/project.project/{self.project.id}"
        self._tour("zoho_billing_quotation", path)
        order = self.env["sale.order"].search([("project_id", "=", self.project.id)])
        # 16 planned hours at the default rate of 75
        self.assertEqual(order.amount_untaxed, 1200.0)

    def test_several_projects_on_one_invoice(self):
        support = self._project("Support", billing_rate=50.0)
        self._log(
            self._task(support, "Calls"), self.design.timesheet_ids.employee_id[:1], 2
        )
        self._leave_only(self.project | support)
        self._tour("zoho_billing_several_projects", "/odoo/projects-to-invoice")

    def test_a_figure_opens_the_list_it_sums_up(self):
        self._tour("zoho_billing_figures", f"/odoo/project.project/{self.project.id}")

    def test_the_cockpit_leads_to_lists_and_to_the_draft(self):
        """From the project to the draft in two clicks."""
        path = f"/odoo/project.project/{self.project.id}"
        self._tour("zoho_billing_cockpit", path)
        self.assertEqual(self.project.hours_draft, 45.0)

    def test_from_the_list_to_the_draft_in_three_clicks(self):
        """The usual invoice is of last month."""
        self._leave_only(self.project)
        today = fields.Date.context_today(self.project)
        self.design.timesheet_ids.date = subtract(today, months=1)
        self._tour("zoho_billing_three_clicks", "/odoo/projects-to-invoice")
        self.assertEqual(self.project.hours_draft, 45.0)

    def test_the_breakdown_says_what_is_on_no_list(self):
        task_list = self.env["zoho.task.list"].create(
            {"name": "Front end", "project_id": self.project.id}
        )
        task = self._task(self.project, "Build", zoho_task_list_id=task_list.id)
        self._log(task, self.design.timesheet_ids.employee_id[:1], 2)
        path = f"/odoo/project.project/{self.project.id}"
        self._tour("zoho_billing_breakdown", path)

    def test_the_last_months_are_drawn_when_asked_for(self):
        path = f"/odoo/project.project/{self.project.id}"
        self._tour("zoho_billing_cockpit_months", path)

    def test_the_cockpit_says_that_there_is_no_time(self):
        project = self._project("Begun")
        self._tour("zoho_billing_cockpit_empty", f"/odoo/project.project/{project.id}")

    def test_a_warning_leads_to_its_way_out(self):
        project = self._project("Unpriced", billing_rate=0.0)
        employee = self.design.timesheet_ids.employee_id[:1]
        self._log(self._task(project, "Calls"), employee, 2)
        self._tour("zoho_billing_cockpit_rate", f"/odoo/project.project/{project.id}")

    def test_a_missing_rate_is_set_from_the_invoice(self):
        """And the invoice comes back with all that was chosen."""
        project = self._project("Unpriced", billing_rate=0.0)
        employee = self.design.timesheet_ids.employee_id[:1]
        self._log(self._task(project, "Calls"), employee, 2)
        self._tour("zoho_billing_missing_rate", f"/odoo/project.project/{project.id}")
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(invoice.amount_untaxed, 100.0)
        self.assertEqual(str(invoice.invoice_date), "2030-12-24")

    def test_several_customers_are_told_why_not(self):
        other = self.env["res.partner"].create({"name": "Another customer"})
        elsewhere = self._project("Elsewhere", partner_id=other.id)
        employee = self.design.timesheet_ids.employee_id[:1]
        self._log(self._task(elsewhere, "Calls"), employee, 2)
        self._leave_only(self.project | elsewhere)
        path = "/odoo/projects-to-invoice"
        self._tour("zoho_billing_several_customers", path)

    def test_unbilled_time_by_age(self):
        self._leave_only(self.project)
        self._tour("zoho_billing_unbilled_time", "/odoo/unbilled-work")
