"""The billing state of a timesheet, and the guards of what is invoiced."""

import re
from collections import Counter
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.sql_db import Cursor
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingState(BillingCommon):
    def test_time_of_a_billable_project_is_unbilled(self):
        timesheet = self._log(1.25)
        self.assertStates(timesheet, "unbilled")
        self.assertHours(timesheet, 0, 1.25)

    def test_analytic_line_without_a_project_has_no_state(self):
        line = self.env["account.analytic.line"].create(
            {"name": "Cost", "account_id": self.project.account_id.id, "unit_amount": 2}
        )
        self.assertFalse(line.billing_state)
        self.assertHours(line, 0, 0)

    def test_project_that_is_not_billable(self):
        timesheet = self._log(1)
        self.project.allow_billable = False
        self.assertStates(timesheet, "non_billable")
        self.assertHours(timesheet, 0, 0)
        self.project.allow_billable = True
        self.assertStates(timesheet, "unbilled")
        self.assertHours(timesheet, 0, 1)

    def test_billed_elsewhere_is_immune(self):
        timesheet = self._log(1)
        timesheet.sudo().billed_elsewhere = True
        self.assertStates(timesheet, "billed_elsewhere")
        self.assertHours(timesheet, 0, 0)
        with self.assertRefused("Billed elsewhere"):
            self._invoice()

    def test_excluded_with_a_reason_and_back(self):
        timesheet = self._log(1)
        timesheet.sudo().billing_exclusion = "Goodwill"
        self.assertStates(timesheet, "non_billable")
        timesheet.sudo().billing_exclusion = False
        self.assertStates(timesheet, "unbilled")

    def test_withdrawn_time_is_not_billed(self):
        timesheet = self._log(1)
        timesheet.sudo().active = False
        self.assertStates(timesheet, "non_billable")
        with self.assertRefused("nothing to invoice"):
            self._invoice()
        timesheet.sudo().active = True
        self.assertEqual(self._invoice().amount_untaxed, 100)

    def test_fixed_cost_project_and_back(self):
        timesheet = self._log(1)
        self.project.billing_method = "fixed_cost"
        self.assertStates(timesheet, "fixed_price")
        self.project.billing_method = "staff_hours"
        self.assertStates(timesheet, "unbilled")

    def test_hours_follow_a_correction(self):
        timesheet = self._log(1)
        timesheet.unit_amount = 2.5
        self.assertHours(timesheet, 0, 2.5)

    def test_what_becomes_not_billable_keeps_the_state_of_its_invoice(self):
        """2 of 3 h invoiced, then the project is billed otherwise: 1 h stays over."""
        timesheet = self._log(3)
        invoice = self._invoice()
        self._set_line(invoice.invoice_line_ids, quantity=2)
        self.assertHours(timesheet, 2, 1)
        self.project.allow_billable = False
        self.assertStates(timesheet, "draft")
        self.assertHours(timesheet, 2, 0)

    def test_time_in_days_is_billed_by_the_hour(self):
        timesheet = self._log(2)
        timesheet.product_uom_id = self.env.ref("uom.product_uom_day")
        self.assertHours(timesheet, 0, 16)
        self.assertEqual(self._invoice().amount_untaxed, 1600)

    def test_creating_many_entries_asks_a_fixed_number_of_questions(self):
        vals = {
            "project_id": self.project.id,
            "task_id": self.design.id,
            "employee_id": self.ann.id,
            "date": "2026-01-05",
            "unit_amount": 1,
        }
        lines = self.env["account.analytic.line"]

        def queries(count):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            lines.create([{**vals, "name": f"{count} {i}"} for i in range(count)])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(5)
        self.assertLess(queries(100) - queries(10), 20)

    @contextmanager
    def _writing_the_ledger(self):
        """Count the statements that write rows of the ledger, by their first word."""
        execute, written = Cursor.execute, Counter()

        def listen(cursor, query, *args, **kwargs):
            code = str(getattr(query, "code", query))
            if found := re.match(r'\s*(\w+)[^(]* "?project_billed_time\b', code):
                if found[1] != "SELECT":
                    written[found[1]] += 1
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", listen):
            yield written
            self.env.flush_all()

    def test_the_ledger_is_written_in_one_statement(self):
        """Of 101 entries, for which the ORM would need two; posting writes nothing."""
        vals = {"project_id": self.project.id, "employee_id": self.ann.id}
        vals |= {"task_id": self.build.id, "unit_amount": 0.1, "date": "2026-01-05"}
        entries = self.env["account.analytic.line"].create(
            [{**vals, "name": f"Entry {number}"} for number in range(101)]
        )
        with self._writing_the_ledger() as written:
            invoice = self._invoice()
        self.assertEqual(written, {"INSERT": 1})
        self.assertLedgerTrue(entries)
        with self._writing_the_ledger() as written:
            invoice.action_post()
        self.assertEqual(written, {})
        self.assertStates(entries[-1], "invoiced")
        with self._writing_the_ledger() as written:
            invoice._reverse_moves(cancel=True)
        self.assertEqual(written, {"INSERT": 1})
        self.assertLedgerTrue(entries)
        self.assertStates(entries[-1], "unbilled")

    def test_filter_on_invoice(self):
        on_draft, free, posted = self._log(1), self._log(2), self._log(3)
        self._invoice(timesheet_ids=on_draft.ids)
        self._invoice(timesheet_ids=posted.ids).action_post()
        logs = on_draft + free + posted
        self.env.flush_all()
        logs.invalidate_recordset()
        with self.assertQueryCount(1):
            found = logs._filter_on_invoice()
        self.assertEqual(found, on_draft + posted)

    def _refused_changes(self):
        return {
            "unit_amount": 9,
            "date": "2026-02-02",
            "employee_id": self.ben.id,
            "task_id": self.build.id,
            "name": "Other words",
            "billed_elsewhere": True,
            "billing_exclusion": "No",
            "so_line": False,
            "active": False,
        }

    def test_a_copy_of_time_is_time_of_its_own(self):
        """Whoever may log time may duplicate it; what code knows of it stays behind."""
        timesheet = self._log(2)
        self._invoice().action_post()
        self.assertFalse(self.env.su)
        copy = timesheet.copy()
        self.assertTrue(copy.active)
        self.assertStates(timesheet + copy, "invoiced", "unbilled")
        self.assertHours(copy, 0, 2)
        with self.assertRaises(AccessError):
            timesheet.copy({"billed_elsewhere": True})

    def test_invoiced_time_cannot_be_edited(self):
        # Not even by code, which may write what nobody else may.
        timesheet = self._log(2).sudo()
        invoice = self._invoice()
        for posted in (False, True):
            if posted:
                invoice.action_post()
            for name, value in self._refused_changes().items():
                with self.subTest(name, posted=posted):
                    with self.assertRefused("on the invoice"):
                        timesheet.write({name: value})
        with self.assertRefused(invoice.name):
            timesheet.unit_amount = 3
        self.assertEqual(timesheet.unit_amount, 2)

    def test_time_invoiced_without_an_order_line_is_protected_too(self):
        """Odoo alone lets 2 h become 9 h when the entry has no sales order line."""
        timesheet = self._log(2)
        invoice = self._invoice()
        invoice.action_post()
        self.env.cr.execute(
            "UPDATE account_analytic_line SET so_line = NULL WHERE id = %s",
            [timesheet.id],
        )
        timesheet.invalidate_recordset()
        with self.assertRefused(invoice.name):
            timesheet.unit_amount = 9

    def test_invoiced_time_cannot_move_or_be_deleted(self):
        timesheet = self._log(2)
        invoice = self._invoice()
        invoice.action_post()
        other = self._project("Other")
        with self.assertRefused(invoice.name):
            timesheet.write({"project_id": other.id, "task_id": False})
        with self.assertRefused(invoice.name):
            timesheet.unlink()
        self.design.project_id = other
        self.assertEqual(timesheet.project_id, self.project)

    def test_writing_the_same_values_is_no_change(self):
        timesheet = self._log(2)
        self._invoice().action_post()
        timesheet.write(
            {
                "unit_amount": 2.0,
                "date": "2026-01-05",
                "employee_id": self.ann.id,
                "name": "Work",
            }
        )

    def test_nobody_unlinks_billed_time_from_its_invoice(self):
        timesheet = self._log(2)
        invoice = self._invoice()
        timesheet.write({"timesheet_invoice_id": False})
        self.assertEqual(timesheet.timesheet_invoice_id, invoice)

    def test_freed_time_can_be_changed_and_deleted(self):
        """The ledger of the documents stays as it was."""
        timesheet = self._log(2)
        invoice = self._invoice()
        invoice.action_post()
        self._credit_note(invoice).action_post()
        timesheet.unit_amount = 3
        self.assertHours(timesheet, 0, 3)
        timesheet.unlink()
        self.assertEqual(self._ledger(move_id=invoice).amount, 200)

    def test_a_remote_call_cannot_bring_its_own_plan(self):
        """Only Python can make a plan; a look-alike in the context is nothing."""
        timesheet = self._log(2)
        invoice = self._invoice()
        order = invoice.invoice_line_ids.sale_line_ids.order_id
        with self.assertRefused("Cannot create an invoice"):
            order.with_context(
                billing_plan={
                    "times": {order.order_line.id: [[timesheet.id, 2, 1, ""]]}
                }
            )._create_invoices()
