"""Odoo killed again and again during its first sync ends it all the same."""

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
from tools.portal_connection import connect_simulator
from tools.portal_simulator import SimulatedPortal
from tools.postgres import free_port
from tools.settings import read_settings
from tools.templates import open_workshop

from .content import content_of

KILLS = int(os.environ.get("KILLS", 2))
LOGS = 1500
PATIENCE_SECONDS = 400
OPEN = ("queued", "running", "waiting")


class Story:
    """A database, its Odoo, and the first sync in it."""

    def __init__(self, workshop, portal, configuration):
        self.server, self.portal = workshop.server, portal
        self.database = configuration.stem
        port = workshop.settings.http_port
        self.odoo = OdooServer(workshop.settings, configuration, port)

    def start_sync(self):
        """Connect and press *Save and Sync*; who presses may lose his server."""
        self.odoo.start()
        browser = Browser(self.odoo.url)
        browser.log_in("admin", "admin")
        connection = connect_simulator(browser, self.portal)
        self.portal.change("reset_ledger")

        def press():
            with suppress(requests.RequestException):
                connection.press("action_save_and_sync")

        threading.Thread(target=press, daemon=True).start()

    def calls(self):
        return self.portal.read("ledger")["total"]

    def select(self, query):
        return select(self.server, self.database, query)

    def run(self):
        """Return status and message of the run, ``queued`` before there is one."""
        runs = self.select("SELECT status, message FROM zoho_sync_run ORDER BY id")
        assert len(runs) < 2
        return runs[0] if runs else ("queued", None)

    def wake(self):
        """Let the scheduler look at once, as every trigger does."""
        notify = "SELECT pg_notify('cron_trigger', %s)"
        select(self.server, "postgres", notify, self.database)

    def wait(self, is_enough):
        """Wait until something is so, or the run has ended."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not is_enough() and self.run()[0] in OPEN:
            assert time.monotonic() < end, f"{self.run()}: {self.odoo.log.read_text()}"
            self.wake()
            time.sleep(0.2)

    def content(self):
        with closing(connect(self.server, self.database)) as opened:
            return content_of(opened)


@pytest.fixture
def workshop():
    return open_workshop(replace(read_settings(), http_port=free_port()))


@pytest.fixture
def portal(workshop):
    with SimulatedPortal(workshop.settings, "small", LOGS) as portal:
        # Small pages make a long way of many commits.
        portal.change("dialect", name="default", rate_headers=True, per_page_max=50)
        yield portal


@pytest.fixture
def story(workshop, portal):
    """Return what makes stories, all of which are gone afterwards."""
    with ExitStack() as lent:

        def make():
            configuration = lent.enter_context(workshop.lend())
            story = Story(workshop, portal, configuration)
            lent.callback(story.odoo.stop)
            return story

        yield make


def test_killed_again_and_again(story):
    calm, killed = story(), story()
    calm.start_sync()
    calm.wait(lambda: False)
    assert calm.run() == ("done", None)
    calls = calm.calls()
    calm.odoo.stop()
    dice = random.Random(19)
    killed.start_sync()
    for number in range(1, KILLS + 1):
        killed.wait(lambda bound=calls * number // (KILLS + 1): killed.calls() >= bound)
        time.sleep(dice.random())
        assert killed.run()[0] in OPEN, "it was killed too late to prove anything"
        killed.odoo.kill()
        killed.odoo.start()
    killed.wait(lambda: False)
    assert killed.run() == ("done", None)
    assert killed.calls() <= calls + 2 * KILLS
    before, after = calm.content(), killed.content()
    assert all(before.values())
    for name, rows in before.items():
        assert after[name] == rows, name
