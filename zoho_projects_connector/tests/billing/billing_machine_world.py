"""The world beside the books: people leave, customers merge, days and rates go by."""

from datetime import timedelta
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from odoo import Command, fields

from .billing_machine import (
    BILLED_AGAIN,
    GROUPINGS,
    MINUTES,
    parts,
    picks,
    some,
)
from .billing_machine_lines import TOO_MUCH
from .billing_machine_returns import ReturnMachine

# Odoo lets nobody log time on what is archived, nor those who have left.
ARCHIVED = "active employee|archived|inactive"
KINDS = ("customer", "employee", "task", "project")


class WorldMachine(ReturnMachine):
    """Three projects more: of another currency, another company, and of a twin.

    The case has ``abroad``, ``foreign`` and ``dan``, who works for the other company.
    """

    no_logging = ARCHIVED

    def __init__(self):
        super().__init__()
        self.joined = self.env["project.project"]
        # Defaults of Odoo's dialogs know the real day only: it must not be to come.
        self.today = fields.Date.today()
        self.clocks = [
            patch.object(fields.Date, name, staticmethod(lambda *_args: self.today))
            for name in ("today", "context_today")
        ]
        for clock in self.clocks:
            clock.start()

    def teardown(self):
        for clock in self.clocks:
            clock.stop()
        return super().teardown()

    @property
    def groups(self):
        """Projects that go on one document."""
        case = self.case
        return [case.project + case.sold + self.joined, case.abroad, case.foreign]

    # Time and documents of several companies and currencies

    @initialize(minutes=st.lists(st.sampled_from(MINUTES), min_size=2, max_size=2))
    def begin_abroad(self, minutes):
        for number, spent in enumerate(minutes, start=2):
            self.log_on(self.case.tasks[number], spent)
            self.invoice(group_by="entry", chosen=2**16 - 1, pick=number - 1)

    def who_works(self, task, who):
        if task.project_id == self.case.foreign:
            return self.case.dan
        return super().who_works(task, who)

    @some("logs")
    @rule(group_by=st.sampled_from(GROUPINGS), chosen=st.integers(1, 2**16), pick=picks)
    def invoice(self, group_by, chosen, pick=0):
        projects = self.one(self.groups, pick)
        ids = [log.id for i, log in enumerate(self.logs) if chosen >> i % 16 & 1]
        logs = self.logs.browse(ids).filtered(lambda log: log.project_id in projects)
        if logs:
            with self.step("nothing to invoice"):
                self.bill(projects, logs, group_by)

    @rule()
    def invoice_two_companies(self):
        with self.step("one company", refused=True):
            self.case._invoice(self.case.project + self.case.foreign)

    @some("draft_lines")
    @rule(pick=picks)
    def change_currency(self, pick):
        """A draft is in another currency from now on; its prices are what they are."""
        move = self.one(self.draft_lines, pick).move_id
        ours, other = self.case.currency, self.case.other_currency
        with self.step(TOO_MUCH):
            move.currency_id = ours if move.currency_id == other else other

    # People, customers and terms

    @rule(kind=st.sampled_from(KINDS), pick=picks)
    def archive_or_bring_back(self, kind, pick):
        case = self.case
        record = {
            "customer": case.customer,
            "employee": self.one(case.ann + case.ben + case.cid, pick),
            "task": self.one(case.tasks, pick),
            "project": self.one(case.projects, pick),
        }[kind]
        with self.step():
            record.active = not record.active

    @rule(is_posted=st.booleans())
    def merge_twins(self, is_posted):
        """Two more turn out to be the customer; what is agreed and billed stays."""
        case, day = self.case, "2026-01-10"
        with self.step():
            names = [{"name": "Twin", "is_company": True}] * 2
            twins = case.customer.create(names)
            project = case._project("Twin Project", partner_id=twins[0].id)
            project.billing_method = "project_hours"
            task = case._task("Twin Task", project)
            agreed = ({"rate": 50}, {"rate": 77, "date_from": day})
            self.env["project.billing.rate"].create(
                [{"partner_id": twin.id, **rate} for twin in twins for rate in agreed]
            )
            billed, free = case._log(2, task=task), case._log(1, task=task, day=day)
            self.logs += (billed + free).with_env(self.logs.env)
            move = self.bill(project, billed, "task")
            if is_posted:
                move.action_post()
        with self.step():
            self.env["base.partner.merge.automatic.wizard"].sudo().create(
                {
                    "state": "selection",
                    "partner_ids": [Command.set((twins + case.customer).ids)],
                    "dst_partner_id": case.customer.id,
                }
            ).action_merge()
        self.joined += project
        case.assertFalse(twins.exists())
        case.assertEqual(project.partner_id, case.customer)
        case.assertEqual(free.billing_rate, 77)

    @rule(pick=picks)
    def change_terms(self, pick):
        """The customer pays otherwise from now on, and so do the next invoices."""
        terms = self.case.pay_terms_a + self.case.pay_terms_b
        with self.step():
            self.case.customer.property_payment_term_id = self.one(terms, pick)

    @rule(pick=picks, rate=st.sampled_from((64, 99.99)), day=st.integers(1, 28))
    def change_a_rate(self, pick, rate, day):
        """Somebody costs something else from a day on."""
        who = self.one(self.case.ann + self.case.ben + self.case.cid, pick)
        own = [("project_id", "=", self.case.project.id), ("employee_id", "=", who.id)]
        first = f"2026-01-{day:02}"
        with self.step():
            rates = self.env["project.billing.rate"].search(own)
            if same := rates.filtered(lambda one: str(one.date_from) == first):
                same.rate = rate
            else:
                rates[0].copy({"rate": rate, "date_from": first})

    @rule(days=st.sampled_from((1, 31)))
    def wait(self, days):
        self.today += timedelta(days=days)
        self.env.invalidate_all()

    @rule(rate=st.sampled_from((0.5, 2, 3.1)))
    def change_the_exchange_rate(self, rate):
        rates = self.env["res.currency.rate"]
        vals = {
            "name": self.today,
            "currency_id": self.case.other_currency.id,
            "company_id": self.env.company.id,
        }
        with self.step():
            known = rates.search([(name, "=", value) for name, value in vals.items()])
            known.unlink()
            rates.create({**vals, "rate": rate})

    # Orders, by hand

    @rule(price=st.sampled_from((100, 40, 111.11)), discount=parts)
    def change_the_order(self, price, discount):
        with self.step("locked|cannot modify"):
            self.case.order_line.write({"price_unit": price, "discount": discount * 20})

    @rule()
    def invoice_a_part_of_the_order(self):
        """Two entries of a person have something left, one beside what is billed."""
        for _time in range(2):
            self.log_on(self.case.task, 90)
        with self.step("Cannot create an invoice|nothing to invoice"):
            draft = self.case._native()
            self.moves += draft
            for line in draft.invoice_line_ids:
                self.case._set_line(line, quantity=line.quantity / 3)

    @rule()
    def cancel_the_order_or_confirm_it(self):
        order = self.case.order
        with self.step():
            if order.state == "sale":
                order._action_cancel()
            else:
                order.action_draft()
                order.action_confirm()

    @some("moves")
    @rule(pick=picks, price=st.sampled_from((1, 500)))
    def change_a_billing_order(self, pick, price):
        """What somebody types on an order of a project changes no later invoice."""
        lines = self.moves.invoice_line_ids.sale_line_ids.filtered("billing_key")
        if lines:
            with self.step("locked|cannot modify"):
                self.one(lines, pick).sudo().price_unit = price

    # Credits of money

    @some("posted")
    @rule(pick=picks, part=st.sampled_from((0.25, 0.5)))
    def credit_a_rebate_and_then_the_rest(self, pick, part):
        """A rebate frees no time; with the rest of the money all of it is free."""
        invoice = self.one(self.posted, pick)
        for share in (part, 1 - part):
            with self.step(BILLED_AGAIN):
                note = self.case._credit_note(invoice)
                self.moves += note
                for line in note.invoice_line_ids:
                    price = line.billing_origin_id.price_unit * share
                    self.case._set_line(line, price_unit=price)
                note.action_post()
