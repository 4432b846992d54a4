"""Time is taken out of billing with a reason, and back; Zoho does not undo it."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..settle.settle_common import SettleCase
from .billing_common import ThreeEntriesCommon


class ExcludeMixin:
    def exclude(self, timesheets, reason="Goodwill", user=None):
        """Answer the dialog."""
        action = timesheets.with_user(user or self.accountant).action_exclude()
        dialog = (
            self.env[action["res_model"]]
            .with_user(user or self.accountant)
            .with_context(**action["context"])
            .create({"reason": reason})
        )
        dialog.action_exclude()
        return dialog


@tagged("post_install", "-at_install")
class TestExcludeTime(ExcludeMixin, ThreeEntriesCommon):
    def test_there_and_back(self):
        """4 h of 8 excluded: 400.00 left to invoice, then 800.00 again."""
        self._flat_rate(100)
        dialog = self.exclude(self.first)
        self.assertEqual((dialog.count, dialog.hours), (1, 4))
        self.assertStates(self.logs, "non_billable", "unbilled", "unbilled")
        self.assertEqual(self.first.billing_exclusion, "Goodwill")
        self.assertEqual(self.first.excluded_by_id, self.accountant)
        self.assertTrue(self.first.excluded_at)
        message = self.project.message_ids.sorted("id")[-1]
        self.assertEqual(message.author_id, self.accountant.partner_id)
        for part in ("04:00", "Work", "Goodwill"):
            self.assertIn(part, message.body)
        self.assertEqual(self.project.hours_non_billable, 4)
        self.assertEqual(self._wizard().total_amount, 400)
        self.logs.with_user(self.accountant).action_include()
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        self.assertFalse(self.first.excluded_by_id)
        self.assertIn("again", self.project.message_ids.sorted("id")[-1].body)
        self.assertEqual(self._wizard().total_amount, 800)

    def test_invoiced_time(self):
        invoice = self._posted()
        for ask in (lambda: self.exclude(self.logs), self.logs.action_include):
            with self.assertRefused(invoice.name):
                ask()

    def test_time_billed_elsewhere(self):
        self.first.sudo().billed_elsewhere = True
        with self.assertRefused("before Odoo"):
            self.exclude(self.first)

    def test_what_is_no_time_of_a_project(self):
        line = self.env["account.analytic.line"].create(
            {"name": "Cost", "account_id": self.project.account_id.id}
        )
        with self.assertRefused("Only time of projects"):
            line.action_exclude()

    def test_who_may(self):
        """Who may edit all time may, others may not."""
        nobody = new_test_user(
            self.env, "worker", groups="hr_timesheet.group_hr_timesheet_user"
        )
        with self.assertRaises(AccessError):
            self.exclude(self.first, user=nobody)
        manager = new_test_user(
            self.env, "approver", groups="hr_timesheet.group_timesheet_manager"
        )
        self.exclude(self.first, user=manager)
        self.assertEqual(self.first.excluded_by_id, manager)


@tagged("post_install", "-at_install")
class TestExcludeSyncedTime(ExcludeMixin, SettleCase):
    def test_zoho_does_not_undo_it(self):
        self.exclude(self.line())
        self.portal.edit_log(self.log, minutes=360)
        self.sync_again()
        self.assert_line(6, 0, 0, "non_billable")
        self.portal.withdraw_log(self.log)
        self.sync_again()
        self.portal.approve_log(self.log)
        self.sync_again()
        self.assertTrue(self.line().active)
        self.assert_line(6, 0, 0, "non_billable")
        self.assertEqual(self.invoice().amount_untaxed, 4500)
        self.line().with_user(self.accountant).action_include()
        self.assert_line(6, 0, 6, "unbilled")
