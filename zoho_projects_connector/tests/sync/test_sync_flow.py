"""Who runs a sync, when it runs, and what becomes of one that cannot go on."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_cron

from ...models.sync.causes import note
from ...models.sync.portal_session import PortalSession
from ...models.sync.stream_base import Stream
from ...models.sync.stream_batches import Batches
from ...models.sync.zoho_integration_flow import LOOK_AGAIN
from ...models.sync.zoho_sync_run_schedule import HELPERS
from ...zoho.endpoints import LISTINGS
from ..simulator import generate
from .sync_common import SyncCase, SyncedCase
from .sync_content import content_of


class Clash(psycopg2.OperationalError):
    """Somebody else has written the same row."""

    pgcode = "40001"


class FlowCase(SyncCase):
    def walk(self, steps):
        """Do the first steps of a first sync, as a runner that then has no time."""
        self.integration.action_save_and_sync()
        with PortalSession(self.integration) as session:
            for _step, _done in zip(
                range(steps), self.integration._sync_steps(session), strict=False
            ):
                pass
        self.sim.ledger.reset()

    def fails(self, *errors):
        """Let the next pages fail so, whatever Zoho says."""
        fetch, left = Stream._fetch, list(errors)

        def fail(stream):
            if left:
                raise left.pop(0)
            return fetch(stream)

        return patch.object(Stream, "_fetch", fail)

    def assert_complete(self):
        run = self.integration.run_ids[:1]
        self.assertEqual(run.status, "done", run.message)
        self.assertEqual(self.integration.status, "active")
        self.assertFalse(self.integration.retry_at)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())


@tagged("post_install", "-at_install")
class TestSyncRunners(FlowCase):
    def test_second_runner_leaves(self):
        """Whoever finds the integration locked asks Zoho for nothing."""
        self.walk(5)
        integration = self.env.registry["zoho.integration"]
        taken = patch.object(
            integration, "try_lock_for_update", lambda self, **_options: self.browse()
        )
        with taken:
            self.run_cron(1)
        self.assertEqual(self.sim.ledger.total, 0)
        self.assertEqual(self.integration.run_ids.status, "running")
        self.run_cron()
        self.assert_complete()

    def test_instant_sync_while_one_runs(self):
        self.walk(5)
        self.sync()
        self.assertEqual(len(self.integration.run_ids), 1)
        self.assert_complete()

    def test_stopped(self):
        self.walk(8)
        self.integration.action_stop()
        self.assert_stopped()

    def test_stopped_while_somebody_else_runs_it(self):
        self.walk(8)
        self.integration.stop_requested = True
        self.run_cron(1)
        self.assert_stopped()

    def test_stopped_with_nothing_in_hand(self):
        self.walk(200)
        self.run_cron()
        integration = self.env.registry["zoho.integration"]
        with patch.object(
            integration, "try_lock_for_update", lambda self, **_options: self.browse()
        ):
            self.integration.action_stop()
        self.assertFalse(self.integration.stop_requested)
        # Meant for a run that has ended by itself since.
        self.integration.stop_requested = True
        self.advance(minutes=20)
        self.sync()
        self.assert_complete()

    def assert_stopped(self):
        self.assertEqual(self.integration.run_ids.status, "stopped")
        self.assertEqual(self.integration.status, "active")
        self.assertFalse(self.integration.stop_requested)
        self.assertEqual(set(self.integration.stream_ids.mapped("state")), {"idle"})
        self.assertEqual(self.sim.ledger.total, 0)
        self.advance(minutes=1)
        self.sync()
        self.assert_complete()

    def test_disabled_and_enabled(self):
        self.walk(8)
        self.integration.action_disable()
        self.assertEqual(self.integration.run_ids.status, "stopped")
        self.advance(days=2)
        self.run_cron(1)
        self.assertEqual(self.sim.ledger.total, 0)
        self.assertEqual(self.integration.status, "disabled")
        self.integration.action_enable()
        self.run_cron()
        self.assertTrue(self.integration.run_ids[:1].is_full)
        self.assert_complete()

    def test_deleted_and_connected_again(self):
        """Another integration with the same portal takes over what is there."""
        self.sync()
        content, before = content_of(self.integration), self.business_rows()
        self.integration.action_delete()
        self.integration = self.connect()
        run = self.sync()
        self.assert_complete()
        self.assertEqual(content_of(self.integration), content)
        self.assertEqual(self.business_rows().keys(), before.keys())
        self.assertEqual(sum(run.line_ids.mapped("created")), 0)

    def test_history_adds_up(self):
        run = self.sync()
        for line in run.line_ids:
            became = line.created + line.updated + line.unchanged
            became += line.skipped + line.failed
            self.assertEqual(line.fetched, became, line.entity)


@tagged("post_install", "-at_install")
class TestSyncSchedule(SyncedCase):
    def test_quick_sync_is_due_every_quarter_of_an_hour(self):
        first = self.integration.run_ids
        self.run_cron(1)
        quick = self.integration.run_ids - first
        self.assertEqual((quick.trigger, quick.is_full), ("schedule", False))
        self.assertEqual(quick.status, "done")
        self.advance(minutes=14)
        self.sim.ledger.reset()
        self.run_cron(1)
        self.assertEqual(self.integration.run_ids, first | quick)
        self.assertEqual(self.sim.ledger.total, 0)
        self.advance(minutes=1)
        self.run_cron(1)
        self.assertEqual(len(self.integration.run_ids), 3)

    def test_two_ask_at_the_same_moment(self):
        """Who does not see the other's run yet is not refused: Odoo tries again."""
        self.assertEqual(self.integration.run_ids.mapped("status"), ["done"])
        self.env.cr.execute(
            "INSERT INTO zoho_sync_run (integration_id, trigger, status)"
            " VALUES (%s, 'button', 'queued')",
            [self.integration.id],
        )
        taken = patch.object(
            self.env.registry["zoho.integration"],
            "try_lock_for_update",
            lambda self, **_options: self.browse(),
        )
        refused = self.assertRaises(ConcurrencyError)
        with taken, mute_logger("odoo.sql_db"), refused:
            self.integration.action_sync()

    def test_full_comparison_is_due_once_a_day(self):
        self.advance(hours=23, minutes=39)
        self.run_cron(1)
        self.assertFalse(self.integration.run_ids[0].is_full)
        self.advance(minutes=16)
        self.run_cron(1)
        full = self.integration.run_ids[0]
        self.assertEqual((full.trigger, full.is_full), ("schedule", True))
        self.advance(minutes=15)
        self.run_cron(1)
        self.assertFalse(self.integration.run_ids[0].is_full)

    def test_a_clock_that_was_set_back_stops_nothing(self):
        """Three days back, while waiting: all that is noted lies in the future."""
        known = self.integration.run_ids
        retry_at = fields.Datetime.now() + timedelta(minutes=10)
        self.integration._set_status("waiting", note("paused"), retry_at)
        self.run_cron(1)
        self.assertEqual(self.integration.run_ids, known)
        self.frozen.tick(timedelta(days=-3))
        self.run_cron(1)
        full = self.integration.run_ids - known
        self.assertEqual((full.status, full.is_full), ("done", True))
        self.assertEqual(self.integration.status, "active")
        self.assertEqual(self.integration.last_sync, full.ended_at)
        log = self.zoho("log", id=self.lines()[:1].zoho_id)
        self.portal.edit("log", log.id, notes="Changed on Zoho's own day")
        self.advance(minutes=15)
        self.run_cron(1)
        quick = self.integration.run_ids - known - full
        self.assertEqual((quick.status, quick.is_full), ("done", False))
        self.assertIn("own day", self.record("timelog", log.id).name)

    def test_schedule_that_a_clock_has_put_off(self):
        """The button makes due what Odoo would run in three days only."""
        watch = self.env.ref("zoho_projects_connector.ir_cron_zoho_watch")
        billed = self.env.ref("zoho_projects_connector.ir_cron_billed_time")
        now = fields.Datetime.now()
        watch.nextcall = now + timedelta(days=3)
        billed.nextcall = tomorrow = now + timedelta(days=1)
        with self.enter_registry_test_mode():
            self.integration.action_sync()
        self.env.invalidate_all()
        self.assertEqual(watch.nextcall, now)
        self.assertEqual(billed.nextcall, tomorrow)

    def test_killed_three_times(self):
        """Odoo leaves the next run out, but not when somebody asks for it."""
        known = self.integration.run_ids
        self.env["ir.cron.progress"].create(
            {"cron_id": self.cron.id, "timed_out_counter": 3}
        )
        with self.enter_registry_test_mode():
            action = self.integration.action_sync()
        self.assertEqual((self.integration.run_ids - known).status, "done")
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("stopped three times in a row", action["params"]["message"])
        with self.enter_registry_test_mode():
            action = self.integration.action_sync()
        self.assertEqual(action["tag"], "soft_reload")


@tagged("post_install", "-at_install")
class TestSyncWaits(FlowCase):
    def test_throttle_pauses_until_the_named_time(self):
        self.sim.fault("throttle", "tasks")
        self.sync()
        until = fields.Datetime.now() + timedelta(
            minutes=self.sim.throttle.lock_minutes
        )
        self.assertEqual(self.integration.status, "waiting")
        waits = self.integration.retry_at - until
        self.assertLessEqual(abs(waits), timedelta(seconds=1))
        self.assertIn(
            self.integration.retry_at,
            self.env["ir.cron.trigger"].search([]).mapped("call_at"),
        )
        self.sim.ledger.reset()
        self.advance(minutes=self.sim.throttle.lock_minutes - 1)
        self.integration.action_sync()
        self.run_cron(1)
        self.assertEqual(self.sim.ledger.total, 0)
        self.advance(minutes=1, seconds=2)
        self.run_cron()
        self.assertEqual(len(self.integration.run_ids), 1)
        self.assert_complete()

    def test_what_was_read_before_a_wait_is_written(self):
        """Of pages that are written together, the third has to wait."""
        self.sim.fault("throttle", "timelogs", nth=3)
        self.sync()
        self.assertEqual(self.integration.status, "waiting")
        self.assertTrue(self.lines())
        self.assertEqual(self.sim.ledger.calls["timelogs"], 3)
        self.advance(minutes=self.sim.throttle.lock_minutes, seconds=2)
        self.run_cron()
        self.assert_complete()
        # What was written is not asked for again: one call more than it takes.
        calls = self.sim.ledger.calls["timelogs"]
        self.sim.ledger.reset()
        self.integration.action_full_sync()
        self.run_cron()
        self.assertEqual(calls, self.sim.ledger.calls["timelogs"] + 1)

    def test_waits_longer_after_every_failure(self):
        self.sim.fault("error_500", "tasks", times=0)
        self.integration.action_save_and_sync()
        for minutes in (1, 2, 5, 15, 30, 30):
            self.run_cron(1)
            self.assertEqual(self.integration.status, "waiting")
            self.assertTrue(self.integration.status_message)
            retry_at = fields.Datetime.now() + timedelta(minutes=minutes)
            self.assertEqual(self.integration.retry_at, retry_at)
            self.advance(minutes=minutes)
        self.sim.faults.clear()
        self.run_cron()
        self.assert_complete()
        self.assertEqual(self.integration.run_ids.failures_in_row, 0)

    def test_who_asks_need_not_wait_for_a_failure(self):
        self.sim.fault("error_500", "tasks", times=0)
        self.sync()
        self.assertEqual(self.integration.status, "waiting")
        self.sim.faults.clear()
        self.sync()
        self.assert_complete()

    def test_expired_token_is_renewed_once(self):
        self.walk(8)
        before = self.sim.ledger.tokens.total()
        self.sim.store.expire_access()
        self.run_cron()
        self.assertEqual(self.sim.ledger.tokens.total(), before + 1)
        self.assert_complete()

    def test_a_mistake_of_ours_stays_inside(self):
        """Odoo would switch a scheduled action off that fails."""
        self.walk(8)
        with (
            self.fails(ZeroDivisionError("division by zero")),
            self.assertLogs("odoo.addons.zoho_projects_connector", "ERROR"),
        ):
            self.run_cron(1)
        self.assertEqual(self.integration.status, "stalled")
        self.assertIn("ZeroDivisionError", self.integration.status_message)
        self.assertEqual(self.cron.failure_count, 0)
        self.assertTrue(self.cron.active)
        self.advance(minutes=16)
        self.run_cron()
        self.assert_complete()

    def test_who_asks_need_not_wait_after_a_halt(self):
        self.walk(8)
        with (
            self.fails(ZeroDivisionError("division by zero")),
            self.assertLogs("odoo.addons.zoho_projects_connector", "ERROR"),
        ):
            self.run_cron(1)
        self.assertEqual(self.integration.status, "stalled")
        self.sync()
        self.assert_complete()

    def test_a_clash_is_repeated(self):
        self.walk(8)
        with self.fails(Clash("could not serialize access"), Clash("again")):
            self.run_cron()
        self.assert_complete()

    def test_calls_that_are_rolled_back_were_made(self):
        """Pages of time are read, and what they hold clashes: Zoho has counted them."""
        upsert, clashed = Batches._upsert, []

        def clash(batches, page):
            if page.entity == "timelog" and not clashed:
                clashed.append(self.sim.ledger.calls["timelogs"])
                raise Clash("could not serialize access")
            return upsert(batches, page)

        with patch.object(Batches, "_upsert", clash):
            self.sync()
        self.assert_complete()
        self.assertGreater(clashed[0], 1)
        counted = {
            row["pattern"]: row["calls"]
            for row in self.env["zoho.quota"]._usage(self.integration)
        }
        made = self.sim.ledger.calls["timelogs"]
        # The page behind them was counted, and may have been called off in time.
        self.assertIn(counted[LISTINGS["time_logs"].pattern], (made, made + 1))

    def test_clashes_without_end_leave_the_rest_for_later(self):
        self.walk(8)
        with (
            self.fails(*(Clash("could not serialize access") for _ in range(3))),
            self.assertLogs("odoo.addons.zoho_projects_connector", "WARNING") as logs,
        ):
            self.run_cron(1)
        self.assertIn("clashed 3 times", logs.output[0])
        self.assertEqual(self.cron.failure_count, 0)
        self.run_cron()
        self.assert_complete()


@tagged("post_install", "-at_install")
class TestSyncCompanies(SyncCase):
    def test_portals_that_are_due_together_run_side_by_side(self):
        """The schedule queues and calls helpers; who finds one at work looks again."""
        other = self.env["res.company"].create({"name": "Southlight"})
        self.env.user.company_ids += other
        both = (self.company | other).ids
        self.env = self.env(context={**self.env.context, "allowed_company_ids": both})
        second = self.connect(
            company_id=other.id, grant_code=self.sim.self_client_code()
        )
        pair, taken = self.integration | second, []
        for integration in pair:
            integration.action_save_and_sync()
        helpers = [self.env.ref(xmlid) for xmlid in HELPERS]
        triggers = self.env["ir.cron.trigger"].search([])
        flow = self.env.registry["zoho.integration"]

        def take(integration):
            taken.append(integration.id)
            return integration.id in mine

        with (
            patch.object(flow, "_sync_in_slices", take),
            patch.multiple(ir_cron, MIN_RUNS_PER_JOB=1, MIN_TIME_PER_JOB=0),
            self.enter_registry_test_mode(),
        ):
            mine = [self.integration.id]
            self.cron.method_direct_trigger()
            called = self.env["ir.cron.trigger"].search([]) - triggers
            self.assertEqual(called.cron_id, self.cron | helpers[0])
            self.assertEqual(sorted(taken), sorted(pair.ids))
            # Nobody of these is ours: whoever is at it goes on himself.
            mine, triggers = [], self.env["ir.cron.trigger"].search([])
            helpers[0].method_direct_trigger()
        [again] = self.env["ir.cron.trigger"].search([]) - triggers
        self.assertEqual(again.cron_id, self.cron)
        self.assertEqual(again.call_at, fields.Datetime.now() + LOOK_AGAIN)
        self.assertEqual(len(taken), 4)

    def test_a_helper_begins_while_the_schedule_is_at_another_portal(self):
        helper = self.env.ref(HELPERS[0])
        self.integration.action_save_and_sync()
        cron = self.env.registry["ir.cron"]
        busy = patch.object(cron, "method_direct_trigger", side_effect=UserError("No"))
        with self.enter_registry_test_mode(), busy:
            self.integration.action_sync()
        self.assertTrue(
            self.env["ir.cron.trigger"].search([("cron_id", "=", helper.id)])
        )

    def test_two_companies_with_a_portal_each(self):
        """A customer of both is shared; nothing else crosses the border."""
        [name] = (
            {one.name for one in self.portal.customers.values() if one.email}.pop(),
        )
        shared = self.env["res.partner"].create({"name": name, "is_company": True})
        self.sync()
        first, content = self.integration, content_of(self.integration)
        other = self.env["res.company"].create(
            {"name": "Southlight", "currency_id": self.env.ref("base.USD").id}
        )
        self.env.user.company_ids += other
        both = (first.company_id | other).ids
        self.env = self.env(context={**self.env.context, "allowed_company_ids": both})
        self.serve(generate("tiny", seed=1, clock=self.clock, portal_id="60118842999"))
        self.integration = self.connect(company_id=other.id)
        self.sync()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.assert_same(content_of(first), content)
        for integration in (first, self.integration):
            self.assert_own_company(integration)
        self.assertEqual(
            shared.sudo().zoho_link_ids.company_id, first.company_id | other
        )

    def assert_same(self, content, wanted):
        for entity, records in wanted.items():
            self.assertEqual(set(content[entity]), set(records), entity)
            for zoho_id, values in records.items():
                self.assertEqual(content[entity][zoho_id], values, (entity, zoho_id))

    def assert_own_company(self, integration):
        links = self.env["zoho.link"].search([("integration_id", "=", integration.id)])
        for link in links:
            record = link._record()
            allowed = integration.company_id
            if record._name == "res.partner":
                self.assertFalse(record.company_id - allowed)
            elif "company_id" in record:
                self.assertEqual(record.company_id, allowed, record)
