"""A draft is changed in whatever way: ledger and figures say so at once."""

from odoo import Command
from odoo.tests import Form, tagged

from .billing_common import ThreeEntriesCommon


@tagged("post_install", "-at_install")
class TestDraftChanges(ThreeEntriesCommon):
    """8 h of Ann at 100.00 on one line."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.advice = cls.env["product.product"].create(
            {
                "name": "Advice",
                "type": "service",
                "list_price": 125,
                "uom_id": cls.env.ref("uom.product_uom_hour").id,
                "taxes_id": False,
            }
        )

    def setUp(self):
        super().setUp()
        self.draft = self._invoice(group_by="project")
        self.line = self.draft.invoice_line_ids

    def assertStated(self, rate, amount):
        rows = self._ledger(move_id=self.draft)
        self.assertEqual(set(rows.mapped("rate")), {rate})
        self.assertEqual(sum(rows.mapped("amount")), amount)
        # A figure of the project is computed once in a request.
        self.project.invalidate_recordset(["amount_draft"])
        self.assertEqual(set(self.logs.mapped("billing_rate")), {rate})
        self.assertEqual(self.project.amount_draft, amount)

    def test_another_product(self):
        """Odoo computes 8 h at the product's 125.00: 1,000.00."""
        self.assertStated(100, 800)
        self.line.product_id = self.advice
        self.assertStated(125, 1000)

    def test_another_product_on_the_form(self):
        with Form(self.draft) as form, form.invoice_line_ids.edit(0) as line:
            line.product_id = self.advice
        self.assertStated(125, 1000)

    def test_price_discount_and_unit(self):
        """8 h at 90.00, then 20 % off; then 8 days of 8 h at 720.00."""
        self._set_line(self.line, price_unit=90)
        self.assertStated(90, 720)
        self._set_line(self.line, discount=20)
        self.assertStated(72, 576)
        day = self.env.ref("uom.product_uom_day")
        self._set_line(
            self.line, discount=0, quantity=1, price_unit=720, product_uom_id=day.id
        )
        self.assertStated(90, 720)

    def test_taxes_that_are_part_of_the_price(self):
        """20 % included in 120.00 leave 100.00; in 100.00, 83.33 an hour: 666.67."""
        tax = self.env["account.tax"].create(
            {"name": "Included", "amount": 20, "price_include_override": "tax_included"}
        )
        self.line.tax_ids = tax
        rows = self._ledger(move_id=self.draft)
        self.assertAlmostEqual(sum(rows.mapped("amount")), 666.67)
        self.assertEqual(self.project.amount_draft, 666.67)

    def test_another_currency(self):
        self.draft.currency_id = self.other_currency
        rows = self._ledger(move_id=self.draft)
        self.assertEqual(rows.currency_id, self.other_currency)
        self.assertEqual(sum(rows.mapped("amount")), self.line.price_subtotal)

    def test_another_customer_with_another_fiscal_position(self):
        """The taxes that his position maps are part of the price: 8 x 83.33."""
        included, plain = self.env["account.tax"].create(
            [
                {
                    "name": "Included",
                    "amount": 20,
                    "price_include_override": "tax_included",
                },
                {"name": "Plain", "amount": 20},
            ]
        )
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        included.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(plain.id)],
            }
        )
        self.line.product_id.taxes_id = plain
        self.line.tax_ids = plain
        self.partner_b.property_account_position_id = position
        with Form(self.draft) as form:
            form.partner_id = self.partner_b
        self.draft.action_update_fpos_values()
        self.assertEqual(self.line.tax_ids, included)
        rows = self._ledger(move_id=self.draft)
        self.assertAlmostEqual(sum(rows.mapped("amount")), 666.67)
        self.assertAlmostEqual(self.project.amount_draft, 666.67)

    def test_a_line_on_another_draft_takes_its_time_along(self):
        """The first draft may go: the 8 h are on the second, and on no third."""
        late = self._log(2, day="2026-01-08")
        other = self._invoice()
        self.line.move_id = other
        rows = self._ledger(timesheet_id=self.logs)
        self.assertEqual(rows.move_id, other)
        self.assertEqual(self.logs.timesheet_invoice_id, other)
        for move in self.draft + other:
            self.assertEqual(sum(move.line_ids.mapped("balance")), 0)
        copy = self.draft.copy()
        self.assertFalse(copy.amount_total)
        self.draft.unlink()
        self.assertHours(self.first, 4, 0)
        self.assertNothingDue()
        self.assertEqual(other.amount_untaxed, 1000)
        self.assertLedgerTrue(self.logs + late)
        other.action_post()
        self.assertStates(self.logs + late, *["invoiced"] * 4)

    def test_a_line_is_merged_into_another_draft(self):
        """8 h at 100.00 and 15 % of tax: both documents are in balance at once."""
        self.line.tax_ids = self.tax_sale_a
        late = self._log(2, day="2026-01-08")
        other = self._invoice()
        tax = other.amount_tax
        values = {"move_type": "out_invoice", "partner_id": self.customer.id}
        for name in ("line_ids", "invoice_line_ids"):
            link = {name: [Command.link(self.line.id)]}
            with self.subTest(name), self.env.cr.savepoint() as undone:
                with self.assertRefused("unbalanced"):
                    self.env["account.move"].create({**values, **link})
                other.write(link)
                self.assertEqual(self.logs.timesheet_invoice_id, other)
                self.assertEqual(other.amount_tax, tax + 120)
                self.assertFalse(self.draft.line_ids.filtered("balance"))
                self.assertFalse(self.draft.amount_total)
                self.draft.unlink()
                self.assertStates(self.logs, *["draft"] * 3)
                self.assertLedgerTrue(self.logs + late)
                other.unlink()
                self.assertStates(self.logs, *["unbilled"] * 3)
                undone.close(rollback=True)
            self.env.invalidate_all()

    def test_a_line_without_hours_has_none_on_another_draft(self):
        """Odoo itself makes of no quantity one of 1: an hour that is nobody's."""
        self._set_line(self.line, quantity=0)
        other = self._invoice(timesheet_ids=self.third.ids)
        self.line.move_id = other
        self.assertEqual(self.line.quantity, 0)
        self.assertEqual(other.amount_untaxed, 100)
        self.assertHours(self.first, 0, 4)

    def test_a_line_goes_to_no_document_of_others(self):
        """Another customer, currency or kind, or one that is posted."""
        moves = self.env["account.move"]
        values = {"move_type": "out_invoice", "partner_id": self.customer.id}
        for changes in (
            {"partner_id": self.partner_b.id},
            {"currency_id": self.other_currency.id},
            {"move_type": "out_refund"},
        ):
            with self.subTest(changes), self.assertRefused("can be moved to another"):
                self.line.move_id = moves.create({**values, **changes})
        posted = self._invoice(timesheet_ids=self._log(2).ids)
        posted.action_post()
        with self.assertRefused("can be moved to another"):
            self.line.move_id = posted
        self.assertStates(self.logs, *["draft"] * 3)

    def test_a_line_that_is_credited_stays_on_its_document(self):
        """The credit note gives back the time of what it reverses, and of nothing else.

        It may be a draft still, or the invoice be one again.
        """
        other = self._invoice(timesheet_ids=self._log(2).ids)
        self.draft.action_post()
        note = self._credit_note(self.draft)
        self.draft.button_draft()
        for state in ("draft", "posted"):
            if state == "posted":
                note.action_post()
            with self.subTest(state), self.assertRefused("credited by"):
                self.line.move_id = other
        note.button_draft()
        note.button_cancel()
        self.line.move_id = other
        self.assertEqual(self.line.move_id, other)
