"""The last step of the guide, in a real browser: the rates that Zoho tells."""

from odoo.tests import tagged

from ..tour_common import BillingTourCase


@tagged("post_install", "-at_install")
class TestRatesGuide(BillingTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls.design.timesheet_ids.employee_id.sorted("name")[0]
        cls.later = cls._project("Later")
        told = cls.env(su=True)
        cls.anna.with_env(told).zoho_billing_rate = 100
        cls.later.with_env(told).zoho_billing_rate = 90
        cls.integration = told["zoho.integration"].create(
            {"name": "Portal", "setup_step": "rates", "status": "active"}
        )
        told["zoho.link"].create(
            [
                {
                    "integration_id": cls.integration.id,
                    "company_id": cls.env.company.id,
                    "portal_zoho_id": "1",
                    "entity": entity,
                    "zoho_id": str(record.id),
                    "res_model": record._name,
                    "res_id": record.id,
                }
                for entity, record in (("user", cls.anna), ("project", cls.later))
            ]
        )

    def test_rates_are_ticked_and_taken_over(self):
        path = f"/odoo/zoho-set-up/{self.integration.id}"
        self.start_tour(path, "zoho_rates_guide", login="admin")
        rates = self.env["project.billing.rate"].search(
            [("project_id", "=", False), ("company_id", "=", self.env.company.id)]
        )
        found = {rate.employee_id: rate.rate for rate in rates}
        self.assertEqual(found, {self.anna: 100, self.anna.browse(): 60})
        self.assertEqual(self.later.billing_rate, 75)
