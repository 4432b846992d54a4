"""Hours on a document that no time stands behind are seen, whatever made them."""

from odoo import Command
from odoo.tests import tagged

from .native_common import NativeCommon


@tagged("post_install", "-at_install")
class TestBillingUnlogged(NativeCommon):
    """7 h of Ann at 100.00; the order of ``sold`` sells time at 100.00 as well."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls._log(7)

    def assertUnlogged(self, move, hours):
        """The draft says how many hours are nobody's, and asks before it is posted."""
        self.env.invalidate_all()
        move = move.with_user(self.accountant)
        if not hours:
            self.assertFalse(move.unlogged_note)
            return
        self.assertIn(f"{hours} h on this document", move.unlogged_note)
        action = move.action_post()
        self.assertEqual(action["res_model"], "account.move.question")
        self.assertEqual(move.state, "draft")

    def _typed(self, move, **values):
        """Type a line of 7 h at 100.00, as in the form."""
        values = {"name": "Typed", "quantity": 7, "price_unit": 100, **values}
        move.write({"invoice_line_ids": [Command.create(values)]})

    def test_two_drafts_of_one_entry(self):
        """A lowered to 2:40, the rest on B, A raised again: 11:20 h for 7 h."""
        first = self._invoice()
        self.assertUnlogged(first, "")
        self._set_line(first.invoice_line_ids, quantity=8 / 3)
        second = self._invoice()
        self._set_line(first.invoice_line_ids, quantity=7)
        self.assertUnlogged(first, "4:20")
        self.assertUnlogged(second, "")
        second.action_post()
        question = self.env["account.move.question"].with_user(self.accountant)
        action = first.with_user(self.accountant).action_post()
        dialog = question.browse(action["res_id"])
        self.assertIn("4:20 h", dialog.questions)
        dialog.reason = "Agreed by phone"
        dialog.action_confirm()
        self.assertEqual(first.state, "posted")
        self.assertIn("Agreed by phone", str(first.message_ids.mapped("body")))
        self.assertAlmostEqual(first.unlogged_hours_agreed, 13 / 3)
        self.assertHours(self.log, 7, 0)

    def test_a_line_deleted_and_typed_again(self):
        """With the product of time; or without one, at the price that it had."""
        for product in (self.product, self.product.browse()):
            invoice = self._invoice()
            self._typed(invoice, product_id=product.id, tax_ids=False)
            invoice.invoice_line_ids[0].unlink()
            self.assertUnlogged(invoice, "7:00")
            self.assertStates(self.log, "unbilled")
            invoice.unlink()
        invoice = self._invoice()
        self._typed(invoice, name="Travel", quantity=1, price_unit=50)
        self.assertUnlogged(invoice, "")

    def test_a_line_split_by_hand(self):
        """7 h lowered to 4 h, and 3 h typed beside them."""
        invoice = self._invoice()
        self._set_line(invoice.invoice_line_ids, quantity=4)
        self._typed(invoice, quantity=3, tax_ids=False)
        self.assertUnlogged(invoice, "3:00")
        self.assertHours(self.log, 4, 3)

    def test_a_replacement_that_was_raised(self):
        """7 h of the project, 4 h of the order: replaced as they are, then 2 h more."""
        work = self._work(4)
        for invoice in (self._invoice(), self._native()):
            invoice.action_post()
            action = self._reversal(invoice).modify_moves()
            replacement = self.env["account.move"].browse(action["res_id"])
            self.assertUnlogged(replacement, "")
            line = replacement.invoice_line_ids
            self._set_line(line, quantity=line.quantity + 2)
            self.assertUnlogged(replacement, "2:00")
            self._set_line(line, quantity=line.quantity - 2)
            replacement.action_post()
        self.assertStates(self.log + work, "invoiced", "invoiced")

    def test_copies_have_no_claim(self):
        """A duplicate, a debit note and the invoice of the next month."""
        work = self._work(4)
        for invoice, hours in ((self._invoice(), "7:00"), (self._native(), "4:00")):
            invoice.auto_post = "monthly"
            invoice.action_post()
            sold = invoice.invoice_line_ids.sale_line_ids
            monthly = self.env["account.move"].search(
                [("auto_post_origin_id", "=", invoice.id), ("id", "!=", invoice.id)]
            )
            debit = invoice.with_context(include_business_fields=True).copy()
            for copy in (invoice.copy(), debit, monthly):
                line = copy.invoice_line_ids
                self.assertFalse(line.sale_line_ids)
                self.assertFalse(line.billing_origin_id or line.billing_credited_id)
                self.assertFalse(self._ledger(move_id=copy))
                self.assertUnlogged(copy, hours)
            self.assertEqual(sold.qty_invoiced, sold.qty_delivered)
            self.assertEqual(sold.qty_to_invoice, 0)
        self.assertStates(self.log + work, "invoiced", "invoiced")

    def test_hours_that_nobody_logged_are_credited_first(self):
        """9 h for 7 h; 3 h credited are the 2 h, and the last hour of the entry."""
        invoice = self._invoice()
        self._set_line(invoice.invoice_line_ids, quantity=9)
        invoice.with_context(posting_reason="Agreed").action_post()
        for quantity, billed in ((1.5, 7), (1.5, 6), (6, 0)):
            note = self._credit_note(invoice)
            self._set_line(note.invoice_line_ids, quantity=quantity)
            note.action_post()
            self.assertHours(self.log, billed, 7 - billed)
        self.assertEqual(self._invoice().amount_untaxed, 700)

    def test_a_fixed_cost_copied(self):
        """Of 1,000.00 60 % are invoiced: a copy is refused, one of 40 % is not."""
        self.project.write({"billing_method": "fixed_cost", "fixed_cost": 1000})
        most = self._invoice(mode="fixed", fixed_part="percent", fixed_percent=60)
        with self.assertRefused("would invoice .*200.00 more"):
            most.copy()
        most.unlink()
        part = self._invoice(mode="fixed", fixed_part="percent", fixed_percent=40)
        copy = part.copy()
        self.assertEqual(self.project.fixed_cost_left, 200)
        self.assertRefusedRaise(copy.invoice_line_ids)
        with self.assertRefused("would invoice .*200.00 more"):
            copy.copy()
        copy.unlink()
        self.assertEqual(self.project.fixed_cost_left, 600)

    def assertRefusedRaise(self, line):
        """A line of a fixed cost is not raised beyond it."""
        with self.assertRefused("would invoice .*1.00 more"):
            self._set_line(line, price_unit=601)

    def test_an_item_copied(self):
        """An item is sold once; once it is credited, a copy sells it again."""
        item = Command.create({"task_id": self.build.id, "amount": 500})
        invoice = self._invoice(mode="items", item_ids=[item])
        invoice.action_post()
        with self.assertRefused(invoice.name):
            invoice.copy()
        self._credit_note(invoice).action_post()
        copy = invoice.copy()
        self.assertEqual(self._ledger(move_id=copy).item_task_id, self.build)
