"""A portal with what cannot be fetched, and the people who resolve it."""

from odoo import Command
from odoo.tests import new_test_user

from .test_sync_customers import CustomerCase

GROUP = "zoho_projects_connector.group_zoho_"


class ResolveCase(CustomerCase):
    """The administrator has no other right in Odoo than his own group."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.add_user("resolver", f"{GROUP}manager")
        cls.reader = cls.add_user("reader", f"{GROUP}user")

    @classmethod
    def add_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            f"base.group_user,{groups}",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )

    def managed(self, records, user=None):
        """Return records as the administrator has them in front of him."""
        return records.with_user(user or self.manager).with_context(
            allowed_company_ids=self.company.ids
        )

    def wizard_of(self, action, user=None):
        """Return the dialog that an action opens."""
        model = self.managed(self.env[action["res_model"]], user)
        model = model.with_context(**action.get("context", {}))
        return model.browse(action.get("res_id")) or model.create({})

    def calls(self):
        return self.sim.ledger.total

    def invoice(self, project):
        """Make a draft invoice of all unbilled time of a project."""
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=self.company, install_demo=False
        )
        project.write({"billing_method": "project_hours", "billing_rate": 100})
        wizard = self.env["project.invoice.create"].create(
            {"project_ids": [Command.set(project.ids)]}
        )
        wizard.action_create_invoice()

    def last_run(self):
        return self.env["zoho.sync.run"].search(
            [("integration_id", "=", self.integration.id)], limit=1
        )

    def assert_all_accounted(self):
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
