"""A real server: killed during its first sync, and told by Zoho what has changed."""

import itertools
import math
import os
import random
import threading
import time
from contextlib import ExitStack, closing, suppress
from dataclasses import replace

import pytest
import requests

from tools.databases import connect, select
from tools.odoo_server import OdooServer
from tools.portal_browser import Browser
from tools.portal_connection import OPEN_RUN, connect_simulator
from tools.portal_simulator import SimulatedPortal
from tools.postgres import free_port
from tools.settings import read_settings
from tools.templates import open_workshop

from .content import content_of
from .survival import WORKERS, survive

KILLS = int(os.environ.get("KILLS", 2))
SIZE = os.environ.get("KILL_SIZE", "small")
LOGS = int(os.environ.get("KILL_LOGS", 1500))
# A thousand are sent in process, where they cost no time.
HINTS = 250
PATIENCE_SECONDS = 400
# Far sooner than the schedule of fifteen minutes, and than a worker looks by itself.
SOON_SECONDS = 30


class Story:
    """A database, its Odoo, and the first sync in it."""

    def __init__(self, workshop, portal, configuration, workers):
        self.server, self.portal = workshop.server, portal
        self.database = configuration.stem
        port = workshop.settings.http_port
        self.odoo = OdooServer(workshop.settings, configuration, port)
        self.have_workers(workers)

    def have_workers(self, number):
        """Let the next server have so many that answer, and two for the schedule."""
        words = (f"--workers={number}", f"--gevent-port={free_port()}")
        self.odoo.words = (*words, "--max-cron-threads=2") if number else ()

    def start_sync(self):
        """Connect and press *Save and Sync*; who presses may lose his server.

        :return: the connection.
        """
        self.odoo.start()
        browser = Browser(self.odoo.url)
        browser.log_in("admin", "admin")
        connection = connect_simulator(browser, self.portal)
        self.portal.change("reset_ledger")

        def press():
            with suppress(requests.RequestException):
                connection.press("action_save_and_sync")

        threading.Thread(target=press, daemon=True).start()
        return connection

    def calls(self):
        return self.portal.read("ledger")["total"]

    def select(self, query):
        return select(self.server, self.database, query)

    def run(self):
        """Return status and note of the last run, ``queued`` without one."""
        runs = self.select("SELECT status, note FROM zoho_sync_run ORDER BY id")
        return runs[-1] if runs else ("queued", None)

    def wake(self):
        """Let the scheduler look at once, as every trigger does."""
        notify = "SELECT pg_notify('cron_trigger', %s)"
        select(self.server, "postgres", notify, self.database)

    def wait(self, is_enough):
        """Wait until something is so, or the run has ended."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_enough() and self.run()[0] in OPEN_RUN:
            assert time.monotonic() < end, f"{self.run()}: {self.odoo.log.read_text()}"
            self.wake()
            time.sleep(0.2)

    def content(self):
        with closing(connect(self.server, self.database)) as opened:
            return content_of(opened)


@pytest.fixture(scope="module")
def workshop():
    return open_workshop(replace(read_settings(), http_port=free_port()))


@pytest.fixture(scope="module")
def portal(workshop):
    with SimulatedPortal(workshop.settings, SIZE, LOGS) as portal:
        # Small pages make a long way of many commits.
        portal.change("dialect", name="default", rate_headers=True, per_page_max=50)
        yield portal


@pytest.fixture(scope="module")
def story(workshop, portal):
    """Return what makes stories, all of which are gone afterwards."""
    with ExitStack() as lent:

        def make(workers=0):
            configuration = lent.enter_context(workshop.lend())
            story = Story(workshop, portal, configuration, workers)
            lent.callback(story.odoo.stop)
            return story

        yield make


@pytest.fixture(scope="module")
def calm(story):
    """One that nobody kills."""
    calm = story()
    calm.start_sync()
    calm.wait(lambda: False)
    assert calm.run() == ("done", None)
    calm.synced_by = calm.calls()
    return calm


def test_hints_of_a_rule_in_zoho(calm):
    """A log changed there is here at once; a burst costs ten calls a minute at most.

    On a quiet machine it takes two to three seconds; a busy one may be slower.
    """
    if not calm.odoo.process:
        calm.odoo.start()
    browser = Browser(calm.odoo.url)
    browser.log_in("admin", "admin")
    integration = browser.last("zoho.integration", [])["id"]
    browser.call("zoho.integration", "write", [integration], {"hints_enabled": True})
    token = browser.row("zoho.integration", integration, ["hint_token"])["hint_token"]
    domain = [("zoho_id", "!=", False), ("task_id", "!=", False)]
    timesheet = browser.last("account.analytic.line", domain, "zoho_id")
    log = timesheet["zoho_id"]
    hint = {"token": token, "module": "timelog", "id": "{id}", "project": "{project}"}
    url = f"{calm.odoo.url}/zoho_projects/hint"
    calm.portal.change("reset_ledger")
    calm.portal.change("hook", url=url, kind="log", parameters=hint)
    began = time.monotonic()
    calm.portal.change("edit_log", log_id=log, minutes=77)
    query = (
        f"SELECT unit_amount FROM account_analytic_line WHERE id = {timesheet['id']}"
    )
    while round(calm.select(query)[0][0] * 60) != 77:
        is_soon = time.monotonic() < began + SOON_SECONDS
        assert is_soon, calm.odoo.log.read_text()[-3000:]
        time.sleep(0.1)
    logs = calm.portal.read("records", kind="log", limit=HINTS)
    session = requests.Session()
    session.trust_env = False
    for record in itertools.islice(itertools.cycle(logs), HINTS):
        known = {"id": record["id"], "project": record["project"]}
        session.post(url, data={**hint, **known}, timeout=60)
    # Whatever begins because of the last one.
    time.sleep(1)
    ledger = calm.portal.read("ledger")
    minutes = math.ceil((time.monotonic() - began) / 60)
    assert 1 <= ledger["total"] + sum(ledger["tokens"].values()) <= 10 * minutes


def test_killed_again_and_again(calm, story):
    calls = calm.synced_by
    calm.odoo.stop()
    killed = story(WORKERS)
    dice = random.Random(19)
    connection = killed.start_sync()
    for number in range(1, KILLS + 1):
        killed.wait(lambda bound=calls * number // (KILLS + 1): killed.calls() >= bound)
        time.sleep(dice.random())
        assert killed.run()[0] in OPEN_RUN, "it was killed too late to prove anything"
        killed.odoo.kill()
        killed.odoo.start()
    killed.wait(lambda: False)
    assert killed.run() == ("done", None)
    assert len(killed.select("SELECT id FROM zoho_sync_run")) == 1
    # What is lost with a runner: the pages in hand, and two that were fetched ahead.
    assert killed.calls() <= calls + 7 * KILLS
    before, after = calm.content(), killed.content()
    assert all(before.values())
    for name, rows in before.items():
        assert after[name] == rows, name
    # What then crashes in comparisons and in invoicing leaves no trace, either.
    survive(killed, connection)
