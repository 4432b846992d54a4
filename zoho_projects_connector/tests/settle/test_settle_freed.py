"""Time that Zoho changed on an invoice: done as soon as nothing bills it any more.

The log has 8 h at 100.00, beside 45 h of others: the invoice is 5,300.00.

:source: product.md, section 5.
"""

from datetime import date
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..billing.billing_steps import BillingSteps
from .settle_common import SettleCase

# What happens in Zoho to the 8 h, and what the project is to be invoiced afterwards.
CHANGES = {
    "deleted": 4500,
    "unapproved": 4500,
    "unbillable": 4500,
    "moved": 4500,
    "changed": 4600,
}


@tagged("post_install", "-at_install")
class TestFreed(BillingSteps, SettleCase):
    def change(self, kind):
        portal, log = self.portal, self.log
        {
            "deleted": lambda: portal.delete_log(log),
            "unapproved": lambda: portal.withdraw_log(log),
            "unbillable": lambda: portal.set_billable(log, False),
            "moved": lambda: portal.move_log(log, self.zoho("task", name="Level 0").id),
            "changed": lambda: portal.edit_log(log, minutes=60, day="2026-10-20"),
        }[kind]()
        self.sync_again()
        self.assertEqual(self.difference().kind, kind)

    def remove_line(self, move):
        lines = move.invoice_line_ids
        move.write({"invoice_line_ids": [Command.delete(line.id) for line in lines]})

    def credit(self, move):
        move.action_post()
        self._credit_note(move).action_post()

    def test_each_change_is_done_whichever_way_the_time_became_free(self):
        ways = (
            lambda move: move.unlink(),
            lambda move: move.button_cancel(),
            self.remove_line,
            self.credit,
            lambda move: self._set_line(move.invoice_line_ids, quantity=0),
        )
        for way, (kind, amount) in zip(ways, CHANGES.items(), strict=True):
            with self.subTest(kind), self.env.cr.savepoint() as undone:
                move = self.invoice()
                self.assertEqual(move.amount_untaxed, 5300)
                self.change(kind)
                way(move.with_user(self.accountant))
                self.assertFalse(self.open_differences())
                self.assertEqual(self.invoice().amount_untaxed, amount)
                undone.close(rollback=True)
            self.open_first_portal()

    def test_every_value_of_zoho_is_kept_with_its_type(self):
        move = self.invoice()
        self.change("changed")
        difference = self.difference()
        move.unlink()
        line = self.line()
        self.assertEqual((line.unit_amount, line.date), (1, date(2026, 10, 20)))
        self.assertEqual(difference.settlement, "agreed")
        self.assertFalse(line.billed_elsewhere)

    def test_a_day_before_the_cut_off_was_billed_elsewhere(self):
        move = self.invoice()
        self.change("changed")
        self.integration.write(
            {"timesheet_cutoff": "date", "timesheet_cutoff_date": "2026-10-21"}
        )
        move.unlink()
        self.assert_line(1, 0, 0, "billed_elsewhere")

    def test_what_zoho_said_last_is_done(self):
        """Shortened to 1 h, then back to 8 h: the draft that goes frees 8 h."""
        move = self.invoice()
        self.change("changed")
        self.portal.edit_log(self.log, minutes=480, day="2026-10-12")
        self.sync_again()
        move.unlink()
        self.assert_line(8, 0, 8, "unbilled")

    def test_a_newer_sync_wins(self):
        move = self.invoice()
        self.change("changed")
        self.portal.edit_log(self.log, minutes=120)
        move.unlink()
        self.assert_line(1, 0, 1, "unbilled")
        self.sync_again()
        self.assert_line(2, 0, 2, "unbilled")
        self.assert_settled()

    def test_a_credit_note_is_posted_whatever_odoo_says_of_the_change(self):
        """The work moves to somebody whom Odoo takes for gone: a question stays."""
        self.change_owner_to_archived()
        credit = self.difference().with_user(self.accountant)._settle_by("credit", "x")
        credit.action_post()
        self.assertEqual(credit.state, "posted")
        self.assertTrue(self.difference().is_standing)
        self.assert_line(8, 1, 7, "invoiced")
        self.assertFalse(self._wizard().total_amount)

    def change_owner_to_archived(self):
        self.invoice(is_posted=True)
        self.change("changed")
        difference = self.difference()
        gone = self.env["hr.employee"].create({"name": "Gone", "active": False})
        values = {**difference.values_after, "employee_id": gone.id}
        difference.sudo().values_after = values

    def test_the_replacing_invoice_keeps_the_question(self):
        """Reverse and replace: the time was never free, the difference stays open."""
        move = self.invoice(is_posted=True)
        self.change("changed")
        action = self._reversal(move).modify_moves()
        new = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(new.amount_untaxed, 5300)
        self.assert_line(8, 8, 0, "draft")
        self.assertTrue(self.difference())
        new.unlink()
        self.assert_line(1, 0, 1, "unbilled")
        self.assertFalse(self.open_differences())

    def test_nothing_is_offered_while_the_difference_is_open(self):
        """8 h of which 3 are left on the draft, Zoho says 1: the 5 h free wait."""
        move = self.invoice(timesheet_ids=[Command.set(self.line().ids)])
        self.change("changed")
        self._set_line(move.invoice_line_ids, quantity=3)
        self.assertTrue(self.difference())
        self.assert_line(8, 3, 5, "draft")
        wizard = self._wizard()
        self.assertEqual(wizard.total_amount, 4500)
        left_out = wizard.left_out_ids.filtered(lambda one: one.reason == "difference")
        self.assertEqual(left_out.hours, 5)
        page = self.env["billing.month.end"].with_user(self.accountant)
        customers = page.get_month(False, "2026-12-31")["customers"]
        projects = [row for one in customers for row in one["projects"]]
        [row] = [row for row in projects if row["id"] == self.project.id]
        self.assertEqual(row["states"]["difference"], {"count": 1, "hours": 5})
        self.assertEqual(row["hours"], 45)

    def test_an_order_offers_nothing_while_the_difference_is_open(self):
        """An ordinary order bills 3 of 8 h, Zoho says 1: its 5 h free wait, too."""
        order = self.order()
        line = order.order_line
        self._set_line(order._create_invoices().invoice_line_ids, quantity=3)
        self.assertEqual(line.qty_to_invoice, 5)
        self.change("changed")
        self.assertEqual(line.qty_to_invoice, 0)
        sentence = (
            "05:00 h are not invoiced before their difference from Zoho is settled"
        )
        with self.assertRefused(f"^{sentence}: Plans"):
            order._create_invoices()
        self.line().copy({"unit_amount": 2, "name": "More", "date": "2026-10-13"})
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": order.ids,
                "date_start_invoice_timesheet": "2026-10-01",
                "date_end_invoice_timesheet": "2026-10-31",
            }
        )
        known = order.invoice_ids
        lines = type(line)
        with patch.object(
            lines, "_offered_time", autospec=True, side_effect=lines._offered_time
        ) as offered:
            wizard.create_invoices()
        self.assertEqual(offered.call_count, 1)
        move = order.invoice_ids - known
        self.assertEqual(move.amount_untaxed, 200)
        self.assertFalse(move._unlogged_hours())
        self.assertIn("h are not invoiced before", move.message_ids.mapped("body")[0])
        self.assert_line(8, 3, 5, "draft")
        self.settle("accept")
        self.assertEqual(line.qty_to_invoice, 5)
        self.assertEqual(order._create_invoices().amount_untaxed, 500)
        self.assert_line(8, 8, 0, "draft")

    def order(self):
        """Return an ordinary order that sells the task of the log at 100.00."""
        product = self.env["product.product"].create(
            {
                "name": "Hours",
                "type": "service",
                "service_policy": "delivered_timesheet",
                "uom_id": self.env.ref("uom.product_uom_hour").id,
                "taxes_id": False,
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.project.partner_id.id,
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": 100})
                ],
            }
        )
        order.action_confirm()
        self.line().task_id.sale_line_id = order.order_line
        return order

    def test_what_odoo_refuses_waits(self):
        """The change cannot be written: the draft goes, the 8 h are not offered."""
        move = self.invoice()
        self.change("changed")
        model = type(self.env["account.analytic.line"])
        with patch.object(model, "_correct_invoiced", side_effect=UserError("no")):
            move.unlink()
        self.assertTrue(self.difference())
        self.assertEqual(self._wizard().total_amount, 4500)
