"""A sync that is killed anywhere ends like one that nobody disturbed."""

import random
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged, test_cursor

from ...models.sync.stream_batches import PAGES_AT_ONCE, Batches
from ..simulator import Counts, generate
from ..simulator.transport import SimulatorAdapter
from .sync_common import SyncCase
from .sync_content import content_of

RUNNERS = 150
# The budget of calls is used up by those who die fast.
SECONDS_A_LIFE = 10
MODELS = (
    "account.analytic.line",
    "hr.employee",
    "project.milestone",
    "project.project",
    "project.tags",
    "project.task",
    "project.task.type",
    "res.partner",
    "zoho.link",
    "zoho.skipped.record",
    "zoho.task.list",
)


class Killed(BaseException):
    """The process is gone: no handler of the connector may see it."""


class Life:
    """What a runner may do until it dies: count down, then let nothing through.

    Whoever catches the death, as Odoo's scheduler does, must not commit any more.

    :param int steps: how often something may happen; it dies at the last.
    """

    def __init__(self, steps):
        self.left = steps

    def step(self):
        self.left -= 1
        self.check()

    def check(self):
        if self.left <= 0:
            raise Killed

    @contextmanager
    def counting(self, cls, name):
        """Count the calls of a method; once dead, the database refuses everything."""
        notes = {
            (Cursor, "execute"): self.check,
            (test_cursor.TestCursor, "commit"): self.check,
            (cls, name): self.step,
        }
        with ExitStack() as stack:
            for (owner, method), note in notes.items():
                call = _after(note, getattr(owner, method))
                stack.enter_context(patch.object(owner, method, call))
            yield


def _after(note, method):
    def noted(*args, **kwargs):
        note()
        return method(*args, **kwargs)

    return noted


class InterruptedCase(SyncCase):
    """First syncs whose runners die, compared with one that lives."""

    maxDiff = None

    def make_portal(self):
        counts = Counts(0, 0, 0, 0, 0, 130, 0, 160)
        return generate(counts, seed=1, clock=self.clock)

    def setUp(self):
        super().setUp()
        self.sim.dialect = replace(self.sim.dialect, per_page_max=50)
        if "undisturbed" not in vars(type(self)):
            with self.env.cr.savepoint() as savepoint:
                self.sync()
                type(self).undisturbed = self.result()
                type(self).calls = self.sim.ledger.total
                savepoint.rollback()
            self.env.invalidate_all()
            self.sim.ledger.reset()

    def result(self):
        """Return all that a first sync leaves behind, by the ids of Zoho."""
        run = self.integration.run_ids[:1]
        return {
            "status": (run.status, run.message, self.integration.status),
            "content": content_of(self.integration),
            "minutes": self.accounted_minutes(),
            "errors": {(e.entity, e.zoho_id, e.code) for e in self.errors()},
            "rows": {model: self.env[model].search_count([]) for model in MODELS},
        }

    def run_to_the_end(self, lives):
        """Let runner after runner die, until one ends the run.

        :param lives: gives a context manager for each runner's number.
        :return: how many died.
        """
        self.integration.action_save_and_sync()
        deaths = 0
        with self.enter_registry_test_mode():
            for number in range(RUNNERS):
                try:
                    with lives(number):
                        self.cron.method_direct_trigger()
                except Killed:
                    deaths += 1
                self.env.invalidate_all()
                if self.integration.run_ids[:1].ended_at:
                    return deaths
                self.advance(seconds=SECONDS_A_LIFE)
        return self.fail(f"{RUNNERS} runners were not enough")

    def assert_undisturbed(self, deaths=0):
        """Assert that all is there, and that little was asked for twice.

        A runner loses the pages in hand, and two that were fetched ahead.
        """
        for name, value in self.result().items():
            self.assertEqual(value, self.undisturbed[name], name)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        lost = deaths * (PAGES_AT_ONCE + 2)
        self.assertLessEqual(self.sim.ledger.total, self.calls + lost)


@tagged("post_install", "-at_install")
class TestSyncInterrupted(InterruptedCase):
    def test_killed_at_any_statement(self):
        dice = random.Random(7)
        deaths = self.run_to_the_end(
            lambda number: Life(dice.randint(1, 100 + 20 * number)).counting(
                Cursor, "execute"
            )
        )
        self.assertGreater(deaths, 10)
        self.assert_undisturbed(deaths)

    def test_killed_before_commits(self):
        """What a runner did since it committed is lost, and no more.

        A page of several batches needs a runner that lives as long.
        """
        deaths = self.run_to_the_end(
            lambda number: Life(2 + number % 9).counting(
                test_cursor.TestCursor, "commit"
            )
        )
        self.assertGreater(deaths, 8)
        self.assert_undisturbed(deaths)

    def test_killed_in_every_request(self):
        deaths = self.run_to_the_end(
            lambda _number: Life(3).counting(SimulatorAdapter, "send")
        )
        self.assertGreater(deaths, 3)
        self.assert_undisturbed(deaths)

    def test_killed_between_batches(self):
        """A page that was left half-way is finished by the next runner."""
        deaths = self.run_to_the_end(
            lambda number: Life(2 + number % 5).counting(Batches, "_upsert")
        )
        self.assertGreater(deaths, 3)
        self.assert_undisturbed(deaths)

    def test_time_is_over_after_every_page(self):
        """A runner whose time is over leaves at the end of its page, and no call is
        made twice.
        """
        with self.one_page_a_time():
            self.run_to_the_end(lambda _number: nullcontext())
        self.assert_undisturbed()
