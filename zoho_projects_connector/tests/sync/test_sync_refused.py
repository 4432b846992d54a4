"""A module that Zoho refuses, empties or cuts short does no harm to the others.

:source: product.md, sections 7 and 9.
"""

from itertools import pairwise
from unittest.mock import patch

from odoo.tests import tagged

from ..simulator import Dialect
from .sync_common import SyncedCase
from .test_sync_faults import FaultCase

# The route of each module's list, and what a person can change in it.
MODULES = {
    "user": "users",
    "phase": "phases",
    "task_list": "task_lists",
    "task": "tasks",
    "bug": "issues",
    "timelog": "timelogs",
}
CODES = {
    "scope_missing": "scope_missing",
    "module_disabled": "module_disabled",
    "licence": "licence",
    "bad_rule": "module_disabled",
    "gone": "not_found",
    "unauthorized": "access_denied",
}


class ModuleCase(FaultCase, SyncedCase):
    def change_all(self):
        """Change one record of each module in Zoho."""
        portal = self.portal
        portal.edit("phase", self.zoho("phase", name="Phase 2").id, name="Phase two")
        portal.edit("task_list", self.zoho("task_list", name="Launch").id, name="Lift")
        portal.edit("task", self.zoho("task", name="Level 0").id, name="Level zero")
        [issue] = portal.issues
        portal.edit("issue", issue, name="Menu is hidden")
        portal.edit_log(self.zoho("log", minutes=132 * 60 + 30).id, minutes=61)
        portal.edit("project", portal.golden_project, name="Golden again")

    def stream(self, entity):
        return self.integration.stream_ids.filtered(lambda one: one.entity == entity)

    def assert_others_moved_on(self, refused):
        """What a sync brings of all but one module is as it is in Zoho."""
        self.assertEqual(self.stream(refused).state, "error")
        for stream in self.integration.stream_ids:
            if stream.entity != refused:
                self.assertEqual(stream.state, "idle", stream.entity)
        names = {
            "phase": ("phase", "Phase two"),
            "task_list": ("task_list", "Lift"),
            "task": ("task", "Level zero"),
            "bug": ("issue", "Menu is hidden"),
        }
        for entity, (table, name) in names.items():
            if entity != refused:
                zoho = self.zoho(table, name=name)
                self.assertEqual(self.record(entity, zoho.id).name, name)
        self.assertFalse(self.withdrawn())

    def check(self, kind, entity, code):
        """Refuse one module for a while; the rest goes on, and it heals."""
        self.change_all()
        self.sim.fault(kind, MODULES[entity], times=0)
        with self.no_traceback():
            run = self.sync(full=True)
        self.assertEqual((run.status, self.integration.status), ("done", "active"))
        self.assertTrue(run.message)
        self.assertEqual(run.message, self.integration.status_message)
        self.assert_others_moved_on(entity)
        error = self.errors(entity=entity, zoho_id="")
        self.assertEqual(error.code, code)
        self.assertRegex(error.why, "^[A-Z].*[.]$")
        self.assertTrue(error.resolution)
        self.sim.faults.clear()
        self.advance(days=1)
        run = self.sync(full=True)
        self.assertFalse(run.message)
        self.assertFalse(self.errors(entity=entity, zoho_id=""))
        self.assert_converged()


def each_module(cls):
    """Give a class one test for each module."""
    for entity in cls.entities:

        def test(self, entity=entity):
            self.check_module(entity)

        setattr(cls, f"test_{entity}", test)
    return cls


@tagged("post_install", "-at_install")
@each_module
class TestRefusedModule(ModuleCase):
    entities = tuple(MODULES)

    def check_module(self, entity):
        self.check("module_disabled", entity, "module_disabled")

    def test_other_refusals(self):
        for kind, code in CODES.items():
            with self.subTest(kind), self.env.cr.savepoint() as savepoint:
                self.check(kind, "bug", code)
                savepoint.rollback()
                self.env.invalidate_all()
                self.serve_again()

    def serve_again(self):
        self.open_first_portal()

    def test_html_page(self):
        """A web page with HTTP 200 is no list: nothing is taken from it."""
        self.change_all()
        self.sim.fault("html_200", "issues", times=0)
        with self.no_traceback():
            self.sync(full=True)
            self.run_past_waits(1)
        self.assertTrue(self.integration.status_message)
        self.assertFalse(self.withdrawn())
        self.sim.faults.clear()
        self.advance(days=1)
        self.run_cron()
        self.sync(full=True)
        self.assert_converged()

    def test_projects(self):
        """Without projects there is nothing to sync: all of it waits."""
        self.change_all()
        self.sim.fault("module_disabled", "projects", times=0)
        with self.no_traceback():
            run = self.sync(full=True)
        self.assertEqual((run.status, self.integration.status), ("failed", "waiting"))
        self.assertGreater(self.integration.retry_at, self.now())
        self.assertFalse(self.withdrawn())
        self.sim.faults.clear()
        self.advance(hours=1)
        self.run_cron()
        self.sync(full=True)
        self.assert_converged()

    def test_customers(self):
        """Known customers stay; who is new waits."""
        self.change_all()
        self.sim.fault("module_disabled", "c*", times=0)
        with self.no_traceback():
            run = self.sync(full=True)
        self.assertEqual(run.status, "done")
        self.assert_others_moved_on("customer")
        self.sim.faults.clear()
        self.advance(days=1)
        self.sync(full=True)
        self.assert_converged()


@tagged("post_install", "-at_install")
@each_module
class TestShrunkListing(ModuleCase):
    """A list that loses everything at once is not believed."""

    entities = ("project", "phase", "task_list", "task", "bug", "timelog")

    def check_module(self, entity):
        endpoint = {**MODULES, "project": "projects"}[entity]
        self.sim.fault("empty", endpoint, times=0)
        with self.no_traceback():
            run = self.sync(full=True)
        self.assertEqual(run.status, "done")
        self.assertEqual(self.stream(entity).state, "error")
        error = self.errors(entity=entity, zoho_id="")
        self.assertIn("lost", error.why)
        self.assertFalse(self.withdrawn())
        self.sim.faults.clear()
        self.advance(days=1)
        self.sync(full=True)
        self.assertFalse(self.errors(entity=entity, zoho_id=""))
        self.assert_converged()

    def test_half(self):
        """More than a fifth is too much, whatever the bin says."""
        tasks = sorted(self.portal.tasks)
        for task in tasks[: len(tasks) // 3]:
            if task in self.portal.tasks:
                self.portal.trash("task", task)
        self.sync(full=True)
        error = self.errors(entity="task", zoho_id="")
        self.assertIn("lost", error.why)
        self.assertEqual(self.withdrawn_of("task"), 0)

    def test_a_few(self):
        """A loss that can be believed is looked into, one by one."""
        gone = [self.zoho("task", name=name) for name in ("Part 1", "Level 3")]
        self.portal.purge("task", gone[0].id)
        self.portal.trash("task", gone[1].id)
        self.sim.ledger.reset()
        self.sync(full=True)
        self.assertEqual(self.withdrawn_of("task"), 2)
        # The bin tells of one; the other is asked for, between two that are there.
        self.assertEqual(self.sim.ledger.calls["task"], 3)
        self.assert_content()

    def test_one_of_each_module(self):
        """Each module has its own path to a single record, phases have two."""
        self.sim.dialect = Dialect(phases_version="v31", bin_form="absent")
        gone = {
            "phase": self.zoho("phase", name="Phase 2").id,
            "task_list": self.zoho("task_list", name="Launch").id,
            "project": self.zoho("project", name="Around the cut-off").id,
        }
        for entity, zoho_id in gone.items():
            self.portal.purge(entity, zoho_id)
        with self.no_traceback():
            run = self.sync(full=True)
        self.assertEqual((run.status, run.message), ("done", False))
        for entity, zoho_id in gone.items():
            self.assertEqual(self.link(entity, zoho_id).state, "withdrawn", entity)

    def test_one_signal_is_not_enough(self):
        """While neither bin nor record answer, nobody is gone."""
        gone = self.zoho("task", name="Part 1")
        self.portal.trash("task", gone.id)
        for kind in ("scope_missing", "module_disabled", "html_200"):
            with self.subTest(kind):
                self.sim.faults.clear()
                self.sim.fault("module_disabled", "bin", times=0)
                self.sim.fault(kind, "task", times=0)
                self.sync(full=True)
                self.assertEqual(self.integration.status, "active")
                self.assertEqual(self.withdrawn_of("task"), 0)
                self.advance(days=1)
        self.sim.faults.clear()
        self.sync(full=True)
        self.assertEqual(self.withdrawn_of("task"), 1)
        self.assert_content()

    def test_records_that_are_slow_to_ask_for(self):
        """Odoo ends what takes two minutes: each step commits long before."""
        moments = []
        cron = self.env.registry["ir.cron"]
        commit = cron._commit_progress

        def note(*args, **kwargs):
            moments.append(self.clock())
            return commit(*args, **kwargs)

        self.sim.faults.sleep = lambda seconds: self.advance(seconds=seconds)
        self.sim.dialect = Dialect(per_page_max=10)
        shift = {"where": {"page": "2"}, "rows": 6}
        self.sim.fault("shift", "timelogs", **shift)
        slow = self.sim.fault("slow", "timelog", times=0, seconds=12)
        with patch.object(cron, "_commit_progress", note):
            self.sync(full=True)
        self.assertGreater(slow.struck, 6)
        waits = [after - before for before, after in pairwise(moments)]
        self.assertLess(max(waits), 60)
        self.assertFalse(self.withdrawn())
        # The list has passed over records that are there: it is read again.
        stream = self.stream("timelog")
        self.assertTrue(stream.needs_full_sync)
        self.advance(minutes=20)
        self.sync()
        self.assertFalse(stream.needs_full_sync)
        self.assert_content()

    def test_long_trash(self):
        """It is a hint, and is not read to its end: no run would come past it."""
        self.sim.dialect = Dialect(per_page_max=10)
        project = self.portal.golden_project
        for number in range(300):
            task = self.portal.add_task(project, f"Gone {number}")
            self.portal.trash("task", task.id)
        self.portal.purge("task", self.zoho("task", name="Part 1").id)
        self.sim.ledger.reset()
        run = self.sync(full=True)
        self.assertEqual(run.status, "done")
        # Its logs are missed as well, and looked for there.
        self.assertLessEqual(self.sim.ledger.calls["bin"], 2 * 25)
        self.assertEqual(self.withdrawn_of("task"), 1)
        self.assert_content()

    def test_either_path_of_a_single_log(self):
        """Whichever path this portal has for one log tells that it is gone."""
        for form in ("plain", "new", "both"):
            with self.subTest(form):
                self.sim.dialect = Dialect(log_path=form)
                log = self.log_in_sight()
                self.portal.delete_log(log)
                self.sync(full=True)
                self.assertEqual(self.link("timelog", log).state, "withdrawn")
                self.assertEqual(self.stream("timelog").state, "idle")
                self.assertFalse(self.errors(entity="timelog", zoho_id=""))
                self.advance(days=1)

    def test_a_path_that_finds_no_log_at_all(self):
        """Nothing is withdrawn, and it is said, until one path finds what is there."""
        log = self.log_in_sight()
        self.portal.delete_log(log)
        self.sim.dialect = Dialect(log_path="lost")
        for _run in range(2):
            run = self.sync(full=True)
            self.assertEqual((run.status, self.integration.status), ("done", "active"))
            self.assertFalse(self.withdrawn())
            error = self.errors(entity="timelog", zoho_id="")
            self.assertEqual(error.code, "deletion_unconfirmed")
            self.assertRegex(error.why, "^Zoho's list no longer holds 1 records.*[.]$")
            self.assertIn("None was withdrawn", self.stream("timelog").message)
            self.advance(days=1)
        self.sim.dialect = Dialect()
        self.sync(full=True)
        self.assertEqual(self.link("timelog", log).state, "withdrawn")
        self.assertFalse(self.errors(entity="timelog", zoho_id=""))
        self.assertFalse(self.stream("timelog").message)

    def test_a_path_that_closes_while_it_is_asked(self):
        """What is there and slips out of a list is not withdrawn by a closed path."""
        paths = {"timelog": ("timelogs", "timelog"), "task": ("tasks", "task")}
        for entity, (listing, single) in paths.items():
            with self.subTest(entity):
                self.sim.faults.clear()
                self.sim.fault("shift", listing, times=0)
                # The first answer is right: a record that is there is found.
                self.sim.fault("gone", single, nth=2, times=0)
                self.sync(full=True)
                self.assertEqual(self.sim.faults.unmet(), [])
                self.assertFalse(self.withdrawn())
                error = self.errors(entity=entity, zoho_id="")
                self.assertEqual(error.code, "deletion_unconfirmed")
                self.advance(days=1)
        self.sim.faults.clear()
        self.sync(full=True)
        self.assert_converged()

    def log_in_sight(self):
        """Return the id of a log that is a timesheet now."""
        return (
            self.env["zoho.link"]
            .search([("entity", "=", "timelog"), ("state", "=", "linked")], limit=1)
            .zoho_id
        )

    def withdrawn_of(self, entity):
        return self.env["zoho.link"].search_count(
            [("state", "=", "withdrawn"), ("entity", "=", entity)]
        )
