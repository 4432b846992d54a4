"""An accountant invoices all customers at the end of a month, in a real browser."""

from odoo import fields
from odoo.tests import tagged
from odoo.tools.date_utils import subtract

from ..tour_common import BillingTourCase


class MonthEndTourCase(BillingTourCase):
    """45 h of last month at 3,125.00, and a project without a customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls.design.timesheet_ids.employee_id.sorted("name")[0]
        cls.homeless = cls._project("Homeless", partner_id=False)
        cls._log(cls._task(cls.homeless, "Calls"), cls.anna, 2)
        cls.own = cls.project | cls.homeless
        others = [("project_id", "not in", cls.own.ids)]
        timesheets = cls.env["account.analytic.line"].sudo()
        timesheets.search(others).billed_elsewhere = True
        last_month = subtract(fields.Date.context_today(cls.project), months=1)
        timesheets.search([("project_id", "in", cls.own.ids)]).date = last_month

    def _invoice(self):
        return self.env["account.move"].search([("partner_id", "=", self.customer.id)])


@tagged("post_install", "-at_install")
class TestMonthEndTours(MonthEndTourCase):
    def test_drafts_of_all_customers(self):
        self._tour("zoho_month_end_drafts", "/odoo")
        self.assertEqual(self._invoice().amount_untaxed, 3125.0)
        self.assertEqual(self._invoice().state, "draft")

    def test_what_is_not_ticked_is_not_invoiced(self):
        self._tour("zoho_month_end_choice", "/odoo/month-end")
        self.assertEqual(self._invoice().amount_untaxed, 2125.0)
        self.assertEqual(self._invoice().state, "posted")

    def test_untick_draft_and_back(self):
        """What is unticked stays; what a cancelled draft had is offered again."""
        self._tour("zoho_month_end_undo", "/odoo/month-end")
        self.assertEqual(self._invoice().amount_untaxed, 2125.0)
        self.assertEqual(self._invoice().state, "cancel")
        self.assertEqual(self.project.hours_unbilled, 45.0)

    def test_last_month_is_sent_in_six_clicks(self):
        """A rate typed in place, then all is made, posted and sent."""
        self.customer.email = "tour@example.com"
        silent = self.env["res.partner"].create({"name": "A customer without address"})
        unpriced = self._project("Unpriced", billing_rate=0.0)
        elsewhere = self._project("Elsewhere", partner_id=silent.id)
        last_month = self.design.timesheet_ids[:1].date
        for project in unpriced | elsewhere:
            self._log(self._task(project, "Calls"), self.anna, 2).date = last_month
        self._tour("zoho_month_end_sent", "/odoo")
        self.assertEqual(self._invoice().amount_untaxed, 3125.0 + 2 * 60)
        self.assertEqual(self._invoice().state, "posted")
        self.assertTrue(self._invoice().is_move_sent)
        self.assertEqual(elsewhere.hours_unbilled, 2)


@tagged("post_install", "-at_install")
class TestMonthEndOnAPhone(MonthEndTourCase):
    browser_size = "400x800"
    touch_enabled = True

    def test_nothing_is_cut(self):
        self.customer.name = "Brightwater Logistics International GmbH & Co. KG"
        self._tour("zoho_month_end_phone", "/odoo/month-end")
        self.assertEqual(self._invoice().amount_untaxed, 3125.0)
