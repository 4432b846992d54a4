"""Ways of billing beside plain hours: rounded, by the day, at a price, quoted."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from odoo import Command

from .billing_machine import picks, some
from .billing_machine_lines import LineMachine

TERMS = (
    {},
    {"billing_rounding": "up", "billing_rounding_minutes": 15},
    {"billing_rounding": "nearest", "billing_rounding_minutes": 30},
    {"billing_rounding": "down", "billing_rounding_minutes": 15},
    {"billing_method": "staff_days"},
    {"billing_method": "project_days", "billing_rate": 760.01},
)
REFUSED = "nothing to invoice|of the fixed cost of"


class TermsMachine(LineMachine):
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
        item = Command.create({"task_id": task.id, "amount": amount})
        with self.step(REFUSED):
            self.moves += self.case._invoice(mode="items", item_ids=[item])

    @rule(percent=st.sampled_from((10, 33.33, 50, 100)))
    def invoice_the_fixed_cost(self, percent):
        part = {"fixed_part": "percent", "fixed_percent": percent}
        with self.step(REFUSED):
            self.moves += self.case._invoice(mode="fixed", **part)

    @rule(pick=picks)
    def quote_a_task(self, pick):
        """Its time is the order's from now on; at staff rates it has no price."""
        task = self.one(self.case.design + self.case.build, pick)
        with self.step("no rate"):
            wizard = self.env["project.quotation.create"].create(
                {"project_id": task.project_id.id, "task_ids": [Command.link(task.id)]}
            )
            action = wizard.action_create_quotation()
            order = self.env["sale.order"].browse(action["res_id"])
            order.action_confirm()
            self.orders += order

    @some("orders")
    @rule(pick=picks)
    def take_a_down_payment(self, pick):
        """100.00 paid before: the next document of the order may be a credit note."""
        order = self.one(self.orders, pick)
        with self.step():
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
