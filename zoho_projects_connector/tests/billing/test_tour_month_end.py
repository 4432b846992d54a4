"""An accountant invoices all customers at the end of a month, in a real browser."""

from odoo import fields
from odoo.tests import tagged
from odoo.tools.date_utils import subtract

from ..tour_common import BillingTourCase


@tagged("post_install", "-at_install")
class TestMonthEndTours(BillingTourCase):
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

    def test_drafts_of_all_customers(self):
        self._tour("zoho_month_end_drafts", "/odoo")
        self.assertEqual(self._invoice().amount_untaxed, 3125.0)
        self.assertEqual(self._invoice().state, "draft")

    def test_what_is_not_ticked_is_not_invoiced(self):
        self._tour("zoho_month_end_choice", "/odoo/month-end")
        self.assertEqual(self._invoice().amount_untaxed, 2125.0)
        self.assertEqual(self._invoice().state, "posted")
