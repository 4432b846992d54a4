"""Lists of several pages: read to their end, however they tell that more follows, and
by a quick sync in few calls, without anything lost.

:source: Zoho Projects API reference, sections 9.1, 9.3 and 14.
"""

from datetime import timedelta

from odoo.tests import tagged

from ...models.sync.stream_filter import QUICK_CALLS, Waiting
from ...zoho.queries import LOG_TYPES
from ..simulator import DIALECTS, Clock, Dialect, golden
from .sync_common import NOW, SyncCase, SyncedCase
from .test_sync_dialects import each

ROWS = 205
# Projects that wait for a customer, and more users than a page of Zoho holds.
WAITING, USERS = 24, 55
PAGED = (
    "default",
    "gateway_yes",
    "has_next_page_absent",
    "has_next_page_always_true",
    "has_next_page_logs_always_true",
    "has_next_page_string",
    "kitchen_sink",
    "kitchen_sink_last",
    "log_shape_v2",
    "numbers_string",
    "page_info_absent",
    "page_info_array",
    "past_end_repeat_last",
    "per_page_excess_refused",
    "per_page_max_100",
    "per_page_told_requested",
    "projects_shape_envelope",
    "silent",
)
TABLES = {"project": "project", "task": "task", "issue": "bug", "log": "timelog"}


@tagged("post_install", "-at_install")
@each(PAGED)
class TestPages(SyncCase):
    """Long lists of records that have no place in Odoo: each must be accounted for."""

    def make_portal(self):
        portal = golden(clock=self.clock)
        task = next(iter(portal.tasks))
        for number in range(ROWS):
            project = portal.add_project(f"Without customer {number}")
            portal.add_task(project.id, f"Task {number}")
            portal.add_issue(project.id, f"Issue {number}")
            portal.add_log(portal.golden_project, task, number + 1, approval="pending")
        return portal

    def check(self, name):
        self.sim.dialect = DIALECTS[name]
        run = self.sync_patiently()
        self.assertEqual(run.status, "done", run.message)
        for table, entity in TABLES.items():
            self.assertEqual(self.accounted(entity), set(self.portal.table(table)))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def accounted(self, entity):
        """Return the ids that are linked, left out or in the error summary."""
        ids = set(self.errors(entity=entity).mapped("zoho_id"))
        for model in ("zoho.link", "zoho.skipped.record"):
            rows = self.env[model].search(
                [
                    ("integration_id", "=", self.integration.id),
                    ("entity", "=", entity),
                ]
            )
            ids.update(rows.mapped("zoho_id"))
        return ids - {""}


class QuickCase(SyncedCase):
    """A portal with more than a page of each kind of record, most of it waiting."""

    size = "golden"

    def make_portal(self):
        portal = golden(clock=self.clock)
        project, task = portal.golden_project, next(iter(portal.tasks))
        portal.clock, now = Clock.frozen(NOW - timedelta(days=30)), portal.clock
        for number in range(ROWS):
            portal.add_phase(project, f"Phase {number}")
            portal.add_task_list(project, f"List {number}")
            portal.add_issue(project, f"Issue {number}")
        for number in range(2 * ROWS):
            day = NOW.date() - timedelta(days=number // 4)
            portal.add_log(project, task, number + 1, day, approval="pending")
        portal.add_log(project, "", 500, NOW.date(), approval="pending")
        # What shows whether the filter on the day of change is obeyed.
        worked = NOW.date() - timedelta(days=60)
        portal.add_log(project, task, 77, worked, approval="approved")
        portal.clock = now
        for number in range(WAITING):
            portal.add_project(f"Without customer {number}")
        for number in range(USERS):
            portal.add_user("User", str(number), f"user{number}@northlight.example")
        for number, issue in enumerate(portal.issues.values()):
            issue.modified += timedelta(hours=7 * number % len(portal.issues))
        return portal

    def setUp(self):
        super().setUp()
        self.stream = {one.entity: one for one in self.integration.stream_ids}
        self.sim.ledger.reset()

    def schedule(self):
        """Let the schedule sync once; return the calls."""
        return self.calls_of(self.run_cron)

    def press(self):
        """Press *Instant Sync*; return the calls."""
        return self.calls_of(self.sync)

    def calls_of(self, sync):
        self.advance(minutes=20)
        self.sim.ledger.reset()
        last = self.integration.run_ids[:1]
        sync()
        run = self.integration.run_ids[:1]
        self.assertNotEqual(run, last)
        self.assertEqual((run.status, run.message), ("done", False))
        return self.sim.ledger.total

    def named(self, entity, record):
        """Return the name in Odoo of a record of Zoho."""
        self.env.invalidate_all()
        return self.record(entity, record.id).name


@tagged("post_install", "-at_install")
class TestQuickSync(QuickCase):
    def test_calls_of_a_sync_without_changes(self):
        """Whatever waits, and with the daily probe of the filter."""
        # A project of before waits as well now, and time that lies on waiting days.
        self.portal.set_customers(self.portal.golden_project, [])
        project = self.zoho("project", name="Without customer 0").id
        task = self.portal.add_task(project, "Task").id
        for number in range(ROWS // 2):
            self.portal.add_log(project, task, 9, NOW.date() - timedelta(number // 3))
        self.press()
        self.assertEqual(len(self.errors(entity="project")), WAITING + 1)
        for name in ("default", "list_sort_honoured"):
            self.sim.dialect = DIALECTS[name]
            for sync in (self.press, self.schedule) * 3:
                with self.subTest(name, sync=sync.__name__):
                    self.assertLessEqual(sync(), QUICK_CALLS)
                    self.assertLessEqual(self.sim.ledger.calls["project_customers"], 1)
        self.assertTrue(self.stream["timelog"].obeys_modified)

    def test_customer_that_is_no_change(self):
        """What waits has its turn, also while its page of the list has none."""
        self.portal.customer_bumps_project = False
        customer = self.portal.projects[self.portal.golden_project].primary
        waiting = self.errors(entity="project").sorted("id")
        for minutes, error in enumerate(waiting):
            error.sudo().asked_at = NOW.replace(tzinfo=None) + timedelta(
                minutes=minutes
            )
        for error in waiting[:3]:
            self.portal.set_customers(error.zoho_id, [customer])
        self.stream["project"].sudo().write({"ignores_order": True, "pages_read": 1})
        for arrived in range(1, 4):
            self.assertLessEqual(self.schedule(), QUICK_CALLS)
            found = [bool(self.record("project", one.zoho_id)) for one in waiting[:3]]
            self.assertEqual(found, [number < arrived for number in range(3)])
        # Who presses "Retry" while nobody can be asked need not wait for a turn.
        wanted = waiting[-2:]
        for error in wanted:
            self.portal.set_customers(error.zoho_id, [customer])
        wanted.sudo().last_seen = False
        self.stream["project"].sudo().write({"ignores_order": True, "pages_read": 1})
        self.press()
        self.assertTrue(all(self.record("project", one.zoho_id) for one in wanted))

    def test_probe_ends_as_soon_as_it_has_told(self):
        """Whatever else was changed on its day."""
        for log in self.portal.logs.values():
            self.portal.touch(log)
        self.press()
        until = NOW.replace(tzinfo=None) + timedelta(days=4)
        stream = self.stream["timelog"]
        stream.sudo().write({"obeys_modified": False, "modified_until": until})
        self.advance(days=5)
        self.assertLessEqual(self.press(), QUICK_CALLS)
        self.assertTrue(stream.obeys_modified)

    def test_turn_that_zoho_refuses(self):
        """The sync goes on, and the customer that was known stays so."""
        one = self.errors(entity="project").sorted("id")[0]
        customer = self.portal.projects[self.portal.golden_project].primary
        pairs = self.env["zoho.project.customer"].sudo()
        pairs._keep_pairs(
            self.integration.run_ids[0], [(one.zoho_id, customer, "primary")]
        )
        self.sim.fault("module_disabled", "project_c*", times=0)
        self.assertLessEqual(self.schedule(), QUICK_CALLS)
        self.assertEqual(self.sim.ledger.calls["project_customers"], 1)
        self.assertTrue(self.record("project", one.zoho_id))

    def test_long_list_of_users(self):
        """A page in its turn, for whoever presses the button."""
        # As long as nothing else needs the call.
        told = {"approving_changes": "yes", "obeys_modified": True}
        self.stream["timelog"].sudo().write(told)
        new = self.portal.add_user("New", "Colleague", "new@northlight.example")
        for _page in range(2):
            self.press()
            self.assertEqual(self.sim.ledger.calls["users"], 1)
        self.assertTrue(self.record("user", new.id))

    def test_sorted_list(self):
        """What has changed stands at its head, and was never read behind that."""
        self.sim.dialect = DIALECTS["list_sort_honoured"]
        for number in (1, ROWS - 1):
            issue = self.zoho("issue", name=f"Issue {number}")
            self.portal.edit("issue", issue.id, name="Changed")
            self.press()
            self.assertEqual(self.named("bug", issue), "Changed")
            self.assertEqual(self.sim.ledger.calls["issues"], 1)
        self.assertFalse(self.stream["bug"].ignores_order)

    def test_each_page_has_its_turn(self):
        """Where the list is not sorted: a page for each sync, and then from the top."""
        first, last = (
            self.zoho("issue", name=f"Issue {number}") for number in (1, ROWS - 1)
        )
        self.press()
        self.assertTrue(self.stream["bug"].ignores_order)
        for turn in range(2):
            for name in (f"First {turn}", f"Second {turn}"):
                for issue in (first, last):
                    self.portal.edit("issue", issue.id, name=name)
                self.schedule()
                self.assertEqual(self.sim.ledger.calls["issues"], 1)
                arrived = [self.named("bug", one) == name for one in (first, last)]
                self.assertEqual(arrived.count(True), 1)
            self.assertEqual(self.named("bug", first), f"Second {turn}")
            self.assertEqual(self.named("bug", last), f"First {turn}")
        self.sync(full=True)
        self.assertFalse(self.stream["bug"].ignores_order)
        self.assertEqual(self.named("bug", last), "Second 1")

    def test_list_sorted_by_its_ids(self):
        """As long as nothing on the page was changed, it looks as if by change."""
        issues = self.portal.issues
        for record in issues.values():
            record.modified = record.created
        ordered = sorted(issues, key=int, reverse=True)
        self.portal.issues = {zoho_id: issues[zoho_id] for zoho_id in ordered}
        self.portal.version += 1
        self.press()
        self.assertTrue(self.stream["bug"].ignores_order)

    def test_sort_order_is_refused(self):
        self.sim.dialect = DIALECTS["refused_params_sort_by"]
        self.press()
        issue = self.zoho("issue", name=f"Issue {ROWS - 1}")
        self.portal.edit("issue", issue.id, name="Changed")
        self.press()
        self.assertEqual(self.sim.ledger.calls["issues"], 1)
        self.assertEqual(self.named("bug", issue), "Changed")

    def test_list_without_an_end(self):
        """Each page says that more follow; behind the last, it is shown again."""
        self.sim.dialect = Dialect(has_next_page="always_true", past_end="repeat_last")
        issue = self.zoho("issue", name="Issue 1")
        for number in range(4):
            self.portal.edit("issue", issue.id, name=f"Changed {number}")
            self.press()
        self.portal.edit("issue", issue.id, name="Last")
        for _sync in range(3):
            self.press()
        self.assertEqual(self.named("bug", issue), "Last")

    def test_parent_that_had_no_turn(self):
        """A list that lacks what is referred to is read whole by the next sync."""
        self.press()
        self.press()
        project = self.portal.golden_project
        new = self.portal.add_task_list(project, "New list")
        task = self.portal.add_task(project, "New task", new.id)
        self.press()
        self.assertTrue(self.errors(entity="task", zoho_id=task.id))
        self.assertTrue(self.stream["task_list"].needs_full_sync)
        self.schedule()
        self.assertFalse(self.errors(parent_id=False) - self.errors(entity="project"))
        self.assertEqual(
            self.record("task", task.id).zoho_task_list_id.name, "New list"
        )
        self.assertFalse(self.stream["task_list"].needs_full_sync)


@tagged("post_install", "-at_install")
class TestWaitingTime(QuickCase):
    def setUp(self):
        super().setUp()
        waiting = [log for log in self.portal.logs.values() if log.kind == "task"]
        waiting = [log for log in waiting if log.approval == "pending"]
        self.newest, self.oldest = waiting[0], waiting[-1]
        self.general = self.zoho("log", minutes=500)
        self.integration.sync_general_timesheets = True
        self.sync(full=True)

    def fetched(self, *logs):
        return [bool(self.record("timelog", log.id)) for log in logs]

    def test_approving_is_a_change(self):
        """Once the portal has shown it, no day is read again for approvals."""
        # Three kinds, the probe after a full comparison, and days in their turn.
        self.assertLessEqual(self.press(), QUICK_CALLS)
        self.assertEqual(self.sim.ledger.calls["timelogs"], 5)
        self.portal.approve_log(self.oldest.id)
        self.press()
        self.assertEqual(self.fetched(self.oldest), [True])
        self.assertEqual(self.stream["timelog"].approving_changes, "yes")
        self.portal.approve_log(self.newest.id)
        self.press()
        self.assertEqual(self.fetched(self.newest, self.general), [True, False])
        self.assertEqual(self.sim.ledger.calls["timelogs"], 3)

    def test_edited_and_approved(self):
        """It would be a change in any case."""
        self.portal.edit_log(self.oldest.id, minutes=7)
        self.portal.approve_log(self.oldest.id)
        self.press()
        self.assertEqual(self.fetched(self.oldest), [True])
        self.assertFalse(self.stream["timelog"].approving_changes)

    def test_portal_that_was_believed(self):
        """The full comparison fetches what was missed, and it is believed no longer."""
        self.stream["timelog"].sudo().approving_changes = "yes"
        self.portal.approval_bumps = False
        self.portal.approve_log(self.newest.id)
        self.press()
        self.assertEqual(self.fetched(self.newest), [False])
        self.advance(hours=1)
        self.sync(full=True)
        self.assertEqual(self.fetched(self.newest), [True])
        self.assertEqual(self.stream["timelog"].approving_changes, "no")
        # Three kinds, the probe after a full comparison, and days in their turn.
        self.assertLessEqual(self.press(), QUICK_CALLS)
        self.assertEqual(self.sim.ledger.calls["timelogs"], 5)

    def test_approved_without_a_trace(self):
        """Whoever presses the button gets the newest, and where some is there, all."""
        self.portal.approval_bumps = False
        self.portal.approve_log(self.oldest.id)
        self.assertLessEqual(self.press(), QUICK_CALLS)
        self.assertEqual(self.fetched(self.oldest), [False])
        self.portal.approve_log(self.newest.id)
        self.portal.approve_log(self.general.id)
        self.press()
        self.assertEqual(
            self.fetched(self.newest, self.oldest, self.general), [True] * 3
        )
        self.assertEqual(self.stream["timelog"].approving_changes, "no")

    def test_each_day_has_its_turn(self):
        """By the schedule: three lists a sync, until all was read again."""
        self.portal.approval_bumps = False
        for log in (self.newest, self.oldest, self.general):
            self.portal.approve_log(log.id)
        for _sync in range(2):
            self.assertLessEqual(self.schedule(), QUICK_CALLS)
        self.assertEqual(
            self.fetched(self.newest, self.oldest, self.general), [True] * 3
        )

    def test_what_waits_keeps_its_kind(self):
        """What an older version has left out may be of any kind."""
        left_out = self.env["zoho.skipped.record"].search(
            [("entity", "=", "timelog"), ("reason", "=", "timesheet_not_approved")]
        )
        self.assertEqual(set(left_out.mapped("kind")), {"task", "general"})
        left_out.sudo().write({"kind": False, "remote_modified": False})
        waiting = Waiting(self.stream["timelog"], NOW.date())
        self.assertEqual(
            {one.kind for one in waiting.spans()}, set(LOG_TYPES) - {"issue"}
        )
        self.portal.approval_bumps = False
        self.portal.approve_log(self.newest.id)
        self.schedule()
        self.assertEqual(self.fetched(self.newest), [True])
        self.assertFalse(self.stream["timelog"].approving_changes)
