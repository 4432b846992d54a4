"""An accountant without other rights subscribes a customer in a real browser."""

from odoo.tests import tagged

from odoo.addons.zoho_projects_connector.tests.tour_common import TourCase

from .subscription_common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSubscriptionTour(SubscriptionCommon, TourCase):
    def test_subscription_renewal(self):
        """300.00 for the plan and 20 h at 100.00 are 2,300.00."""
        self.env.company.account_sale_tax_id = False
        self.env["product.product"].create(
            {"name": "Care plan", "type": "service", "taxes_id": False}
        )
        self._log(20, day="2020-01-05")
        self.start_tour(
            f"/odoo/project.project/{self.project.id}",
            "zoho_subscription_renewal",
            login=self.accountant.login,
        )
        self.assertEqual(self._renewals().amount_untaxed, 2300)
        self.assertEqual(self.project.subscription_count, 1)
