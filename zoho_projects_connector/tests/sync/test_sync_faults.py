"""Every failure of Zoho ends in a status and a sentence, and the next run goes on.

:source: product.md, section 7; API reference, section 10.
"""

import logging
from contextlib import contextmanager
from dataclasses import replace

from odoo.tests import tagged

from .sync_common import SyncCase, SyncedCase

# Listings in the order in which a first sync reads them.
LISTINGS = (
    "customers",
    "client_users",
    "users",
    "projects",
    "customer_projects",
    "project_customers",
    "phases",
    "task_lists",
    "tasks",
    "issues",
    "timelogs",
)


class FaultCase:
    """What every failure must leave behind."""

    @contextmanager
    def no_traceback(self):
        """Assert that nothing of the connector is logged as a failure of ours."""
        records = []
        handler = logging.Handler(logging.WARNING)
        handler.emit = records.append
        logger = logging.getLogger("odoo")
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)
        loud = [one for one in records if one.exc_info or one.levelno >= logging.ERROR]
        self.assertEqual([one.getMessage() for one in loud], [])

    def run_past_waits(self, most=60):
        """Let the run go on whenever its wait is over.

        :return: the sentences that were shown while it waited.
        """
        sentences = []
        for _wait in range(most):
            run = self.integration.run_ids[:1]
            if self.integration.status != "waiting":
                return sentences
            self.assertEqual(run.status, "waiting")
            self.assertEqual(run.message, self.integration.status_message)
            self.assertGreater(self.integration.retry_at, self.now())
            sentences.append(run.message)
            calls = self.sim.ledger.total
            self.run_cron(until_idle=1)
            self.assertEqual(self.sim.ledger.total, calls, "no call before the time")
            self.advance(seconds=(self.integration.retry_at - self.now()).seconds + 1)
            self.run_cron()
        return self.fail("the run never ends")

    def now(self):
        return self.integration.env["zoho.integration"]._fields["retry_at"].now()

    def withdrawn(self):
        return self.env["zoho.link"].search_count([("state", "=", "withdrawn")])

    def assert_converged(self):
        self.assertEqual(self.integration.status, "active")
        self.assertFalse(self.integration.status_message)
        self.assert_content()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.assertFalse(self.withdrawn())


@tagged("post_install", "-at_install")
class TestTransientFaults(FaultCase, SyncCase):
    """One failure at each listing of a first sync: it waits, and nothing is lost."""

    def test_each_list_fails(self):
        for number, endpoint in enumerate(LISTINGS):
            # The client itself tries once more at once, but after a time-out.
            kind, times = (("timeout", 1), ("cut_json", 2))[number % 2]
            self.sim.fault(kind, endpoint, times=times)
        with self.no_traceback():
            self.sync()
            sentences = self.run_past_waits()
        self.assertEqual(len(sentences), len(LISTINGS))
        for sentence in sentences:
            self.assertRegex(sentence, "^[A-Z].*[.]$")
        self.assertEqual(self.sim.faults.unmet(), [])
        self.assertEqual(self.integration.run_ids.mapped("status"), ["done"])
        self.assert_converged()

    def test_stumble(self):
        """A single failure of the line is not worth a wait."""
        for endpoint in LISTINGS:
            self.sim.fault("reset", endpoint)
        with self.no_traceback():
            run = self.sync()
        self.assertEqual(run.status, "done")
        self.assertEqual(self.sim.faults.unmet(), [])
        self.assert_converged()

    def test_waits_grow(self):
        """Failures in a row make the run wait longer, up to half an hour."""
        self.sim.fault("error_500", "projects", times=0)
        self.sync()
        minutes = []
        for _failure in range(6):
            wait = self.integration.retry_at - self.now()
            minutes.append(wait.seconds // 60)
            self.advance(seconds=wait.seconds)
            self.run_cron()
        self.assertEqual(minutes, [1, 2, 5, 15, 30, 30])
        self.sim.faults.clear()
        self.advance(minutes=30)
        self.run_cron()
        self.assert_converged()


@tagged("post_install", "-at_install")
class TestPaging(FaultCase, SyncedCase):
    """Lists that change while they are read."""

    def setUp(self):
        super().setUp()
        self.sim.dialect = replace(
            self.sim.dialect, per_page_max=10, projects_shape="envelope"
        )

    def test_rows_move_away_later(self):
        """Rows that a later comparison misses are asked for, and stay."""
        self.sim.ledger.reset()
        for endpoint in ("projects", "tasks", "timelogs"):
            self.sim.fault("shift", endpoint, where={"page": "2"}, times=0, rows=4)
        self.advance(days=1)
        run = self.sync(full=True)
        self.assertEqual(run.status, "done")
        # Projects are seen in the lists of their customers all the same.
        for name in ("task", "timelog"):
            self.assertGreater(self.sim.ledger.calls[name], 0, name)
        self.assert_converged()


@tagged("post_install", "-at_install")
class TestToken(FaultCase, SyncedCase):
    def test_expired_once(self):
        """Each expiry costs one refresh, wherever it happens."""
        for endpoint in ("customers", "tasks", "timelogs"):
            self.sim.fault("token_expired", endpoint)
        with self.no_traceback():
            run = self.sync(full=True)
        self.assertEqual(run.status, "done")
        self.assertEqual(self.sim.ledger.tokens["oauth.token"], 3)
        self.assertEqual(self.sim.faults.unmet(), [])
        self.assert_converged()

    def test_revoked(self):
        """A dead sign-in stops everything until somebody signs in again."""
        self.sim.fault("token_revoked", "tasks")
        self.sim.fault("token_expired", "tasks")
        with self.no_traceback():
            run = self.sync(full=True)
        self.assertEqual(
            (run.status, self.integration.status), ("failed", "sign_in_again")
        )
        self.assertIn("Sign in Again", run.message)
        calls = self.sim.ledger.total, self.sim.ledger.tokens["oauth.token"]
        self.advance(days=1)
        self.run_cron(until_idle=2)
        again = self.sim.ledger.total, self.sim.ledger.tokens["oauth.token"]
        self.assertEqual(again, calls)
        self.assertFalse(self.withdrawn())
        self.integration.grant_code = self.sim.self_client_code()
        self.integration.action_sign_in_with_code()
        self.sync(full=True)
        self.assert_converged()

    def test_portal_gone(self):
        for endpoint in ("projects", "customers"):
            with self.subTest(endpoint), self.env.cr.savepoint() as savepoint:
                self.sim.fault("portal_gone", "*", times=0)
                with self.no_traceback():
                    run = self.sync(full=True)
                self.assertEqual(run.status, "failed")
                self.assertEqual(self.integration.status, "sign_in_again")
                self.assertTrue(self.integration.status_message)
                self.assertFalse(self.withdrawn())
                savepoint.rollback()
                self.env.invalidate_all()
                self.sim.faults.clear()

    def test_throttled(self):
        """The run leaves at once and comes back when Zoho says so."""
        self.sim.fault("throttle", "tasks")
        with self.no_traceback():
            run = self.sync(full=True)
        self.assertEqual((run.status, self.integration.status), ("waiting", "waiting"))
        wait = self.integration.retry_at - self.now()
        self.assertEqual(wait.seconds // 60, 10)
        [trigger] = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.cron.id), ("call_at", ">", self.now())]
        )
        self.assertEqual(trigger.call_at, self.integration.retry_at)
        self.run_past_waits()
        self.assertEqual(self.sim.throttle.trips, 1)
        self.assert_converged()
