"""What a module keeps between two steps, and what it asks for."""

import json
from dataclasses import fields

from odoo.tests import TransactionCase, tagged

from ...models.sync.stream_cursor import Cursor, Pass
from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestCursor(TransactionCase):
    def test_all_of_it_is_kept(self):
        """Each value comes back from the database, none of them a default."""
        one = Pass(
            listing="tasks",
            sink="stage",
            params={"sort_by": "name"},
            optional=("sort_by",),
            is_extra=True,
            is_answered=True,
            is_other=True,
            is_turn=True,
            probe=7,
            skipped=3,
            **{name: name for name in ("each", "path", "at", "kind", "rows", "since")},
            by_modified="2026-10-05",
        )
        numbers = ("index", "page", "size", "at", "healed", "round", "asked", "lookups")
        numbers += ("waiting",)
        flags = ("is_full", "is_deaf", "is_moved", "is_cut", "has_subtasks")
        flags += ("by_customer",)
        cursor = Cursor(
            phase="heal",
            passes=(one,),
            trashed=("5",),
            unfiltered=True,
            **{name: number for number, name in enumerate(numbers, 2)},
            **dict.fromkeys(flags, True),
        )
        for kind, kept in ((Pass("users"), one), (Cursor(), cursor)):
            for field in fields(kind):
                is_default = getattr(kept, field.name) == getattr(kind, field.name)
                self.assertFalse(is_default, field.name)
        stored = json.loads(json.dumps(cursor.to_json()))
        self.assertEqual(Cursor.from_json(stored), cursor)

    def test_an_empty_trash_was_looked_into(self):
        stored = json.loads(json.dumps(Cursor(trashed=()).to_json()))
        self.assertEqual(Cursor.from_json(stored).trashed, ())
        self.assertIsNone(Cursor.from_json(Cursor().to_json()).trashed)

    def test_what_another_version_has_kept(self):
        """A sync goes on in the middle when the addon is updated meanwhile."""
        stored = {
            "phase": "fetch",
            "passes": [
                {"listing": "users", "sink": "upsert", "nobody_knows": 1},
                {"listing": "tasks", "sink": "upsert", "optional": ["sort_by"]},
            ],
            "index": 1,
            "page": 3,
            "size": None,
            "is_full": True,
            "long_gone": "x",
        }
        tasks = Pass("tasks", optional=("sort_by",))
        self.assertEqual(
            Cursor.from_json(stored),
            Cursor(passes=(Pass("users"), tasks), index=1, page=3, is_full=True),
        )
        self.assertEqual(Cursor.from_json(False), Cursor())


@tagged("post_install", "-at_install")
class TestWhatIsAsked(SyncCase):
    def stream(self, entity):
        return self.integration.stream_ids.filtered(lambda one: one.entity == entity)

    def test_tasks_are_listed_once(self):
        """Where the plain list shows subtasks, nobody asks for them apart."""
        self.assertTrue(any(task.parent for task in self.portal.tasks.values()))
        self.sim.ledger.reset()
        self.sync()
        self.assertEqual(self.sim.ledger.calls["tasks"], 1)
        self.assertFalse(self.stream("task").subtasks_apart)

    def test_customers_of_projects(self):
        """What a run knows is not forgotten for what it does not know."""
        pairs, run = self.env["zoho.project.customer"], self.sync()
        pairs.search([]).unlink()

        def rank(run, *ranks):
            pairs._keep_pairs(run, [("7", "9", one) for one in ranks])
            return pairs.search([("project_zoho_id", "=", "7")]).rank

        self.assertEqual(rank(run, "unknown"), "unknown")
        self.assertEqual(rank(run, "primary", "unknown"), "primary")
        self.assertEqual(rank(run, "unknown"), "primary")
        self.advance(minutes=20)
        self.assertEqual(rank(self.sync(), "unknown"), "unknown")
