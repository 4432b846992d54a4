"""An accountant asks, the customer answers, what he approves is invoiced."""

from odoo.tests import tagged

from ..tour_common import TourCase
from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestTimeApprovalTour(ApprovalCommon, TourCase):
    def test_from_the_question_to_the_invoice(self):
        self.logs.date = "2026-01-05"
        others = [("project_id", "!=", self.project.id)]
        timesheets = self.env["account.analytic.line"].sudo()
        timesheets.search(others).billed_elsewhere = True
        self.start_tour("/odoo/month-end", "zoho_approval_ask", login="accountant")
        request = self.approvals.search([])
        self.assertEqual(request.state, "sent")
        link = request.sudo()._answer_path()
        self.start_tour(link, "zoho_approval_answer")
        self.assertEqual(request.state, "answered")
        self.assertEqual(self.first.customer_approver, "Carla Client")
        self.start_tour(
            "/odoo/time-approvals", "zoho_approval_settle", login="accountant"
        )
        invoice = self.env["account.move"].search(
            [("partner_id", "=", self.customer.id)]
        )
        self.assertEqual(invoice.amount_untaxed, 300)
        self.assertHours(self.first, 3, 0)
        self.assertHours(self.second, 0, 2)


@tagged("post_install", "-at_install")
class TestTimeApprovalOnAPhone(ApprovalCommon, TourCase):
    browser_size = "400x800"
    touch_enabled = True

    def test_nothing_is_cut(self):
        self.first.name = "A note that is longer than any telephone is wide " * 3
        link = self._ask().sudo()._answer_path()
        self.start_tour(link, "zoho_approval_phone")
        self.assertEqual(self.first.customer_approval, "approved")
