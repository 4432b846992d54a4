"""The sync as jobs: one at a time for each portal, and the same content."""

from contextlib import contextmanager, nullcontext, suppress
from unittest.mock import DEFAULT, patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError
from odoo.modules import module
from odoo.service.model import get_public_method
from odoo.tests import tagged

from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.addons.zoho_projects_connector.models.sync.stream_base import Stream
from odoo.addons.zoho_projects_connector.tests.sync.sync_common import SyncCase

from ..hooks import uninstall_hook
from ..models import zoho_integration

FLOW = "odoo.addons.zoho_projects_connector.models.sync.zoho_integration_flow"
# Another than that of a job runner, which may be there.
LOCK = PG_ADVISORY_LOCK_ID + 1


@tagged("post_install", "-at_install")
class TestSyncJobs(SyncCase):
    def setUp(self):
        super().setUp()
        self.flow = self.registry["zoho.integration"]
        self.is_attended, real = True, self.flow._has_job_runner
        self.patch(
            self.flow, "_has_job_runner", lambda one: self.is_attended or real(one)
        )

    def press(self):
        with self.enter_registry_test_mode():
            if self.integration.status == "signed_in":
                self.integration.action_save_and_sync()
            else:
                self.integration.action_sync()
        self.env.invalidate_all()

    def jobs(self, *states):
        jobs = self.env["queue.job"].search([], order="id")
        jobs = jobs.filtered(lambda job: job.method_name == "_job_sync")
        return jobs.filtered(lambda job: job.state in states) if states else jobs

    def run_job(self, *failures):
        """Let a worker take the only job that waits, if its time has come.

        :param failures: the errors that may end it.
        """
        self.env.flush_all()
        [job] = self.jobs("pending")
        if job.eta and job.eta > fields.Datetime.now():
            return job
        job.state = "enqueued"
        self.env.flush_all()
        with (
            self.enter_registry_test_mode(),
            self.registry.cursor() as cr,
            # A job's own transaction, which in a test lies within this one.
            patch.multiple(cr, savepoint=nullcontext, rollback=DEFAULT),
        ):
            env = api.Environment(cr, SUPERUSER_ID, {})
            taken = RunJobController._acquire_job(env, job.uuid)
            # `assertRaises` would undo what the failure has written.
            with suppress(*failures):
                RunJobController._runjob(env, taken)
        self.env.invalidate_all()
        return job

    def work(self):
        """Run jobs until none waits."""
        for _slice in range(200):
            if not self.jobs("pending"):
                return
            self.run_job()
        self.fail("The jobs do not end.")

    @contextmanager
    def one_page_a_job(self):
        with patch.object(zoho_integration, "SLICE_SECONDS", 0):
            yield

    def test_without_a_runner_the_schedule_syncs(self):
        self.is_attended = False
        self.assertFalse(self.integration._has_job_runner())
        self.sync()
        self.assertFalse(self.jobs())
        self.assertEqual(self.integration.status, "active")

    def test_a_runner_is_known_by_its_lock(self):
        self.is_attended = False
        self.assertFalse(self.integration._has_job_runner())
        with (
            patch.object(module, "current_test", False),
            patch.object(zoho_integration, "PG_ADVISORY_LOCK_ID", LOCK),
        ):
            self.assertFalse(self.integration._has_job_runner())
            self.env.cr.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            self.assertTrue(self.integration._has_job_runner())

    def test_pressed_twice_is_one_job(self):
        self.press()
        self.press()
        [job] = self.jobs()
        self.assertEqual(job.channel, f"root.zoho.{self.integration.id}")
        self.assertEqual(job.company_id, self.company)
        self.assertEqual(self.integration.run_ids.status, "queued")
        self.assertEqual(self.integration.run_ids.api_calls, 0)
        self.work()
        self.assertEqual(self.integration.status, "active")
        self.assertEqual(self.integration.run_ids.status, "done")
        self.assert_content()

    def test_slices_are_jobs_of_their_own(self):
        self.press()
        with self.one_page_a_job():
            self.run_job()
            self.assertEqual(self.integration.status, "syncing")
            [done, following] = self.jobs()
            self.assertEqual((done.state, following.state), ("done", "pending"))
            self.run_cron(1)
            self.assertEqual(self.jobs(), done + following)
            self.work()
        self.assertEqual(self.integration.status, "active")
        self.assertGreater(len(self.jobs()), 5)
        self.assertEqual(set(self.jobs().mapped("state")), {"done"})
        self.assert_content()

    def test_throttle_is_a_retry_that_counts_for_nothing(self):
        self.sim.fault("throttle", "tasks")
        self.press()
        job = self.run_job()
        self.assertEqual((job.state, job.retry), ("pending", 0))
        self.assertEqual(self.integration.status, "waiting")
        self.assertEqual(job.eta, self.integration.retry_at)
        self.assertEqual(job.result, self.integration.status_message)
        # Zoho's own limit makes everybody wait.
        self.press()
        self.assertEqual(self.jobs(), job)
        self.assertEqual(job.eta, self.integration.retry_at)
        self.advance(minutes=self.sim.throttle.lock_minutes, seconds=2)
        self.work()
        self.assertEqual(self.integration.status, "active")
        self.assert_content()

    def test_pressing_brings_a_retry_forward(self):
        self.sim.fault("error_500", "tasks", times=3)
        self.press()
        job = self.run_job()
        self.assertGreater(job.eta, fields.Datetime.now())
        self.press()
        self.assertEqual(self.jobs(), job)
        self.assertFalse(job.eta)
        self.work()
        self.assertEqual(self.integration.status, "active")

    def test_stopped_and_disabled(self):
        self.press()
        with self.one_page_a_job():
            self.run_job()
        self.integration.action_stop()
        self.sim.ledger.reset()
        self.work()
        self.assertEqual(self.integration.run_ids.status, "stopped")
        self.press()
        self.integration.action_disable()
        self.work()
        self.assertEqual(self.sim.ledger.total, 0)
        self.assertEqual(self.integration.status, "disabled")

    def test_whoever_finds_it_locked_leaves(self):
        self.press()
        with patch.object(self.flow, "_sync_slices", lambda *_args: False):
            self.run_job()
        self.assertFalse(self.jobs("pending"))

    def test_a_lost_job_is_found_missing(self):
        self.press()
        self.jobs().unlink()
        self.run_cron(1)
        self.work()
        self.assertEqual(self.integration.status, "active")

    def test_what_fails_is_told_on_the_integration(self):
        self.press()
        with patch.object(Stream, "_fetch", side_effect=KeyError("no such")):
            with self.assertLogs(FLOW, "ERROR"):
                job = self.run_job()
        self.assertEqual(job.state, "pending")
        self.assertEqual(job.eta, self.integration.retry_at)
        self.assertEqual(self.integration.status, "stalled")
        self.assertIn("KeyError", self.integration.status_message)
        self.advance(minutes=20)
        self.run_cron(1)
        self.work()
        self.assertEqual(self.integration.status, "active")

    def test_a_failed_job_is_told_on_the_integration(self):
        self.press()
        [job] = self.jobs("pending")
        with (
            patch.object(self.flow, "_sync_in_slices", side_effect=KeyError("lost")),
            self.assertLogs("odoo.addons.queue_job.controllers.main", "ERROR"),
        ):
            self.run_job(KeyError)
        self.assertEqual(job.state, "failed")
        self.assertEqual(self.integration.status, "stalled")
        self.assertIn("KeyError", self.integration.status_message)

    def test_a_channel_lives_as_long_as_its_portal(self):
        channel = self.integration._job_channels()
        self.assertEqual(channel.complete_name, f"root.zoho.{self.integration.id}")
        other = self.connect(name="Second", grant_code=self.sim.self_client_code())
        self.assertNotEqual(other._job_channels(), channel)
        self.press()
        self.integration.action_delete()
        self.assertFalse(channel.exists() or self.jobs())
        self.assertTrue(other._job_channels())

    def test_a_job_of_a_deleted_portal_does_nothing(self):
        gone = self.integration
        self.integration = self.connect(name="Second")
        self.integration.unlink()
        self.assertIsNone(self.integration._job_sync())
        self.assertTrue(gone.exists())

    def test_nobody_calls_jobs_from_without(self):
        for name in ("_job_sync", "_job_sync_failed", "_queue_job"):
            with self.assertRaises(AccessError):
                get_public_method(self.env["zoho.integration"], name)

    def test_uninstalled_the_schedule_goes_on(self):
        self.press()
        with self.one_page_a_job():
            self.run_job()
        uninstall_hook(self.env)
        self.assertFalse(self.jobs("pending") or self.integration._job_channels())
        self.is_attended = False
        self.run_cron()
        self.assertEqual(self.integration.status, "active")
        self.assert_content()
