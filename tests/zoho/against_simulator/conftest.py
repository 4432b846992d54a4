"""The library reads the simulated portal: an independent judge of both."""

from dataclasses import dataclass
from datetime import date, datetime, timezone
from functools import cached_property

import pytest

from simulator import (
    DIALECTS,
    TODAY,
    Clock,
    Counts,
    Dialect,
    Portal,
    Simulator,
    generate,
    session_for,
)
from zoho import endpoints as e
from zoho import queries as q
from zoho import records as r
from zoho.client import ZohoClient
from zoho.errors import ZohoRefused
from zoho.paging import iter_rows

NOW = datetime(2026, 11, 2, 9, tzinfo=timezone.utc)
FIRST_DAY = date(2024, 1, 1)
API = "https://projectsapi.zoho.com"


def pytest_generate_tests(metafunc):
    """Run what takes a reading once in every dialect."""
    if "read" in metafunc.fixturenames:
        metafunc.parametrize("read", list(DIALECTS), indirect=True)


@dataclass
class Reading:
    """Everything of a portal, read as a sync reads it."""

    client: ZohoClient
    portal: Portal
    simulator: Simulator

    @property
    def dialect(self):
        return self.simulator.dialect

    def rows(self, listing, params=None, **path_ids):
        return list(iter_rows(self.client, listing, params or {}, path_ids))

    def either(self, listing, **path_ids):
        """Read a listing, or the older one where Zoho does not know it."""
        try:
            return self.rows(listing, **path_ids)
        except ZohoRefused as error:
            assert error.code == "module_disabled"
            return self.rows(e.INSTEAD[listing.name], **path_ids)

    def phase_rows(self):
        """Read phases by the first listing that this portal has."""
        listing = e.PHASES
        while "{project}" not in listing.path:
            try:
                return self.rows(listing)
            except ZohoRefused as error:
                assert error.code in ("module_disabled", "not_found")
                listing = e.INSTEAD[listing.name]
        return [row for one in self.projects for row in self.rows(listing, project=one)]

    def if_taken(self, listing, **params):
        """Read with a parameter that Zoho may refuse: then there is nothing more."""
        try:
            return self.either(listing) if not params else self.rows(listing, params)
        except ZohoRefused as error:
            assert error.code in ("bad_request", "module_disabled")
            return []

    @cached_property
    def projects(self):
        rows = self.rows(e.PROJECTS)
        rows += self.rows(e.PROJECTS, q.project_filter("all_closed"))
        return {one.zoho_id: one for one in map(r.parse_project, rows)}

    @cached_property
    def tasks(self):
        rows = self.rows(e.TASKS) + self.if_taken(e.TASKS, has_parents="true")
        known = set(self.phases)
        return {one.zoho_id: one for one in (r.parse_task(x, "", known) for x in rows)}

    @cached_property
    def phases(self):
        return {one.zoho_id: one for one in map(r.parse_phase, self.phase_rows())}

    @cached_property
    def task_lists(self):
        rows = self.rows(e.TASK_LISTS)
        return {one.zoho_id: one for one in map(r.parse_task_list, rows)}

    @cached_property
    def issues(self):
        return {one.zoho_id: one for one in map(r.parse_issue, self.rows(e.ISSUES))}

    @cached_property
    def users(self):
        rows = self.either(e.USERS)
        for view in ("active", "inactive"):
            rows += self.if_taken(e.USERS, view_type=view)
        return {one.zoho_id: one for one in map(r.parse_user, rows)}

    @cached_property
    def customers(self):
        rows = self.either(e.CUSTOMERS)
        return {one.zoho_id: one for one in map(r.parse_customer, rows)}

    @cached_property
    def logs(self):
        logs = {}
        for kind in ("task", "issue", "general"):
            for start, end in q.day_slices(FIRST_DAY, TODAY):
                for log in self._logs_of(kind, start, end):
                    logs[log.zoho_id] = log
        return logs

    def _logs_of(self, kind, start, end):
        params = q.time_log_params(kind, start, end)
        try:
            rows = self.rows(e.TIME_LOGS, params)
        except ZohoRefused as error:
            assert error.field in ("id", "")
            rows = []
            for item in self.tasks if kind == "task" else self.issues:
                params = q.time_log_params(kind, start, end, item_id=item)
                rows += self.rows(e.TIME_LOGS, params)
        return [r.parse_time_log(row, kind=kind) for row in rows]

    @staticmethod
    def utc(moment):
        """Return a moment as Zoho writes it: naive UTC, to the millisecond."""
        if moment is None:
            return None
        milliseconds = moment.microsecond // 1000 * 1000
        in_utc = moment.astimezone(timezone.utc)
        return in_utc.replace(tzinfo=None, microsecond=milliseconds)

    @staticmethod
    def assert_same(found, expected):
        """Compare records by id, as far as something is expected of them."""
        assert set(found) == set(expected)
        for zoho_id, one in expected.items():
            other = {key: getattr(found[zoho_id], key) for key in one}
            assert other == one

    @property
    def cases(self):
        """One project for each case of customers and accounts."""
        found = {}
        for one in self.portal.projects.values():
            case = len(one.customers), bool(one.primary), bool(one.crm_accounts)
            found.setdefault(case, one)
        return found.values()


def start_simulator(portal, dialect=None, **options):
    clock = Clock.frozen(NOW)
    dialect = dialect or Dialect()
    return Simulator(portal, dialect, clock, sleep=lambda _s: None, **options)


def connect_to(sim, **options):
    access, _refresh = sim.tokens(**options)
    return ZohoClient(API, sim.portal.id, access, session_for(sim))


@pytest.fixture(scope="session")
def tiny():
    """The awkward records alone."""
    return generate("tiny", clock=Clock.frozen(NOW))


@pytest.fixture(scope="session")
def crowd():
    """Enough records for several pages of everything that has pages."""
    counts = Counts(230, 210, 220, 260, 450, 640, 240, 1300)
    return generate(counts, clock=Clock.frozen(NOW))


@pytest.fixture(scope="session")
def start():
    """Start a simulator of a portal in a dialect."""
    return start_simulator


@pytest.fixture(scope="session")
def connect():
    """Connect a client to a simulator."""
    return connect_to


@pytest.fixture(scope="session")
def reading():
    """Return a new reading of a portal in a dialect, without limits."""

    def make(portal, dialect):
        sim = start_simulator(portal, dialect, limit=0)
        return Reading(connect_to(sim), portal, sim)

    return make


@pytest.fixture(scope="session")
def readings(tiny, reading):
    """Readings of the awkward records by dialect, each made once."""
    made = {}

    def find(name):
        if name not in made:
            made[name] = reading(tiny, DIALECTS[name])
        return made[name]

    return find


@pytest.fixture
def read(request, readings):
    """The reading in the dialect that the test runs in."""
    return readings(request.param)


@pytest.fixture
def sim(tiny):
    """A simulator of the awkward records."""
    return start_simulator(tiny)


@pytest.fixture
def client(sim):
    """A client of that simulator."""
    return connect_to(sim)
