"""What was set right meanwhile is not billed by an invoice that comes back.

An invoice is cancelled, a credit note posted; before it is taken back, the time goes
elsewhere or its work is sold at a price.
"""

import re

from odoo import Command
from odoo.tests import tagged

from .native_common import NativeCommon


@tagged("post_install", "-at_install")
class TestTimeThatLeft(NativeCommon):
    """4 h of Ann at 100.00 and 3 h of Ben at 50.00: 550.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls._log(4)
        cls.rest = cls._log(3, cls.ben, cls.build)
        cls.other = cls._project("Other Project")
        cls.other_task = cls._task("Other Task", cls.other)

    def _set_customer(self):
        self.project.partner_id = self.partner_b

    def test_negative_time_leaves_with_what_it_was_taken_off(self):
        """4 h less 4 h, or 4 h and 2 h less 3 h, of which the 4 h are excluded."""
        for more, less, left in ((0, -4, 0), (2, -3, 2)):
            with self.subTest(left), self.env.cr.savepoint() as undone:
                if more:
                    self._log(more)
                correction = self._log(less)
                invoice = self._invoice(group_by="task")
                self.assertHours(correction, less, 0)
                invoice.button_cancel()
                self.log._exclude("Goodwill")
                invoice.button_draft()
                self.assertHours(correction, 0, less)
                self.assertEqual(invoice.amount_untaxed, 150 + 100 * left)
                undone.close(rollback=True)

    def test_time_that_left_while_cancelled_leaves_the_draft(self):
        other = {"project_id": self.other.id, "task_id": self.other_task.id}
        for change, amount, words in (
            (
                lambda: self.log.sudo().write({"active": False}),
                150,
                "04:00 h were withdrawn",
            ),
            (lambda: self.log._exclude("Goodwill"), 150, "04:00 h are not to be"),
            (
                lambda: self.log.sudo().write({"billed_elsewhere": True}),
                150,
                "elsewhere",
            ),
            (lambda: self.log.write(other), 150, "went to another project"),
            (self._set_customer, 0, "another customer"),
            (
                lambda: self.design.write({"sale_line_id": self.order_line.id}),
                150,
                "no longer sold by the sales order",
            ),
            (
                lambda: self.project.write({"billing_method": "fixed_cost"}),
                0,
                "not billed by the hour",
            ),
            (lambda: self.log.unlink(), 150, "04:00 h were deleted"),
        ):
            with self.subTest(words), self.env.cr.savepoint() as undone:
                invoice = self._invoice(group_by="task")
                self.assertEqual(invoice.amount_untaxed, 550)
                invoice.button_cancel()
                change()
                state = self.log.exists().billing_state
                invoice.button_draft()
                self.assertEqual(invoice.amount_untaxed, amount)
                said = "".join(invoice.message_ids.mapped("body"))
                self.assertIn(words, said)
                self.assertEqual(self.log.exists().billing_state, state)
                undone.close(rollback=True)

    def test_an_order_bills_no_time_that_left_it(self):
        work = self._work(4)
        invoice = self._native()
        invoice.button_cancel()
        self.task.sale_line_id = False
        self.sold.sale_line_id = False
        invoice.button_draft()
        self.assertEqual(invoice.amount_untaxed, 0)
        self.assertStates(work, "unbilled")

    def test_a_credit_of_time_that_left_cannot_be_undone(self):
        """The invoice is posted: nothing can leave it, so its credit note stays."""
        invoice = self._invoice()
        invoice.action_post()
        note = self._credit_note(invoice)
        note.action_post()
        self.log._exclude("Goodwill")
        with self.assertRefused("no longer in the timesheets"):
            note.button_draft()
        self.log.action_include()
        note.button_draft()
        self.assertStates(self.log, "invoiced")

    def test_excluded_time_is_not_taken_back_by_a_higher_quantity(self):
        invoice = self._invoice(group_by="project", timesheet_ids=self.log.ids)
        line = invoice.invoice_line_ids
        self._set_line(line, quantity=0)
        self.log._exclude("Goodwill")
        self._set_line(line, quantity=4)
        self.assertStates(self.log, "non_billable")
        self.assertHours(self.log, 0, 0)


@tagged("post_install", "-at_install")
class TestHoursBesidePrices(NativeCommon):
    """4 h of a task, and the task at a price of 300.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milestone = cls.env["project.milestone"].create(
            {"name": "Go-live", "project_id": cls.project.id}
        )
        cls.task_list = cls.env["zoho.task.list"].create(
            {"name": "Front end", "project_id": cls.project.id}
        )
        cls.design.write(
            {"milestone_id": cls.milestone.id, "zoho_task_list_id": cls.task_list.id}
        )
        cls.log = cls._log(4)

    def _item_wizard(self, item):
        name = {
            "project.milestone": "milestone_id",
            "zoho.task.list": "task_list_id",
            "project.task": "task_id",
        }[item._name]
        values = Command.create({name: item.id, "amount": 300})
        return self._wizard(mode="items", item_ids=[values])

    def _sell(self, item=None):
        action = self._item_wizard(item or self.design).action_create_invoice()
        return self.env["account.move"].browse(action["res_id"])

    def _fixed(self):
        self.project.write({"billing_method": "fixed_cost", "fixed_cost": 900})
        return self._invoice(mode="fixed")

    def _by_the_hour(self):
        self.project.billing_method = "staff_hours"
        return self._invoice()

    def _credit(self, invoice):
        invoice.action_post()
        note = self._credit_note(invoice)
        note.action_post()
        return note

    def test_the_wizard_leaves_out_what_is_billed_by_the_hour(self):
        invoice = self._invoice()
        for item in (self.design, self.milestone, self.task_list):
            with self.subTest(item._name):
                wizard = self._item_wizard(item)
                self.assertFalse(wizard.preview_line_ids)
                left_out = wizard.left_out_ids
                self.assertEqual(left_out.reason, "billed_by_the_hour")
                self.assertIn(invoice.display_name, left_out.name)
                with self.assertRefused("Already invoiced by the hour"):
                    wizard.action_create_invoice()
        with self.assertRefused("Already invoiced by the hour: Golden Project"):
            self._fixed()
        invoice.unlink()
        self.assertEqual(self._sell().amount_untaxed, 300)

    def test_subtasks_are_covered_too(self):
        child = self._task("Sketch", parent_id=self.design.id)
        self._invoice(timesheet_ids=self._log(1, task=child).ids)
        with self.assertRefused("Already invoiced by the hour"):
            self._sell()

    def test_billed_work_is_not_put_under_a_price(self):
        """4 h of Design are invoiced; what it is moved to is invoiced at a price."""
        hours = self._invoice()
        parent = self._task("Parent")
        milestone = self.milestone.copy({"name": "Second"})
        task_list = self.task_list.copy({"name": "Second"})
        name = re.escape(hours.display_name)
        for item, field in (
            (milestone, "milestone_id"),
            (task_list, "zoho_task_list_id"),
            (parent, "parent_id"),
        ):
            priced = self._sell(item)
            line = priced.invoice_line_ids.sale_line_ids
            sentence = f"Design.* cannot be billed at a price: {name} bills hours"
            self.design[field] = False
            with self.subTest(field):
                with self.assertRefused(sentence):
                    self.design[field] = item
                with self.assertRefused(sentence):
                    self.design.sale_line_id = line
                self.build[field] = item
                self.build[field] = False
                priced.button_cancel()
                self.design[field] = item

    def test_a_project_is_not_put_on_a_price_that_is_invoiced(self):
        """Neither a project's own line, nor its fixed cost: its hours are invoiced."""
        hours = self._invoice()
        other = self._project("Other")
        item = self._item_wizard(self._task("Priced", other))
        item.project_ids = other
        action = item.action_create_invoice()
        priced = self.env["account.move"].browse(action["res_id"])
        with self.assertRefused("Design.* cannot be billed at a price"):
            self.project.sale_line_id = priced.invoice_line_ids.sale_line_ids
        hours.button_cancel()
        fixed = self._fixed()
        self.project.billing_method = "staff_hours"
        hours.button_draft()
        with self.assertRefused("Golden Project cannot be billed at a price"):
            self.project.billing_method = "fixed_cost"
        fixed.button_cancel()
        self.project.billing_method = "fixed_cost"

    def test_a_price_does_not_come_back_over_hours(self):
        """Its credit note is undone, or its cancelled draft taken back: refused."""
        for sell in (
            self._sell,
            lambda: self._sell(self.milestone),
            lambda: self._sell(self.task_list),
            self._fixed,
        ):
            for undo in (self._credit, lambda move: move.button_cancel() or move):
                with self.subTest(sell), self.env.cr.savepoint() as undone:
                    priced = undo(sell())
                    invoice = self._by_the_hour()
                    self.assertEqual(invoice.amount_untaxed, 400)
                    name = re.escape(invoice.display_name)
                    with self.assertRefused(f"would bill at a price what {name}"):
                        priced.button_draft()
                    invoice.button_cancel()
                    priced.button_draft()
                    undone.close(rollback=True)

    def test_hours_do_not_come_back_over_a_price(self):
        for sell in (self._sell, self._fixed):
            for undo in (self._credit, lambda move: move.button_cancel() or move):
                with self.subTest(sell), self.env.cr.savepoint() as undone:
                    hours = undo(self._by_the_hour())
                    priced = sell()
                    priced.action_post()
                    with self.assertRefused(
                        f"would bill time that {priced.name}.* bills at a price"
                    ):
                        hours.button_draft()
                    self._credit_note(priced).action_post()
                    self.project.billing_method = "staff_hours"
                    hours.button_draft()
                    self.assertHours(self.log, 4, 0)
                    undone.close(rollback=True)
