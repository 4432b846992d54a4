"""A portal of the simulator, and an integration that is signed in to it."""

import copy
import re
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from freezegun import freeze_time

from odoo.modules import module
from odoo.sql_db import Cursor
from odoo.tests import TransactionCase
from odoo.tools import SQL

from odoo.addons.base.models import ir_cron

from ..simulator import DIALECTS, Clock, Simulator, generate
from ..simulator.transport import SimulatorAdapter
from .sync_content import Expected, content_of

NOW = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)
BUSINESS_TABLES = (
    "account_analytic_account",
    "account_analytic_line",
    "hr_employee",
    "hr_version",
    "mail_message",
    "product_pricelist",
    "project_milestone",
    "project_project",
    "project_tags",
    "project_task",
    "project_task_type",
    "res_partner",
    "zoho_task_list",
)
# The connector's own books, the queue of scheduled actions and the messages to screens
# are no business records.
WRITING = re.compile(
    r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?'
    r"(?!ir_cron|bus_bus|zoho_(?!task_list|difference))\w+"
)

# The books of each sync: how far it is, its calls, what the lists have shown.
BOOKS = (
    *("bus_bus", "ir_cron", "ir_cron_progress", "ir_cron_trigger"),
    *("zoho_credential", "zoho_integration", "zoho_listed_record", "zoho_page"),
    *("zoho_quota", "zoho_stream", "zoho_sync_run", "zoho_sync_run_line"),
)
# When something was seen last, and by which run.
SEEN = {
    "zoho_project_customer": ["run_id"],
    "zoho_sync_error": ["asked_at", "last_seen", "write_date"],
}


class SyncCase(TransactionCase):
    """Tests of the flow, through the real client and the real scheduled action."""

    size = "tiny"
    dialect = "default"
    preferences = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.frozen = cls.startClassPatcher(freeze_time(NOW.replace(tzinfo=None)))
        # The schedule counts in its own steps up to the database's day, which may be
        # far away from the test's.
        cls.startClassPatcher(patch.object(Cursor, "now", lambda _self: datetime.now()))
        cls.company = cls.env["res.company"].create(
            {"name": "Northlight", "currency_id": cls.env.ref("base.USD").id}
        )
        cls.env.user.company_ids += cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.env.ref("base.EUR").active = True
        cls.cron = cls.env.ref("zoho_projects_connector.ir_cron_zoho_sync")

    def setUp(self):
        super().setUp()
        self.open_first_portal()

    def open_first_portal(self):
        """Connect the portal of this test; nothing is synced yet."""
        self.frozen.move_to(NOW.replace(tzinfo=None))
        self.clock = Clock.frozen(NOW)
        self.open_portal(self.make_portal())

    def make_portal(self):
        """Return the data of the portal."""
        return generate(self.size, seed=1, clock=self.clock)

    def open_portal(self, portal):
        """Serve a portal, and connect a new integration with it."""
        self.serve(portal)
        self.integration = self.connect()

    def serve(self, portal):
        """Let a simulator of this portal answer for Zoho."""
        self.portal = portal
        self.sim = Simulator(portal, DIALECTS[self.dialect], self.clock, limit=0)
        type(self).served = self.sim

    def connect(self, **values):
        """Return a new integration that is signed in by a code of the Self Client."""
        integration = self.env["zoho.integration"].create(
            {
                "name": "Northlight",
                "company_id": self.company.id,
                "data_center": "us",
                "client_id": self.sim.client_id,
                "client_secret": self.sim.client_secret,
                "grant_code": self.sim.self_client_code(),
                **self.preferences,
                **values,
            }
        )
        integration.action_sign_in_with_code()
        return integration

    def credential(self, integration=None):
        """Return the secrets of an integration, as only code can see them."""
        one = integration or self.integration
        return self.env["zoho.credential"]._get_for(one)

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        kwargs = {
            name: kwargs[name] for name in ("stream", "timeout") if name in kwargs
        }
        return SimulatorAdapter(cls.served).send(request, **kwargs)

    # What a test does

    def advance(self, **span):
        """Move the time of Odoo and of Zoho forward."""
        self.frozen.tick(timedelta(**span))
        self.clock.advance(timedelta(**span).total_seconds())

    def sync(self, full=False, until_idle=20):
        """Press *Instant Sync* (or *Full Comparison*), and let the schedule finish."""
        if self.integration.status in ("draft", "signed_in"):
            self.integration.action_save_and_sync()
        elif full:
            self.integration.action_full_sync()
        else:
            self.integration.action_sync()
        self.run_cron(until_idle)
        return self.integration.run_ids[:1]

    def sync_patiently(self):
        """Sync, and wait whenever the calls of two minutes are used up.

        :return: the run.
        """
        self.sync()
        for _pause in range(10):
            if self.integration.status != "waiting":
                break
            self.assertEqual(self.sim.throttle.trips, 0)
            self.advance(seconds=130)
            self.run_cron()
        self.assertEqual(self.integration.status, "active")
        return self.integration.run_ids[:1]

    def run_cron(self, until_idle=20):
        """Run the scheduled action until the run in hand ends or waits."""
        with self.enter_registry_test_mode():
            for _attempt in range(until_idle):
                self.cron.method_direct_trigger()
                self.env.invalidate_all()
                if self.integration.status != "syncing":
                    return

    @contextmanager
    def one_page_a_time(self):
        """Let the time of every runner be over after its first page."""
        cron = self.env.registry["ir.cron"]
        commit = cron._commit_progress

        def is_over(*args, **kwargs):
            return commit(*args, **kwargs) and 0

        with (
            patch.object(cron, "_commit_progress", is_over),
            patch.multiple(ir_cron, MIN_RUNS_PER_JOB=1, MIN_TIME_PER_JOB=0),
        ):
            yield

    def link(self, entity, zoho_id):
        return self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", entity),
                ("zoho_id", "=", zoho_id),
            ]
        )

    def record(self, entity, zoho_id):
        """Return the Odoo record of a record of Zoho, maybe archived."""
        link = self.link(entity, zoho_id)
        return link._record().with_context(active_test=False) if link else None

    def zoho(self, table, /, **values):
        """Return the only record of the portal that has these values.

        :param str table: ``project``, ``task``, ``log`` …
        """
        rows = [
            row
            for row in self.portal.table(table).values()
            if all(getattr(row, name) == value for name, value in values.items())
        ]
        self.assertEqual(len(rows), 1, (table, values))
        return rows[0]

    def errors(self, **domain):
        return self.env["zoho.sync.error"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("resolved_at", "=", False),
                *((name, "=", value) for name, value in domain.items()),
            ]
        )

    def lines(self):
        """Return the timesheets in sight that came from the portal."""
        links = self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "timelog"),
                ("state", "=", "linked"),
            ]
        )
        return self.env["account.analytic.line"].browse(links.mapped("res_id"))

    # What a test asserts

    def accounted_minutes(self):
        """Return the minutes of each Zoho project that are fetched or have a reason."""
        minutes = Counter()
        for line in self.lines():
            minutes[line.project_id.zoho_id] += round(line.unit_amount * 60)
        for skipped in self.env["zoho.skipped.record"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "timelog"),
            ]
        ):
            minutes[skipped.project_zoho_id] += skipped.minutes
        for error in self.errors(entity="timelog"):
            minutes[error.project_zoho_id] += round(error.hours * 60)
        return +minutes

    def listed_minutes(self):
        """Return the minutes of each project that the portal lists."""
        return +Counter(
            {project: sums["total"] for project, sums in self.sim.expected().items()}
        )

    def assert_content(self, expected=None, untold=()):
        """Compare all of Odoo with all of the portal, a record at a time.

        :param set untold: ``(entity, field)`` that Zoho does not tell.
        """
        wanted = (expected or Expected(self.sim)).content()
        actual = content_of(self.integration)
        for entity, records in wanted.items():
            self.assertEqual(set(actual[entity]), set(records), entity)
            for zoho_id, values in records.items():
                found = actual[entity][zoho_id]
                for name, value in values.items():
                    if (entity, name) not in untold:
                        self.assertEqual(found[name], value, (entity, zoho_id, name))

    @contextmanager
    def business_writes(self):
        """Collect the statements that change business tables."""
        statements = []
        execute = Cursor.execute

        def listen(cursor, query, *args, **kwargs):
            text = query if isinstance(query, str) else query.code
            if WRITING.match(text):
                statements.append(" ".join(text.split())[:200])
            return execute(cursor, query, *args, **kwargs)

        with patch.object(Cursor, "execute", listen):
            yield statements

    def assert_nothing_written(self, before):
        """Assert that no row of any table was written, but in the books of a sync.

        :param dict before: what :meth:`all_rows` has returned then.
        """
        after = self.all_rows()
        written = [name for name in after if after[name] != before.get(name)]
        self.assertEqual(written, [])

    def all_rows(self):
        """Return a digest of where the rows of each table lie, but of the books.

        PostgreSQL puts a row somewhere else whenever anything of it is written.
        """
        self.env.flush_all()
        names = self.env.execute_query(
            SQL(
                """SELECT tablename FROM pg_tables
                    WHERE schemaname = 'public' AND tablename <> ALL(%s)""",
                list(BOOKS),
            )
        )
        rows = {}
        for (name,) in names:
            where = SQL("t.ctid::text")
            if name in SEEN:
                where = SQL("(to_jsonb(t) - %s::text[])::text", SEEN[name])
            query = SQL(
                "SELECT count(*), sum(hashtext(%s)::bigint) FROM %s t",
                where,
                SQL.identifier(name),
            )
            rows[name] = self.env.execute_query(query)
        return rows

    def business_rows(self):
        """Return where every business row lies and when it was written.

        PostgreSQL puts a row somewhere else whenever anything of it is written.
        """
        self.env.flush_all()
        rows = {}
        for table in BUSINESS_TABLES:
            query = SQL(
                "SELECT id, ctid::text, write_date FROM %s", SQL.identifier(table)
            )
            found = self.env.execute_query(query)
            rows.update({(table, row[0]): row[1:] for row in found})
        return rows


class SyncedCase(SyncCase):
    """Each test starts twenty minutes after the first sync of the portal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        first = cls()
        # The scheduled action needs a test to be running.
        with patch.object(module, "current_test", first):
            first.open_first_portal()
            first.sync()
        cls.integration = first.integration
        cls.first_store = first.sim.store

    def open_first_portal(self):
        if "first_store" not in vars(type(self)):
            super().open_first_portal()
            return
        self.frozen.move_to(NOW.replace(tzinfo=None))
        self.clock = Clock.frozen(NOW)
        self.serve(self.make_portal())
        for name in ("refresh_tokens", "access_tokens"):
            setattr(
                self.sim.store, name, copy.deepcopy(getattr(self.first_store, name))
            )
        self.advance(minutes=20)
