"""What happens to billed time when its invoice changes: freed or kept, exactly."""

from odoo import Command, fields
from odoo.tests import tagged

from .billing_common import ThreeEntriesCommon


@tagged("post_install", "-at_install")
class TestBillingDocuments(ThreeEntriesCommon):
    def test_posted_paid_and_back(self):
        invoice = self._invoice(group_by="project")
        self.assertEqual(invoice.amount_untaxed, 800)
        self.assertStates(self.logs, "draft", "draft", "draft")
        invoice.action_post()
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
        self._pay(invoice)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertStates(self.logs, "paid", "paid", "paid")
        invoice.button_draft()
        self.assertStates(self.logs, "draft", "draft", "draft")
        self.assertNothingDue()
        self.assertLedgerTrue(self.logs)

    def test_partly_paid_is_invoiced(self):
        invoice = self._posted()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"amount": 100}).action_create_payments()
        self.assertEqual(invoice.payment_state, "partial")
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")

    def test_posted_with_a_later_date(self):
        """An invoice that posts itself next year is a draft until then."""
        invoice = self._invoice(group_by="project")
        later = fields.Date.add(fields.Date.context_today(invoice), years=1)
        invoice.write({"date": later, "invoice_date": later, "auto_post": "at_date"})
        invoice.with_context(validate_analytic=False)._post(soft=True)
        self.assertEqual(invoice.state, "draft")
        self.assertStates(self.logs, "draft", "draft", "draft")
        invoice.write({"auto_post": "no", "invoice_date": later})
        invoice.action_post()
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")

    def test_deleted(self):
        self._invoice(group_by="entry").unlink()
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        self.assertFalse(self._ledger(timesheet_id=self.logs))
        self.assertEqual(self._invoice().amount_untaxed, 800)

    def test_cancelled_and_draft_again(self):
        invoice = self._invoice(group_by="project")
        invoice.button_cancel()
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        self.assertFalse(self.logs.timesheet_invoice_id)
        invoice.button_draft()
        self.assertStates(self.logs, "draft", "draft", "draft")
        self.assertEqual(self.logs.timesheet_invoice_id, invoice)
        self.assertNothingDue()
        self.assertLedgerTrue(self.logs)

    def test_time_deleted_while_its_invoice_is_cancelled(self):
        """Of 4, 3 and 1 h the 3 h are deleted: the draft comes back with 500.00."""
        invoice = self._invoice(group_by="project")
        invoice.button_cancel()
        self.second.unlink()
        invoice.button_draft()
        logs = self.first + self.third
        self.assertStates(logs, "draft", "draft")
        self.assertEqual(sum(self._ledger(move_id=invoice).mapped("hours")), 5)
        self.assertEqual(self.project.hours_draft, 5)
        self.assertEqual(invoice.amount_untaxed, 500)
        self.assertLedgerTrue(logs)

    def test_cancelled_invoice_cannot_come_back_once_billed_elsewhere(self):
        invoice = self._posted()
        invoice.button_draft()
        invoice.button_cancel()
        other = self._posted(timesheet_ids=self.second.ids)
        with self.assertRefused(other.name):
            invoice.button_draft()
        self.assertEqual(invoice.state, "cancel")
        self.assertStates(self.logs, "unbilled", "invoiced", "unbilled")
        self.assertLedgerTrue(self.logs)

    def test_copy_bills_no_time(self):
        copy = self._posted().copy()
        self.assertFalse(self._ledger(move_id=copy))
        copy.action_post()
        self.assertLedgerTrue(self.logs)

    def test_one_line_removed(self):
        invoice = self._invoice(group_by="entry")
        line = invoice.invoice_line_ids.filtered(lambda line: line.quantity == 3)
        invoice.write({"invoice_line_ids": [Command.delete(line.id)]})
        self.assertStates(self.logs, "draft", "unbilled", "draft")
        self.assertFalse(self.second.so_line)
        self.assertLedgerTrue(self.logs)
        self.assertEqual(self._invoice().amount_untaxed, 300)

    def test_quantity_lowered_frees_the_last_entries(self):
        """8 h to 5.5 h: the last hour and 1.5 of the second entry are free."""
        invoice = self._invoice(group_by="project")
        self._set_line(invoice.invoice_line_ids, quantity=5.5)
        self.assertHours(self.first, 4, 0)
        self.assertHours(self.second, 1.5, 1.5)
        self.assertHours(self.third, 0, 1)
        self.assertStates(self.logs, "draft", "draft", "unbilled")
        self.assertLedgerTrue(self.logs)
        rest = self._invoice(group_by="project")
        self.assertEqual(rest.invoice_line_ids.quantity, 2.5)
        self.assertEqual(rest.amount_untaxed, 250)
        self.assertLedgerTrue(self.logs)
        order_lines = (invoice + rest).invoice_line_ids.sale_line_ids
        self.assertEqual(order_lines.qty_delivered, 8)
        self.assertEqual(order_lines.qty_invoiced, 8)

    def test_quantity_lowered_and_raised_again(self):
        invoice = self._invoice(group_by="project")
        self._set_line(invoice.invoice_line_ids, quantity=2)
        self._set_line(invoice.invoice_line_ids, quantity=8)
        self.assertStates(self.logs, "draft", "draft", "draft")
        self.assertNothingDue()
        self.assertLedgerTrue(self.logs)

    def test_quantity_raised_above_the_time(self):
        """10 h on the line: the ledger has the 8 h that were worked, 800.00."""
        invoice = self._invoice(group_by="project")
        self._set_line(invoice.invoice_line_ids, quantity=10)
        rows = self._ledger(move_id=invoice)
        self.assertEqual(sum(rows.mapped("hours")), 8)
        self.assertEqual(sum(rows.mapped("amount")), 800)
        self._set_line(invoice.invoice_line_ids, quantity=8)
        self.assertLedgerTrue(self.logs)

    def test_raising_never_takes_time_of_another_invoice(self):
        invoice = self._invoice(group_by="project")
        self._set_line(invoice.invoice_line_ids, quantity=4)
        self._invoice(timesheet_ids=self.second.ids)
        self._set_line(invoice.invoice_line_ids, quantity=8)
        self.assertHours(self.second, 3, 0)
        self.assertHours(self.third, 1, 0)
        rows = self._ledger(move_id=invoice)
        self.assertEqual(sum(rows.mapped("hours")), 5)

    def test_price_changed(self):
        """8 h at 90.00 less 10 % are 648.00: 324, 243 and 81."""
        invoice = self._invoice(group_by="project")
        self._set_line(invoice.invoice_line_ids, price_unit=90, discount=10)
        rows = self._ledger(move_id=invoice)
        self.assertEqual(rows.mapped("amount"), [324, 243, 81])
        self.assertEqual(set(rows.mapped("rate")), {81})
        self.assertEqual(set(rows.mapped("rate_origin")), {"invoice"})
        self.assertEqual(self.first.billing_rate, 81)
        self.assertLedgerTrue(self.logs)

    def test_quantity_zero(self):
        invoice = self._invoice(group_by="project")
        self._set_line(invoice.invoice_line_ids, quantity=0)
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        self.assertLedgerTrue(self.logs)

    def test_free_standing_lines_are_left_alone(self):
        invoice = self._invoice(group_by="project")
        invoice.write(
            {
                "invoice_line_ids": [
                    Command.create({"name": "Travel", "quantity": 2, "price_unit": 30})
                ]
            }
        )
        travel = invoice.invoice_line_ids.filtered(lambda line: line.name == "Travel")
        self.assertEqual(invoice.amount_untaxed, 860)
        self._set_line(travel, quantity=1)
        self.assertFalse(self._ledger(move_line_id=travel))
        self.assertLedgerTrue(self.logs)
        invoice.action_post()
        credit_note = self._credit_note(invoice)
        credit_note.invoice_line_ids.filtered("billing_origin_id.product_id").unlink()
        credit_note.action_post()
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")

    def test_cancelled_billing_order(self):
        """Its drafts are cancelled with it; the next invoice opens a new order."""
        order = self._invoice().invoice_line_ids.sale_line_ids.order_id
        order._action_cancel()
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        again = self._invoice()
        self.assertEqual(again.amount_untaxed, 800)
        self.assertNotEqual(again.invoice_line_ids.sale_line_ids.order_id, order)
