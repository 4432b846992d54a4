"""The world of the tours: an accountant, a project of 45 h, worth 3,125.00."""

from odoo import Command
from odoo.tests import HttpCase, new_test_user


class BillingTourCase(HttpCase):
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
        cls._log(cls.design, employee, 1.0).sudo().billing_exclusion = "Our mistake"

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
