"""Contacts with a login: what a synchronisation and a put-back never write.

:source: product.md, sections 3 and 4.
"""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .test_customer_list import CustomerListCase
from .test_sync_customers import BEFORE

STRANGER = "stranger@evil.example"


@tagged("post_install", "-at_install")
class TestProtectedContacts(CustomerListCase):
    def add_login(self, partner, login, groups="base.group_user", **values):
        """Return a login of a contact, which keeps its name and e-mail."""
        return new_test_user(
            self.env,
            login,
            groups,
            partner_id=partner.id,
            name=partner.name,
            email=partner.email,
            company_id=self.company.id,
            company_ids=self.company.ids,
            **values,
        )

    def add_person(self, company, name, email=False):
        return self.env["res.partner"].create(
            {"name": name, "email": email, "parent_id": company.id}
        )

    def protected(self):
        """Return the contacts that the error summary says are protected."""
        return self.errors(code="login_protected").sorted("id")

    def test_people_are_matched_by_what_proves_who_they_are(self):
        """A name matches only who has neither e-mail nor login, archived or not."""
        company = self.add_partner()
        reached = self.add_person(company, "Rita Reached", "rita@harbour.example")
        staff = self.add_person(company, "Stan Staff")
        former = self.add_person(company, "Fay Former")
        plain = self.add_person(company, "Paul Plain")
        self.add_login(staff, "stan")
        self.add_login(former, "fay", "base.group_portal", active=False)
        taken = {}
        for person in reached + staff + former + plain:
            first, last = person.name.split()
            taken[person] = self.portal.add_contact(
                self.harbour.id,
                first,
                last,
                f"{first}.{STRANGER}",
                kind="client_user",
            )
        self.sync()
        self.assertEqual(self.record("contact", taken[plain].id), plain)
        self.assertEqual(plain.email, f"Paul.{STRANGER}")
        for person in reached + staff + former:
            made = self.record("contact", taken[person].id)
            self.assertNotEqual(made, person)
            self.assertEqual(made.parent_id, company)
        self.assertEqual(reached.email, "rita@harbour.example")
        self.assertFalse(staff.email or former.email)

    def test_contact_with_a_login(self):
        """He keeps his name and his company; the latter is what he may see."""
        company = self.add_partner()
        client = self.add_person(company, "Cleo Client", "cleo@harbour.example")
        self.add_login(client, "cleo", "base.group_portal")
        zoho = self.portal.add_contact(
            self.harbour.id, "Other", "Name", client.email, kind="client_user"
        )
        self.sync()
        self.assertEqual(self.record("contact", zoho.id), client)
        self.assertEqual(client.name, "Cleo Client")
        self.assertIn("Other Name", self.protected().why)
        self.portal.edit("user", zoho.id, customer=self.meadow.id, email=STRANGER)
        self.full_sync()
        self.assertEqual(client.parent_id, company)
        self.assertEqual(client.email, "cleo@harbour.example")
        self.assertIn(STRANGER, self.protected().why)

    def test_company_of_a_login(self):
        """All else is fetched; it heals once nobody's login is concerned any more."""
        partner = self.add_partner()
        user = self.add_login(partner, "captain")
        self.sync()
        self.assertEqual(self.customer(self.harbour), partner)
        kept = {name: BEFORE[name] for name in ("name", "email", "phone")}
        self.assertEqual({name: partner[name] for name in kept}, kept)
        self.assertEqual(partner.city, "Rotterdam")
        [error] = self.protected()
        self.assertIn("info@harbour.example", error.why)
        self.assertEqual(self.row(self.harbour).why, error.why)
        self.assert_all_accounted()
        self.full_sync()
        self.assertEqual(self.protected(), error)
        row = self.row(self.harbour)
        row.action_put_back()
        self.assertEqual(self.overwritten(partner), BEFORE)
        user.partner_id = self.env["res.partner"].create({"name": "Captain"})
        self.full_sync()
        self.assertFalse(self.protected())
        self.assertEqual(partner.email, "info@harbour.example")
        self.add_login(partner, "mate")
        with self.assertRaises(UserError):
            self.row(self.harbour).action_put_back()
        self.assertEqual(partner.email, "info@harbour.example")

    def test_another_contact_is_chosen_on_the_card(self):
        partner = self.add_partner()
        self.add_login(partner, "captain")
        self.sync()
        other = self.env["res.partner"].create({"name": "Other", "is_company": True})
        error = self.managed(self.protected())
        with self.assertRaises(AccessError):
            error.with_user(self.reader).action_choose_customer(other.id)
        error.action_choose_customer(other.id)
        self.assertEqual(self.customer(self.harbour), other)
        self.assertFalse(self.protected())
        self.assertEqual(partner.city, BEFORE["city"])

    def test_own_company_and_who_employs_logins(self):
        """Picked by hand, the contact of an own company stays as it is in all."""
        twins = self.add_partner() + self.add_partner()
        self.sync()
        self.env["res.company"].create({"name": "Twin", "partner_id": twins[0].id})
        before = twins[0].copy_data()[0]
        wizard = self.wizard_of(self.row(self.harbour).action_pick())
        wizard.partner_id = twins[0]
        wizard.action_choose()
        self.assertEqual(self.customer(self.harbour), twins[0])
        self.assertEqual(twins[0].copy_data()[0], before)
        self.add_login(self.add_person(twins[1], "Eva Employed"), "eva")
        self.row(self.harbour).link_id.sudo()._change_contact(twins[1], False)
        self.full_sync()
        self.assertEqual(
            (twins[1].email, twins[1].city), (BEFORE["email"], "Rotterdam")
        )

    def test_employee_who_got_a_login(self):
        """His contact is his login's: Zoho's new address does not reach it."""
        self.sync()
        joost = self.zoho("user", email="joost@example.eu")
        employee = self.record("user", joost.id)
        self.assertEqual(employee.zoho_staff, "inactive")
        user = new_test_user(
            self.env,
            "joost",
            email="joost@example.eu",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        employee.user_id = user
        self.portal.edit("user", joost.id, email=STRANGER, first_name="Mallory")
        self.full_sync()
        self.assertEqual(user.partner_id.email, "joost@example.eu")
        self.assertEqual(employee.work_email, "joost@example.eu")
        self.assertNotIn("Mallory", employee.name)

    def test_forged_links_put_nothing_back(self):
        """Whatever a row in the database says, only what a sync writes is written."""
        partner = self.add_partner()
        self.sync()
        link = self.link("customer", self.harbour.id)
        forged = {
            "ref": "Forged",
            "comment": "Forged",
            "company_id": self.company.id,
            "user_ids": [[0, 0, {"login": "forged", "name": "Forged"}]],
            "child_ids": [[0, 0, {"name": "Forged"}]],
            "category_id": [[6, 0, []]],
            "country_id": self.env.ref("base.be").id + 10**6,
            "city": "Old Town",
        }
        link.write({"values_before": forged, "values_after": {**forged, "city": "R"}})
        self.managed(link).action_put_back()
        self.assertEqual((partner.city, partner.ref), ("Old Town", "Ours"))
        self.assertFalse(partner.comment or partner.company_id)
        self.assertNotIn("Forged", partner.child_ids.mapped("name"))
        self.assertEqual(partner.country_id.code, "NL")
        self.assertFalse(self.env["res.users"].search([("login", "=", "forged")]))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.add_partner(company_id=elsewhere.id, name="Foreign")
        victim = self.env["res.users"].search([], limit=1)
        values = {"name": "Forged"}
        for target in (victim, foreign, self.env["res.partner"].browse(10**8)):
            link.write({"res_model": target._name, "res_id": target.id})
            link.write({"values_before": values, "values_after": values})
            with self.assertRaises(UserError):
                self.managed(link).action_put_back()
        self.assertEqual(foreign.name, "Foreign")
        user = self.add_login(self.add_person(partner, "Vic Tim", "v@t.example"), "vic")
        link.write({"res_id": user.partner_id.id, "res_model": "res.partner"})
        values = {"email": STRANGER}
        link.write({"values_before": values, "values_after": values})
        with self.assertRaises(UserError):
            self.managed(link).action_put_back()
        self.assertEqual(user.email, "v@t.example")
