"""A sync that is killed anywhere ends like one that nobody disturbed."""

import random
from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged

from .sync_common import SyncCase
from .sync_content import content_of

RUNNERS = 400


class Killed(BaseException):
    """The process is gone: no handler of the connector may see it."""


class InterruptedCase(SyncCase):
    """First syncs whose runners die, compared with one that lives."""

    undisturbed = None
    maxDiff = None

    def setUp(self):
        super().setUp()
        if "undisturbed" not in vars(type(self)):
            with self.env.cr.savepoint() as savepoint:
                self.sync()
                type(self).undisturbed = content_of(self.integration)
                type(self).undisturbed_counts = self.counts()
                savepoint.rollback()
            self.env.invalidate_all()

    def counts(self):
        """Return what the history says of the last run, module by module."""
        return {
            line.entity: {
                name: line[name] for name in ("fetched", "created", "skipped", "failed")
            }
            for line in self.integration.run_ids[:1].line_ids
        }

    def run_to_the_end(self, life):
        """Let runner after runner die, until one ends the run.

        :param life: a context manager for each runner, which may raise ``Killed``.
        :return: how many died.
        """
        self.integration.action_save_and_sync()
        deaths = 0
        with self.enter_registry_test_mode():
            for number in range(RUNNERS):
                try:
                    with life(number):
                        self.cron.method_direct_trigger()
                except Killed:
                    deaths += 1
                self.env.invalidate_all()
                if self.integration.status != "syncing":
                    return deaths
        return self.fail(f"{RUNNERS} runners were not enough")

    def assert_undisturbed(self):
        run = self.integration.run_ids[:1]
        self.assertEqual(run.status, "done", run.message)
        self.assertEqual(self.integration.status, "active")
        self.assertEqual(content_of(self.integration), self.undisturbed)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())


def dies_at_statement(number):
    """Kill a runner at a statement that it sends to the database."""
    execute, left = Cursor.execute, [number]

    def count(cursor, query, *args, **kwargs):
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return execute(cursor, query, *args, **kwargs)

    return patch.object(Cursor, "execute", count)


@tagged("post_install", "-at_install")
class TestSyncInterrupted(InterruptedCase):
    def test_killed_at_any_statement(self):
        dice = random.Random(7)
        deaths = self.run_to_the_end(
            lambda number: dies_at_statement(dice.randint(1, 100 + 20 * number))
        )
        self.assertGreater(deaths, 10)
        self.assert_undisturbed()
