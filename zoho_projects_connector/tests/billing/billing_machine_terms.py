"""Ways of billing beside plain hours: rounded, by the day, at a price, quoted."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from odoo import Command

from .billing_machine import BILLED_AGAIN, picks, some
from .billing_machine_lines import TOO_MUCH
from .billing_machine_returns import ReturnMachine

TERMS = (
    {},
    {"billing_rounding": "up", "billing_rounding_minutes": 15},
    {"billing_rounding": "nearest", "billing_rounding_minutes": 30},
    {"billing_rounding": "down", "billing_rounding_minutes": 15},
    {"billing_method": "staff_days"},
    {"billing_method": "project_days", "billing_rate": 760.01},
    {"billing_method": "project_hours", "billing_rate": 80},
)
REFUSED = "nothing to invoice|of the fixed cost of"


class TermsMachine(ReturnMachine):
    """The terms of the project differ from walk to walk; it has a fixed cost of 900."""

    def __init__(self):
        super().__init__()
        self.orders = self.env["sale.order"]

    @initialize(terms=st.sampled_from(TERMS))
    def agree_on(self, terms):
        self.case.project.write({"fixed_cost": 900, **terms})
        self.case.tasks.allocated_hours = 6

    @rule(pick=picks, amount=st.sampled_from((100, 333.33)))
    def invoice_a_task_at_a_price(self, pick, amount):
        task = self.one(self.case.design + self.case.build, pick)
        with self.step(REFUSED):
            self.moves += self.invoice_at_a_price(task, amount)

    def invoice_at_a_price(self, task, amount):
        item = Command.create({"task_id": task.id, "amount": amount})
        return self.case._invoice(mode="items", item_ids=[item])

    @rule(hours_first=st.booleans())
    def come_back_beside_a_price(self, hours_first):
        """A new task at a price, and its hours: the second keeps the first out."""
        with self.step():
            task = self.case._task("Extra")
            log = self.case._log(1, task=task)
            self.logs += log.with_env(self.logs.env)
            move = self.case._invoice(timesheet_ids=log.ids)
            self.moves += move
        with self.step():
            move.button_cancel()
        with self.step(REFUSED):
            priced = self.invoice_at_a_price(task, 100)
            self.moves += priced
            if not hours_first:
                priced.button_cancel()
                move.button_draft()
                move = priced
        with self.step(BILLED_AGAIN):
            move.button_draft()

    @rule(percent=st.sampled_from((10, 33.33, 50, 100)), switches=st.booleans())
    def invoice_the_fixed_cost(self, percent, switches):
        """Nothing of it is sold once its draft is switched into a credit note."""
        part = {"fixed_part": "percent", "fixed_percent": percent}
        with self.step(REFUSED):
            move = self.case._invoice(mode="fixed", **part)
            self.moves += move
            if switches:
                move.action_switch_move_type()

    @some("drafts")
    @rule(pick=picks)
    def switch_a_draft(self, pick):
        """An invoice becomes a credit note and sells nothing, or the other way."""
        move = self.one(self.drafts, pick)
        with self.step(f"{TOO_MUCH}|switch|has been posted"):
            move.action_switch_move_type()
            self.loose.update(move.invoice_line_ids.ids)

    @rule(pick=picks)
    def quote_a_task(self, pick):
        """Its time is the order's from now on; at staff rates it has no price."""
        task = self.one(self.case.design + self.case.build, pick)
        with self.step("no rate"):
            self.orders += self.quote(task)

    def quote(self, task, **terms):
        wizard = self.env["project.quotation.create"].create(
            {"project_id": task.project_id.id, "task_ids": [Command.link(task.id)]}
        )
        wizard.line_ids.write(terms)
        action = wizard.action_create_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        order.action_confirm()
        return order

    @some("orders")
    @rule(pick=picks)
    def take_a_down_payment(self, pick):
        """100.00 paid before: the next document of the order may be a credit note."""
        order = self.one(self.orders, pick)
        with self.step():
            self.take_before(order)

    def take_before(self, order):
        self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": order.ids,
                "advance_payment_method": "fixed",
                "fixed_amount": 100,
            }
        ).create_invoices()
        order.invoice_ids[-1:].action_post()

    @some("orders")
    @rule(pick=picks)
    def invoice_what_was_quoted(self, pick):
        with self.step("Cannot create an invoice|nothing to invoice"):
            self.moves += self.one(self.orders, pick)._create_invoices(final=True)

    @rule(minutes=st.sampled_from((10, 30)))
    def invoice_less_than_was_paid_before(self, minutes):
        """The final document of a new order is a credit note, and bills its time."""
        with self.step():
            task = self.case._task("Quoted")
            order = self.quote(task, hours=6, rate=80)
            self.orders += order
            self.take_before(order)
            log = self.case._log(minutes / 60, task=task)
            self.logs += log.with_env(self.logs.env)
        with self.step("Cannot create an invoice|nothing to invoice"):
            self.moves += order._create_invoices(final=True)
