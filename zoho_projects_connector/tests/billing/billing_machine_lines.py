"""What an accountant does with the lines of documents."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from odoo import Command

from .billing_machine import BILLED_AGAIN, BillingMachine, parts, picks, some

# How a draft gives up its time.
WAYS = ("button_cancel", "unlink", "remove_lines", "lower_to_zero")
# What a fixed cost refuses.
TOO_MUCH = f"would invoice .* more|{BILLED_AGAIN}"


class LineMachine(BillingMachine):
    """Lines are changed, removed and merged."""

    def remove_lines(self, move):
        lines = move.invoice_line_ids
        move.write({"invoice_line_ids": [Command.delete(line.id) for line in lines]})

    def lower_to_zero(self, move):
        for line in move.invoice_line_ids:
            self.case._set_line(line, quantity=0)

    def free(self, move, way):
        """Let a draft bill nothing any more, in one of several ways."""
        own = getattr(self, way, None)
        own(move) if own else getattr(move, way)()

    @some("draft_lines")
    @rule(pick=picks, part=st.sampled_from((0, 0.25, 0.5, 1.5)))
    def change_quantity(self, pick, part):
        line = self.one(self.draft_lines, pick)
        with self.step(TOO_MUCH):
            if part > 1:
                self.loose.add(line.id)
            self.case._set_line(line, quantity=round(line.quantity * part, 4))

    @some("draft_lines")
    @rule(pick=picks, price=st.sampled_from((33.33, 80, 125)), discount=parts)
    def change_price(self, pick, price, discount):
        line = self.one(self.draft_lines, pick)
        with self.step(TOO_MUCH):
            self.case._set_line(line, price_unit=price, discount=discount * 20)

    @some("draft_lines")
    @rule(pick=picks, price=st.sampled_from((60, 110)))
    def change_product(self, pick, price):
        """Odoo computes the price, the unit and the taxes from the product."""
        line = self.one(self.draft_lines, pick)
        hours = line._billing_hours()
        with self.step(TOO_MUCH):
            line.product_id = self.env["product.product"].create(
                {
                    "name": "Advice",
                    "type": "service",
                    "list_price": price,
                    "uom_id": self.env.ref("uom.product_uom_hour").id,
                    "taxes_id": False,
                }
            )
            if line._billing_hours() > hours:
                self.loose.add(line.id)

    @some("draft_lines")
    @rule(pick=picks, other=picks)
    def move_line(self, pick, other):
        """A line goes to another draft, and takes its time along."""
        line = self.one(self.draft_lines, pick)
        target = self.one(self.documents(("out_invoice",), "draft"), other)
        with self.step("can be moved to another|is credited by"):
            line.move_id = target

    @some("draft_lines")
    @rule(pick=picks)
    def remove_line(self, pick):
        line = self.one(self.draft_lines, pick)
        with self.step():
            line.move_id.write({"invoice_line_ids": [Command.delete(line.id)]})

    @some("draft_lines")
    @rule(pick=picks, other=picks, raised_first=st.booleans())
    def merge_lines(self, pick, other, raised_first):
        """Two lines become one: it bills the time of both."""
        line = self.one(self.draft_lines, pick)
        rest = self.one(line.move_id.invoice_line_ids, other)
        if line == rest or not self.merges(line, rest):
            return
        if not rest.billed_time_ids or rest.id in self.loose:
            self.loose.add(line.id)
        commands = [
            Command.update(line.id, {"quantity": line.quantity + rest.quantity}),
            Command.delete(rest.id),
        ]
        with self.step():
            move = line.move_id
            move.write({"invoice_line_ids": commands[:: 1 if raised_first else -1]})

    @staticmethod
    def merges(line, rest):
        """Whether two lines can become one: both of time, in the same unit."""
        rows = (line + rest).billed_time_ids
        return (
            line.billed_time_ids
            and set(rows.mapped("kind")) == {"time"}
            and line.product_uom_id == rest.product_uom_id
        )

    @some("note_lines")
    @rule(pick=picks, part=st.sampled_from((0.5, 1, 2)), price=st.booleans())
    def change_note(self, pick, part, price):
        """A credit note of more or less, or one of money only."""
        line = self.one(self.note_lines, pick)
        name = "price_unit" if price else "quantity"
        with self.step():
            self.case._set_line(line, **{name: round(line[name] * part, 4)})
