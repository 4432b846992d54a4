"""While one module waits for its budget of calls, the lists of later ones are read."""

import threading
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...models.sync.portal_session import ReadAhead
from ..simulator import DIALECTS, generate
from .sync_common import SyncCase
from .sync_content import Expected


@tagged("post_install", "-at_install")
class TestReadAhead(SyncCase):
    """More customers than Zoho lets a portal ask for within two minutes."""

    def make_portal(self):
        portal = generate(self.size, seed=1, clock=self.clock)
        for number in range(100):
            customer = portal.add_customer(f"Customer {number}")
            portal.add_project(f"Project {number}", customer.id, type="template")
        return portal

    def setUp(self):
        super().setUp()
        self.sim.dialect = DIALECTS["templates_listed_yes"]
        self.sim.throttle.limit = 100

    def kept(self):
        """Return how many pages are kept of each module."""
        streams = self.integration.stream_ids
        count = self.env["zoho.page"]._count
        kept = {stream.entity: count(stream) for stream in streams}
        return {entity: pages for entity, pages in kept.items() if pages}

    def sync_until_it_waits(self, full=False):
        self.sync(full)
        self.assertEqual(self.integration.status, "waiting")
        self.assertEqual(
            self.kept().keys(), {"phase", "task_list", "task", "bug", "timelog"}
        )

    def go_on(self):
        """Let the run go on when its time has come; return it."""
        self.advance(seconds=131)
        self.run_cron()
        run = self.integration.run_ids[:1]
        self.assertEqual((run.status, run.message), ("done", False))
        self.assertFalse(self.env["zoho.page"].search_count([]))
        self.assertFalse(any(self.integration.stream_ids.mapped("ahead")))
        self.assertEqual(self.sim.throttle.trips, 0)
        return run

    def test_nothing_is_asked_twice(self):
        asked = self.sim.ledger
        asked.reset()
        self.sync_until_it_waits()
        before = dict(asked.calls)
        run = self.go_on()
        for listing in ("phases", "task_lists", "issues", "timelogs"):
            self.assertEqual(asked.calls[listing], before[listing], listing)
        self.assertEqual(run.api_calls, asked.total)
        self.assert_content()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_many_projects(self):
        """Their time is asked for while their customers are."""
        self.sim.ledger.reset()
        self.sync_until_it_waits()
        asked = [
            listing
            for url in self.sim.ledger.requests
            for listing in ("/timelogs?", "/projects?")
            if listing in url
        ]
        self.assertLess(asked.index("/timelogs?"), len(asked) // 2)

    def test_what_changes_meanwhile(self):
        """It is read by the next run, as what changes during any run."""
        self.sync_until_it_waits()
        task = self.zoho("task", name="Part 1")
        self.advance(seconds=5)
        log = next(one for one in self.portal.logs.values() if one.item == task.id)
        self.portal.edit_log(log.id, minutes=log.minutes + 7)
        self.portal.add_log(task.project, task.id, 11, self.clock.today())
        self.go_on()
        self.assertNotEqual(self.accounted_minutes(), self.listed_minutes())
        self.advance(minutes=20)
        self.sim.throttle.limit = 0
        self.sync()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_what_somebody_had_fetched_meanwhile(self):
        self.sim.throttle.limit = 0
        self.env["zoho.quota"].search([]).unlink()
        self.sync_patiently()
        self.advance(minutes=20)
        self.sync_until_it_waits(full=True)
        line = self.lines()[0]
        link = self.env["zoho.link"].search(
            [("res_model", "=", line._name), ("res_id", "=", line.id)]
        )
        # As a retry would leave it.
        line.sudo().unit_amount += 1
        link.sudo().write({"fingerprint": "newer", "remote_modified": self.clock_now()})
        hours = line.unit_amount
        self.go_on()
        self.assertEqual(line.unit_amount, hours)
        # Only what is newer than the page: an older state is brought in step.
        link.sudo().remote_modified = "2020-01-01 00:00:00"
        self.advance(minutes=20)
        self.sync_until_it_waits(full=True)
        self.go_on()
        self.assertAlmostEqual(line.unit_amount, hours - 1)

    def clock_now(self):
        return self.clock.now().replace(tzinfo=None, microsecond=0)

    def test_deleted_meanwhile(self):
        """A kept page still lists it; the next full comparison withdraws it."""
        self.sync_patiently()
        self.advance(minutes=20)
        self.sync_until_it_waits(full=True)
        log = next(
            one for one in self.portal.logs.values() if self.link("timelog", one.id)
        )
        self.portal.delete_log(log.id)
        self.assertFalse(self.go_on().withdrawn)
        self.advance(minutes=20)
        self.sync_until_it_waits(full=True)
        self.assertEqual(self.go_on().withdrawn, 1)
        self.assert_content(Expected(self.sim))

    def test_stopped(self):
        self.sync_until_it_waits()
        self.integration.action_stop()
        self.assertFalse(self.kept())
        self.assertFalse(any(self.integration.stream_ids.mapped("ahead")))
        self.advance(seconds=131)
        self.sync_patiently()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_deleted_integration(self):
        self.sync_until_it_waits()
        self.integration.sudo().unlink()
        self.assertFalse(self.env["zoho.page"].search_count([]))

    def test_refused_list(self):
        """The module itself hears why, and says so."""
        self.sim.fault("module_disabled", "issues", times=0)
        self.sync()
        self.assertNotIn("bug", self.kept())
        self.advance(seconds=131)
        self.run_cron()
        streams = self.integration.stream_ids
        bugs = streams.filtered(lambda stream: stream.entity == "bug")
        self.assertEqual(bugs.state, "error")
        self.assertEqual(bugs.cursor, False)
        self.assertFalse(self.env["zoho.page"].search_count([]))

    def test_list_that_goes_round(self):
        """Of a list that shows the same again, no more is read."""
        self.sim.dialect = replace(
            self.sim.dialect, has_next_page="always_true", past_end="repeat_last"
        )
        self.sync()
        self.assertEqual(self.integration.status, "waiting")
        self.assertLess(self.sim.ledger.calls["tasks"], 10)

    def test_token_that_expires_meanwhile(self):
        self.sim.fault("token_expired", "timelogs")
        self.sync_until_it_waits()
        self.go_on()
        self.assert_content()

    def test_memory_is_bounded(self):
        with patch(f"{ReadAhead.__module__}.PAGES_AHEAD", 2):
            self.sync()
        self.assertEqual(sum(self.kept().values()), 2)
        self.go_on()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_workers_are_told_when_the_wait_is_over(self):
        """By themselves they look once a minute, which is half of what Zoho counts."""
        runs = self.env["zoho.sync.run"]
        moment = fields.Datetime.now() + timedelta(seconds=90)
        with patch.object(threading, "Timer") as timer:
            runs._wake_at(moment + timedelta(hours=1))
            self.assertFalse(timer.called)
            runs._wake_at(moment)
        seconds, tell, arguments = timer.call_args.args
        self.assertEqual(seconds, 90)
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        self.assertIn(moment, triggers.mapped("call_at"))
        with (
            self.enter_registry_test_mode(),
            patch.object(type(self.cron), "_notifydb") as told,
        ):
            tell(*arguments)
        self.assertTrue(told.called)
