"""A period is billed once; a draft that is given up frees it."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .subscription_common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSubscriptionPeriod(SubscriptionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls._log(20)
        cls.contract = cls._subscription()

    def test_a_renewal_is_written_down(self):
        invoice = self._renew()
        renewal = self.contract.renewal_ids
        self.assertEqual(renewal.move_id, invoice)
        self.assertEqual(renewal.date_start, self._day("2026-02-01"))
        self.assertEqual(renewal.date_end, self._day("2026-02-28"))
        self.assertEqual(renewal.work_until, self._day("2026-01-31"))
        self.assertEqual(renewal.action_open_invoice()["res_id"], invoice.id)

    def test_the_database_has_a_period_once(self):
        self._renew()
        renewal = self.contract.renewal_ids.sudo()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            renewal.copy(
                {"contract_line_id": renewal.contract_line_id.id}
            ).flush_recordset()

    def test_a_period_that_is_put_back_by_hand_is_refused(self):
        invoice = self._renew()
        self.contract.contract_line_ids.last_date_invoiced = False
        with self.assertRefused("is renewed for 02/01/2026 – 02/28/2026 already"):
            self.contract._recurring_create_invoice(self._day("2026-02-01"))
        self.assertEqual(self._renewals(), invoice)

    def test_days_of_two_periods_never_overlap(self):
        self._renew()
        self.contract.contract_line_ids.last_date_invoiced = False
        self.contract.recurring_rule_type = "quarterly"
        with self.assertRefused("is renewed for"):
            self.contract._recurring_create_invoice(self._day("2026-03-01"))

    def test_a_deleted_draft_frees_its_period(self):
        self._renew().unlink()
        self.assertStates(self.log, "unbilled")
        self.assertFalse(self.contract.renewal_ids)
        self.assertDue(self.contract, "2026-02-01")
        self.assertIn("is due again", self.contract.message_ids[0].body)
        self.assertEqual(self._renew().amount_untaxed, 2300)
        self.assertDue(self.contract, "2026-03-01")

    def test_a_cancelled_draft_frees_its_period(self):
        first = self._renew()
        first.button_cancel()
        self.assertDue(self.contract, "2026-02-01")
        second = self._renew()
        self.assertEqual(second.amount_untaxed, 2300)
        self.assertEqual(self.contract.renewal_ids.move_id, second)
        with self.assertRefused("is renewed for|bills since"):
            first.button_draft()
        first.unlink()
        self.assertDue(self.contract, "2026-03-01")

    def test_a_revived_draft_claims_its_period_again(self):
        invoice = self._renew()
        invoice.button_cancel()
        invoice.button_draft()
        self.assertStates(self.log, "draft")
        self.assertEqual(self.contract.renewal_ids.move_id, invoice)
        self.assertDue(self.contract, "2026-03-01")
        self.assertFalse(self._renew())

    def test_the_plan_is_not_billed_again_by_a_revived_draft(self):
        self.log.sudo().billing_exclusion = "Our mistake"
        first = self._renew()
        first.button_cancel()
        self._renew()
        with self.assertRefused("is renewed for"):
            first.button_draft()

    def test_a_deleted_draft_of_an_earlier_period_leaves_the_later(self):
        january = self._renew()
        self._renew("2026-03-01")
        january.unlink()
        self.assertDue(self.contract, "2026-04-01")
        self.assertIn(
            "the next renewal takes its time", self.contract.message_ids[0].body
        )
        later = self._renew("2026-04-01")
        self.assertLines(later, ("Plan", 300), ("Design", 2000))

    def test_the_last_periods_deleted_together_are_due_from_the_first(self):
        drafts = self._renew() + self._renew("2026-03-01")
        drafts.unlink()
        self.assertDue(self.contract, "2026-02-01")

    def test_a_credited_period_stays_billed(self):
        invoice = self._renew()
        invoice.action_post()
        self._credit_note(invoice).action_post()
        self.assertEqual(self.contract.renewal_ids.move_id, invoice)
        self.assertFalse(self._renew())

    def test_each_line_has_its_own_period(self):
        """Time monthly, and a fee of 1,200.00 a year: both are due again."""
        contract = self._subscription(
            plan=None,
            line_recurrence=True,
            contract_line_ids=[
                Command.create(
                    self._plan(
                        1200,
                        name="Licence",
                        date_start="2026-02-01",
                        recurring_next_date="2026-02-01",
                        recurring_rule_type="yearly",
                    )
                )
            ],
        )
        self.contract.active = False
        first = self._renew()
        self.assertLines(first, ("Licence", 1200), ("Design", 2000))
        first.unlink()
        again = self._renew()
        self.assertLines(again, ("Licence", 1200), ("Design", 2000))
        self._log(1, day="2026-02-10")
        self.assertLines(self._renew("2026-03-01"), ("Design", 100))
        self.assertEqual(len(contract.renewal_ids), 2)
