"""What a sync costs: calls within Zoho's limits, and few more than the lists need."""

import gc
from collections import Counter
from datetime import timedelta
from itertools import count
from math import ceil
from unittest.mock import patch
from weakref import WeakSet

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.asked_once_mixin import AskedOnce
from ...models.sync.page import SyncPage
from ...models.sync.stream_batches import PAGES_AT_ONCE, Batches
from ...zoho.errors import ZohoThrottled
from ...zoho.records import Record
from ..simulator import DIALECTS, Counts, generate
from .sync_common import SyncCase, SyncedCase

SAFE_CALLS = 90


@tagged("post_install", "-at_install")
class TestSyncQuota(SyncCase):
    def reserve(self, integration, pattern, calls):
        """Make calls until the budget is used up.

        :return: how many were allowed, and when the next one is.
        """
        for number in range(calls):
            try:
                self.env["zoho.quota"]._reserve(integration, pattern)
            except ZohoThrottled as error:
                return number, error.retry_at.replace(tzinfo=None)
        return calls, None

    def test_two_integrations_share_the_budget_of_a_portal(self):
        company = self.env["res.company"].create({"name": "Southlight"})
        other = self.connect(company_id=company.id)
        self.assertEqual(self.reserve(self.integration, "a", 50), (50, None))
        allowed, retry_at = self.reserve(other, "a", 50)
        self.assertEqual(allowed, SAFE_CALLS - 50)
        now = fields.Datetime.now()
        self.assertGreaterEqual(retry_at, now + timedelta(seconds=120))
        self.assertLessEqual(retry_at, now + timedelta(seconds=131))
        self.assertEqual(self.reserve(other, "b", SAFE_CALLS), (SAFE_CALLS, None))
        self.advance(seconds=(retry_at - now).total_seconds())
        self.assertEqual(self.reserve(self.integration, "a", 10), (10, None))

    def test_announced_limit_is_used(self):
        self.env["zoho.quota"]._announce(self.integration, "a", 200)
        self.assertEqual(self.reserve(self.integration, "a", 200)[0], 180)


@tagged("post_install", "-at_install")
class TestSyncCost(SyncCase):
    """One first sync of a portal with some pages of each kind of record."""

    def make_portal(self):
        counts = Counts(20, 8, 12, 40, 60, 500, 60, 1600)
        return generate(counts, seed=1, clock=self.clock)

    def test_calls(self):
        upsert, batches = Batches._upsert, Counter()

        def tally(self, page):
            batches[page.entity] += 1
            return upsert(self, page)

        self.sim.ledger.reset()
        with patch.object(Batches, "_upsert", tally):
            run = self.sync()
        self.assertEqual(run.status, "done", run.message)
        bound = self.sim.lower_bound(used_only=True)["total"]
        self.assertLessEqual(self.sim.ledger.total, bound * 1.1 + 30)
        self.assertEqual(run.api_calls, self.sim.ledger.total)
        # Pages that come one after another are written together.
        pages = self.sim.ledger.calls["timelogs"]
        self.assertEqual(batches["timelog"], ceil(pages / PAGES_AT_ONCE))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_pages_are_freed_as_soon_as_they_are_written(self):
        """What is left out, and what fails, must not hold its page in a circle."""
        upsert, pages = Batches._upsert, WeakSet()
        outcomes = Counter()

        def note(self, page):
            pages.add(page)
            failure = upsert(self, page)
            outcomes.update(failed=len(page.failures), left_out=len(page.counted))
            return failure

        self.sync()
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        with patch.object(Batches, "_upsert", note):
            self.sync(full=True)
        self.assertTrue(all(outcomes.values()), outcomes)
        self.assertFalse(list(pages))


@tagged("post_install", "-at_install")
class TestLookups(SyncCase):
    """What is looked up is found by its id, whatever PostgreSQL has counted so far."""

    KNOWN, ASKED = 20000, 20

    def rows_read(self, table, act):
        """Return how many rows of a table are read by doing something."""
        query = SQL(
            """SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables
                WHERE relname = %s""",
            table,
        )
        self.env.flush_all()
        [[before]] = self.env.execute_query(query)
        act()
        [[after]] = self.env.execute_query(query)
        return after - before

    def test_listed_records(self):
        self.integration._prepare_streams()
        stream = self.integration.stream_ids[:1]
        listed = self.env["zoho.listed.record"]
        ids = [str(number) for number in range(self.KNOWN)]
        listed._note_shown(stream, "0:", 1, ids)
        asked = ids[: self.ASKED]
        found = []
        read = self.rows_read(
            "zoho_listed_record",
            lambda: found.append(listed._note_shown(stream, "0:", 2, asked)),
        )
        self.assertEqual(found, [(set(), set())])
        self.assertLessEqual(read, 4 * self.ASKED)

    def test_what_deleted_streams_have_shown_is_cleared(self):
        self.integration._prepare_streams()
        streams = self.integration.stream_ids[:2]
        listed = self.env["zoho.listed.record"]
        for stream in streams:
            listed._note_shown(stream, "0:", 1, ["1"])
        streams[0].unlink()
        listed._gc_orphans()
        kept = listed.search([("stream_id", "in", streams.ids)])
        self.assertEqual(kept.mapped("stream_id"), streams[1].ids)

    def test_links(self):
        vals = {
            "integration_id": self.integration.id,
            "company_id": self.company.id,
            "portal_zoho_id": self.integration.portal_id.zoho_id,
            "entity": "timelog",
            "res_model": "account.analytic.line",
            "state": "linked",
        }
        links = self.env["zoho.link"]
        links._insert(
            {**vals, "zoho_id": str(n), "res_id": n} for n in range(self.KNOWN)
        )
        run = self.env["zoho.sync.run"].new({"integration_id": self.integration.id})
        records = [Record(str(number)) for number in range(self.ASKED)]
        page = SyncPage(run, "timelog", records)
        with patch.object(
            type(self.env["account.analytic.line"]), "_zoho_references", return_value=()
        ):
            read = self.rows_read("zoho_link", lambda: links._resolve_page(page))
        self.assertEqual(len(page.links), self.ASKED)
        self.assertLessEqual(read, 4 * self.ASKED)


@tagged("post_install", "-at_install")
class TestSyncLimit(SyncCase):
    """A portal that asks for more calls of one kind than Zoho allows at once."""

    def make_portal(self):
        portal = generate(self.size, seed=1, clock=self.clock)
        for number in range(100):
            customer = portal.add_customer(f"Customer {number}")
            portal.add_project(f"Project {number}", customer.id, type="template")
        return portal

    def test_limit_is_never_tripped(self):
        """107 customers are asked for their projects; 90 calls are safe."""
        self.sim.dialect = DIALECTS["templates_listed_yes"]
        self.sim.throttle.limit = 100
        self.sync()
        self.assertEqual(self.integration.status, "waiting")
        self.assertEqual(self.sim.ledger.calls["customer_projects"], SAFE_CALLS)
        self.advance(seconds=131)
        self.run_cron()
        self.assertEqual(self.integration.status, "active")
        self.assertEqual(self.sim.ledger.calls["customer_projects"], 107)
        self.assertEqual(self.sim.throttle.trips, 0)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())


@tagged("post_install", "-at_install")
class TestSyncQueries(SyncedCase):
    """What a page costs the database hardly depends on how much is on it."""

    def setUp(self):
        super().setUp()
        self.task = self.zoho("task", name="Part 1")
        self.logs = []

    def statements(self):
        """Return how many statements a quick sync needs."""
        execute, self.executed = Cursor.execute, []

        def listen(cursor, query, *args, **kwargs):
            self.executed.append(getattr(query, "code", query))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", listen):
            self.sync()
        self.advance(days=2)
        return len(self.executed)

    def after_adding(self, count):
        for number in range(count):
            self.logs.append(
                self.portal.add_log(
                    self.task.project, self.task.id, number + 1, "2026-10-12"
                )
            )
        return self.statements()

    def after_changing(self, count):
        for number in range(count):
            self.portal.edit_log(self.logs[number].id, minutes=number + 300)
        return self.statements()

    def test_amounts_of_new_time(self):
        """They are Odoo's own, and set for a page at once: no line is written apart."""
        person = self.record("user", self.portal.owner)
        person.hourly_cost = 50
        whole = self.task
        self.task = self.portal.add_task(whole.project, "Below", parent=whole.id)
        self.statements()
        lines = type(self.env["account.analytic.line"])
        with patch.object(lines, "write", autospec=True, side_effect=lines.write) as w:
            self.after_adding(30)
        self.assertEqual(w.call_count, 0)
        # What Odoo computes of them was foreseen.
        updates = [one for one in self.executed if 'UPDATE "account_analytic' in one]
        self.assertEqual(updates, [])
        new = self.record("timelog", self.logs[0].id)
        for log in self.logs[1:]:
            new |= self.record("timelog", log.id)
        odoo = new._timesheet_postprocess_values({"unit_amount": 1})
        self.assertEqual(odoo, {line.id: {"amount": line.amount} for line in new})
        self.assertAlmostEqual(new[-1].amount, -50 * 30 / 60)
        self.assertEqual(new.parent_task_id, self.record("task", whole.id))

    def test_no_caller_leaves_amounts_out(self):
        person = self.record("user", self.portal.owner)
        person.hourly_cost = 50
        line = (
            self.env["account.analytic.line"]
            .with_context(asked_once={"amounts": {}})
            .create(
                {
                    "name": "By hand",
                    "project_id": self.record("project", self.task.project).id,
                    "employee_id": person.id,
                    "unit_amount": 2,
                }
            )
        )
        self.assertEqual(line.amount, -100)

    def test_defaults_that_differ_are_asked_for_each(self):
        lines, number = type(self.env["account.analytic.line"]), count()
        default_get = lines.default_get

        def numbered(model, names):
            return {**default_get(model, names), "ref": f"No. {next(number)}"}

        with patch.object(lines, "default_get", numbered):
            self.after_adding(4)
        new = [self.record("timelog", log.id) for log in self.logs]
        self.assertEqual(len({line.ref for line in new}), 4)

    def test_companies_of_new_time(self):
        """What belongs to another company is refused of many lines as of one."""
        project = self.record("project", self.task.project)
        other = self.env["res.company"].create({"name": "Southlight"})
        account = project.account_id.copy({"company_id": other.id})
        values = {"name": "Late", "unit_amount": 1, "project_id": project.id}
        values["employee_id"] = self.record("user", self.portal.owner).id
        lines = self.env["account.analytic.line"].with_context(asked_once=AskedOnce())
        with self.assertRaises(UserError):
            lines.create([values, {**values, "account_id": account.id}])

    def test_new_tasks(self):
        """No calendar is asked for new tasks; for one that took its time, it is."""
        before = self.statements()
        for number in range(60):
            self.portal.add_task(
                self.task.project, f"Done {number}", status="Closed", closed=True
            )
        late = self.portal.add_task(self.task.project, "Late")
        calendars = type(self.env["resource.calendar"])
        with patch.object(
            calendars,
            "get_work_duration_data",
            autospec=True,
            side_effect=calendars.get_work_duration_data,
        ) as asked:
            self.assertLess(self.statements() - before, 60 + 150)
            self.assertEqual(asked.call_count, 0)
            done = self.record("task", self.zoho("task", name="Done 1").id)
            self.assertTrue(done.date_end)
            self.assertEqual(done.working_hours_close, 0)
            self.portal.edit("task", late.id, status="Closed", closed=True)
            self.statements()
            self.assertTrue(asked.called)
        self.assertGreater(self.record("task", late.id).working_hours_close, 0)

    def test_new_and_changed(self):
        few = self.after_adding(10)
        # A second page is fetched, committed and counted: that is all.
        self.assertLess(self.after_adding(180) - few, 250)
        few = self.after_changing(10)
        # The guard of invoiced time looks at each line that is written.
        self.assertLess(self.after_changing(150) - few, 140 + 60)

    def test_time_paid_in_advance(self):
        """Odoo proposes it for each new task, also what a branch has ordered."""
        customer = self.record("project", self.task.project).partner_id
        branch = {"name": "Branch", "is_company": True, "parent_id": customer.id}
        product = self.env["product.product"].create(
            {
                "name": "Hours",
                "type": "service",
                "service_policy": "ordered_prepaid",
                "uom_id": self.env.ref("uom.product_uom_hour").id,
            }
        )
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create(branch).id,
                "company_id": self.company.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 10})
                ],
            }
        )
        order.action_confirm()
        new = [self.portal.add_task(self.task.project, f"Sold {n}") for n in range(3)]
        self.statements()
        for task in new:
            sold = self.record("task", task.id).sale_line_id
            self.assertEqual(sold, order.order_line)
