"""Whatever Zoho loses, hides or says: only what is gone is withdrawn.

``DELETION_RUNS`` worlds of sets, and ``DELETION_SYNCS`` comparisons of a real database.
"""

import os
import random

from odoo.tests import BaseCase, tagged

from ..simulator import Dialect
from .deletion_world import FIRST_RUNS, World
from .sync_common import SyncedCase

RUNS = int(os.environ.get("DELETION_RUNS", 1000))
SYNCS = int(os.environ.get("DELETION_SYNCS", 2))
LISTS = {"tasks": "task", "timelogs": "timelog", "phases": "phase"}


@tagged("post_install", "-at_install")
class TestDeletionsProperty(BaseCase):
    def test_two_signals(self):
        """No world withdraws what is there, and in the end all that is gone is."""
        for seed in range(RUNS):
            world = World(random.Random(seed))
            for _run in range(FIRST_RUNS):
                world.change()
                world.run()
                self.assertFalse(world.wrong, f"seed {seed}")
            world.is_honest = True
            world.record.accepted_loss = len(world.linked)
            for _run in range(3):
                world.run()
                self.assertFalse(world.wrong, f"seed {seed}")
                world.record.accepted_loss = len(world.linked)
            left = {link.zoho_id for link in world.linked}
            self.assertEqual(left, world.there, f"seed {seed}")

    def test_one_signal_would_not_do(self):
        """The worlds are bad enough to find a rule that believes a path at once."""
        found = 0
        for seed in range(60):
            world = World(random.Random(seed))
            world.believes_all = True
            for _run in range(FIRST_RUNS):
                world.change()
                world.run()
            found += bool(world.wrong)
        self.assertGreater(found, 5)


@tagged("post_install", "-at_install")
class TestDeletionsInDatabase(SyncedCase):
    def test_comparisons(self):
        """The same of real comparisons; in the end all is as in Zoho."""
        dice = random.Random(1)
        for number in range(SYNCS):
            with self.subTest(number):
                self.lose_and_lie(dice)
                self.sync(full=True)
                self.assert_nothing_wrong()
                self.advance(days=1)
        self.sim.faults.clear()
        self.sim.dialect = Dialect()
        for _run in range(2):
            self.sync(full=True)
            self.advance(days=1)
        self.assert_content()

    def lose_and_lie(self, dice):
        """Delete a little, and let lists and paths be wrong for one comparison."""
        self.sim.faults.clear()
        self.sim.dialect = Dialect(
            per_page_max=10,
            log_path=dice.choice(("plain", "new", "both", "lost")),
            bin_form=dice.choice(("records", "absent")),
        )
        logs = sorted(self.portal.logs)
        self.portal.delete_log(dice.choice(logs))
        for listing, single in LISTS.items():
            rows = dice.choice((0, 1, 3, 9))
            if rows:
                page = {"where": {"page": dice.choice("12")}}
                self.sim.fault("shift", listing, times=0, rows=rows, **page)
            kind = dice.choice(("", "gone", "scope_missing", "html_200", "empty"))
            if kind:
                self.sim.fault(kind, single, nth=dice.randint(1, 6), times=0)

    def assert_nothing_wrong(self):
        links = self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration.id),
                ("state", "=", "withdrawn"),
            ]
        )
        tables = {"timelog": "log", "bug": "issue"}
        for link in links:
            there = self.portal.table(tables.get(link.entity, link.entity))
            record = there.get(link.zoho_id)
            is_offered = link.entity != "timelog" or (
                record and record.billable and record.approval == "approved"
            )
            self.assertFalse(record and is_offered, (link.entity, link.zoho_id))
