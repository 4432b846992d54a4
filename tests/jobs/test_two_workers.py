"""Two portals synced by real job workers: at once, and with the same content."""

import os
import time
from contextlib import ExitStack, closing
from dataclasses import replace

import pytest

from tests.kill.content import content_of
from tools.databases import connect, select
from tools.odoo_server import OdooServer
from tools.portal_browser import Browser
from tools.portal_connection import INTEGRATION, PREFERENCES, Connection
from tools.portal_simulator import SimulatedPortal
from tools.postgres import free_port
from tools.settings import read_settings
from tools.templates import open_workshop

PATIENCE_SECONDS = 240
# What an administrator starts Odoo with; docs/administrator.md says the same.
JOBS = ("--load=base,rpc,web,queue_job", "--workers=2")
RUNNER = """SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database
             WHERE locktype = 'advisory' AND objsubid = 1 AND datname = %s"""


class Story:
    """A database, a server for a while, and portals of one company each."""

    def __init__(self, workshop, configuration):
        self.workshop, self.configuration = workshop, configuration
        self.database = configuration.stem
        self.browser = None

    def serve(self, *words):
        settings = self.workshop.settings
        port = settings.http_port
        words = (*words, f"--gevent-port={free_port()}")
        return OdooServer(settings, self.configuration, port, words)

    def log_in(self, url):
        self.browser = Browser(url)
        self.browser.log_in("admin", "admin")

    def connect(self, name, portal):
        """Return an integration of a new company, signed in to a portal."""
        company = self.browser.create("res.company", {"name": name})
        values = {"accounts_url": portal.url, "api_url": portal.url}
        values |= {"client_id": portal.client_id, "client_secret": portal.client_secret}
        values |= {"data_center": "custom", "name": name, "company_id": company}
        integration = self.browser.create(INTEGRATION, {**PREFERENCES, **values})
        connection = Connection(self.browser, integration)
        self.browser.follow(connection.press("action_connect"))
        return connection

    def select(self, query, *values):
        return select(self.workshop.server, self.database, query, *values)

    def wait(self, is_so):
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            log = self.workshop.settings.log(self.database).read_text()
            assert time.monotonic() < end, f"{self.runs()}\n{log}"
            time.sleep(0.2)

    def runs(self):
        return self.select("SELECT status, note FROM zoho_sync_run ORDER BY id")

    def wait_for_runs(self, count):
        self.wait(lambda: self.runs() == [("done", None)] * count)

    def content(self, connection):
        with closing(connect(self.workshop.server, self.database)) as opened:
            return content_of(opened, connection.id)


@pytest.fixture
def workshop():
    if "JOB_WORKERS" not in os.environ:
        pytest.skip("It takes minutes: `make test-all` runs it, or JOB_WORKERS=1.")
    return open_workshop(replace(read_settings(), http_port=free_port()))


@pytest.fixture
def story(workshop):
    """Return what makes stories, all of which are gone afterwards."""
    with ExitStack() as lent:
        yield lambda: Story(workshop, lent.enter_context(workshop.lend()))


@pytest.fixture
def portals(workshop):
    """Return two portals of the same records, which answer as slowly as Zoho does."""
    with (
        SimulatedPortal(workshop.settings, "tiny") as first,
        SimulatedPortal(workshop.settings, "tiny") as second,
    ):
        for portal in (first, second):
            portal.change("fault", kind="slow", times=0, seconds=0.1)
        yield first, second


def test_two_portals_on_two_job_workers(story, portals, monkeypatch):
    monkeypatch.setenv("ODOO_QUEUE_JOB_CHANNELS", "root:2")
    busy, calm = story(), story()
    with busy.serve(*JOBS) as odoo:
        busy.wait(lambda: busy.select(RUNNER, busy.database) == [(1,)])
        busy.log_in(odoo.url)
        pair = [
            busy.connect(name, portal)
            for name, portal in zip(("North", "South"), portals, strict=True)
        ]
        for connection in pair:
            connection.press("action_save_and_sync")
        busy.wait_for_runs(2)
    jobs = busy.select(
        "SELECT channel, state, date_started, date_done, worker_pid FROM queue_job"
    )
    assert {state for _channel, state, *_times in jobs} == {"done"}
    north, south = (
        [times for channel, _state, *times in jobs if channel == f"root.zoho.{one.id}"]
        for one in pair
    )
    assert len(north) + len(south) == len(jobs)
    assert any(
        begun < other_done and other_begun < done and worker != other
        for begun, done, worker in north
        for other_begun, other_done, other in south
    ), jobs
    # The same without: this server knows of no job runner, and the schedule syncs.
    with calm.serve() as odoo:
        calm.log_in(odoo.url)
        alone = calm.connect("Alone", portals[0])
        alone.press("action_save_and_sync")
        calm.wait_for_runs(1)
    assert not calm.select("SELECT 1 FROM queue_job")
    wanted = calm.content(alone)
    assert all(wanted.values())
    for connection in pair:
        for name, rows in busy.content(connection).items():
            assert rows == wanted[name], name
