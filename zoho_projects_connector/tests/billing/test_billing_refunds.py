"""Partial refunds of plain sales orders, where Odoo alone went wrong in 2026.

Each scenario is that of a pull request of odoo/odoo: no project wizard, an ordinary
order with timesheets, and what is right on its next invoice.
"""

from odoo import Command
from odoo.tests import tagged

from .native_common import NativeCommon

JUNE, JULY = ("2026-06-01", "2026-06-30"), ("2026-07-01", "2026-07-31")
ALL = ("2026-01-01", "2026-12-31")
# What is done, in turn. ``log``: hours, day. ``invoice``: a period, the hours that it
# must bill, and those that somebody types instead. ``credit``: hours, of the last one.
# Beside them what Odoo 19 alone gives, tried without the addon, where it differs.
SCENARIOS = {
    "280536: a period over all after a credit": [
        ("log", 4.5, "2026-06-05"),
        ("log", 3.5, "2026-07-05"),
        ("invoice", (), 8),
        ("credit", 3.5),
        ("log", 1, "2026-07-20"),
        ("invoice", ALL, 4.5),  # 9
    ],
    "268025 and 278800: more time after a credit, and again": [
        ("log", 20, "2026-06-05"),
        ("invoice", (), 20),
        ("credit", 11),
        ("log", 5, "2026-06-20"),
        ("invoice", ALL, 16),  # 25
        ("log", 3, "2026-07-05"),
        ("invoice", ALL, 3),
    ],
    "277727: only the later period": [
        ("log", 10, "2026-06-05"),
        ("invoice", (), 10),
        ("credit", 4),
        ("log", 15, "2026-07-05"),
        ("invoice", JULY, 15),
        ("invoice", ALL, 4),  # 10
    ],
    "274677: a quantity that was lowered": [
        ("log", 10, "2026-06-05"),
        ("invoice", ALL, 10, 6),
        ("invoice", ALL, 4),  # nothing
    ],
    "284470: June raised by hand, then July": [
        ("log", 2, "2026-06-05"),
        ("invoice", JUNE, 2, 3),
        ("log", 1, "2026-07-05"),
        ("invoice", JULY, 1),  # nothing
        ("invoice", (), 0),
    ],
    "284470 without a period: nothing is refunded, July's hour is billed": [
        ("log", 2, "2026-06-05"),
        ("invoice", (), 2, 3),
        ("invoice", (), 0),  # a refund of 1
        ("log", 1, "2026-07-05"),
        ("invoice", (), 1),
    ],
    "more credited than invoiced": [
        ("log", 8, "2026-06-05"),
        ("invoice", (), 8),
        ("credit", 10),
        ("log", 1, "2026-07-05"),
        ("invoice", JUNE, 8),
        ("invoice", ALL, 1),
        ("invoice", (), 0),
    ],
    "254332: a credit of quantity 0": [
        ("log", 4, "2026-06-05"),
        ("invoice", (), 4),
        ("credit", 0),
        ("invoice", ALL, 0),
        ("invoice", (), 0),
    ],
}


@tagged("post_install", "-at_install")
class TestBillingRefunds(NativeCommon):
    def _do_log(self, hours, day):
        self._work(hours, day)

    def _do_invoice(self, period, hours, typed=None):
        if not hours:
            with self.assertRefused("Cannot create an invoice|nothing to invoice"):
                self._native(*period)
            return
        invoice = self._native(*period)
        self.assertEqual(invoice.move_type, "out_invoice")
        self.assertAlmostEqual(invoice.invoice_line_ids.quantity, hours, 6)
        if typed:
            self._set_line(invoice.invoice_line_ids, quantity=typed)
        invoice.with_context(posting_reason="Agreed").action_post()

    def _do_credit(self, hours):
        note = self._credit_note(self.order.invoice_ids.sorted("id")[-1])
        self._set_line(note.invoice_line_ids, quantity=hours)
        note.with_context(posting_reason="Agreed").action_post()

    def test_the_next_invoice_after_a_refund(self):
        for name, steps in SCENARIOS.items():
            with self.subTest(name), self.env.cr.savepoint() as undone:
                for step, *values in steps:
                    getattr(self, f"_do_{step}")(*values)
                undone.close(rollback=True)
            self.env.invalidate_all()

    def test_only_the_order_line_that_was_credited(self):
        """265840: 4 h and 3 h on two lines of the order; the 3 h are credited."""
        other = self._task("Other Task", self.sold)
        line = self.order_line.copy({"order_id": self.order.id})
        other.sale_line_id = line
        kept, credited = self._work(4), self._log(3, task=other, day="2026-06-06")
        invoice = self._native()
        invoice.action_post()
        note = self._credit_note(invoice)
        note.invoice_line_ids.filtered(
            lambda one: self.order_line in one.sale_line_ids
        ).unlink()
        note.action_post()
        self.assertStates(kept + credited, "invoiced", "unbilled")
        again = self._native(*ALL)
        self.assertEqual(again.invoice_line_ids.sale_line_ids, line)
        self.assertEqual(again.invoice_line_ids.quantity, 3)

    def test_a_credit_of_another_product(self):
        """254332: travel beside 4 h, credited: no time is free."""
        travel = self.product.copy(
            {"name": "Travel", "service_policy": "delivered_manual"}
        )
        self.order.order_line = [
            Command.create(
                {
                    "name": "Travel",
                    "product_id": travel.id,
                    "price_unit": 50,
                    "qty_delivered": 1,
                }
            )
        ]
        work = self._work(4)
        invoice = self._native()
        self.assertEqual(invoice.amount_untaxed, 450)
        invoice.action_post()
        note = self._credit_note(invoice)
        note.invoice_line_ids.filtered(
            lambda one: self.order_line in one.sale_line_ids
        ).unlink()
        note.action_post()
        self.assertStates(work, "invoiced")
        self.assertEqual(self.order_line.qty_to_invoice, 0)
        with self.assertRefused("Cannot create an invoice|nothing to invoice"):
            self.order_line.order_id.order_line[1].qty_delivered = 0
            self._native(*ALL)
