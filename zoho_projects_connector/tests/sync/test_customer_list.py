"""The list of customers: matches, what is overwritten, and what people decide.

:source: product.md, section 3.
"""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .resolve_common import ResolveCase
from .test_sync_customers import BEFORE


class CustomerListCase(ResolveCase):
    def row(self, zoho):
        """Return the row of a customer, as the administrator sees it."""
        self.env["zoho.customer"].invalidate_model()
        rows = self.managed(self.env["zoho.customer"]).search(
            [
                ("zoho_id", "=", zoho.id),
                ("integration_id", "=", self.integration.id),
            ]
        )
        self.assertEqual(len(rows), 1)
        return rows

    def full_sync(self):
        self.advance(days=1)
        return self.sync(full=True)


@tagged("post_install", "-at_install")
class TestCustomerList(CustomerListCase):
    def test_how_they_were_matched(self):
        """One found by name, one ambiguous, the others made."""
        partner = self.add_partner()
        twins = self.add_partner(name="Meadow & Sons <Ltd>", email="a@meadow.example")
        twins += self.add_partner(name="meadow & sons <ltd>", email="b@meadow.example")
        self.sync()
        found = self.row(self.harbour)
        self.assertEqual((found.partner_id, found.origin), (partner, "name"))
        self.assertTrue(found.is_overwritten)
        open_one = self.row(self.meadow)
        self.assertEqual((open_one.origin, open_one.partner_id.ids), ("none", []))
        for twin in twins:
            self.assertIn(twin.email, open_one.why)
        self.assertEqual(self.row(self.foreign).origin, "created")
        self.assertFalse(self.row(self.foreign).is_overwritten)
        count = self.env["zoho.customer"].search_count(
            [("integration_id", "=", self.integration.id)]
        )
        self.assertEqual(count, len(self.portal.customers))

    def test_picked_in_the_list(self):
        twins = self.add_partner() + self.add_partner()
        self.sync()
        wizard = self.wizard_of(self.row(self.harbour).action_pick())
        wizard.candidate_ids[1].action_choose()
        row = self.row(self.harbour)
        self.assertEqual((row.partner_id, row.origin), (twins[1], "manual"))

    def test_kept_link(self):
        self.sync()
        self.integration.action_delete()
        self.integration = self.connect()
        self.sync()
        self.assertEqual(self.row(self.harbour).origin, "kept")

    def test_before_and_after(self):
        self.add_partner()
        self.sync()
        changes = self.row(self.harbour).changes
        for text in ("Old Town", "Rotterdam", "old@harbour.example", "City"):
            self.assertIn(text, changes)
        self.assertNotIn("Ours", changes)

    def test_only_of_own_companies(self):
        self.sync()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.reader.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        rows = self.env["zoho.customer"].with_user(self.reader)
        rows = rows.with_context(allowed_company_ids=other.ids)
        self.assertFalse(rows.search([("integration_id", "=", self.integration.id)]))


@tagged("post_install", "-at_install")
class TestClonedCustomers(CustomerListCase):
    preferences = {"duplicate_customers": "clone"}

    def test_cloned(self):
        self.add_partner()
        self.sync()
        self.assertEqual(self.row(self.harbour).origin, "cloned")
        self.assertEqual(self.row(self.meadow).origin, "created")


@tagged("post_install", "-at_install")
class TestPutBack(CustomerListCase):
    def setUp(self):
        super().setUp()
        self.partner = self.add_partner()
        self.sync()
        self.row(self.harbour).action_put_back()

    def test_no_later_sync_overwrites_again(self):
        """Not by itself, nor when the details are read anew, nor with another one."""
        self.assertEqual(self.overwritten(self.partner), BEFORE)
        row = self.row(self.harbour)
        self.assertEqual((row.is_overwritten, row.is_put_back), (False, True))
        self.full_sync()
        self.assertEqual(self.overwritten(self.partner), BEFORE)
        self.link("customer", self.harbour.id).fingerprint = False
        self.full_sync()
        self.assertEqual(self.overwritten(self.partner), BEFORE)
        self.portal.edit("customer", self.harbour.id, phone="+31 20 555 9999")
        self.full_sync()
        expected = {**BEFORE, "phone": "+31 20 555 9999"}
        self.assertEqual(self.overwritten(self.partner), expected)

    def test_put_back_once_more(self):
        """What changed in Zoho since can be put back like the first time."""
        self.portal.edit("customer", self.harbour.id, phone="+31 20 555 9999")
        self.full_sync()
        self.assertTrue(self.row(self.harbour).is_overwritten)
        self.row(self.harbour).action_put_back()
        self.assertEqual(self.overwritten(self.partner), BEFORE)
        self.link("customer", self.harbour.id).fingerprint = False
        self.full_sync()
        self.assertEqual(self.overwritten(self.partner), BEFORE)

    def test_it_outlives_the_integration(self):
        self.integration.action_delete()
        self.integration = self.connect()
        self.sync()
        self.assertEqual(self.overwritten(self.partner), BEFORE)

    def test_reader_may_not(self):
        link = self.link("customer", self.harbour.id)
        with self.assertRaises(AccessError):
            self.managed(link, self.reader).action_put_back()


@tagged("post_install", "-at_install")
class TestChangeContact(CustomerListCase):
    def setUp(self):
        super().setUp()
        self.old = self.add_partner()
        self.sync()
        self.new = self.add_partner(name="Port of Rotterdam", phone="+31 10 111")

    def change(self, partner, **values):
        action = self.row(self.harbour).action_change_contact()
        wizard = self.wizard_of(action)
        wizard.write({"partner_id": partner.id, **values})
        wizard.action_choose()
        return wizard

    def projects(self, partner):
        projects = self.env["project.project"].with_context(active_test=False)
        return projects.search([("partner_id", "=", partner.id)])

    def test_projects_follow(self):
        """The contact of before is as he was; the new one gets Zoho's details."""
        projects = self.projects(self.old)
        self.assertGreater(len(projects), 3)
        self.change(self.new)
        self.assertEqual(self.projects(self.new), projects)
        self.assertEqual(self.overwritten(self.old), BEFORE)
        self.full_sync()
        self.assertEqual(self.row(self.harbour).partner_id, self.new)
        self.assertEqual(self.row(self.harbour).origin, "manual")
        self.assertEqual(self.projects(self.new), projects)
        self.assertEqual(self.overwritten(self.old), BEFORE)
        self.assertEqual(self.new.name, "Harbour Authority")
        self.assertEqual(
            self.link("customer", self.harbour.id).values_before["phone"], "+31 10 111"
        )
        self.assert_content()

    def test_details_stay_if_wanted(self):
        self.change(self.new, put_back=False)
        self.assertEqual(self.old.city, "Rotterdam")

    def test_invoiced_projects_stay(self):
        """They are named before; the next sync shows them as differences."""
        project = self.record("project", self.zoho("project", name="Deep tasks").id)
        self.invoice(project)
        action = self.row(self.harbour).action_change_contact()
        self.assertIn("Deep tasks", self.wizard_of(action).consequence)
        self.change(self.new)
        self.assertEqual(self.projects(self.old), project)
        self.full_sync()
        self.assertEqual(project.partner_id, self.old)
        difference = self.env["zoho.difference"].search(
            [("project_id", "=", project.id), ("kind", "=", "customer_changed")]
        )
        self.assertTrue(difference)

    def test_other_currency(self):
        euros = self.env["product.pricelist"].create(
            {"name": "Euros", "currency_id": self.env.ref("base.EUR").id}
        )
        own = self.new.with_company(self.company)
        own.specific_property_product_pricelist = euros
        with self.assertRaisesRegex(UserError, "invoiced in EUR"):
            self.change(self.new)
        self.assertEqual(self.row(self.harbour).partner_id, self.old)
