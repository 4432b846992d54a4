"""Credit notes and replacements free exactly the hours that they take back."""

from odoo import Command, fields
from odoo.tests import tagged

from .billing_common import ThreeEntriesCommon


@tagged("post_install", "-at_install")
class TestBillingCredit(ThreeEntriesCommon):
    def test_credit_of_one_of_two_lines_frees_exactly_its_hours(self):
        """Ann 8 h at 100, Ben 2 h at 50; Ben's line credited: 2 h, 100.00 again."""
        ben = self._log(2, self.ben)
        invoice = self._invoice(group_by="employee")
        invoice.action_post()
        self.assertEqual(invoice.amount_untaxed, 900)
        credit_note = self._credit_note(invoice)
        credit_note.invoice_line_ids.filtered(lambda line: line.name == "Ann").unlink()
        credit_note.action_post()
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
        self.assertStates(ben, "unbilled")
        self.assertEqual(self.first.timesheet_invoice_id, invoice)
        again = self._invoice(group_by="employee")
        self.assertEqual(again.invoice_line_ids.quantity, 2)
        self.assertEqual(again.amount_untaxed, 100)
        self.assertLedgerTrue(self.logs + ben)

    def test_credit_note_in_draft_frees_nothing(self):
        invoice = self._posted()
        credit_note = self._credit_note(invoice)
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
        self.assertNothingDue()
        order_line = invoice.invoice_line_ids.sale_line_ids
        self.assertEqual(order_line.qty_to_invoice, 0)
        credit_note.unlink()
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")

    def test_full_credit(self):
        invoice = self._posted()
        self._credit_note(invoice).action_post()
        self.assertEqual(invoice.payment_state, "reversed")
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        self.assertFalse(self.logs.timesheet_invoice_id)
        self.assertFalse(self.logs.so_line)
        self.assertLedgerTrue(self.logs)
        self.assertEqual(self._invoice(group_by="entry").amount_untaxed, 800)

    def test_credit_by_quantity_then_the_rest(self):
        """2.5 h credited: the last hour, then 1.5 h of the second entry."""
        invoice = self._posted()
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=2.5)
        credit_note.action_post()
        self.assertHours(self.first, 4, 0)
        self.assertHours(self.second, 1.5, 1.5)
        self.assertHours(self.third, 0, 1)
        self.assertStates(self.logs, "invoiced", "invoiced", "unbilled")
        self.assertLedgerTrue(self.logs)
        rest = self._credit_note(invoice)
        self._set_line(rest.invoice_line_ids, quantity=5.5)
        rest.action_post()
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        self.assertLedgerTrue(self.logs)

    def test_the_preview_tells_what_stays_billed(self):
        """2.5 of 8 h credited: 2.5 h are offered, 5.5 h are invoiced already."""
        credit_note = self._credit_note(self._posted())
        self._set_line(credit_note.invoice_line_ids, quantity=2.5)
        credit_note.action_post()
        wizard = self._wizard()
        self.assertEqual(wizard.total_hours, 2.5)
        self.assertEqual(wizard.left_out_ids.mapped("reason"), ["invoiced"])
        self.assertEqual(wizard.left_out_ids.hours, 5.5)

    def test_more_credited_than_billed_frees_each_hour_once(self):
        invoice = self._posted()
        self._credit_note(invoice).action_post()
        self._credit_note(invoice).action_post()
        for log, hours in zip(self.logs, (4, 3, 1), strict=True):
            self.assertHours(log, 0, hours)
        self.assertEqual(self._invoice().amount_untaxed, 800)

    def test_credit_note_undone(self):
        invoice = self._posted()
        credit_note = self._credit_note(invoice)
        credit_note.action_post()
        credit_note.button_draft()
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
        self.assertEqual(self.logs.timesheet_invoice_id, invoice)
        credit_note.button_cancel()
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
        self.assertLedgerTrue(self.logs)

    def test_credit_note_cannot_be_undone_once_billed_again(self):
        invoice = self._posted()
        credit_note = self._credit_note(invoice)
        credit_note.action_post()
        again = self._posted()
        with self.assertRefused(again.name):
            credit_note.button_draft()
        self.assertEqual(credit_note.state, "posted")
        self.assertLedgerTrue(self.logs)

    def test_credit_of_money_only_frees_no_hours(self):
        """20.00 an hour given back: the 8 h stay billed, for 640.00."""
        invoice = self._posted()
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, price_unit=20)
        credit_note.action_post()
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
        self.assertNothingDue()
        rows = self._ledger(timesheet_id=self.logs)
        self.assertEqual(sum(row.sign * row.amount for row in rows), 640)

    def test_what_a_rebate_left_is_given_back_with_its_hours(self):
        """8 h at 100.00, a rebate of 8 × 20.00, then 8 × 80.00: nothing is left to pay.

        In whichever order the two are posted, all 8 h are free again, once.
        """
        for late in (False, True):
            with self.subTest(late=late), self.env.cr.savepoint() as undone:
                invoice = self._posted()
                rebate, rest = self._credit_note(invoice), self._credit_note(invoice)
                self._set_line(rebate.invoice_line_ids, price_unit=20)
                self._set_line(rest.invoice_line_ids, price_unit=80)
                for note in (rest, rebate) if late else (rebate, rest):
                    self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
                    note.action_post()
                self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
                self.assertEqual(self.project.hours_unbilled, 8)
                self.assertEqual(self.project.amount_invoiced, 0)
                rest.button_draft()
                self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
                self.assertEqual(self.project.amount_invoiced, 640)
                undone.close(rollback=True)

    def test_the_rest_of_a_rebate_is_given_back_in_parts(self):
        """After 8 × 20.00, twice 4 h at 80.00: all 8 h are free, no money is left."""
        invoice = self._posted()
        rebate = self._credit_note(invoice)
        self._set_line(rebate.invoice_line_ids, price_unit=20)
        rebate.action_post()
        parts = self._credit_note(invoice) + self._credit_note(invoice)
        for part in parts:
            self._set_line(part.invoice_line_ids, price_unit=80, quantity=4)
            self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
            part.action_post()
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        self.assertEqual(self.project.hours_unbilled, 8)
        self.assertEqual(self.project.amount_invoiced, 0)

    def test_a_cent_an_hour_frees_no_hours_whoever_typed_it(self):
        """A line that names the order alone, as a call over RPC may make it."""
        entry = self._log(3)
        invoice = self._invoice()
        invoice.action_post()
        [line] = invoice.invoice_line_ids
        credit = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": invoice.partner_id.id,
                "reversed_entry_id": invoice.id,
                "invoice_date": "2026-02-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Time",
                            "quantity": 3.0,
                            "price_unit": 0.01,
                            "tax_ids": [],
                            "sale_line_ids": [Command.set(line.sale_line_ids.ids)],
                        }
                    )
                ],
            }
        )
        credit.action_post()
        self.assertEqual(entry.unbilled_hours, 0.0)
        self.assertEqual(self.project.amount_invoiced, invoice.amount_untaxed - 0.03)

    def test_free_standing_credit_note_frees_nothing(self):
        self._posted()
        self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create({"name": "x", "price_unit": 800})],
            }
        ).action_post()
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")

    def test_credited_invoice_deleted_with_its_credits(self):
        invoice = self._posted()
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=1)
        credit_note.action_post()
        invoice.button_draft()
        self.assertHours(self.third, 0, 1)
        invoice.with_context(force_delete=True).unlink()
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        self.assertFalse(self._ledger(timesheet_id=self.logs))

    def test_credited_invoice_cancelled(self):
        """A cancelled invoice bills nothing, so nothing of it is credited either."""
        invoice = self._posted()
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=1)
        credit_note.action_post()
        invoice.button_draft()
        invoice.button_cancel()
        for log, hours in zip(self.logs, (4, 3, 1), strict=True):
            self.assertHours(log, 0, hours)
        invoice.button_draft()
        self.assertHours(self.third, 0, 1)
        self.assertLedgerTrue(self.logs)

    def test_replacement_carries_the_time(self):
        invoice = self._posted()
        action = self._reversal(invoice).modify_moves()
        replacement = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(replacement.state, "draft")
        self.assertEqual(replacement.amount_untaxed, 800)
        self.assertStates(self.logs, "draft", "draft", "draft")
        self.assertEqual(self.logs.timesheet_invoice_id, replacement)
        self.assertNothingDue()
        self.assertLedgerTrue(self.logs)
        self._set_line(replacement.invoice_line_ids, quantity=7)
        self.assertHours(self.third, 0, 1)
        replacement.action_post()
        self.assertStates(self.logs, "invoiced", "invoiced", "unbilled")
        self.assertLedgerTrue(self.logs)
        with self.assertRefused(replacement.name):
            invoice.reversal_move_ids.button_draft()

    def test_replacement_takes_no_negative_time_again(self):
        """Of 3 h less, 1 h is on a line that comes to nothing, before and after."""
        less, other = self._log(-3), self._log(2, self.ben)
        logs = self.third + less + other
        invoice = self._posted(timesheet_ids=logs.ids)
        self.assertHours(less, -1, -2)
        action = self._reversal(invoice).modify_moves()
        self.assertHours(less, -1, -2)
        self.assertHours(self.third, 1, 0)
        replacement = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(self._ledger(move_id=replacement).timesheet_id, other)

    def test_replacement_of_a_credit_to_come_waits_for_it(self):
        """The credit note is dated tomorrow: until then the first invoice bills."""
        invoice = self._posted()
        wizard = self._reversal(invoice)
        wizard.date = fields.Date.add(fields.Date.context_today(wizard), days=1)
        action = wizard.modify_moves()
        replacement = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(self.logs.timesheet_invoice_id, invoice)
        self.assertFalse(self._ledger(move_id=replacement))
        self.assertLedgerTrue(self.logs)
        credit_note = invoice.reversal_move_ids
        self.assertEqual(credit_note.state, "draft")
        credit_note.auto_post = "no"
        credit_note.action_post()
        self.assertEqual(self.logs.timesheet_invoice_id, replacement)
        self.assertStates(self.logs, "draft", "draft", "draft")
        self.assertLedgerTrue(self.logs)

    def test_replacement_of_a_partly_credited_invoice(self):
        """1 h credited and billed again: the replacement has 7 h of time, not 8."""
        invoice = self._posted()
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=1)
        credit_note.action_post()
        self._posted()
        action = self._reversal(invoice).modify_moves()
        replacement = self.env["account.move"].browse(action["res_id"])
        rows = self._ledger(move_id=replacement)
        self.assertEqual(sum(rows.mapped("hours")), 7)
        for log, hours in zip(self.logs, (4, 3, 1), strict=True):
            self.assertHours(log, hours, 0)

    def test_a_credit_of_more_than_was_invoiced_frees_no_hour_twice(self):
        """10 h of 8 h credited at once; or 5 h, billed anew, and then 5 h more."""
        for parts, freed in (((10,), 8), ((5, 5), 3), ((5, 8), 3), ((5, "replace"), 3)):
            with self.subTest(parts), self.env.cr.savepoint() as undone:
                invoice = self._posted()
                for part in parts:
                    self.env.invalidate_all()
                    if again := sum(self.logs.mapped("unbilled_hours")):
                        self.assertEqual(again, 5)
                        self.assertEqual(self._posted().amount_untaxed, 500)
                    self._give_back(invoice, part)
                    for log in self.logs:
                        self.assertTrue(0 <= log.billed_hours <= log.unit_amount)
                unbilled = sum(self.logs.mapped("unbilled_hours"))
                if parts[-1] == "replace":
                    replacement = self.env["account.move"].search(
                        [("billing_replaced_ids", "in", invoice.ids)]
                    )
                    self.assertIn("5:00 h", replacement.unlogged_note)
                    replacement.unlink()
                    unbilled = sum(self.logs.mapped("unbilled_hours"))
                self.assertEqual(unbilled, freed)
                self.assertEqual(self._invoice().amount_untaxed, 100 * freed)
                self.assertNothingDue()
                undone.close(rollback=True)

    def _give_back(self, invoice, part):
        """Credit hours of an invoice, or reverse and replace it."""
        if part == "replace":
            self._reversal(invoice).modify_moves()
            return
        note = self._credit_note(invoice)
        self._set_line(note.invoice_line_ids, quantity=part)
        note.with_context(posting_reason="Agreed").action_post()

    def answer(self, action, reason):
        """Give a reason in the dialog that was opened instead of posting."""
        self.assertEqual(action["res_model"], "account.move.question")
        dialog = self.env["account.move.question"].browse(action["res_id"])
        dialog.reason = reason
        return dialog.action_confirm()

    def test_a_second_full_credit_note_asks(self):
        """800.00 invoiced, credited twice by two accountants at once."""
        invoice = self._posted()
        first, second = self._credit_note(invoice), self._credit_note(invoice)
        self.assertFalse(first.action_post())
        action = second.action_post()
        self.assertEqual(second.state, "draft")
        with self.assertRefused("why"):
            self.answer(action, " ")
        dialog = self.env["account.move.question"].browse(action["res_id"])
        self.assertIn("Nothing is left to credit", dialog.questions)
        result = self.answer(action, "Goodwill of the year")
        self.assertEqual(result["type"], "ir.actions.act_window_close")
        self.assertEqual(second.state, "posted")
        note = second.message_ids.filtered(lambda one: "Nothing is left" in one.body)
        self.assertIn("800.00", note.body)
        self.assertIn("Goodwill of the year", note.body)

    def test_what_is_left_to_credit_is_said(self):
        """3 h of 8 h credited: 500.00 of 800.00 is left, 800.00 would be given back."""
        invoice = self._posted()
        part, whole = self._credit_note(invoice), self._credit_note(invoice)
        self._set_line(part.invoice_line_ids, quantity=3)
        self.assertFalse(part.action_post())
        action = whole.action_post()
        dialog = self.env[action["res_model"]].browse(action["res_id"])
        for amount in ("500.00", "800.00"):
            self.assertIn(amount, dialog.questions)
        self._set_line(whole.invoice_line_ids, quantity=5)
        self.assertFalse(whole.action_post())
        self.assertEqual(whole.state, "posted")

    def test_a_credit_note_that_was_reversed_leaves_its_amount_to_credit(self):
        invoice = self._posted()
        mistake, right = self._credit_note(invoice), self._credit_note(invoice)
        mistake.action_post()
        self._reversal(mistake).refund_moves()
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")
        self.assertFalse(mistake.reversal_move_ids.action_post())
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
        self.assertNothingDue()
        self.assertFalse(right.action_post())
        self.assertEqual(right.state, "posted")
        self.assertStates(self.logs, "unbilled", "unbilled", "unbilled")

    def test_a_reversed_credit_note_bills_no_time_that_is_billed_since(self):
        """8 h credited, invoiced anew: the credit note cannot be reversed any more."""
        note = self._credit_note(self._posted())
        note.action_post()
        again = self._posted()
        self._reversal(note).refund_moves()
        with self.assertRefused(again.name):
            note.reversal_move_ids.action_post()

    def test_code_that_posts_does_not_ask_and_says_so(self):
        invoice = self._posted()
        notes = self._credit_note(invoice) + self._credit_note(invoice)
        notes[0]._post()
        notes[1]._post()
        self.assertEqual(set(notes.mapped("state")), {"posted"})
        found = notes.message_ids.filtered(lambda one: "Nothing is left" in one.body)
        self.assertEqual(found.mapped("res_id"), notes[1].ids)

    def test_lists_ask_too(self):
        """From the list at once, and from Odoo's dialog for days to come."""
        invoice = self._posted()
        self._credit_note(invoice).action_post()
        way = "action_validate_moves_with_confirmation"
        now, later = self._credit_note(invoice), self._credit_note(invoice)
        later.auto_post, later.date = "no", fields.Date.add(fields.Date.today(), days=9)
        other = self._invoice(timesheet_ids=self.first.ids)
        action = getattr(now + other, way)()
        self.assertEqual(set((now + other).mapped("state")), {"draft"})
        self.answer(action, "Asked by phone")
        self.assertEqual(set((now + other).mapped("state")), {"posted"})
        self.assertFalse(other.message_ids.filtered(lambda one: "Asked by" in one.body))
        action = getattr(later, way)()
        self.assertEqual(action["res_model"], "validate.account.move")
        dialog = self.env["validate.account.move"].browse(action["res_id"])
        dialog.force_post = True
        self.answer(dialog.validate_move(), "Agreed")
        self.assertEqual(later.state, "posted")

    def test_one_reason_is_enough_for_all_that_is_ticked(self):
        """What the button checks besides is checked all the same."""
        invoice = self._posted()
        self._credit_note(invoice).action_post()
        way = "action_validate_moves_with_confirmation"
        now, later = self._credit_note(invoice), self._credit_note(invoice)
        later.auto_post, later.date = "no", fields.Date.add(fields.Date.today(), days=9)
        checked = now.with_context(validate_analytic=True, default_name="X")
        self.assertEqual(checked.action_post()["context"], {"validate_analytic": True})
        action = self.answer(getattr(now + later, way)(), "Both agreed")
        self.assertEqual((now.state, later.state), ("posted", "draft"))
        dialog = self.env[action["res_model"]].browse(action["res_id"])
        dialog.force_post = True
        dialog.with_context(**action["context"]).validate_move()
        self.assertEqual(later.state, "posted")
        self.assertTrue(
            later.message_ids.filtered(lambda one: "Both agreed" in one.body)
        )

    def test_a_replacement_of_what_is_partly_credited_wants_a_reason(self):
        """5 h of 8 h credited: 300.00 of 800.00 is left."""
        invoice = self._posted()
        self._give_back(invoice, 5)
        dialog = self._reversal(invoice)
        dialog.reason = False
        with self.assertRefused(
            "Only .*300.00 of the .*800.00 of .* is left to credit"
        ):
            dialog.modify_moves()

    def test_a_replacement_of_what_is_credited_wants_a_reason(self):
        """Odoo posts its credit note at once: its own dialog asks."""
        invoice = self._posted()
        self.assertFalse(self._reversal(invoice).credited_warning)
        self._credit_note(invoice).action_post()
        dialog = self._reversal(invoice)
        self.assertIn(invoice.name, dialog.credited_warning)
        dialog.reason = False
        with self.assertRefused("Nothing is left to credit"):
            dialog.modify_moves()
        self.assertEqual(len(invoice.reversal_move_ids), 1)
        dialog.reason = "Address of the customer"
        dialog.modify_moves()
        note = invoice.reversal_move_ids.sorted("id")[-1]
        self.assertEqual(note.state, "posted")
        body = "".join(note.message_ids.mapped("body"))
        for part in ("Nothing is left to credit", "Address of the customer"):
            self.assertIn(part, body)
