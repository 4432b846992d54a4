"""Time is rounded on the invoice only; what was logged is accounted for exactly."""

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger

from ...models.billing.billing_rounding_mixin import Rounding
from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestRounding(TransactionCase):
    def test_each_method_in_minutes(self):
        """2:32 h and a third of an hour, to steps of 15 and 6 minutes."""
        for method, minutes, logged, shown in (
            ("none", 15, 152, 152),
            ("up", 15, 152, 165),
            ("down", 15, 152, 150),
            ("nearest", 15, 152, 150),
            ("nearest", 15, 158, 165),
            ("nearest", 15, 157.5, 165),
            ("up", 6, 20, 24),
            ("down", 6, 20, 18),
            ("nearest", 6, 20, 18),
            ("up", 60, 1, 60),
            ("down", 60, 59, 0),
            ("up", 15, 150, 150),
            ("down", 15, 165, 165),
            ("down", 1, 7, 7),
            ("up", 1, 7, 7),
        ):
            with self.subTest(method=method, minutes=minutes, logged=logged):
                hours = Rounding(method, minutes).apply(logged / 60)
                self.assertAlmostEqual(hours * 60, shown, 9)


@tagged("post_install", "-at_install")
class TestBillingRounding(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls._log(152 / 60)  # 2:32 h of Ann at 100.00

    def _round(self, record, method, minutes=15):
        record.write({"billing_rounding": method, "billing_rounding_minutes": minutes})

    def _posted(self, **values):
        invoice = self._invoice(**values)
        invoice.action_post()
        return invoice

    def _credit(self, invoice, quantity):
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=quantity)
        credit_note.action_post()
        return credit_note

    def assertNothingDue(self, *invoices):
        """Neither the wizard nor Odoo offers anything of these invoices again."""
        with self.assertRefused("nothing to invoice"):
            self._invoice()
        self.assertNothingOnOrders(*invoices)

    def test_each_method_on_an_invoice(self):
        """2:32 h up 2:45 = 275.00, down and nearest 2:30 = 250.00, none 253.33."""
        for method, amount in (
            ("up", 275),
            ("down", 250),
            ("nearest", 250),
            ("none", 253.33),
        ):
            with self.subTest(method=method):
                self._round(self.project, method)
                invoice = self._invoice()
                self.assertEqual(invoice.amount_untaxed, amount)
                self.assertHours(self.log, 152 / 60, 0)
                self.assertEqual(self.log.unit_amount, 152 / 60)
                self.assertLedgerTrue(self.log)
                self.assertNothingDue(invoice)
                invoice.unlink()
                self.assertHours(self.log, 0, 152 / 60)

    def test_the_most_specific_setting_holds(self):
        """Up to 15, 30 and 60 minutes: 2:45, 3:00, 3:00; then none at all: 2:32."""
        company, customer = self.env.company, self.customer
        contact = self.env["res.partner"].create(
            {"name": "Her", "parent_id": customer.id}
        )
        self.project.partner_id = contact
        self._round(company, "up", 15)
        self.assertEqual(self._wizard().total_invoiced_hours, 2.75)
        self._round(customer, "up", 30)
        self.assertEqual(self._wizard().total_invoiced_hours, 3)
        self._round(self.project, "down", 60)
        self.assertEqual(self._wizard().total_invoiced_hours, 2)
        self._round(self.project, "none")
        self.assertAlmostEqual(self._wizard().total_invoiced_hours, 152 / 60)
        self._round(self.project, False)
        self._round(customer, "none")
        self.assertAlmostEqual(self._wizard().total_invoiced_hours, 152 / 60)

    def test_each_entry_is_rounded_and_shown_before(self):
        """3 × 0:20 to 15 up: 3 × 0:30 = 1:30 h; with 2:45 it is 4:15 h, 425.00."""
        self._round(self.env.company, "up")
        self._log(1 / 3), self._log(1 / 3), self._log(1 / 3)
        wizard = self._wizard(group_by="project")
        line = wizard.preview_line_ids
        self.assertAlmostEqual(line.hours, 152 / 60 + 1)
        self.assertEqual((line.invoiced_hours, line.amount), (4.25, 425))
        self.assertEqual(wizard.total_amount, 425)
        invoice = self._invoice(group_by="project")
        self.assertEqual(invoice.invoice_line_ids.quantity, 4.25)
        self.assertEqual(invoice.amount_untaxed, 425)
        rows = self._ledger(move_id=invoice)
        self.assertEqual(rows.mapped("invoiced_hours"), [2.75, 0.5, 0.5, 0.5])
        self.assertEqual(rows.mapped("amount"), [275, 50, 50, 50])

    def test_partial_credit_frees_in_proportion_and_adds_up_again(self):
        """2:45 h invoiced for 2:32 h. 1:06 h credited is 2/5 of them: 1:00:48 h is
        free, 1:31:12 stays. The rest is invoiced with 2:45 − 1:39 = 1:06 h."""
        self._round(self.customer, "up")
        invoice = self._posted()
        self._credit(invoice, 1.1)
        self.assertHours(self.log, 152 / 60 * 0.6, 152 / 60 * 0.4)
        self.assertLedgerTrue(self.log)
        again = self._posted(group_by="employee")
        self.assertEqual(again.amount_untaxed, 110)
        self.assertHours(self.log, 152 / 60, 0)
        self.assertLedgerTrue(self.log)
        self.assertNothingDue(invoice, again)
        self._credit(again, 1.1)
        self._credit(invoice, 1.65)
        self.assertHours(self.log, 0, 152 / 60)
        self.assertEqual(self._invoice().amount_untaxed, 275)

    def test_setting_changed_between_credit_and_invoice(self):
        """1:06 h of 2:45 h credited; without rounding 2:32 − 1:39 = 0:53 h are left
        to invoice, and nothing when one hour is invoiced for twenty minutes."""
        self._round(self.project, "up")
        self._credit(self._posted(), 1.1)
        self._round(self.project, "none")
        self.assertAlmostEqual(self._wizard().total_invoiced_hours, 53 / 60)
        self._posted()
        short = self._log(1 / 3, self.ben)
        self._round(self.project, "up", 60)
        self._credit(self._posted(), 0.5)
        self._round(self.project, "none")
        invoice = self._posted()
        self.assertEqual(invoice.amount_untaxed, 0)
        self.assertHours(short, 1 / 3, 0)
        self.assertNothingDue(invoice)

    def test_lower_quantity_frees_last_rows_first_and_takes_them_back(self):
        """2:45 and 0:15 (0:10 logged). 2:30 left: the second and 15 of 165 minutes
        are free, that is 2:32 / 11 = 0.2303 h; back to 3:00 all of it again."""
        self._round(self.project, "up")
        second = self._log(1 / 6)
        invoice = self._invoice(group_by="project")
        self._set_line(invoice.invoice_line_ids, quantity=2.5)
        self.assertHours(second, 0, 1 / 6)
        self.assertHours(self.log, 152 / 66, 152 / 660)
        self.assertLedgerTrue(self.log + second)
        self._set_line(invoice.invoice_line_ids, quantity=2.9)
        self.assertHours(self.log, 152 / 60, 0)
        self.assertHours(second, 0.1, 1 / 6 - 0.1)
        self._set_line(invoice.invoice_line_ids, quantity=3)
        self.assertHours(second, 1 / 6, 0)
        self.assertNothingDue(invoice)

    def test_rounded_to_nothing_is_invoiced_at_nothing(self):
        """0:07 h down to quarters: 0.00 on the invoice, and not offered again."""
        short = self._log(7 / 60, self.ben)
        self._round(self.project, "down")
        invoice = self._posted(timesheet_ids=short.ids)
        self.assertEqual(invoice.invoice_line_ids.quantity, 0)
        self.assertEqual(invoice.invoice_line_ids.price_unit, 50)
        self.assertHours(short, 7 / 60, 0)
        self.assertIn(short.billing_state, ("invoiced", "paid"))
        self.assertLedgerTrue(short)
        with self.assertRefused("is on the invoice"):
            short.unit_amount = 1
        invoice.button_draft()
        invoice.button_cancel()
        self.assertStates(short, "unbilled")
        invoice.button_draft()
        self.assertStates(short, "draft")
        invoice.unlink()
        self.assertHours(short, 0, 7 / 60)

    def test_rounded_to_nothing_is_free_with_the_last_of_its_line(self):
        """2:30 h and nothing on one line: a credit of 1:30 frees none of the short
        entry, the last hour does; so does a quantity of zero."""
        short = self._log(7 / 60)
        self._round(self.project, "down")
        invoice = self._invoice()
        self._set_line(invoice.invoice_line_ids, quantity=0)
        self.assertStates(self.log + short, "unbilled", "unbilled")
        self._set_line(invoice.invoice_line_ids, quantity=1.5)
        self.assertHours(self.log, 152 / 60 * 0.6, 152 / 60 * 0.4)
        self.assertHours(short, 7 / 60, 0)
        self._set_line(invoice.invoice_line_ids, quantity=2.5)
        invoice.action_post()
        self._credit(invoice, 1.5)
        self.assertHours(short, 7 / 60, 0)
        self._credit(invoice, 1)
        self.assertStates(self.log + short, "unbilled", "unbilled")
        self.assertLedgerTrue(self.log + short)

    def test_replacement_shows_the_same_hours(self):
        self._round(self.project, "up")
        short = self._log(7 / 60, self.ben)
        self._round(self.project, "down")
        invoice = self._posted()
        action = self._reversal(invoice).modify_moves()
        replacement = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(replacement.amount_untaxed, 250)
        self.assertStates(self.log + short, "draft", "draft")
        self.assertEqual(self.log.timesheet_invoice_id, replacement)
        self.assertLedgerTrue(self.log + short)
        self.assertNothingDue(replacement)

    def test_minutes_that_are_no_hundredths_leave_nothing_to_invoice(self):
        """5-minute steps: 0:51 → 0:55 and 0:52 → 0:55 are 1.8333 h, whose hundredths
        differ from those of 1.7167 h logged plus what was added."""
        self._round(self.project, "up", 5)
        self._log(51 / 60), self._log(52 / 60)
        invoice = self._posted(group_by="project")
        # 2:32 → 2:35; 2:35 + 0:55 + 0:55 = 4:25 h
        self.assertEqual(invoice.amount_untaxed, 441.67)
        self.assertNothingDue(invoice)

    def test_accountant_sets_and_uses_the_rounding_of_a_project(self):
        project = self.project.with_user(self.accountant)
        action = project.action_billing_terms()
        terms = self.env["project.billing.terms"].with_user(self.accountant)
        with Form(terms.with_context(**action["context"])) as form:
            form.billing_rounding = "up"
            form.billing_rounding_minutes = 30
        form.record.action_apply()
        self.assertEqual(self.project._billing_rounding(), ("up", 30))
        wizard = self.env["project.invoice.create"].with_user(self.accountant)
        wizard = wizard.create({"project_ids": [Command.set(project.ids)]})
        wizard.action_create_invoice()
        self.assertEqual(self._ledger(timesheet_id=self.log).invoiced_hours, 3)

    def test_steps_of_no_minutes_are_refused(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.env.cr.savepoint(),
        ):
            self._round(self.project, "up", 0)
