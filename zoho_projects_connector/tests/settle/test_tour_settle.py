"""An accountant settles a difference and excludes time in a real browser."""

from odoo.tests import tagged

from ..billing.billing_common import BillingCommon
from ..tour_common import TourCase


@tagged("post_install", "-at_install")
class TestSettleTours(BillingCommon, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._flat_rate(100)
        cls.worked = cls._log(8, name="Plans")
        cls.integration = (
            cls.env["zoho.integration"]
            .sudo()
            .create({"name": "Northlight", "company_id": cls.env.company.id})
        )

    def raise_difference(self, hours):
        self.env["zoho.difference"].sudo()._raise(
            self.integration, self.worked, "changed", {"unit_amount": hours}
        )

    def test_credit_with_a_reason(self):
        """8 h invoiced, 6 in Zoho: a credit note of 2 h, 200.00."""
        invoice = self._invoice()
        invoice.invoice_line_ids.tax_ids = False
        invoice.action_post()
        self.raise_difference(6)
        self.start_tour(
            "/odoo/zoho-differences", "zoho_settle_difference", login="accountant"
        )
        credit_note = invoice.reversal_move_ids
        self.assertEqual(credit_note.state, "posted")
        self.assertEqual(credit_note.amount_untaxed, 200)
        self.assertEqual(self.worked.unit_amount, 6)
        self.assertHours(self.worked, 6, 0)
        bodies = " ".join(invoice.message_ids.mapped("body"))
        self.assertIn("The customer paid for eight", bodies)

    def test_accepted_on_the_overview(self):
        """8 h invoiced, 6 in Zoho: kept, for a reason, and the card leaves.

        The portal is connected no more, and what is left of it counts all the same.
        """
        self._invoice().action_post()
        self.raise_difference(6)
        self.integration.unlink()
        self.env["zoho.difference"].sudo().search(
            [("timesheet_id", "!=", self.worked.id)]
        ).is_standing = False
        user = self.env["res.users"].search([("login", "=", "accountant")])
        user.sudo().group_ids += self.env.ref("zoho_projects_connector.group_zoho_user")
        self.start_tour(
            "/odoo/zoho-overview", "zoho_overview_difference", login="accountant"
        )
        difference = self.worked.sudo().zoho_difference_ids
        self.assertEqual(difference.settlement, "accepted")
        self.assertEqual(difference.reason, "The customer agreed to eight")

    def test_exclude_with_a_reason(self):
        rework = self._log(3, name="Rework")
        self.start_tour("/odoo/billable-time", "zoho_exclude_time", login="accountant")
        self.assertEqual(rework.billing_exclusion, "Our own mistake")
        self.assertEqual(rework.billing_state, "non_billable")
