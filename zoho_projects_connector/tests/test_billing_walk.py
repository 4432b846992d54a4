"""A random walk through what an accountant does: the books always balance."""

import random

from odoo.exceptions import UserError
from odoo.tests import tagged

from .billing_common import BillingCommon

GROUPINGS = ("project", "task", "employee", "task_employee", "entry")
MINUTES = (1, 10, 20, 40, 60, 90, 125, 480)


class NothingToDo(Exception):
    """There is no document to do the event with."""


@tagged("post_install", "-at_install")
class TestBillingWalk(BillingCommon):
    def test_walk(self):
        for seed in (1, 2, 3):
            with self.subTest(seed=seed):
                self.rng = random.Random(seed)
                self.logs = self.env["account.analytic.line"]
                self.moves = self.env["account.move"]
                self._walk(80)

    def _walk(self, steps):
        events = (
            self._event_log,
            self._event_log,
            self._event_invoice,
            self._event_invoice,
            self._event_post,
            self._event_post,
            self._event_lower,
            self._event_remove_line,
            self._event_credit,
            self._event_credit,
            self._event_replace,
            self._event_draft,
            self._event_cancel,
            self._event_delete,
            self._event_correct,
            self._event_withdraw,
        )
        for step in range(steps):
            event = self.rng.choice(events)
            try:
                with self.env.cr.savepoint():
                    event()
                refused = ""
            except (UserError, NothingToDo) as error:
                refused = str(error)
            self.env.invalidate_all()
            self.moves = self.moves.exists()
            self.logs = self.logs.exists()
            self._check(f"step {step}: {event.__name__} {refused}")

    def _some(self, records):
        if not records:
            raise NothingToDo
        return self.rng.choice(records)

    def _documents(self, move_type, *states):
        return self.moves.filtered(
            lambda move: move.move_type == move_type and move.state in states
        )

    def _event_log(self):
        hours = self.rng.choice(MINUTES) / 60
        employee = self.rng.choice(self.ann + self.ben + self.cid)
        task = self.rng.choice(self.design + self.build)
        day = f"2026-01-{self.rng.randint(1, 28):02}"
        self.logs += self._log(hours, employee, task, day)

    def _event_invoice(self):
        chosen = [log.id for log in self.logs if self.rng.random() < 0.6]
        self.moves += self._invoice(
            group_by=self.rng.choice(GROUPINGS), timesheet_ids=chosen
        )

    def _event_post(self):
        drafts = self.moves.filtered(lambda move: move.state == "draft")
        self._some(drafts).action_post()

    def _event_lower(self):
        line = self._some(self._documents("out_invoice", "draft").invoice_line_ids)
        part = self.rng.choice((0, 0.25, 0.5, 1.5))
        self._set_line(line, quantity=round(line.quantity * part, 4))

    def _event_remove_line(self):
        self._some(self._documents("out_invoice", "draft").invoice_line_ids).unlink()

    def _event_credit(self):
        note = self._credit_note(self._some(self._documents("out_invoice", "posted")))
        self.moves += note
        for line in note.invoice_line_ids:
            part = self.rng.choice((0, 0.5, 1))
            if part:
                self._set_line(line, quantity=round(line.quantity * part, 4))
            else:
                line.unlink()

    def _event_replace(self):
        invoice = self._some(self._documents("out_invoice", "posted"))
        known = invoice.reversal_move_ids
        action = self._reversal(invoice).modify_moves()
        self.moves += self.env["account.move"].browse(action["res_id"])
        self.moves += invoice.reversal_move_ids - known

    def _event_draft(self):
        documents = self.moves.filtered(lambda move: move.state != "draft")
        self._some(documents).button_draft()

    def _event_cancel(self):
        self._some(self.moves.filtered(lambda m: m.state == "draft")).button_cancel()

    def _event_delete(self):
        drafts = self.moves.filtered(lambda move: move.state == "draft")
        self._some(drafts).with_context(force_delete=True).unlink()

    def _event_correct(self):
        self._some(self.logs).unit_amount = self.rng.choice(MINUTES) / 60

    def _event_withdraw(self):
        log = self._some(self.logs)
        log.active = not log.active

    def _check(self, message):
        rows = self._ledger(timesheet_id=self.logs)
        live = rows.filtered(lambda row: row.sign == 1)
        self.assertLessEqual(
            set(live.mapped("move_id.state")), {"draft", "posted"}, message
        )
        credits = rows - live
        self.assertLessEqual(set(credits.mapped("move_id.state")), {"posted"}, message)
        for log in self.logs:
            own = rows.filtered(lambda row, log=log: row.timesheet_id == log)
            net = sum(row.sign * row.hours for row in own)
            self.assertGreater(net, -1e-3, message)
            self.assertLess(net, log.unit_amount + 1e-3, message)
            self.assertAlmostEqual(net, log.billed_hours, 3, message)
            self._check_log(log, message)
        self._check_lines(rows, message)

    def _check_log(self, log, message):
        """The state tells where the time is, and native fields say the same."""
        billed = log.billed_hours > 1e-3
        on_invoice = log.billing_state in ("draft", "invoiced", "paid")
        self.assertEqual(on_invoice, billed, message)
        self.assertEqual(bool(log.timesheet_invoice_id), billed, message)
        if log.active:
            total = log.billed_hours + log.unbilled_hours
            self.assertAlmostEqual(total, log.unit_amount, 2, message)

    def _check_lines(self, rows, message):
        """No line has more than its quantity; the money is that of the hours."""
        for line, line_rows in rows.grouped("move_line_id").items():
            hours = sum(line_rows.mapped("hours"))
            amount = sum(line_rows.mapped("amount"))
            self.assertLess(hours, line.quantity + 1e-3, message)
            share = line.price_subtotal * hours / line.quantity
            self.assertAlmostEqual(amount, share, delta=0.02, msg=message)
            for order_line in line.sale_line_ids:
                due = sum(order_line.timesheet_ids.mapped("unbilled_hours"))
                self.assertLess(order_line.qty_to_invoice, due + 0.01, message)
