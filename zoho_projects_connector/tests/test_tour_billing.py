"""An accountant without other rights makes the documents in a real browser."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestBillingTours(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.company
        if not company.chart_template:
            cls.env["account.chart.template"].try_loading(
                "generic_coa", company, install_demo=False
            )
        company.account_sale_tax_id = False
        cls.env["product.product"].search([("type", "=", "service")]).taxes_id = False
        new_test_user(
            cls.env,
            "tour_accountant",
            "zoho_projects_connector.group_zoho_billing",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        cls.customer = cls.env["res.partner"].create({"name": "Tour customer"})
        cls.project = cls._project("Website", billing_method="staff_hours")
        cls.design = cls._task(cls.project, "Design", allocated_hours=16.0)
        # The golden example: 10 h × 100 + 20 h × 50 + 15 h × 75 = 3,125.00
        for name, hours, rate in [("Anna", 10, 100), ("Ben", 20, 50), ("Cem", 15, 75)]:
            employee = cls.env["hr.employee"].create({"name": name})
            cls.env["project.billing.rate"].create(
                {
                    "project_id": cls.project.id,
                    "employee_id": employee.id,
                    "rate": rate,
                }
            )
            cls._log(cls.design, employee, hours)
        cls._log(cls.design, employee, 1.0).billing_exclusion = "Our mistake"

    @classmethod
    def _project(cls, name, **values):
        return cls.env["project.project"].create(
            {
                "name": name,
                "partner_id": cls.customer.id,
                "allow_billable": True,
                "allow_timesheets": True,
                "billing_rate": 75.0,
                **values,
            }
        )

    @classmethod
    def _task(cls, project, name, **values):
        return cls.env["project.task"].create(
            {"name": name, "project_id": project.id, "user_ids": [], **values}
        )

    @classmethod
    def _log(cls, task, employee, hours):
        return cls.env["account.analytic.line"].create(
            {
                "name": "Work",
                "project_id": task.project_id.id,
                "task_id": task.id,
                "employee_id": employee.id,
                "unit_amount": hours,
            }
        )

    def _leave_only(self, projects):
        """Let no other project be billable."""
        others = self.env["project.project"].search([("id", "not in", projects.ids)])
        others.allow_billable = False

    def _tour(self, name, path):
        self.start_tour(path, name, login="tour_accountant")

    def test_invoice_with_preview(self):
        self._tour("zoho_billing_invoice", f"/odoo/project.project/{self.project.id}")
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(invoice.amount_untaxed, 3125.0)
        self.assertEqual(self.project.hours_draft, 45.0)

    def test_batch_of_all_customers(self):
        homeless = self._project("Homeless", partner_id=False)
        self._log(
            self._task(homeless, "Calls"), self.design.timesheet_ids.employee_id[:1], 2
        )
        self.env["account.analytic.line"].search(
            [("project_id", "not in", (self.project | homeless).ids)]
        ).billed_elsewhere = True
        self._tour("zoho_billing_batch", "/odoo")
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(invoice.amount_untaxed, 3125.0)

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
        self._tour("zoho_billing_unbilled_time", "/odoo/unbilled-time")
