"""Documents go and come back, time changes hands meanwhile, and somebody forges."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from odoo import Command

from .billing_machine import BILLED_AGAIN, GROUPINGS, MINUTES, picks, some
from .billing_machine_lines import WAYS, LineMachine

# What happens to the time of a document while it is cancelled. It may be on others.
LOCKED = "cannot be changed|cannot be deleted"
LEAVING = ("withdraw", "exclude", "bill_elsewhere", "move", "sell", "give_away")


class ReturnMachine(LineMachine):
    """Nothing comes back to a document that has left it meanwhile, nor is it lost."""

    @initialize(
        minutes=st.lists(st.sampled_from(MINUTES), min_size=4, max_size=4),
        group_by=st.sampled_from(GROUPINGS),
    )
    def begin_with_invoices(self, minutes, group_by):
        """One posted, one a draft, one of an order, and time on none: no step waits.

        Each walk leaves some kinds of step out, such as those that would make these.
        """
        for number, spent in enumerate(minutes):
            self.log(minutes=spent, who=number, what=number, day=5, unit="hour")
        self.invoice(group_by=group_by, chosen=1)
        for move in self.drafts:
            with self.step():
                move.action_post()
        self.invoice(group_by=group_by, chosen=2)
        self.invoice_the_order(first=1, days=30)
        # Less than what the same person has left on the same task, at the same rate.
        self.log(minutes=-10, who=3, what=3, day=6, unit="hour")

    # What may happen to a timesheet

    def withdraw(self, log):
        log.sudo().active = False

    def exclude(self, log):
        log.sudo().billing_exclusion = "Goodwill"

    def bill_elsewhere(self, log):
        log.sudo().billed_elsewhere = True

    def move(self, log):
        others = self.case.tasks.filtered(
            lambda task: task.project_id != log.project_id
        )
        if others:
            log.write({"project_id": others[0].project_id.id, "task_id": others[0].id})

    def sell(self, log):
        """A salesman puts its task on an ordinary order."""
        if not log.task_id.sold_line_id:
            log.task_id.sale_line_id = self.case.order_line

    def give_away(self, log):
        """Its project is another customer's; what was invoiced stays with the first."""
        log.project_id.partner_id = self.case.partner_b

    @property
    def billing_drafts(self):
        """Drafts of time that the project itself bills."""
        rows = self.audit.live.filtered(
            lambda row: row.timesheet_id and row.move_id.state == "draft"
        )
        orders = rows.move_line_id.sale_line_ids.order_id.filtered("billing_project_id")
        return self.moves & orders.invoice_ids & rows.move_id

    def time_of(self, move):
        rows = self.audit.live.filtered(lambda row: row.move_id == move)
        return rows.timesheet_id & self.logs

    @some("billing_drafts")
    @rule(pick=picks, what=picks, change=st.sampled_from(LEAVING))
    def come_back_without_what_has_left(self, pick, what, change):
        """A cancelled draft is never refused for that: what has left it is left out."""
        move = self.one(self.billing_drafts, pick)
        log = self.one(self.time_of(move), what)
        with self.step():
            move.button_cancel()
        with self.step(LOCKED):
            getattr(self, change)(log)
        with self.step():
            move.button_draft()
        customers = self.time_of(move).project_id.partner_id
        self.case.assertLessEqual(customers, move.partner_id, change)
        self.case.projects.partner_id = self.case.customer

    @some("billing_drafts")
    @rule(pick=picks)
    def come_back_to_what_is_billed_since(self, pick):
        """It is refused, or has only what the other document has left."""
        move = self.one(self.billing_drafts, pick)
        logs = self.time_of(move)
        with self.step():
            move.button_cancel()
        with self.step("nothing to invoice"):
            self.moves += self.case._invoice(logs.project_id, timesheet_ids=logs.ids)
        with self.step(BILLED_AGAIN):
            move.button_draft()

    @some("billing_drafts")
    @rule(pick=picks, what=picks, way=st.sampled_from(WAYS))
    def free_what_was_sold_meanwhile(self, pick, what, way):
        """Its task was put on an order: the order has the time from now on."""
        move = self.one(self.billing_drafts, pick)
        with self.step():
            self.sell(self.one(self.time_of(move), what))
        with self.step():
            self.free(move, way)

    @some("logs")
    @rule(pick=picks)
    def invoice_a_project_that_has_ended(self, pick):
        project = self.one(self.case.projects, pick)
        project.active = False
        with self.step("nothing to invoice"):
            self.moves += self.case._invoice(project)
        project.active = True

    # What nobody may do, and what would come of it

    @some("logs")
    @rule(pick=picks, hours=st.sampled_from((0.25, 50)))
    def forge_a_figure(self, pick, hours):
        """Not over RPC; and a stored figure bills nothing beyond the ledger."""
        log = self.one(self.logs, pick)
        with self.step("Odoo itself keeps", refused=True):
            log.with_user(self.case.forger).unbilled_hours = hours
        with self.undone():
            self.env.cr.execute(
                "UPDATE account_analytic_line SET unbilled_hours = %s WHERE id = %s",
                [hours, log.id],
            )
            self.env.invalidate_all()
            # Of time that a price covers, the ledger refuses it.
            allowed = "nothing to invoice|Cannot create an invoice|bills at a price"
            with self.step(allowed):
                if log.so_line == self.case.order_line:
                    self.case._native()
                else:
                    self.case._invoice(log.project_id, timesheet_ids=log.ids)
            self.audit.check_billed(log)

    @some("posted")
    @rule(pick=picks, reverses=st.booleans())
    def forge_a_credit_note(self, pick, reverses):
        """Whatever line it names, it frees no time of another's invoice."""
        invoice = self.one(self.posted, pick)
        before = {log: log.billed_hours for log in self.logs}
        partner = self.case.partner_b if reverses else invoice.partner_id
        lines = [
            Command.create(
                {
                    "name": "Credit",
                    "quantity": line.quantity,
                    "price_unit": line.price_unit,
                    "tax_ids": False,
                    "billing_origin_id": line.id,
                }
            )
            for line in invoice.invoice_line_ids.filtered(
                lambda line: line.quantity > 0
            )
        ]
        with self.undone(), self.step("post nothing|add a line"):
            note = (
                self.env["account.move"]
                .with_company(invoice.company_id)
                .sudo()
                .create(
                    {
                        "move_type": "out_refund",
                        "partner_id": partner.id,
                        "reversed_entry_id": reverses and invoice.id,
                        "invoice_date": "2026-02-01",
                        "invoice_line_ids": lines,
                    }
                )
            )
            note.action_post()
            self.env.invalidate_all()
            after = {log: log.billed_hours for log in self.logs}
            self.case.assertEqual(after, before)
