"""Records that cannot be fetched: why, folded, tried again, and gone by themselves.

:source: product.md, sections 7 and 9.
"""

from contextlib import ExitStack
from random import Random
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.sync.stream_base import Stream
from ..simulator import render_logs, render_people, render_work
from .sync_common import SyncCase, SyncedCase

FORBIDDEN = "Tasks of this level are forbidden."
# It cannot be packed, and fits no index.
ENDLESS = Random(1).randbytes(6000).hex()


def told(renderer, kind, values):
    """Let Zoho tell some records of a kind otherwise than they are.

    :param dict values: the keys that are told otherwise, by the id of the record.
    """
    render = getattr(renderer, kind)

    def tell(voice, record, store, *args, **kwargs):
        body = render(voice, record, store, *args, **kwargs)
        return {**body, **values.get(record.id, {})}

    return patch.object(renderer, kind, tell)


@tagged("post_install", "-at_install")
class TestFolding(SyncedCase):
    def setUp(self):
        super().setUp()
        self.alone = self.zoho("project", name="No customer at all")
        self.error = self.errors(zoho_id=self.alone.id)

    def test_children_are_folded(self):
        """What failed because of a project lies below it, down to its hours."""
        below = self.errors(project_zoho_id=self.alone.id)
        self.assertEqual(set(below.mapped("entity")), {"task_list", "task", "timelog"})
        self.assertEqual(set(below.mapped("code")), {"parent_not_fetched"})
        self.assertEqual(below.parent_id, self.error)
        self.assertEqual(self.error.child_count, len(below))
        self.assertEqual(self.error.child_hours, 1.5)
        roots = self.errors(parent_id=False)
        self.assertEqual(set(roots.mapped("entity")), {"project"})
        for one in below:
            for said in (one.why, one.resolution):
                self.assertIn("“No customer at all” (project)", said)

    def test_seen_again(self):
        """An error that stays is one row, first seen then and last seen now."""
        first, last = self.error.first_seen, self.error.last_seen
        count = len(self.errors())
        self.advance(hours=1)
        self.sync(full=True)
        self.assertEqual(len(self.errors()), count)
        self.assertEqual(self.error.first_seen, first)
        self.assertGreater(self.error.last_seen, last)

    def test_customer_that_was_added_in_zoho(self):
        """Who retries is told what Zoho says now: the project, and all below it."""
        customer = next(iter(self.portal.customers))
        self.portal.set_customers(self.alone.id, [customer])
        self.sim.ledger.reset()
        task = self.errors(entity="task", project_zoho_id=self.alone.id)
        action = task.action_retry()
        self.assertEqual(self.sim.ledger.calls["project"], 1)
        self.assertEqual(action["params"]["type"], "success")
        self.assertFalse(self.errors(project_zoho_id=self.alone.id))
        self.assertTrue(self.error.resolved_at)
        project = self.record("project", self.alone.id)
        self.assertEqual(project.partner_id, self.record("customer", customer))
        run = self.env["zoho.sync.run"].search([], limit=1)
        self.assertEqual((run.trigger, run.api_calls), ("retry", 2))
        self.assert_content()

    def test_nothing_was_put_right_in_zoho(self):
        action = self.error.action_retry()
        self.assertFalse(self.error.resolved_at)
        self.assertEqual(action["params"]["type"], "warning")
        self.sim.fault("error_500", "project", times=0)
        self.error.action_retry()
        self.assertFalse(self.error.resolved_at)
        self.assertEqual(self.error.code, "project_without_primary_customer")

    def test_links_to_zoho(self):
        """Zoho has no page of its own for some records: then it is the project's."""
        for error in self.errors():
            self.assertRegex(
                error.url, f"{error.zoho_id}|{error.project_zoho_id}$", error.name
            )


class RefusalCase(SyncCase):
    """Odoo refuses one task of a portal."""

    def refusal(self):
        """Let Odoo refuse the task *Level 1*, however it is written."""
        task = self.env.registry["project.task"]
        create = task.create

        def refuse(records, vals_list):
            if any(vals["name"] == "Level 1" for vals in vals_list):
                raise ValidationError(FORBIDDEN)
            return create(records, vals_list)

        return patch.object(task, "create", refuse)

    def assert_only_below_is_missing(self, code):
        """The refused task, what is below it, and nothing else is missing."""
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        error = self.errors(entity="task", code=code)
        self.assertEqual(error.name, "Level 1")
        below = self.errors(parent_id=error.id)
        self.assertEqual(
            set(below.mapped("name")) & {"Level 2", "Level 3"}, {"Level 2"}
        )
        for name in ("Level 0", "Part 1", "Unassigned, no phase"):
            self.assertTrue(self.record("task", self.zoho("task", name=name).id), name)
        return error


@tagged("post_install", "-at_install")
class TestRefused(RefusalCase):
    def test_odoo_refuses(self):
        """Its own sentence is quoted, and a later sync heals all of it."""
        with self.refusal():
            run = self.sync()
        self.assertEqual(run.status, "done")
        error = self.assert_only_below_is_missing("odoo_refused")
        self.assertIn(FORBIDDEN, error.why)
        self.advance(minutes=20)
        self.sync()
        self.assertTrue(error.resolved_at)
        self.assert_content()

    def test_retried_by_hand(self):
        with self.refusal():
            self.sync()
        error = self.assert_only_below_is_missing("odoo_refused")
        error.action_retry()
        self.run_cron()
        self.assertTrue(error.resolved_at)
        self.assertFalse(self.errors(entity="task", code="odoo_refused"))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    @mute_logger("odoo.sql_db")
    def test_database_refuses(self):
        """A constraint costs its own record, though it breaks a transaction."""
        self.env.cr.execute(
            "ALTER TABLE project_task ADD CONSTRAINT no_level CHECK (name <> 'Level 1')"
        )
        run = self.sync()
        self.assertEqual(run.status, "done")
        error = self.assert_only_below_is_missing("odoo_refused")
        self.assertNotIn("psycopg2", error.why)
        self.env.cr.execute("ALTER TABLE project_task DROP CONSTRAINT no_level")
        self.advance(minutes=20)
        self.sync()
        self.assert_content()

    @mute_logger("odoo.sql_db")
    def test_every_other_log_is_refused(self):
        """Halving down to the bad ones leaves the good ones in."""
        task = self.zoho("task", name="Part 1")
        for number in range(32):
            minutes = 60 + number % 2
            self.portal.add_log(task.project, task.id, minutes, "2026-10-12")
        self.env.cr.execute(
            """ALTER TABLE account_analytic_line ADD CONSTRAINT no_hour
                     CHECK (unit_amount <> 1 OR date <> '2026-10-12')"""
        )
        self.sync()
        self.assertEqual(len(self.errors(code="odoo_refused")), 16)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.env.cr.execute("ALTER TABLE account_analytic_line DROP CONSTRAINT no_hour")
        self.advance(minutes=20)
        self.sync()
        self.assertFalse(self.errors(code="odoo_refused"))
        self.assert_content()


@tagged("post_install", "-at_install")
class TestUnreadable(SyncedCase):
    def setUp(self):
        super().setUp()
        self.task = self.zoho("task", name="Part 1")
        self.log = self.portal.add_log(self.task.project, self.task.id, 30)

    def without(self, *names):
        """Let Zoho tell the log without some of its values."""
        render = render_logs.log

        def tell(voice, log, store):
            body = render(voice, log, store)
            if log.id == self.log.id:
                body = {key: body[key] for key in body if key not in names}
            return body

        return patch.object(render_logs, "log", tell)

    def test_log_without_hours(self):
        """What is missing is named; the others of its page are fetched."""
        other = self.portal.add_log(self.task.project, self.task.id, 45)
        with self.without("log_hour"):
            self.sync()
        self.assertTrue(self.record("timelog", other.id))
        error = self.errors(zoho_id=self.log.id)
        self.assertEqual(error.code, "unreadable")
        self.assertIn("no hours that can be read", error.why)
        # By its name in Zoho it is told to support.
        self.assertIn("log_hour", error.details["reason"])
        self.advance(minutes=20)
        self.sync()
        self.assertFalse(self.errors(zoho_id=self.log.id))
        self.assert_content()

    @mute_logger("odoo.sql_db")
    def test_values_that_no_database_keeps(self):
        """Each costs its own record; all others are fetched, of every module."""
        numbers = (
            {"odd_cf": float("nan")},
            {"odd_cf": [{"deep": float("-inf")}]},
            {"log_hour": "", "total_minutes": 10**17},
            {"log_hour": "", "hours": 10**17, "minutes": 0},
            {"date": "0001-01-01"},
            {"id": "7" * 4000},
        )
        logs = {
            self.portal.add_log(self.task.project, self.task.id, 30).id: values
            for values in numbers
        }
        odd_tasks = ({"odd_cf": float("inf")}, {"name": ["no", {"text": 1}]})
        names = ("Level 0", "Unassigned, no phase")
        tasks = {
            self.zoho("task", name=name).id: values
            for name, values in zip(names, odd_tasks, strict=True)
        }
        project = self.zoho("project", id=self.task.project).id
        customer = next(iter(self.portal.customers))
        with ExitStack() as stack:
            for renderer, kind, values in (
                (render_logs, "log", logs),
                (render_work, "task", tasks),
                (render_work, "project", {project: {"odd_cf": float("nan")}}),
                (render_people, "customer", {customer: {"name": ENDLESS}}),
            ):
                stack.enter_context(told(renderer, kind, values))
            self.advance(days=1)
            run = self.sync(full=True)
        self.assertEqual((run.status, run.message), ("done", False))
        self.assertEqual(self.integration.status, "active")
        self.assertTrue(self.record("timelog", self.log.id))
        unreadable = self.errors(code="unreadable")
        known = {*list(logs)[:-1], *list(tasks)[:1], project}
        self.assertLessEqual(known, set(unreadable.mapped("zoho_id")))
        self.assertEqual(len(self.errors(entity="timelog", code="unreadable")), 6)
        [refused] = self.errors(entity="customer", zoho_id=customer)
        self.assertEqual(refused.code, "value_refused")
        self.advance(minutes=20)
        self.sync(full=True)
        self.assertFalse(self.errors(code="unreadable"))
        self.assert_content()

    def test_value_of_no_record(self):
        """A module whose bookkeeping the database refuses stops no other one."""
        note_listed = Stream._note_listed

        def fail(stream, *args):
            if stream.name == "task":
                raise ValueError("A string literal cannot contain NUL characters.")
            return note_listed(stream, *args)

        with (
            patch.object(Stream, "_note_listed", fail),
            self.assertLogs("odoo.addons.zoho_projects_connector", "ERROR"),
        ):
            run = self.sync()
        self.assertEqual(run.status, "done")
        self.assertIn("Tasks", run.message)
        self.assertTrue(self.record("timelog", self.log.id))
        self.advance(minutes=20)
        self.assertFalse(self.sync().message)

    def test_retry_of_what_was_put_right_in_zoho(self):
        """The record is read by its id: nobody waits for a sync."""
        for name, code in (("log_hour", "unreadable"), ("owner", "user_unresolved")):
            with self.subTest(name):
                log = self.log = self.portal.add_log(
                    self.task.project, self.task.id, 30
                )
                with self.without(name):
                    self.sync()
                error = self.errors(zoho_id=log.id)
                self.assertEqual(error.code, code)
                self.sim.ledger.reset()
                error.action_retry()
                self.assertEqual(self.sim.ledger.total, 1)
                self.assertTrue(error.resolved_at)
                self.assertEqual(self.record("timelog", log.id).unit_amount, 0.5)
                self.advance(minutes=20)

    def test_log_without_id(self):
        with self.without("id"):
            run = self.sync()
        self.assertEqual(run.status, "done")
        self.assertFalse(self.record("timelog", self.log.id))
        self.advance(minutes=20)
        self.sync()
        self.assert_content()

    def test_log_without_owner(self):
        with self.without("owner"):
            self.sync()
        error = self.errors(zoho_id=self.log.id)
        self.assertEqual((error.code, error.hours), ("user_unresolved", 0.5))
        self.assertTrue(error.payload)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.advance(minutes=20)
        self.sync()
        self.assertFalse(self.errors(zoho_id=self.log.id))
        self.assert_content()


@tagged("post_install", "-at_install")
class TestMapping(SyncedCase):
    def add_mapping(self, zoho_field, zoho_type, field):
        return self.env["zoho.field.mapping"].create(
            {
                "integration_id": self.integration.id,
                "entity": "task",
                "zoho_field": zoho_field,
                "zoho_label": "Gate code",
                "zoho_type": zoho_type,
                "field_id": self.env["ir.model.fields"]._get("project.task", field).id,
            }
        )

    def setUp(self):
        super().setUp()
        self.task = self.zoho("task", name="Level 2")
        self.add_mapping("gate_code_cf_0001", "number", "sequence")
        self.advance(minutes=20)

    def test_mapped_value(self):
        """A new mapping reads the module again, and the run says what it used."""
        run = self.sync()
        self.assertEqual(self.record("task", self.task.id).sequence, 1002)
        [snapshot] = run.mapping_snapshot
        self.assertEqual(snapshot["zoho_field"], "gate_code_cf_0001")

    def test_bad_value(self):
        """The field and the value are named; the record waits and heals."""
        self.task.custom["gate_code_cf_0001"] = "none yet"
        self.portal.rename("task", self.task.id, "Level two")
        self.sync()
        error = self.errors(code="mapping_invalid")
        self.assertEqual(error.zoho_id, self.task.id)
        self.assertIn("Gate code", error.why)
        self.assertIn("none yet", error.why)
        self.task.custom["gate_code_cf_0001"] = 7
        self.portal.touch(self.task)
        self.advance(minutes=20)
        self.sync()
        self.assertFalse(self.errors(code="mapping_invalid"))
        self.assertEqual(self.record("task", self.task.id).sequence, 7)
        self.assert_content()

    def test_field_disappears(self):
        self.sync()
        self.portal.remove_custom_field("gate_code_cf_0001")
        self.advance(days=1)
        run = self.sync(full=True)
        self.assertEqual(run.status, "done")
        self.assert_content()
