"""What people do with the lines of an invoice: time moves with them, or is freed."""

from odoo import Command
from odoo.tests import tagged

from .billing_common import ThreeEntriesCommon


@tagged("post_install", "-at_install")
class TestBillingLines(ThreeEntriesCommon):
    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(group_by="entry")
        self.lines = self.invoice.invoice_line_ids

    def _save(self, *commands):
        self.invoice.write({"invoice_line_ids": list(commands)})

    def _of(self, line):
        """Return the hours of each entry on a line, by its hours."""
        rows = self._ledger(move_line_id=line)
        return {row.timesheet_id.unit_amount: row.hours for row in rows}

    def assertMerged(self):
        """One line of 4 + 3 h for 700.00, one of 1 h; all three are on the draft."""
        self.assertEqual(self.invoice.amount_untaxed, 800)
        self.assertEqual(self._of(self.lines[0]), {4: 4, 3: 3})
        self.assertStates(self.logs, "draft", "draft", "draft")
        self.assertEqual(self.logs.timesheet_invoice_id, self.invoice)
        self.assertNothingDue()
        self.assertLedgerTrue(self.logs)

    def test_two_lines_merged_in_one_save(self):
        """4 h raised to 7 h, the line of 3 h deleted, in either order."""
        first, second, _third = self.lines
        raise_it = Command.update(first.id, {"quantity": 7})
        delete = Command.delete(second.id)
        for commands in ((raise_it, delete), (delete, raise_it)):
            with self.subTest(commands[0][0]), self.env.cr.savepoint() as undone:
                self._save(*commands)
                self.assertMerged()
                undone.close(rollback=True)

    def test_two_lines_merged_in_two_saves(self):
        first, second, _third = self.lines
        self._save(Command.delete(second.id))
        self.assertStates(self.logs, "draft", "unbilled", "draft")
        self._save(Command.update(first.id, {"quantity": 7}))
        self.assertMerged()

    def test_merged_into_a_line_by_lowering_the_other_to_zero(self):
        first, second, _third = self.lines
        self._save(Command.update(second.id, {"quantity": 0}))
        self._save(Command.update(first.id, {"quantity": 7}))
        self.assertMerged()

    def test_merged_lines_are_credited_and_billed_again(self):
        """5 of the 7 merged hours credited: the 3 h, then 2 of the 4 h; 500.00 due."""
        first, second, _third = self.lines
        self._save(Command.update(first.id, {"quantity": 7}), Command.delete(second.id))
        self.invoice.action_post()
        note = self._credit_note(self.invoice)
        merged = note.invoice_line_ids.filtered(lambda line: line.quantity == 7)
        self._set_line(merged, quantity=5)
        (note.invoice_line_ids - merged).unlink()
        note.action_post()
        self.assertHours(self.first, 2, 2)
        self.assertHours(self.second, 0, 3)
        self.assertHours(self.third, 1, 0)
        self.assertEqual(self._invoice().amount_untaxed, 500)
        self.assertLedgerTrue(self.logs)

    def test_merged_and_more(self):
        """4 h raised to 9 h, that of 3 h deleted: 7 h are time, 2 h are nobody's."""
        first, second, _third = self.lines
        self._save(Command.update(first.id, {"quantity": 9}), Command.delete(second.id))
        rows = self._ledger(move_line_id=first)
        self.assertEqual(rows.mapped("amount"), [400, 300])
        self.assertNothingDue()
        self._save(Command.update(first.id, {"quantity": 7}))
        self.assertMerged()

    def test_time_billed_elsewhere_in_between_is_not_taken_back(self):
        first, second, _third = self.lines
        self._save(Command.delete(second.id))
        other = self._invoice()
        self._save(Command.update(first.id, {"quantity": 7}))
        self.assertEqual(self._of(first), {4: 4})
        self.assertEqual(self.second.timesheet_invoice_id, other)
        self.assertHours(self.second, 3, 0)

    def test_time_excluded_in_between_is_not_taken_back(self):
        first, second, _third = self.lines
        self._save(Command.delete(second.id))
        self.second._exclude("Goodwill")
        self._save(Command.update(first.id, {"quantity": 7}))
        self.assertEqual(self._of(first), {4: 4})
        self.assertStates(self.second, "non_billable")

    def test_duplicated_line_bills_no_time(self):
        """The copy is nobody's time; deleting the original frees its 4 h."""
        vals = {"name": "Copy", "quantity": 4, "price_unit": 100}
        self._save(Command.create(vals))
        self.assertFalse(self._ledger(move_line_id=self.invoice.invoice_line_ids[3:]))
        self.assertLedgerTrue(self.logs)
        self._save(Command.delete(self.lines[0].id))
        self.assertStates(self.logs, "unbilled", "draft", "draft")

    def test_sections_and_notes(self):
        self._save(
            Command.create({"display_type": "line_section", "name": "January"}),
            Command.create({"display_type": "line_note", "name": "With thanks"}),
        )
        self.invoice.action_post()
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
        self._credit_note(self.invoice).action_post()
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        self.assertLedgerTrue(self.logs)

    def test_unit_changed_to_days(self):
        """4 h become half a day of 8 h at 800.00: the same time, the same 400.00."""
        day = self.env.ref("uom.product_uom_day")
        self._save(
            Command.update(
                self.lines[0].id,
                {"product_uom_id": day.id, "quantity": 0.5, "price_unit": 800},
            )
        )
        rows = self._ledger(move_line_id=self.lines[0])
        self.assertEqual((rows.hours, rows.amount, rows.rate), (4, 400, 100))
        self.assertStates(self.logs, "draft", "draft", "draft")

    def test_discount(self):
        """4 h at 100.00 less 25 %: 300.00, 75.00 an hour."""
        self._save(Command.update(self.lines[0].id, {"discount": 25}))
        rows = self._ledger(move_line_id=self.lines[0])
        self.assertEqual((rows.hours, rows.amount, rows.rate), (4, 300, 75))

    def _included_tax(self, **values):
        return self.env["account.tax"].create(
            {
                "name": "25 % included",
                "amount": 25,
                "price_include_override": "tax_included",
                **values,
            }
        )

    def test_tax_included_in_the_price(self):
        """4 h at 100.00 with 25 % inside: 400.00 with tax, 320.00 without."""
        tax = self._included_tax()
        self._save(Command.update(self.lines[0].id, {"tax_ids": [tax.id]}))
        self.assertEqual(self._ledger(move_line_id=self.lines[0]).amount, 320)
        self.assertLedgerTrue(self.logs)

    def test_taxes_updated_for_another_fiscal_position(self):
        """The button of the form maps 0 % to 25 % included."""
        zero = self.env["account.tax"].create({"name": "None", "amount": 0})
        self.lines.product_id.taxes_id = zero
        self._save(
            *(Command.update(ln.id, {"tax_ids": [zero.id]}) for ln in self.lines)
        )
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        self._included_tax(fiscal_position_ids=position.ids, original_tax_ids=zero.ids)
        self.invoice.fiscal_position_id = position
        self.invoice.action_update_fpos_values()
        self.assertLedgerTrue(self.logs)

    def test_currency_changed_on_the_draft(self):
        self.invoice.currency_id = self.other_currency
        rows = self._ledger(move_id=self.invoice)
        self.assertEqual(rows.currency_id, self.other_currency)
        self.assertStates(self.logs, "draft", "draft", "draft")
        self.assertLedgerTrue(self.logs)

    def test_credit_at_a_higher_price_frees_the_hours_once(self):
        """3 h taken back at 120.00: 360.00 of money, but no more than 3 h."""
        self.invoice.action_post()
        note = self._credit_note(self.invoice)
        line = note.invoice_line_ids.filtered(lambda line: line.quantity == 3)
        (note.invoice_line_ids - line).unlink()
        self._set_line(line, price_unit=120)
        note.action_post()
        self.assertStates(self.logs, "invoiced", "unbilled", "invoiced")
        self.assertEqual(self._ledger(move_id=note).amount, 360)
        self.assertEqual(self._invoice().amount_untaxed, 300)
        self.assertLedgerTrue(self.logs)

    def test_time_corrected_while_its_invoice_was_cancelled(self):
        """The 4 h became 2 h: the old invoice cannot come back with 4 h."""
        self.invoice.button_cancel()
        self.first.unit_amount = 2
        with self.assertRefused("no longer in the timesheets"):
            self.invoice.button_draft()
        self.assertEqual(self._invoice().amount_untaxed, 600)
