"""A milestone at a price, and a partial credit billed again, in a real browser."""

from odoo import Command
from odoo.tests import tagged

from ..tour_common import BillingTourCase


@tagged("post_install", "-at_install")
class TestPriceTours(BillingTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milestone = cls.env["project.milestone"].create(
            {"name": "Go-live", "project_id": cls.project.id}
        )
        cls.design.milestone_id = cls.milestone

    def test_milestone_at_a_price(self):
        """5,000.00 for the milestone: its 45 h are covered."""
        self._tour("zoho_billing_milestone", f"/odoo/project.project/{self.project.id}")
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(invoice.amount_untaxed, 5000.0)
        self.assertEqual(self.project.hours_fixed_price, 45.0)
        self.assertEqual(self.project.hours_unbilled, 0.0)

    def test_partial_credit_then_invoiced_again(self):
        """45 h at 100.00 invoiced, 5 h credited: the next invoice bills 5 h."""
        self.project.write({"billing_method": "project_hours", "billing_rate": 100.0})
        wizard = self.env["project.invoice.create"].create(
            {
                "project_ids": [Command.set(self.project.ids)],
                "group_by": "project",
                "show_sections": False,
            }
        )
        action = wizard.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        invoice.action_post()
        path = f"/odoo/customer-invoices/{invoice.id}"
        self._tour("zoho_billing_partial_credit", path)
        self.assertEqual(self.project.hours_invoiced, 40.0)
        self.assertEqual(self.project.hours_unbilled, 5.0)
        self._tour("zoho_billing_reinvoice", f"/odoo/project.project/{self.project.id}")
        self.assertEqual(self.project.hours_draft, 5.0)
        self.assertEqual(self.project.hours_invoiced, 40.0)
