"""What people do in Zoho between two syncs, while an accountant bills in Odoo."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from ...wizards.billing.invoice_time import TimeSource
from ..billing.billing_audit import worked_hours
from ..billing.billing_machine import BILLED_AGAIN, MINUTES, picks, some
from ..billing.billing_machine_lines import WAYS as ALL_OF_IT
from ..billing.billing_machine_lines import LineMachine

WAYS_TO_FREE = (*ALL_OF_IT, "lower_by_half")
CHANGES = ("shorten", "withdraw", "make_unbillable", "delete", "give_away")
WAYS = ("accept", "credit", "bill_rest")
# Why a difference is not settled in some way, or a document not taken back.
UNSETTLED = (
    "nothing to credit|no hours that are still|already takes back|More hours than"
)


class SyncMachine(LineMachine):
    """Logs change in a simulated portal only; each change is followed by two syncs.

    The second one must write nothing.
    """

    # Nobody types the time of Zoho in Odoo, and no ordinary order sells it.
    log = edit = move_to_another_task = withdraw_or_bring_back = delete_log = None
    invoice_the_order = put_a_task_on_an_order_or_off = bill_elsewhere_or_here = None

    def __init__(self):
        super().__init__()
        self.case.open_first_portal()
        self.portal = self.case.portal
        self.read_logs()

    @initialize(
        unit=st.sampled_from(("day", "day", "hour")),
        minutes=st.sampled_from(MINUTES),
        pick=picks,
        change=st.sampled_from(CHANGES),
        way=st.sampled_from(WAYS_TO_FREE),
        what=st.sampled_from(("change", "give_away", "amounts")),
    )
    def begin(self, unit, minutes, pick, change, way, what):
        """Syncs are dear, so walks are short: the first one meets much.

        A new log, in the unit of the company as it is from now on; and two that drafts
        bill, of which one is freed, the other by half. Or only amounts are billed.
        """
        self.case.company.project_time_mode_id = self.env.ref(f"uom.product_uom_{unit}")
        log = self.portal.logs[self.case.log]
        self.portal.add_log(log.project, log.item, minutes, "2026-10-20")
        if what == "amounts":
            self.bill_amounts_alone(pick)
            return
        first, second = self.one(self.offered, pick), self.one(self.offered, pick + 1)
        change = change if what == "change" else what
        self.change_and_free({first: way, second: "lower_by_half"}, change)

    def read_logs(self):
        self.logs |= self.logs.search([("project_id", "=", self.case.project.id)])
        self.logs = self.logs.exists()

    @invariant()
    def what_is_free_is_as_zoho_says(self):
        """Nothing that an open difference asks for is offered, free time asks none."""
        of_time = [("is_standing", "=", True), ("timesheet_id", "!=", False)]
        for difference in self.env["zoho.difference"].sudo().search(of_time):
            line = difference.timesheet_id
            self.case.assertTrue(line.billed_hours, difference.display_name)
            if difference.state == "open":
                groups = TimeSource(self.case._wizard()).groups()
                ids = {time.timesheet_id for group in groups for time in group.times}
                self.case.assertNotIn(line.id, ids, difference.display_name)

    def ids(self):
        """Return the logs of the project in Zoho, the oldest first."""
        project = self.case.golden
        return [log.id for log in self.portal.logs.values() if log.project == project]

    def sync(self):
        """Sync, and look whether a second sync finds nothing to write."""
        with self.step():
            self.case.sync_again()
        rows = self.case.business_rows()
        with self.case.business_writes() as statements:
            self.case.sync_again()
        self.case.assertEqual(statements, [])
        self.case.assertEqual(self.case.business_rows(), rows)
        self.env.invalidate_all()
        self.read_logs()
        self.same_as_in_zoho()

    def same_as_in_zoho(self):
        """Time on no invoice has the hours of Zoho; what Zoho lacks is not billed."""
        offered = {
            log_id: log.minutes / 60
            for log_id, log in self.portal.logs.items()
            if log.approval == "approved" and log.billable
        }
        for line in self.logs.filtered(lambda line: not line.billed_hours):
            hours = offered.get(line.zoho_id)
            self.case.assertEqual(line.active, hours is not None, line.name)
            if hours is not None:
                self.case.assertAlmostEqual(worked_hours(line), hours, 6, line.name)

    @rule(minutes=st.sampled_from(MINUTES), day=st.integers(1, 28))
    def log_in_zoho(self, minutes, day):
        log = self.portal.logs[self.case.log]
        self.portal.add_log(log.project, log.item, minutes, f"2026-10-{day:02}")
        self.sync()

    @rule(pick=picks, minutes=st.sampled_from(MINUTES))
    def edit_in_zoho(self, pick, minutes):
        self.portal.edit_log(self.one(self.ids(), pick), minutes=minutes)
        self.sync()

    @rule(pick=picks, way=st.sampled_from(("approve", "reject", "withdraw")))
    def judge_in_zoho(self, pick, way):
        getattr(self.portal, f"{way}_log")(self.one(self.ids(), pick))
        self.sync()

    @rule(pick=picks, billable=st.booleans())
    def make_billable_or_not_in_zoho(self, pick, billable):
        self.portal.set_billable(self.one(self.ids(), pick), billable)
        self.sync()

    @rule(pick=picks)
    def delete_in_zoho(self, pick):
        log_id = self.one(self.ids(), pick)
        if log_id != self.case.log:
            self.portal.delete_log(log_id)
            self.sync()

    @rule(pick=picks, who=picks)
    def give_to_somebody_else_in_zoho(self, pick, who):
        """He may have left here: what Odoo refuses then stays a question."""
        owner = self.one(list(self.portal.users), who)
        self.portal.edit_log(self.one(self.ids(), pick), owner=owner)
        self.sync()

    @rule(pick=picks)
    def change_the_customer_in_zoho(self, pick):
        """A project keeps its customer as long as documents bill anything of it."""
        project, golden = self.case.project, self.portal.projects[self.case.golden]
        before, is_invoiced = project.partner_id, self.audit.bills_anything
        others = [one for one in self.portal.customers if one != golden.primary]
        self.portal.set_primary(golden.id, self.one(others, pick))
        self.sync()
        if is_invoiced:
            self.case.assertEqual(project.partner_id, before)

    @rule(pick=picks)
    def bill_amounts_alone(self, pick):
        """They keep the customer, too, when no draft bills time beside them."""
        with self.step(BILLED_AGAIN):
            self.drafts.button_cancel()
        self.invoice_a_fixed_cost(percent=10)
        self.change_the_customer_in_zoho(pick)

    @rule(is_ending=st.booleans())
    def end_the_project_in_zoho_or_go_on(self, is_ending):
        change = (
            self.portal.archive_project if is_ending else self.portal.activate_project
        )
        change(self.case.golden)
        self.sync()

    @rule(kind=st.sampled_from(("customer", "employee", "task", "project")), pick=picks)
    def archive_in_odoo_or_bring_back(self, kind, pick):
        log = self.one(self.logs, pick)
        record = {
            "customer": self.case.project.partner_id,
            "employee": log.employee_id,
            "task": log.task_id,
            "project": self.case.project,
        }[kind]
        with self.step():
            record.active = not record.active
        self.sync()

    @rule(percent=st.sampled_from((10, 50)))
    def invoice_a_fixed_cost(self, percent):
        self.case.project.fixed_cost = 900
        with self.step("nothing to invoice|of the fixed cost of"):
            part = {"fixed_part": "percent", "fixed_percent": percent}
            self.moves += self.case._invoice(mode="fixed", **part)

    @property
    def offered(self):
        """Time that a draft bills, or may bill, and that is still in Zoho."""
        return self.logs.filtered(
            lambda log: (
                log.billing_state in ("unbilled", "draft")
                and log.zoho_id in self.portal.logs
                and log.zoho_id != self.case.log
            )
        )

    def change_in_zoho(self, log_id, change, stand_in):
        {
            "shorten": lambda: self.portal.edit_log(log_id, minutes=5),
            "withdraw": lambda: self.portal.withdraw_log(log_id),
            "make_unbillable": lambda: self.portal.set_billable(log_id, False),
            "delete": lambda: self.portal.delete_log(log_id),
            "give_away": lambda: self.portal.edit_log(log_id, owner=stand_in),
        }[change]()

    def stand_in(self, logs):
        """Return the Zoho id of somebody who did nothing of this."""
        for user in sorted(self.portal.users):
            who = self.case.record("user", user)
            if who and who._name == "hr.employee" and who not in logs.employee_id:
                return user
        raise AssertionError("nobody is left")

    def lower_by_half(self, move):
        for line in move.invoice_line_ids:
            self.case._set_line(line, quantity=line.quantity / 2)

    @some("offered")
    @rule(
        pick=picks, change=st.sampled_from(CHANGES), way=st.sampled_from(WAYS_TO_FREE)
    )
    def change_what_a_draft_bills_and_free_it(self, pick, change, way):
        self.change_and_free({self.one(self.offered, pick): way}, change)

    def change_and_free(self, ways, change):
        """What Zoho says is done as soon as no draft bills the time, without a sync.

        :param ways: ``{timesheet: how its draft gives it up}``
        """
        freed = []
        stand_in = self.stand_in(self.env["account.analytic.line"].union(*ways))
        for log, way in ways.items():
            if log.billing_state == "unbilled":
                with self.step("nothing to invoice"):
                    self.moves += self.case._invoice(timesheet_ids=log.ids)
            freed += [(move, way) for move in self.drafts & log.billed_time_ids.move_id]
            self.change_in_zoho(log.zoho_id, change, stand_in)
        self.sync()
        # Whoever has left can be given no time; no document waits for him.
        leaver = self.case.record("user", stand_in)
        if change == "give_away":
            leaver.active = False
        for move, way in freed:
            with self.step():
                self.free(move, way)
        if change == "give_away":
            leaver.active = True
            self.sync()
        self.same_as_in_zoho()

    @property
    def open_differences(self):
        return self.case.open_differences().filtered("timesheet_id")

    @some("open_differences")
    @rule(pick=picks, way=st.sampled_from(WAYS))
    def settle(self, pick, way):
        difference = self.one(self.open_differences, pick)
        with self.step(UNSETTLED):
            known = self.env["account.move"].search([])
            self.case.settle(way, difference)
            self.moves += self.env["account.move"].search([]) - known
        self.sync()
