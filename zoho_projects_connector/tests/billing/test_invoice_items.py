"""Milestones, task lists and tasks at a price: the amount bills their time."""

from odoo import Command
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoiceItems(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.milestone = cls.env["project.milestone"].create(
            {"name": "Go-live", "project_id": cls.project.id}
        )
        cls.task_list = cls.env["zoho.task.list"].create(
            {"name": "Front end", "project_id": cls.project.id}
        )
        cls.design.milestone_id = cls.milestone
        cls.build.zoho_task_list_id = cls.task_list
        cls.design_log = cls._log(4)
        cls.build_log = cls._log(3, cls.ben, cls.build)

    def _at_price(self, *items, user=None):
        names = {
            "project.milestone": "milestone_id",
            "zoho.task.list": "task_list_id",
            "project.task": "task_id",
        }
        wizard = self.env["project.invoice.create"]
        wizard = wizard.with_user(user) if user else wizard
        return wizard.create(
            {
                "project_ids": [Command.set(self.project.ids)],
                "mode": "items",
                "show_sections": False,
                "item_ids": [
                    Command.create({names[item._name]: item.id, "amount": amount})
                    for item, amount in items
                ],
            }
        )

    def _sell(self, *items):
        action = self._at_price(*items).action_create_invoice()
        return self.env["account.move"].browse(action["res_id"])

    def assertAmountsTrue(self):
        """Every line equals its rows to the cent; nothing is due on the order."""
        rows = self._ledger(project_id=self.project)
        for line, line_rows in rows.grouped("move_line_id").items():
            total = sum(line_rows.mapped("amount"))
            self.assertAlmostEqual(total, line.price_subtotal, 2)
            self.assertEqual(sum(line.sale_line_ids.mapped("qty_to_invoice")), 0)

    def test_milestone_at_a_price(self):
        """5,000.00 for the milestone; its 4 h are covered, the other 3 h are not."""
        wizard = self._at_price((self.milestone, 5000))
        self.assertEqual(wizard.preview_line_ids.mapped("amount"), [5000])
        self.assertEqual(wizard.preview_line_ids.hours, 4)
        self.assertEqual(wizard.total_amount, 5000)
        invoice = self._sell((self.milestone, 5000))
        self.assertEqual(invoice.amount_untaxed, 5000)
        self.assertEqual(invoice.invoice_line_ids.name, "Go-live")
        self.assertEqual(invoice.invoice_line_ids.quantity, 1)
        self.assertStates(self.design_log, "fixed_price")
        self.assertStates(self.build_log, "unbilled")
        row = self._ledger(move_id=invoice)
        self.assertEqual((row.kind, row.amount, row.hours), ("item", 5000, 0))
        self.assertEqual(row.item_milestone_id, self.milestone)
        self.assertAmountsTrue()

    def test_time_logged_later_is_covered_too(self):
        self._sell((self.milestone, 5000)).action_post()
        later = self._log(2)
        self.assertStates(later, "fixed_price")
        self.assertHours(later, 0, 0)

    def test_a_task_that_leaves_the_milestone_is_billed_by_time_again(self):
        self._sell((self.milestone, 5000))
        self.design.milestone_id = False
        self.assertStates(self.design_log, "unbilled")

    def test_task_list_covers_tasks_that_come_later(self):
        self._sell((self.task_list, 900))
        self.assertStates(self.build_log, "fixed_price")
        self.assertStates(self.design_log, "unbilled")
        late = self._task("Late", zoho_task_list_id=self.task_list.id)
        self.assertStates(self._log(1, task=late), "fixed_price")

    def test_task_and_its_subtasks(self):
        child = self._task("Sketch", parent_id=self.design.id)
        child_log = self._log(1, task=child)
        invoice = self._sell((self.design, 300))
        self.assertStates(self.design_log + child_log, "fixed_price", "fixed_price")
        invoice.button_cancel()
        self.assertStates(self.design_log + child_log, "unbilled", "unbilled")

    def test_what_frees_the_time(self):
        """A draft deleted or cancelled, a line removed: 4 h are unbilled again."""
        for free in (
            lambda invoice: invoice.unlink(),
            lambda invoice: invoice.invoice_line_ids.unlink(),
            lambda invoice: invoice.button_cancel(),
            lambda invoice: self._set_line(invoice.invoice_line_ids, quantity=0),
        ):
            invoice = self._sell((self.milestone, 5000))
            self.assertStates(self.design_log, "fixed_price")
            free(invoice)
            self.assertStates(self.design_log, "unbilled")
            self.assertFalse(self.milestone.sold_line_id)
        self.assertEqual(self._invoice().amount_untaxed, 4 * 100 + 3 * 50)

    def test_partial_credit_keeps_the_time_covered_a_full_one_frees_it(self):
        """2,000.00 of 5,000.00 credited: still sold; then 3,000.00: free."""
        invoice = self._sell((self.milestone, 5000))
        invoice.action_post()
        first = self._credit_note(invoice)
        self._set_line(first.invoice_line_ids, price_unit=2000)
        first.action_post()
        self.assertStates(self.design_log, "fixed_price")
        credit = self._ledger(move_id=first)
        self.assertEqual((credit.amount, credit.sign), (2000, -1))
        second = self._credit_note(invoice)
        self._set_line(second.invoice_line_ids, price_unit=3000)
        self.assertStates(self.design_log, "fixed_price")
        second.action_post()
        self.assertStates(self.design_log, "unbilled")
        again = self._sell((self.milestone, 100))
        self.assertEqual(again.amount_untaxed, 100)
        self.assertAmountsTrue()

    def test_credit_note_undone_after_the_item_was_sold_again(self):
        invoice = self._sell((self.milestone, 5000))
        invoice.action_post()
        note = self._credit_note(invoice)
        note.action_post()
        again = self._sell((self.milestone, 4000))
        again.action_post()
        with self.assertRefused(again.name):
            note.button_draft()
        self.assertEqual(note.state, "posted")

    def test_cancelled_invoice_comes_back_after_the_item_was_sold_again(self):
        invoice = self._sell((self.milestone, 5000))
        invoice.button_cancel()
        again = self._sell((self.milestone, 4000))
        again.action_post()
        with self.assertRefused(again.name):
            invoice.button_draft()
        again.button_draft()
        again.button_cancel()
        invoice.button_draft()
        self.assertStates(self.design_log, "fixed_price")

    def test_replaced_invoice(self):
        invoice = self._sell((self.milestone, 5000))
        invoice.action_post()
        action = self._reversal(invoice).modify_moves()
        replacement = self.env["account.move"].browse(action["res_id"])
        self.assertStates(self.design_log, "fixed_price")
        row = self._ledger(move_id=replacement)
        self.assertEqual((row.kind, row.amount), ("item", 5000))
        replacement.unlink()
        self.assertStates(self.design_log, "unbilled")

    def test_an_item_is_sold_once(self):
        self._sell((self.milestone, 5000))
        wizard = self._at_price((self.milestone, 100), (self.task_list, 70))
        self.assertEqual(wizard.left_out_ids.mapped("reason"), ["sold"])
        self.assertEqual(wizard.total_amount, 70)
        with self.assertRefused("Already invoiced at a price: Go-live"):
            self._at_price((self.milestone, 100)).action_create_invoice()

    def test_a_task_of_a_sold_milestone_is_sold_with_it(self):
        self._sell((self.milestone, 5000))
        with self.assertRefused("Already invoiced at a price: Design"):
            self._at_price((self.design, 100)).action_create_invoice()

    def test_a_task_that_an_order_sells_is_not_sold_again(self):
        quotation = self.env["project.quotation.create"].create(
            {
                "project_id": self.project.id,
                "task_ids": [Command.set(self.design.ids)],
            }
        )
        quotation.line_ids.fixed_amount = 250
        action = quotation.action_create_quotation()
        self.env["sale.order"].browse(action["res_id"]).action_confirm()
        with self.assertRefused("Billed by a sales order: Design"):
            self._at_price((self.design, 100)).action_create_invoice()
        self._sell((self.milestone, 5000))
        self.assertStates(self.design_log, "fixed_price")
        self.assertEqual(self.design.sale_line_id.order_id.id, action["res_id"])

    def test_time_on_an_invoice_is_not_sold_at_a_price_as_well(self):
        """1 of 4 h credited: 3 h are billed by the hour; then those, too: sold."""
        invoice = self._invoice(task_ids=self.design.ids)
        invoice.action_post()
        for hours in (1, 3):
            with self.assertRefused("Already invoiced by the hour: Go-live .*INV"):
                self._sell((self.milestone, 5000))
            note = self._credit_note(invoice)
            self._set_line(note.invoice_line_ids, quantity=hours)
            note.action_post()
        milestone = self._sell((self.milestone, 5000))
        self.assertHours(self.design_log, 0, 0)
        milestone.unlink()
        self.assertHours(self.design_log, 0, 4)

    def test_obstacles(self):
        other = self._project("Other")
        foreign = self._task("Foreign", project=other)
        for items, pattern in (
            ([(foreign, 10)], "Foreign: not in the chosen projects"),
            ([(self.design, 10), (self.design, 20)], "once"),
            ([(self.design, -1)], "negative"),
            ([(self.env["project.task"], 10)], "no milestone, task list or task"),
        ):
            with self.assertRefused(pattern):
                self._at_price(*items).action_create_invoice()
        with self.assertRefused("No amount is set: Design"):
            self._at_price((self.design, 0)).action_create_invoice()
        with self.assertRefused("nothing to invoice"):
            self._at_price().action_create_invoice()

    def test_amounts_stay_while_items_are_chosen(self):
        wizard = self._wizard(mode="items", task_ids=self.design.ids)
        wizard.item_ids.amount = 40
        wizard.task_list_ids = self.task_list
        self.assertEqual(
            sorted(wizard.item_ids.mapped(lambda line: (line.name, line.amount))),
            [("Design", 40), ("Front end", 0)],
        )

    def test_a_sold_item_is_not_deleted(self):
        invoice = self._sell((self.milestone, 5000))
        invoice.action_post()
        with self.assertRefused(invoice.name):
            self.milestone.unlink()

    def test_the_accountant(self):
        wizard = self._at_price((self.milestone, 5000), user=self.accountant)
        action = wizard.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        invoice.with_user(self.accountant).action_post()
        self.assertStates(self.design_log, "fixed_price")
        self.assertEqual(invoice.invoice_user_id, self.accountant)

    def test_work_that_is_billed_by_the_hour_is_not_quoted_at_a_price(self):
        """4 h of the design are on an invoice: 900.00 for it would bill them twice."""
        self._invoice(timesheet_ids=[Command.set(self.design_log.ids)])
        quotation = self.env["project.quotation.create"].create(
            {
                "project_id": self.project.id,
                "task_ids": [Command.set(self.design.ids)],
            }
        )
        quotation.line_ids.write({"hours": 10, "fixed_amount": 900})
        with self.assertRefused("hours of it are on Draft Invoice .*: credit"):
            quotation.action_create_quotation()
        quotation.line_ids.write({"fixed_amount": 0, "rate": 100})
        self.assertTrue(quotation.action_create_quotation())

    def test_work_billed_by_the_hour_before_its_price_is_agreed_is_told(self):
        quotation = self.env["project.quotation.create"].create(
            {
                "project_id": self.project.id,
                "task_ids": [Command.set(self.design.ids)],
            }
        )
        quotation.line_ids.fixed_amount = 900
        action = quotation.action_create_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        invoice = self._invoice(timesheet_ids=[Command.set(self.design_log.ids)])
        order.action_confirm()
        told = "".join(order.message_ids.mapped("body"))
        self.assertIn(f"are on {invoice.display_name} as well", told)

    def test_two_projects_name_theirs(self):
        other = self._project("Other")
        self._task("Foreign", project=other)
        wizard = self.env["project.invoice.create"].create(
            {
                "project_ids": [Command.set((self.project + other).ids)],
                "mode": "items",
                "item_ids": [
                    Command.create({"task_id": self.design.id, "amount": 10}),
                    Command.create({"task_id": other.task_ids.id, "amount": 20}),
                ],
            }
        )
        action = wizard.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(
            invoice.invoice_line_ids.sorted("sequence").mapped("name"),
            ["Golden Project", "Design", "Other", "Foreign"],
        )
