"""Customers that were cloned by mistake are merged, and stay merged.

:source: product.md, section 3.
"""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestMergeCustomers(SyncCase):
    preferences = {"duplicate_customers": "clone"}

    def setUp(self):
        super().setUp()
        self.original = self.env["res.partner"].create(
            {"name": "harbour  AUTHORITY", "is_company": True, "phone": "+31 10 000"}
        )
        self.sync()
        self.harbour = self.zoho("customer", name="Harbour Authority")
        self.clone = self.record("customer", self.harbour.id)
        self.assertNotEqual(self.clone, self.original)

    def merge(self, partners, kept):
        """Merge contacts as the dialog of Odoo does."""
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "state": "selection",
                "partner_ids": [Command.set(partners.ids)],
                "dst_partner_id": kept.id,
            }
        ).action_merge()

    def projects(self, partner):
        return self.env["project.project"].search([("partner_id", "=", partner.id)])

    def assert_stable(self):
        """The next sync makes no new contact, and the one after it writes nothing."""
        count = self.env["res.partner"].search_count([])
        self.advance(hours=1)
        self.sync(full=True)
        self.assertEqual(self.env["res.partner"].search_count([]), count)
        rows = self.business_rows()
        with self.business_writes() as statements:
            self.advance(hours=1)
            self.sync(full=True)
        self.assertEqual(statements, [])
        self.assertEqual(self.business_rows(), rows)

    def test_clone_into_the_original(self):
        projects = self.projects(self.clone)
        self.assertTrue(projects)
        contacts = self.clone.child_ids
        links = self.clone.zoho_link_ids
        self.merge(self.clone + self.original, self.original)
        self.assertFalse(self.clone.exists())
        self.assertEqual(self.projects(self.original), projects)
        self.assertEqual(self.original.zoho_link_ids, links)
        self.assertEqual(self.original.child_ids, contacts)
        self.assertEqual(self.original.phone, "+31 10 000")
        self.assert_stable()
        self.assertEqual(self.record("customer", self.harbour.id), self.original)
        self.assertEqual(self.projects(self.original), projects)
        self.portal.edit("customer", self.harbour.id, phone="+31 20 555 9999")
        self.advance(hours=1)
        self.sync(full=True)
        self.assertEqual(self.original.phone, "+31 20 555 9999")

    def test_original_into_the_clone(self):
        self.merge(self.clone + self.original, self.clone)
        self.assertFalse(self.original.exists())
        self.assert_stable()

    def test_two_customers_of_zoho_become_one(self):
        """Both links lead to the contact that is kept, and both projects."""
        meadow = self.record(
            "customer", self.zoho("customer", name="Meadow & Sons <Ltd>").id
        )
        projects = self.projects(self.clone) | self.projects(meadow)
        self.merge(self.clone + meadow, self.clone)
        self.assertEqual(len(self.clone.zoho_link_ids), 2)
        self.assertEqual(self.projects(self.clone), projects)
        self.assert_stable()
        self.assertEqual(self.projects(self.clone), projects)

    def test_invoices_move_and_differences_close(self):
        """A project that went from the original to its clone is no difference."""
        project = self.projects(self.clone)[0]
        project.partner_id = self.original
        difference = self.env["zoho.difference"]
        difference._raise_customer(self.integration, project, self.clone)
        [raised] = difference.search([("project_id", "=", project.id)])
        self.merge(self.clone + self.original, self.original)
        self.assertEqual(raised.state, "settled")
        self.assertEqual(raised.settlement, "agreed")
        self.assert_stable()

    def test_a_difference_follows_the_contact_that_is_kept(self):
        meadow = self.record(
            "customer", self.zoho("customer", name="Meadow & Sons <Ltd>").id
        )
        project = self.projects(meadow)[0]
        difference = self.env["zoho.difference"]
        difference._raise_customer(self.integration, project, self.clone)
        [raised] = difference.search([("project_id", "=", project.id)])
        self.merge(self.clone + self.original, self.original)
        self.assertEqual(raised.state, "open")
        self.assertEqual(raised.values_after, {"partner_id": self.original.id})

    def test_different_currencies(self):
        foreign = self.record(
            "customer", self.zoho("customer", name="Foreign Trading AG").id
        )
        self.assertTrue(self.projects(foreign))
        with self.assertRaisesRegex(UserError, "EUR.*USD|USD.*EUR"):
            self.merge(self.clone + foreign, self.clone)
        self.assertTrue(foreign.exists())

    def test_contact_of_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.original.company_id = other
        with self.assertRaisesRegex(UserError, "Elsewhere"):
            self.merge(self.clone + self.original, self.original)
        self.assertTrue(self.clone.exists())

    def test_contacts_that_zoho_does_not_know(self):
        """Odoo's merge of other contacts is what it was."""
        other = self.original.copy()
        self.merge(self.original + other, self.original)
        self.assertFalse(other.exists())

    def test_how_a_customer_is_billed_is_kept_together(self):
        """Whoever merges; and no choice is made of those of two contacts."""
        person = self.env["res.partner"].create(
            {"name": "Carla", "parent_id": self.clone.id}
        )
        self.clone.write(
            {
                "time_approval": True,
                "time_approver_id": person.id,
                "billing_rounding": "up",
                "billing_rounding_minutes": 6,
                "billed_time_annex": "leave_out",
                "billing_line_template": "{task}",
            }
        )
        self.original.write(
            {
                "email": self.clone.email,
                "time_approval_days": 7,
                "billing_rounding_minutes": 30,
            }
        )
        merger = new_test_user(
            self.env,
            "merger",
            "base.group_user,base.group_partner_manager,project.group_project_manager",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(merger)
        wizard._merge((self.clone + self.original).ids, self.original.with_user(merger))
        kept = self.original
        self.assertEqual(
            (kept.time_approval, kept.time_approver_id, kept.time_approval_days),
            (True, person, 0),
        )
        self.assertEqual(
            (kept.billing_rounding, kept.billing_rounding_minutes), ("up", 6)
        )
        self.assertEqual(kept.billed_time_annex, "leave_out")
        self.assertEqual(kept.billing_line_template, "{task}")

    def test_from_the_list_of_customers(self):
        """One click on the clone offers the contact of the same name."""
        action = self.link("customer", self.harbour.id).action_merge_customers()
        dialog = (
            self.env[action["res_model"]].with_context(**action["context"]).create({})
        )
        self.assertEqual(dialog.partner_ids, self.clone + self.original)
        self.assertIn(dialog.dst_partner_id, self.clone + self.original)
        meadow = self.zoho("customer", name="Meadow & Sons <Ltd>")
        with self.assertRaisesRegex(UserError, "No other company"):
            self.link("customer", meadow.id).action_merge_customers()
