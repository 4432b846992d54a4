"""Whether writing a value would change a record."""

from datetime import date

from odoo import Command
from odoo.tests import TransactionCase, tagged

from ..models.changes import changed_values, would_change


@tagged("post_install", "-at_install")
class TestChanges(TransactionCase):
    def setUp(self):
        super().setUp()
        self.project = self.env["project.project"].create({"name": "Site"})
        self.tags = self.env["project.tags"].create([{"name": "A"}, {"name": "B"}])

    def test_one_value_in_several_forms(self):
        """A day, an amount and a record are the same however they are written."""
        self.project.write(
            {"date_start": "2026-10-05", "date": "2026-10-06", "billing_rate": 100.004}
        )
        company = self.env.company
        self.project.company_id = company
        same = {
            "date_start": date(2026, 10, 5),
            "date": "2026-10-06",
            "company_id": company.id,
            "description": False,
            "billing_rate": self.project.billing_rate,
        }
        self.assertFalse(changed_values(self.project, same))
        others = {"date_start": date(2026, 10, 4), "company_id": False, "name": "Yard"}
        self.assertEqual(changed_values(self.project, {**same, **others}), others)

    def test_relations(self):
        first, second = self.tags
        self.project.tag_ids = first
        for commands, is_change in (
            ([Command.link(first.id)], False),
            ([Command.link(first.id), Command.link(second.id)], True),
            ([Command.set(first.ids)], False),
            ([Command.set([])], True),
            ([], False),
        ):
            would = would_change(self.project, "tag_ids", commands)
            self.assertEqual(would, is_change, commands)
