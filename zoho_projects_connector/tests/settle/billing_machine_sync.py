"""What people do in Zoho between two syncs, while an accountant bills in Odoo."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from ...wizards.billing.invoice_time import TimeSource
from ..billing.billing_machine import MINUTES, picks, some
from ..billing.billing_machine_lines import LineMachine

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

    def read_logs(self):
        self.logs |= self.logs.search([("project_id", "=", self.case.project.id)])
        self.logs = self.logs.exists()

    @invariant()
    def what_is_free_is_as_zoho_says(self):
        """Nothing that an open difference asks for is offered, free time asks none."""
        differences = self.env["zoho.difference"].sudo()
        for difference in differences.search([("is_standing", "=", True)]):
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
                self.case.assertAlmostEqual(line.unit_amount, hours, 6, line.name)

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

    @property
    def open_differences(self):
        return self.case.open_differences()

    @some("open_differences")
    @rule(pick=picks, way=st.sampled_from(WAYS))
    def settle(self, pick, way):
        difference = self.one(self.open_differences, pick)
        with self.step(UNSETTLED):
            known = self.env["account.move"].search([])
            self.case.settle(way, difference)
            self.moves += self.env["account.move"].search([]) - known
        self.sync()
