"""An accountant and his customer look at their pages on a phone."""

from odoo import Command
from odoo.tests import tagged

from ..tour_common import BillingTourCase


@tagged("post_install", "-at_install")
class TestPagesOnAPhone(BillingTourCase):
    browser_size = "400x800"
    touch_enabled = True

    def test_pages_of_the_accountant(self):
        self.customer.name = "Brightwater Logistics International GmbH & Co. KG"
        self._leave_only(self.project)
        self._tour("zoho_phone_pages", f"/odoo/project.project/{self.project.id}")

    def test_page_of_the_customer(self):
        wizard = self.env["project.invoice.create"].create(
            {"project_ids": [Command.set(self.project.ids)]}
        )
        wizard.action_create_invoice()
        invoice = self.design.timesheet_ids.billed_time_ids.move_id
        invoice.action_post()
        path = invoice.get_portal_url(suffix="/timesheets")
        self.start_tour(path, "zoho_phone_portal")
