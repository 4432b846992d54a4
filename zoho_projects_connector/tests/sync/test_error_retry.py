"""Trying again from what was kept: one, several, all; and who may.

:source: product.md, section 7.
"""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .resolve_common import ResolveCase
from .test_sync_errors import RefusalCase


@tagged("post_install", "-at_install")
class TestRetry(RefusalCase, ResolveCase):
    def setUp(self):
        super().setUp()
        with self.refusal():
            self.sync()
        self.error = self.errors(entity="task", code="odoo_refused")
        self.advance(minutes=5)

    def test_one(self):
        """The task, its subtasks and their time are fetched without a call."""
        before = self.calls()
        action = self.managed(self.error).action_retry()
        self.assertEqual(self.calls(), before)
        self.assertTrue(self.error.resolved_at)
        self.assertEqual(action["params"]["type"], "success")
        # Whoever shows it reads anew when the dialog, or nothing, is closed.
        close = action["params"]["next"]
        self.assertEqual(close["type"], "ir.actions.act_window_close")
        self.assertEqual(close["infos"]["message"], action["params"]["message"])
        self.assertTrue(action["params"]["message"].startswith("Fetched: 3 tasks, "))
        self.assertEqual(
            set(self.errors(parent_id=False).mapped("code")),
            {"project_without_primary_customer"},
        )
        names = ("Level 1", "Level 2", "Level 3")
        for name in names:
            self.assertTrue(self.record("task", self.zoho("task", name=name).id), name)
        self.assert_all_accounted()
        self.sync()
        self.assert_content()

    def test_it_is_in_the_history(self):
        """The run says who has tried, and the schedule is not put off by it."""
        started = self.last_run().started_at
        self.managed(self.error).action_retry()
        run = self.last_run()
        self.assertEqual((run.trigger, run.status), ("retry", "done"))
        self.assertEqual((run.user_id, run.api_calls), (self.manager, 0))
        self.assertGreater(run.started_at, started)
        self.assertEqual(
            run.line_ids.filtered(lambda one: one.entity == "task").created, 3
        )
        self.advance(minutes=11)
        self.assertIn(self.integration, self.env["zoho.sync.run"]._due())
        self.assertEqual(self.last_run().trigger, "schedule")

    def test_still_refused(self):
        """The row stays, with the moment of this attempt."""
        with self.refusal():
            action = self.managed(self.error).action_retry()
        self.assertFalse(self.error.resolved_at)
        self.assertEqual(self.error.last_seen, fields.Datetime.now())
        self.assertEqual(action["params"]["type"], "warning")
        self.assert_all_accounted()

    def test_all(self):
        """What needs nothing but another attempt is fetched; the rest stays."""
        self.managed(self.env["zoho.sync.error"]).action_retry_all()
        self.assertFalse(self.errors(code="odoo_refused"))
        self.assertEqual(
            set(self.errors(parent_id=False).mapped("code")),
            {"project_without_primary_customer"},
        )
        self.assert_all_accounted()

    def test_more_than_a_click_can_do(self):
        """The sync goes on where the click has stopped."""
        path = "odoo.addons.zoho_projects_connector.models.sync.stream_retry"
        with patch(f"{path}.RETRIED_AT_ONCE", 1):
            self.managed(self.error).action_retry()
        self.assertEqual(self.last_run().status, "queued")
        self.run_cron()
        self.assertFalse(self.errors(code="odoo_refused"))
        self.assert_all_accounted()
        self.assert_content()

    def test_while_a_sync_runs(self):
        """Two runners never write at once: the sync that runs tries it."""
        with patch.object(
            self.env.registry["zoho.integration"],
            "try_lock_for_update",
            lambda integration, **options: integration.browse(),
        ):
            self.managed(self.error).action_retry()
        self.assertFalse(self.error.resolved_at)
        self.assertEqual(self.last_run().status, "queued")
        self.run_cron()
        self.assertTrue(self.error.resolved_at)

    def test_a_module_is_asked_for_again(self):
        self.sim.fault("module_disabled", "issues", times=0)
        self.sync(full=True)
        error = self.errors(entity="bug", zoho_id="")
        self.sim.faults.clear()
        self.managed(error).action_retry()
        self.run_cron()
        self.assertTrue(error.resolved_at)

    def test_refusals(self):
        with self.assertRaises(AccessError):
            self.managed(self.error, self.reader).action_retry()
        with self.assertRaises(AccessError):
            self.managed(self.env["zoho.sync.error"], self.reader).action_retry_all()
        self.error.resolved_at = self.env.cr.now()
        with self.assertRaisesRegex(UserError, "nothing to try"):
            self.managed(self.error).action_retry()
        self.error.resolved_at = False
        self.integration.status = "disabled"
        with self.assertRaisesRegex(UserError, "enable it first"):
            self.managed(self.error).action_retry()

    def test_children_are_one_click_away(self):
        alone = self.zoho("project", name="No customer at all")
        error = self.errors(zoho_id=alone.id)
        action = self.managed(error).action_open_waiting()
        below = self.env["zoho.sync.error"].search(action["domain"])
        children = error.child_ids
        self.assertEqual(len(children), error.child_count)
        self.assertEqual(below, error | children | children.child_ids)

    def test_the_list_is_exported(self):
        """Reason and way out are no columns of the table, and are exported."""
        names = ["entity", "name", "why", "resolution", "child_count", "child_hours"]
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        rows = self.managed(self.errors()).export_data(names)["datas"]
        self.assertEqual(len(rows), len(self.errors()))
        for row in rows:
            self.assertTrue(row[2] and row[3], row)

    def test_an_unknown_reason_is_told(self):
        self.error.code = "something_new"
        self.assertIn("something_new", self.error.why)
        self.assertTrue(self.error.resolution)
