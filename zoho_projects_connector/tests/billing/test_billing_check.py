"""The nightly check finds what does not agree, and says it once."""

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...clock import say_day
from .billing_common import ThreeEntriesCommon

LOGGER = "odoo.addons.zoho_projects_connector.models.billing.project_billed_time_check"


@tagged("post_install", "-at_install")
class TestBillingCheck(ThreeEntriesCommon):
    def _check(self):
        """Run the scheduled action; return its activities."""
        cron = self.env.ref("zoho_projects_connector.ir_cron_billed_time")
        with mute_logger(LOGGER), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        kind = self.env.ref("zoho_projects_connector.activity_type_billed_time")
        activities = self.env["mail.activity"].sudo()
        return activities.search([("activity_type_id", "=", kind.id)])

    def _spoil(self, table, record, **values):
        """Write past all rules, as a broken import would."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE {table} SET {name} = %s WHERE id = %s",
                [value, record.id],
            )
        self.env.invalidate_all()

    def test_true_books_are_not_mentioned(self):
        """A credit of 2.5 h, a raised quantity and a day of 8 h are all in order."""
        invoice = self._posted()
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=2.5)
        credit_note.action_post()
        day = self._log(1, product_uom_id=self.env.ref("uom.product_uom_day").id)
        draft = self._invoice(timesheet_ids=day.ids)
        self.assertEqual(draft.invoice_line_ids.quantity, 8)
        self._set_line(draft.invoice_line_ids, quantity=10)
        draft.with_context(posting_reason="Agreed").action_post()
        self._invoice().button_cancel()
        self.assertFalse(self._check())

    def test_hours_that_nobody_logged_are_named(self):
        """8 h raised to 10 h and posted by code; a copy; both lowered or credited."""
        invoice = self._invoice(group_by="project")
        self._set_line(invoice.invoice_line_ids, quantity=10)
        self.assertEqual(len(self._check()), 1)
        invoice.sudo().action_post()
        self.assertIn(invoice.name, self._check().note)
        credit_note = self._credit_note(invoice)
        self._set_line(credit_note.invoice_line_ids, quantity=2)
        credit_note.action_post()
        self.assertFalse(self._check())
        self.assertStates(self.logs, "invoiced", "invoiced", "invoiced")
        copy = invoice.copy()
        self.assertTrue(self._check())
        copy.unlink()
        self.assertFalse(self._check())

    def test_hours_typed_without_a_product_are_named(self):
        """8 h lowered to 5 h, and 3 h typed at 100.00; or the line typed anew."""
        for quantity, typed in ((5, 3), (None, 8)):
            invoice = self._invoice(group_by="project")
            line = invoice.invoice_line_ids
            command = Command.update(line.id, {"quantity": quantity})
            self._type(invoice, command if quantity else Command.delete(line.id))
            self._type(
                invoice,
                Command.create({"name": "Typed", "quantity": typed, "price_unit": 100}),
            )
            self.assertTrue(self._check())
            self._type(
                invoice,
                Command.update(invoice.invoice_line_ids[-1].id, {"price_unit": 40}),
            )
            self.assertFalse(self._check())
            self._type(
                invoice,
                Command.update(invoice.invoice_line_ids[-1].id, {"price_unit": 100}),
            )
            invoice.with_context(posting_reason="Agreed").action_post()
            self.assertFalse(self._check())
            self._credit_note(invoice).action_post()

    def _type(self, invoice, *commands):
        invoice.write({"invoice_line_ids": list(commands)})

    def test_each_broken_rule_names_its_document(self):
        invoice = self._posted()
        rows = self._ledger(move_id=invoice)
        order_line = invoice.invoice_line_ids.sale_line_ids
        for table, record, values, named in [
            ("account_analytic_line", self.second, {"unit_amount": 2}, "Jan 6, 2026"),
            ("account_analytic_line", self.first, {"billed_hours": 0}, "Jan 5, 2026"),
            ("account_move_line", invoice.invoice_line_ids, {"quantity": 7}, "INV"),
            ("project_billed_time", rows[0], {"amount": 401}, "INV"),
            ("account_move", invoice, {"state": "cancel"}, "INV"),
            (
                "sale_order_line",
                order_line,
                {"qty_delivered": 7},
                order_line.order_id.name,
            ),
        ]:
            with self.subTest(table, **values), self.env.cr.savepoint() as undone:
                self._spoil(table, record, **values)
                activity = self._check()
                self.assertEqual(len(activity), 1)
                self.assertIn(named, activity.note)
                undone.close(rollback=True)

    def test_states_that_are_not_the_hours_are_named(self):
        """Of time that nobody billed, that is closed, and that is on an invoice."""
        self._posted()
        free = self._log(3, day="2026-01-08")
        table = "account_analytic_line"
        for record, values in (
            (free, {"unbilled_hours": 50}),
            (free, {"unbilled_hours": 0}),
            (free, {"unbilled_hours": 0, "closed_hours": 3}),
            (free, {"billing_state": "non_billable"}),
            (free, {"billed_elsewhere": True}),
            (free, {"billing_exclusion": "Mine"}),
            (self.first, {"billing_state": "unbilled"}),
            (self.first, {"billing_state": "draft"}),
            (self.first, {"billing_state": "paid"}),
            (self.first, {"billed_hours": 0, "unbilled_hours": 3}),
        ):
            with self.subTest(**values), self.env.cr.savepoint() as undone:
                self._spoil(table, record, **values)
                day = say_day(self.env, record.date)
                self.assertIn(day, self._check().note)
                undone.close(rollback=True)
        self.assertFalse(self._check())

    def test_lines_beyond_their_time_cost_no_query_each(self):
        """A third and a fourth such line are looked at with the first two."""
        logs = [self._log(1, day=f"2026-02-0{day}") for day in range(1, 5)]
        counts = []
        for entries in (logs[:2], logs):
            timesheets = self.env["account.analytic.line"].union(*entries)
            invoice = self._invoice(
                group_by="entry", timesheet_ids=[Command.set(timesheets.ids)]
            )
            for line in invoice.invoice_line_ids:
                self._set_line(line, quantity=2)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(invoice._unlogged_hours()), len(entries))
            counts.append(self.env.cr.sql_log_count - before)
            invoice.unlink()
        self.assertEqual(*counts)

    def test_told_once_and_closed_when_right_again(self):
        invoice = self._posted()
        line = invoice.invoice_line_ids
        self._spoil("account_move_line", line, quantity=7)
        activity = self._check()
        self.assertEqual(self._check(), activity)
        self.assertTrue(
            activity.user_id.has_group("zoho_projects_connector.group_zoho_manager")
        )
        self._spoil("account_move_line", line, quantity=8)
        self.assertFalse(self._check())

    def test_many_are_counted(self):
        ledger = self.env["project.billed.time"]
        note = ledger._wrong_note([f"INV/{number}" for number in range(25)])
        self.assertIn("INV/19 and 5 more", note)
        self.assertNotIn("INV/20", note)
