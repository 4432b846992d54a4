"""What an accountant does with time and documents, as the steps of a machine."""

import re
from contextlib import contextmanager

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from odoo.exceptions import UserError

from .billing_audit import BillingAudit, worked_hours

GROUPINGS = ("project", "task", "employee", "task_employee", "entry")
MINUTES = (1, 10, 20, 40, 60, 90, 125, 480)
PARTS = (0, 0.25, 0.5, 1)
UNITS = {"hour": 1, "day": 8}
BILLED_AGAIN = "would bill time that|would bill at a price"

picks = st.integers(0, 999)
parts = st.sampled_from(PARTS)


def some(name):
    """The step needs records of this kind; without them it is not offered."""
    return precondition(lambda machine: bool(getattr(machine, name)))


class BillingMachine(RuleBasedStateMachine):
    """Steps on one project; each must keep the books, or be refused for a reason.

    A subclass sets ``case``, the test that owns the database.
    """

    case = None
    # What Odoo may say where it lets nobody log time.
    no_logging = None

    def __init__(self):
        super().__init__()
        self.env = self.case.env
        self.savepoint = self.env.cr.savepoint()
        self.logs = self.env["account.analytic.line"].with_context(active_test=False)
        self.moves = self.env["account.move"]
        self.loose = set()

    def teardown(self):
        self.savepoint.close(rollback=True)
        self.env.invalidate_all()

    # What there is

    def documents(self, move_type, *states):
        return self.moves.filtered(
            lambda move: move.move_type in move_type and move.state in states
        )

    @property
    def drafts(self):
        return self.moves.filtered(lambda move: move.state == "draft")

    @property
    def done(self):
        return self.moves.filtered(lambda move: move.state != "draft")

    @property
    def posted(self):
        return self.documents(("out_invoice",), "posted")

    @property
    def unpaid(self):
        return self.posted.filtered("amount_residual")

    @property
    def draft_lines(self):
        return self.documents(("out_invoice",), "draft").invoice_line_ids

    @property
    def note_lines(self):
        # A last invoice of less than was paid before is a credit note, too.
        lines = self.documents(("out_refund",), "draft").invoice_line_ids
        return lines.filtered("billing_origin_id")

    @staticmethod
    def one(records, pick):
        return records[pick % len(records)]

    @contextmanager
    def step(self, refusal=None, refused=None):
        """Do a step in a savepoint, which a refusal undoes.

        :param refusal: the start of the only sentence that may refuse it, if any.
        :param refused: whether it must be refused; unknown when left out.
        """
        said = ""
        try:
            with self.env.cr.savepoint():
                yield
        except UserError as error:
            said = str(error)
            if not (refusal and re.search(refusal, said)):
                raise
        if refused is not None:
            self.case.assertEqual(bool(said), bool(refused), said or "not refused")
        self.env.invalidate_all()
        self.moves = self.moves.exists()
        self.logs = self.logs.exists()

    @contextmanager
    def undone(self):
        """Try what nobody may do, or what is looked at and then taken back."""
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.close(rollback=True)
        self.env.invalidate_all()

    @invariant()
    def books_are_true(self):
        self.audit.check()

    @property
    def audit(self):
        return BillingAudit(self.case, self.logs, self.loose)

    # Time

    @rule(
        minutes=st.sampled_from((*MINUTES, -10, -60)),
        who=picks,
        what=picks,
        day=st.integers(1, 28),
        unit=st.sampled_from(("hour", "hour", "day")),
    )
    def log(self, minutes, who, what, day, unit):
        self.log_on(self.one(self.case.tasks, what), minutes, who, day, unit)

    def log_on(self, task, minutes, who=0, day=5, unit="hour"):
        """Log time; who counts in days says an eighth of one for an hour."""
        quantity, employee = minutes / 60 / UNITS[unit], self.who_works(task, who)
        unit = self.env.ref(f"uom.product_uom_{unit}")
        with self.step(self.no_logging):
            log = self.case._log(
                *(quantity, employee, task, f"2026-01-{day:02}"), product_uom_id=unit.id
            )
            self.logs += log.with_env(self.logs.env)

    def who_works(self, _task, who):
        return self.one(self.case.ann + self.case.ben + self.case.cid, who)

    @some("logs")
    @rule(pick=picks, minutes=st.sampled_from(MINUTES))
    def edit(self, pick, minutes):
        log = self.one(self.logs, pick)
        hours = worked_hours(log)
        quantity = minutes / 60 * log.unit_amount / hours
        changes = abs(hours - minutes / 60) > 1e-9
        with self.step("cannot be changed", log.billed_hours and changes):
            log.unit_amount = quantity if changes else log.unit_amount

    @some("logs")
    @rule(pick=picks, what=picks)
    def move_to_another_task(self, pick, what):
        log, task = self.one(self.logs, pick), self.one(self.case.tasks, what)
        changes = log.task_id != task
        with self.step("cannot be changed", log.billed_hours and changes):
            log.write({"project_id": task.project_id.id, "task_id": task.id})

    @some("logs")
    @rule(pick=picks)
    def withdraw_or_bring_back(self, pick):
        log = self.one(self.logs, pick)
        with self.step("cannot be changed", log.billed_hours):
            log.sudo().active = not log.active

    @some("logs")
    @rule(pick=picks)
    def exclude_or_include(self, pick):
        log = self.one(self.logs, pick)
        with self.step("cannot be changed", log.billed_hours):
            log.sudo().billing_exclusion = not log.billing_exclusion and "Goodwill"

    @some("logs")
    @rule(pick=picks)
    def bill_elsewhere_or_here(self, pick):
        log = self.one(self.logs, pick)
        with self.step("cannot be changed", log.billed_hours):
            log.sudo().billed_elsewhere = not log.billed_elsewhere

    @some("logs")
    @rule(pick=picks)
    def put_a_task_on_an_order_or_off(self, pick):
        """A salesman ties a task to the line of an ordinary order, or unties it."""
        task = self.one(self.case.tasks, pick)
        if not task.sold_line_id:
            with self.step():
                task.sale_line_id = not task.sale_line_id and self.case.order_line

    @some("logs")
    @rule(pick=picks)
    def delete_log(self, pick):
        log = self.one(self.logs, pick)
        order = log.timesheet_invoice_id.invoice_line_ids.sale_line_ids.order_id
        draft = log.billing_state == "draft" and not order.billing_project_id
        with self.step("cannot be deleted", None if draft else log.billed_hours):
            log.unlink()

    # Invoices

    @some("logs")
    @rule(group_by=st.sampled_from(GROUPINGS), chosen=st.integers(1, 2**16))
    def invoice(self, group_by, chosen):
        ids = [log.id for i, log in enumerate(self.logs) if chosen >> i % 16 & 1]
        logs = self.logs.browse(ids)
        with self.step("nothing to invoice"):
            self.bill(self.case.projects, logs, group_by)

    def bill(self, projects, logs, group_by):
        """Invoice time: the document is what was shown, at the terms of today."""
        wizard = self.case._wizard(projects, group_by=group_by, timesheet_ids=logs.ids)
        shown = wizard.total_amount
        action = wizard.action_create_invoice()
        move = self.moves.browse(action["res_id"])
        self.moves += move
        self.audit.check_negative(move, logs)
        self.case.assertAlmostEqual(move.amount_untaxed, shown, 2)
        customer = projects.partner_id.with_company(move.company_id)
        terms = customer.property_payment_term_id
        self.case.assertEqual(move.invoice_payment_term_id, terms)
        return move

    @some("logs")
    @rule(first=st.integers(1, 28), days=st.integers(0, 28))
    def invoice_the_order(self, first, days):
        last = min(first + days, 31)
        with self.step("Cannot create an invoice|nothing to invoice"):
            self.moves += self.case._native(f"2026-01-{first:02}", f"2026-01-{last:02}")

    @some("drafts")
    @rule(pick=picks)
    def post(self, pick):
        move = self.one(self.drafts, pick)
        allowed = f"{BILLED_AGAIN}|post nothing|add a line"
        with self.step(allowed):
            move.with_context(posting_reason="Agreed").action_post()

    @some("unpaid")
    @rule(pick=picks)
    def pay(self, pick):
        with self.step():
            self.case._pay(self.one(self.unpaid, pick))

    @some("posted")
    @rule(pick=picks, taken=st.lists(parts, min_size=1, max_size=4))
    def credit(self, pick, taken):
        with self.step():
            note = self.case._credit_note(self.one(self.posted, pick))
            self.moves += note
            for i, line in enumerate(note.invoice_line_ids):
                part = taken[i % len(taken)]
                if part:
                    self.case._set_line(line, quantity=round(line.quantity * part, 4))
                else:
                    line.unlink()

    @some("posted")
    @rule(pick=picks)
    def replace(self, pick):
        invoice = self.one(self.posted, pick)
        known = invoice.reversal_move_ids
        below = {log: log.billed_hours for log in self.logs if log.billed_hours < 0}
        with self.step(BILLED_AGAIN):
            action = self.case._reversal(invoice).modify_moves()
            new = self.env["account.move"].browse(action["res_id"])
            self.moves += new + (invoice.reversal_move_ids - known)
            self.loose.update(new.invoice_line_ids.ids)
        # No credit frees negative time, so nothing bills it in its place.
        self.case.assertEqual({log: log.billed_hours for log in below}, below)

    @some("done")
    @rule(pick=picks)
    def set_to_draft(self, pick):
        with self.step(BILLED_AGAIN):
            self.one(self.done, pick).button_draft()

    @some("drafts")
    @rule(pick=picks)
    def cancel(self, pick):
        with self.step(BILLED_AGAIN):
            self.one(self.drafts, pick).button_cancel()

    @some("drafts")
    @rule(pick=picks)
    def delete_document(self, pick):
        with self.step(BILLED_AGAIN):
            self.one(self.drafts, pick).with_context(force_delete=True).unlink()

    @some("moves")
    @rule(pick=picks)
    def duplicate(self, pick):
        move = self.one(self.moves, pick)
        with self.step(f"{BILLED_AGAIN}|would invoice .* more"):
            copy = move.with_context(include_business_fields=True).copy()
            self.moves += copy.with_env(self.env)
            sold = copy.invoice_line_ids.sale_line_ids
            self.case.assertFalse(sold.filtered("product_id.service_type"), "a claim")
