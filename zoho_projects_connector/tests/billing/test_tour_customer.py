"""What the customer sees: chosen in the settings and when an invoice is sent."""

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..tour_common import BillingTourCase


@tagged("post_install", "-at_install")
class TestCustomerTours(BillingTourCase):
    def test_annex_is_left_out(self):
        self.customer.email = "customer@example.com"
        self.env.company.attach_billed_time_annex = True
        wizard = self.env["project.invoice.create"].create(
            {"project_ids": [Command.set(self.project.ids)]}
        )
        action = wizard.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        invoice.action_post()
        path = f"/odoo/customer-invoices/{invoice.id}"
        self._tour("zoho_billing_send_annex", path)
        self.assertTrue(invoice.is_move_sent)
        names = invoice.message_ids.attachment_ids.mapped("name")
        self.assertTrue(names)
        self.assertFalse([name for name in names if "Timesheets" in name])

    def test_settings(self):
        company = self.project.company_id or self.env.company
        new_test_user(
            self.env,
            "tour_administrator",
            "base.group_system,account.group_account_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.start_tour(
            "/odoo/action-account.action_account_config",
            "zoho_billing_customer_settings",
            login="tour_administrator",
        )
        self.assertEqual(
            (company.portal_time, company.portal_staff, company.portal_notes),
            ("approved", "initials", False),
        )
        self.assertEqual(company.billing_line_template, "{task} - {person}")
