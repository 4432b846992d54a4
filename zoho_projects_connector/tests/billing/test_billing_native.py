"""Odoo's own invoicing of a sales order's time: on the ledger, never billed twice."""

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ...hooks import post_init_hook
from .native_common import NativeCommon


@tagged("post_install", "-at_install")
class TestBillingNative(NativeCommon):
    def test_native_invoice_is_on_the_ledger(self):
        work = self._work(4)
        self.assertStates(work, "unbilled")
        invoice = self._native()
        self.assertStates(work, "draft")
        rows = self._ledger(timesheet_id=work)
        self.assertEqual((rows.move_id, rows.hours, rows.amount), (invoice, 4, 400))
        self.assertEqual((rows.rate, rows.rate_origin), (100, "order"))
        invoice.action_post()
        self.assertStates(work, "invoiced")
        self._pay(invoice)
        self.assertStates(work, "paid")
        self.assertEqual(work.so_line, self.order_line)
        self.assertFalse(work.is_so_line_edited)
        self.assertLedgerTrue(work)

    def test_no_caller_says_what_an_order_offers(self):
        """Three hours and twenty minutes are due, whatever comes in the context."""
        self._work(10 / 3)
        for forged in ({"hours": {self.order_line.id: 3.33}}, True, [3.33]):
            line = self.order_line.with_context(billing_offer=forged)
            quantity = line._prepare_invoice_line(quantity=3.33)["quantity"]
            self.assertAlmostEqual(quantity, 10 / 3, 6)

    def test_time_of_an_order_is_not_offered_by_the_project(self):
        work = self._work(4)
        self._flat_rate(80, self.sold)
        wizard = self._wizard(self.sold)
        self.assertFalse(wizard.preview_line_ids)
        self.assertEqual(wizard.left_out_ids.mapped("reason"), ["order"])
        self.assertEqual(wizard.left_out_ids.name, self.order.name)
        with self.assertRefused(self.order.name):
            wizard.action_create_invoice()
        self.assertStates(work, "unbilled")

    def test_time_of_a_cancelled_order_is_offered_again(self):
        self._work(4)
        self._flat_rate(80, self.sold)
        self.order._action_cancel()
        self.assertEqual(self._invoice(self.sold).amount_untaxed, 320)

    def test_time_billed_by_the_project_is_not_offered_by_the_order(self):
        """Logged before the order sold it: billed at 80.00, and only once."""
        self.task.sale_line_id = False
        self.sold.sale_line_id = False
        work = self._work(4)
        self._flat_rate(80, self.sold)
        self.assertEqual(self._invoice(self.sold).amount_untaxed, 320)
        self.sold.sale_line_id = self.order_line
        self.task.sale_line_id = self.order_line
        self.assertEqual(self.order_line.qty_to_invoice, 0)
        self.assertNotEqual(work.so_line, self.order_line)
        self._work(2)
        self.assertEqual(self._native().amount_untaxed, 200)

    def _as_before_the_installation(self, invoice_by_entry):
        """Leave of the ledger what Odoo alone has: one link, or none, of an entry."""
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM project_billed_time")
        for entry, invoice in invoice_by_entry.items():
            self.env.cr.execute(
                "UPDATE account_analytic_line SET timesheet_invoice_id = %s"
                " WHERE id = %s",
                [invoice.id or None, entry.id],
            )
        self.env.invalidate_all()
        entries = self.env["account.analytic.line"].union(*invoice_by_entry)
        entries.modified(["unit_amount"])
        self.env.flush_all()
        self.assertEqual(sum(entries.mapped("billed_hours")), 0)

    def test_what_was_invoiced_before_the_installation(self):
        """Of 9 h, 4 less 1 are on an invoice and 2 on a draft: 4 h are offered."""
        first = self._work(4, "2026-06-01")
        invoice = self._native()
        invoice.action_post()
        second = self._work(3, "2026-06-02")
        draft = self._native()
        self._set_line(draft.invoice_line_ids, quantity=2)
        third = self._work(2, "2026-06-03")
        cancelled = self._native()
        cancelled.button_cancel()
        for price, quantity in ((100, 1), (10, 4)):
            note = self._credit_note(invoice)
            self._set_line(note.invoice_line_ids, price_unit=price, quantity=quantity)
            note.action_post()
        odd = self._log(5)
        # Odoo unlinks all time of an order line of which a part is credited.
        none = invoice.browse()
        self._as_before_the_installation(
            {first: none, second: draft, third: cancelled, odd: invoice}
        )
        for _time in range(2):
            post_init_hook(self.env)
            self.assertHours(first, 3, 1)
            self.assertHours(second, 2, 1)
            self.assertHours(third, 0, 2)
            rows = self._ledger(timesheet_id=first + second + third)
            self.assertEqual(rows.mapped("move_id"), draft + invoice)
            self.assertEqual(sorted(rows.mapped("amount")), [200, 300])
            self.assertEqual(set(rows.mapped("rate_origin")), {"order"})
        self.assertStates(first + second + third, "invoiced", "draft", "unbilled")
        # It names an invoice that has no line of its order: it is not offered.
        self.assertStates(odd, "billed_elsewhere")
        self.assertEqual(self.order_line.qty_to_invoice, 4)
        rest = self._native()
        self.assertEqual(rest.amount_untaxed, 400)
        self.assertHours(first, 4, 0)
        self.assertHours(third, 2, 0)

    def test_a_database_whose_installation_took_over_nothing(self):
        """Of 6 h, 5 were invoiced before it; 5 h more since then are none of these.

        2 h were offered again, and somebody took them out of billing.
        """
        excluded, entry = self._work(2, "2026-06-01"), self._work(4, "2026-06-02")
        invoice = self._native()
        self._set_line(invoice.invoice_line_ids, quantity=5)
        invoice.action_post()
        later, odd = self._work(5, "2026-06-03"), self._log(5)
        self._native()
        none = invoice.browse()
        self._as_before_the_installation(
            {excluded: none, entry: none, later: none, odd: invoice}
        )
        excluded.sudo().billing_exclusion = "It is on an invoice"
        for early in (excluded + entry, invoice):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET create_date = '2020-01-01' WHERE id IN %s",
                    SQL.identifier(early._table),
                    early._ids,
                )
            )
        self.env.invalidate_all()
        for _time in range(2):
            self.env["sale.order.line"]._bill_invoiced_before_ledger()
            self.assertHours(excluded, 0, 0)
            self.assertHours(entry, 3, 1)
            self.assertHours(later, 0, 5)
            self.assertHours(odd, 0, 5)

    def test_credits_go_on_after_the_installation(self):
        """Of 10 h, 4 were credited before it and 1 is afterwards: 5 h stay billed."""
        entry = self._work(10)
        invoice = self._native()
        invoice.action_post()
        earlier, later = self._credit_note(invoice), self._credit_note(invoice)
        self._set_line(earlier.invoice_line_ids, quantity=4)
        self._set_line(later.invoice_line_ids, quantity=1)
        earlier.action_post()
        self._as_before_the_installation({entry: invoice.browse()})
        self.env.cr.execute("UPDATE account_move_line SET billing_origin_id = NULL")
        post_init_hook(self.env)
        self.assertHours(entry, 6, 4)
        later.action_post()
        self.assertHours(entry, 5, 5)
        earlier.button_draft()
        earlier.action_post()
        self.assertHours(entry, 5, 5)

    def test_a_correction_invoiced_before_the_installation(self):
        """3 h less 1 h on an invoice of 2 h: all three entries are invoiced."""
        entries = self._work(2) + self._work(-1) + self._work(1)
        invoice = self._native()
        invoice.action_post()
        self._as_before_the_installation(dict.fromkeys(entries, invoice))
        post_init_hook(self.env)
        self.assertStates(entries, "invoiced", "invoiced", "invoiced")
        self.assertEqual(sum(entries.mapped("unbilled_hours")), 0)
        self.assertLedgerTrue(entries)

    def test_fixed_price_of_an_order(self):
        self.product.service_policy = "ordered_prepaid"
        self.assertStates(self._work(4), "fixed_price")

    def test_period_of_the_native_wizard(self):
        june, july = self._work(4.5), self._work(3.5, "2026-07-05")
        invoice = self._native("2026-06-01", "2026-06-30")
        self.assertEqual(invoice.amount_untaxed, 450)
        self.assertStates(june + july, "draft", "unbilled")
        self.assertEqual(self._native().amount_untaxed, 350)
        self.assertLedgerTrue(june + july)

    def test_elsewhere_is_not_delivered_by_the_order(self):
        work = self._work(4)
        self.assertEqual(self.order_line.qty_delivered, 4)
        work.sudo().billed_elsewhere = True
        self.assertStates(work, "billed_elsewhere")
        self.assertEqual(self.order_line.qty_delivered, 0)
        self.assertEqual(self.order_line.qty_to_invoice, 0)
        work.sudo().billed_elsewhere = False
        self.assertEqual(self.order_line.qty_to_invoice, 4)

    def test_partial_credit_then_a_period_over_everything(self):
        """4.5 h June + 3.5 h July invoiced, 3.5 h credited, 1 h more.

        Due are 3.5 + 1 = 4.5 h; Odoo alone bills 9.0 h and so 13.5 h of 9 h worked.
        """
        logs = self._work(4.5) + self._work(3.5, "2026-07-05")
        invoice = self._native()
        self.assertEqual(invoice.invoice_line_ids.quantity, 8)
        invoice.action_post()
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=3.5)
        credit_note.action_post()
        self.assertHours(logs[0], 4.5, 0)
        self.assertHours(logs[1], 0, 3.5)
        logs += self._work(1, "2026-07-20")
        again = self._native("2026-01-01", "2026-07-31")
        self.assertEqual(again.invoice_line_ids.quantity, 4.5)
        self.assertEqual(again.amount_untaxed, 450)
        self.assertEqual(self._net_hours(), 9)
        self.assertLedgerTrue(logs)

    def test_reverse_and_replace(self):
        """4 h replaced: the replacement bills them, the entry is linked and locked."""
        work = self._work(4)
        invoice = self._native()
        invoice.action_post()
        action = self._reversal(invoice).modify_moves()
        replacement = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(self.order_line.qty_to_invoice, 0)
        replacement.action_post()
        self.assertStates(work, "invoiced")
        self.assertEqual(work.timesheet_invoice_id, replacement)
        with self.assertRefused(replacement.name):
            work.unit_amount = 5
        with self.assertRefused(replacement.name):
            work.unlink()
        self.assertEqual(self._net_hours(), 4)
        self.assertLedgerTrue(work)

    def test_time_corrected_while_its_replacement_is_a_draft(self):
        """4 h become 6 h: the replacement bills 4 of them, 2 h are still due."""
        work = self._work(4)
        invoice = self._native()
        invoice.action_post()
        action = self._reversal(invoice).modify_moves()
        work.unit_amount = 6
        self.assertEqual(self.order_line.qty_to_invoice, 2)
        self.env["account.move"].browse(action["res_id"]).action_post()
        self.assertHours(work, 4, 2)
        rest = self._native("2026-01-01", "2026-12-31")
        self.assertEqual(rest.invoice_line_ids.quantity, 2)
        self.assertEqual(self._net_hours(), 6)
        self.assertLedgerTrue(work)

    def test_lowered_draft_knows_which_hours_are_due(self):
        """A draft of 2 h + 1 h lowered to 1 h: 1 h of the first, then 1 h, are due."""
        first, second = self._work(2), self._work(1, "2026-06-06")
        invoice = self._native()
        self._set_line(invoice.invoice_line_ids, quantity=1)
        self.assertHours(first, 1, 1)
        self.assertHours(second, 0, 1)
        self.assertFalse(second.timesheet_invoice_id)
        self.assertEqual(self.order_line.qty_to_invoice, 2)
        rest = self._native()
        self.assertEqual(rest.invoice_line_ids.quantity, 2)
        self.assertHours(first, 2, 0)
        self.assertLedgerTrue(first + second)

    def test_deleted_entry_leaves_the_draft_of_its_order(self):
        """4 h + 1 h on a draft, 4 h deleted: Odoo alone still bills 5 h, due is 1."""
        deleted, kept = self._work(4), self._work(1)
        invoice = self._native()
        deleted.unlink()
        self.assertEqual(invoice.invoice_line_ids.quantity, 1)
        self.assertEqual(invoice.amount_total, 100)
        self.assertHours(kept, 1, 0)
        self.assertEqual(self.order_line.qty_to_invoice, 0)
        self.assertIn("04:00 h were deleted", invoice.message_ids[0].body)
        kept.unlink()
        self.assertEqual(invoice.amount_total, 0)

    def test_invoice_of_the_invoicing_app_bills_though_cancelled(self):
        work = self._work(4)
        invoice = self._native()
        invoice.action_post()
        invoice.write({"state": "cancel", "payment_state": "invoicing_legacy"})
        self.assertStates(work, "invoiced")
        self.assertEqual(self.order_line.qty_to_invoice, 0)

    def test_credit_note_in_draft_offers_nothing(self):
        """Odoo alone offers the 4 h again as soon as the credit note is drafted."""
        work = self._work(4)
        invoice = self._native()
        invoice.action_post()
        credit_note = self._credit_note(invoice)
        self.assertEqual(self.order_line.qty_to_invoice, 0)
        credit_note.action_post()
        self.assertEqual(self.order_line.qty_to_invoice, 4)
        self.assertStates(work, "unbilled")

    def test_cancelled_native_invoice_cannot_come_back(self):
        """Odoo alone accepts it: 8 h invoiced of 4 h."""
        work = self._work(4)
        invoice = self._native()
        invoice.button_cancel()
        self.assertStates(work, "unbilled")
        other = self._native()
        other.action_post()
        with self.assertRefused(other.name):
            invoice.button_draft()
        self.assertEqual(self._net_hours(), 4)

    def test_negative_time_is_taken_off(self):
        """3 h and -1 h: 2 h on the order as on the project, both entries marked."""
        for work, invoice in (
            (lambda hours, day: self._work(hours, day), self._native),
            (lambda hours, day: self._log(hours, day=day), self._invoice),
        ):
            logs = work(3, "2026-06-05") + work(-1, "2026-06-06")
            bill = invoice()
            self.assertEqual(bill.amount_untaxed, 200)
            self.assertEqual(bill.billed_time_hours, 2)
            self.assertFalse(bill.unlogged_note)
            self.assertStates(logs, "draft", "draft")
            bill.action_post()
            self.assertStates(logs, "invoiced", "invoiced")
            self.assertEqual(logs.mapped("unbilled_hours"), [0, 0])
            with self.assertRefused("cannot be changed"):
                logs[1].unit_amount = -2
            with self.assertRefused("nothing to invoice|Cannot create an invoice"):
                invoice()
            self.assertLedgerTrue(logs)

    def test_negative_time_is_taken_off_lines_of_its_rate(self):
        """3 h and 1 h of Ann, 2 h of Ben; of Ann -3.5 h and -1 h, one line for each.

        4 h less 4 h at 100.00, and 0.5 h of Ann wait; 2 h at 50.00.
        """
        logs = self._log(3) + self._log(1, task=self.build) + self._log(2, self.ben)
        first, second = (
            self._log(-3.5, day="2026-01-06"),
            self._log(-1, task=self.build),
        )
        wizard = self._wizard(group_by="entry")
        self.assertEqual(wizard.total_amount, 100)
        self.assertEqual(wizard.left_out_ids.mapped("reason"), ["negative"])
        self.assertEqual(wizard.left_out_ids.hours, -0.5)
        self.assertEqual(self.project.hours_unbilled, 1.5)
        action = wizard.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(invoice.amount_untaxed, 100)
        self.assertEqual((first + second).mapped("unbilled_hours"), [-0.5, 0])
        self.assertLedgerTrue(logs + first + second)
        with self.assertRefused("Not a positive number of hours.*-00:30 h"):
            self._invoice()
        invoice.unlink()
        self.assertEqual(first.unbilled_hours, -3.5)

    def test_negative_time_stays_with_its_line(self):
        """3 h less 1 h: lowered to 1 h, raised, credited, replaced: 2 h in the end."""
        logs = self._log(3) + self._log(-1, day="2026-01-06")
        invoice = self._invoice(group_by="project")
        line = invoice.invoice_line_ids
        self._set_line(line, quantity=1)
        self.assertHours(logs[0], 2, 1)
        self.assertHours(logs[1], -1, 0)
        self._set_line(line, quantity=2)
        self.assertHours(logs[0], 3, 0)
        invoice.button_cancel()
        self.assertStates(logs, "unbilled", "unbilled")
        invoice.button_draft()
        self.assertStates(logs, "draft", "draft")
        invoice.action_post()
        self._credit_note(invoice).action_post()
        self.assertLedgerTrue(logs)
        again = self._invoice(group_by="project")
        self.assertEqual(again.amount_untaxed, 200)
        again.action_post()
        action = self._reversal(again).modify_moves()
        replacement = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(replacement.amount_untaxed, 200)
        replacement.action_post()
        self.assertEqual(sum(logs.mapped("unbilled_hours")), 0)
        self.assertLedgerTrue(logs)

    def test_minutes_are_exact_on_orders_too(self):
        """50 minutes at 77.00 are 64.17; Odoo alone bills 0.83 h, 63.91."""
        self.order_line.write(
            {"price_unit": 77, "technical_price_unit": 0, "product_uom_qty": 0}
        )
        work = self._work(50 / 60)
        invoice = self._native()
        self.assertEqual(invoice.amount_untaxed, 64.17)
        invoice.action_post()
        self.assertHours(work, 50 / 60, 0)
        self.assertNothingOnOrders(invoice)
        self.assertLedgerTrue(work)

    def test_minutes_of_a_period_and_of_a_choice(self):
        """June's 20 minutes, then July's 10 + 40; of 125 min 2 h stay by hand.

        At 100.00: 33.33, 83.33, and 200.00.
        """
        logs = self._work(1 / 3) + self._work(1 / 6, "2026-07-05")
        logs += self._work(2 / 3, "2026-07-06")
        self.assertEqual(self._native("2026-06-01", "2026-06-30").amount_untaxed, 33.33)
        self.assertEqual(self._native("2026-07-01", "2026-07-31").amount_untaxed, 83.33)
        logs += self._work(125 / 60)
        self.order_line.qty_to_invoice = 2
        invoice = self.order._create_invoices()
        self.assertEqual(invoice.amount_untaxed, 200)
        self.assertHours(logs[-1], 2, 5 / 60)
        self.assertLedgerTrue(logs)

    def test_minutes_billed_one_by_one_leave_no_cents(self):
        """15, 50, 225, 75 and 35 minutes at 100.00: 25.00 + 83.33 + 375.00 + 125.00
        + 58.33 = 666.66, and nothing of the 666.67 of 400 minutes is left."""
        for minutes in (15, 50, 225, 75, 35):
            self._work(minutes / 60)
            self._native().action_post()
        self.assertEqual(self.order_line.untaxed_amount_invoiced, 666.66)
        self.assertNothingOnOrders(*self.order.invoice_ids)

    def test_order_that_sells_days(self):
        """12 h are 1.5 days of 8 h, at 800.00 a day: 1,200.00."""
        day = self.env.ref("uom.product_uom_day")
        self.order_line.write(
            {"product_uom_id": day.id, "price_unit": 800, "technical_price_unit": 0}
        )
        work = self._work(12)
        invoice = self._native()
        self.assertEqual(invoice.invoice_line_ids.quantity, 1.5)
        self.assertHours(work, 12, 0)
        rows = self._ledger(timesheet_id=work)
        self.assertEqual((rows.hours, rows.amount, rows.rate), (12, 1200, 100))

    def test_credit_note_made_by_the_order(self):
        """The order takes back 2 h by itself; the hours are free of the invoice."""
        work = self._work(4)
        invoice = self._native()
        invoice.action_post()
        credit_note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "reversed_entry_id": invoice.id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "quantity": 2,
                            "price_unit": 100,
                            "sale_line_ids": [Command.link(self.order_line.id)],
                        }
                    )
                ],
            }
        )
        credit_note.action_post()
        self.assertHours(work, 2, 2)
        self.assertEqual(self.order_line.qty_to_invoice, 2)
        self.assertEqual(self._native().invoice_line_ids.quantity, 2)
        self.assertHours(work, 4, 0)

    def test_delivered_until_a_day(self):
        """10 h each on the 2nd and the 6th, invoiced one by one: 10 h until the 2nd."""
        for day in ("2020-01-02", "2020-01-06"):
            self._work(10, day=day)
            self._native().action_post()
        line = self.order_line
        self.assertEqual(line.qty_delivered, 20)
        until = line.with_context(accrual_entry_date="2020-01-02")
        self.assertEqual(until.qty_delivered_at_date, 10)
