"""Customers: matched, overwritten, cloned, put back, from the CRM; currencies.

:source: product.md, section 3.
"""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...models.sync import res_partner
from ...models.sync.field_values import fit
from ...naming import names_apart
from ..simulator import Dialect
from .sync_common import SyncCase

BEFORE = {
    "name": "harbour  AUTHORITY",
    "is_company": True,
    "email": "old@harbour.example",
    "phone": "+31 10 000",
    "city": "Old Town",
    "ref": "Ours",
}


class CustomerCase(SyncCase):
    def make_portal(self):
        portal = super().make_portal()
        self.harbour = self.named(portal.customers, "Harbour Authority")
        self.meadow = self.named(portal.customers, "Meadow & Sons <Ltd>")
        self.foreign = self.named(portal.customers, "Foreign Trading AG")
        return portal

    @staticmethod
    def named(table, name):
        return next(row for row in table.values() if row.name == name)

    def add_partner(self, **values):
        return self.env["res.partner"].create({**BEFORE, **values})

    def customer(self, zoho):
        return self.record("customer", zoho.id)

    def overwritten(self, partner):
        return {name: partner[name] for name in BEFORE}


@tagged("post_install", "-at_install")
class TestOverwrite(CustomerCase):
    def test_overwritten_and_put_back(self):
        partner = self.add_partner()
        self.sync()
        self.assertEqual(self.customer(self.harbour), partner)
        self.assertEqual(
            self.overwritten(partner),
            {
                **BEFORE,
                "name": "Harbour Authority",
                "email": "info@harbour.example",
                "phone": "+31 20 555 0101",
                "city": "Rotterdam",
            },
        )
        self.link("customer", self.harbour.id).action_put_back()
        self.assertEqual(self.overwritten(partner), BEFORE)
        self.assertFalse(partner.website or partner.country_id)
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(self.overwritten(partner), BEFORE)
        self.portal.edit("customer", self.harbour.id, phone="+31 20 555 9999")
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(partner.phone, "+31 20 555 9999")

    def test_put_back_after_several_syncs(self):
        """The values before are those of before the first overwriting."""
        partner = self.add_partner()
        self.sync()
        self.portal.edit("customer", self.harbour.id, email="new@harbour.example")
        self.advance(hours=1)
        self.sync()
        self.assertEqual(partner.email, "new@harbour.example")
        self.link("customer", self.harbour.id).action_put_back()
        self.assertEqual(self.overwritten(partner), BEFORE)

    def test_what_zoho_does_not_know_stays(self):
        partner = self.add_partner(name="Meadow & Sons <Ltd>")
        self.sync()
        self.assertEqual(self.customer(self.meadow), partner)
        self.assertEqual(partner.email, "Meadow@Example.com")
        self.assertEqual((partner.phone, partner.city), ("+31 10 000", "Old Town"))

    def test_values_that_odoo_does_not_take(self):
        """They are cleaned, or stay away and are told; all else is fetched."""
        bad = self.portal.add_customer(
            "Two\nLines\x00 Ltd",
            email="a@b.example\nBcc: c@d.example",
            website="JavaScript:alert(1)",
            phone="+31\t10",
        )
        several = self.portal.add_customer("Several", email="a@b.example, c@d.example")
        named = self.portal.add_customer(
            "Named", email="Ann <Ann@b.example>", website="named.example/x"
        )
        long = self.portal.add_customer("Long " * 1000)
        project = self.portal.add_project("Of two lines", bad.id)
        self.sync()
        partner = self.customer(bad)
        self.assertEqual((partner.name, partner.phone), ("Two Lines Ltd", "+31 10"))
        self.assertFalse(partner.email or partner.website)
        self.assertEqual(self.record("project", project.id).partner_id, partner)
        self.assertFalse(self.customer(several).email)
        partner = self.customer(named)
        self.assertEqual(partner.email, "Ann@b.example")
        self.assertEqual(partner.website, "http://named.example/x")
        self.assertFalse(self.customer(long))
        told = self.errors(code="value_refused")
        self.assertEqual(set(told.mapped("zoho_id")), {bad.id, several.id, long.id})
        self.assertIn("c@d.example", self.errors(zoho_id=several.id).why)
        self.portal.edit("customer", several.id, email="c@d.example")
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(self.customer(several).email, "c@d.example")
        self.assertFalse(self.errors(zoho_id=several.id))
        self.assertTrue(self.errors(zoho_id=bad.id))

    def test_mapped_texts_fit(self):
        """What is mapped by hand is cleaned like what always is."""
        ref = self.env["res.partner"]._fields["ref"]
        comment = self.env["res.partner"]._fields["comment"]
        self.assertEqual(fit(ref, " a\r\nb "), "a b")
        self.assertEqual(fit(comment, "<p>a\x00</p>\n<p>b</p>"), "<p>a</p>\n<p>b</p>")
        self.assertEqual(fit(ref, "https://a.example/?b=c:d", "url")[:5], "https")
        self.assertEqual(fit(ref, False, "url"), False)
        for kind, value in (
            ("url", "java\nscript:alert(1)".replace("\n", "")),
            ("url", " data:text/html,x"),
            ("url", "vbscript:x"),
            ("email", "nobody"),
            ("email", "a@b.example;c@d.example"),
            ("", "x" * 2001),
        ):
            with self.subTest(value=value), self.assertRaises(ValueError):
                fit(ref, value, kind)

    def test_other_company_is_no_match(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.add_partner(company_id=other.id)
        self.sync()
        self.assertNotEqual(self.customer(self.harbour), hidden)
        self.assertEqual(self.overwritten(hidden), BEFORE)

    def test_person_is_no_match(self):
        person = self.add_partner(is_company=False)
        self.sync()
        self.assertNotEqual(self.customer(self.harbour), person)

    def test_tie_broken_by_mail_or_website(self):
        wanted = {
            "email": {"email": "INFO@harbour.example"},
            "website": {"website": "https://harbour.example"},
        }
        for name, values in wanted.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                self.add_partner()
                second = self.add_partner(**values)
                self.sync()
                self.assertEqual(self.customer(self.harbour), second)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_ambiguous(self):
        """Nothing is guessed; the pick of a person is fetched and kept."""
        partners = self.add_partner() + self.add_partner(email="other@harbour.example")
        self.sync()
        error = self.errors(entity="customer", code="customer_ambiguous")
        self.assertEqual(error.zoho_id, self.harbour.id)
        for partner in partners:
            self.assertNotIn(f"({partner.id})", error.why)
        self.assertIn(", ".join(names_apart(partners).values()), error.why)
        self.assertIn("(other@harbour.example)", error.why)
        self.assertFalse(self.customer(self.harbour))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        partners[1].name = "Harbour of long ago"
        self.advance(hours=1)
        self.sync()
        self.assertEqual(self.customer(self.harbour), partners[0])
        self.assertFalse(self.errors(zoho_id=self.harbour.id))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.advance(hours=1)
        self.sync()
        self.assertFalse(self.errors(entity="contact"))
        self.assert_content()

    def test_only_companies_of_these_names_are_read(self):
        """However a name is written; of the others nothing leaves the database."""
        written = {
            "Straße & Söhne GmbH": "STRASSE & SO\u0308HNE  gmbh",
            "Ｗｉｄｅ １": "wide 1",
            "ﬁnance Ĳ": "FINANCE IJ",
            "Ёлка": "ЁЛКА",
            "日本 株式会社": " 日本  株式会社",
            "!?": "!?",
        }
        partners = [self.add_partner(name=name) for name in written]
        others = ("Strase & Sohne GmbH", "Wide 2", "Harbour")
        for name in others:
            self.add_partner(name=name)
        for partner, name in zip(partners, written.values(), strict=True):
            with self.subTest(name):
                alike = res_partner.alike
                with patch.object(res_partner, "alike", side_effect=alike) as asked:
                    found = partner._zoho_candidates(self.company, [name])
                self.assertEqual(found, {alike(name): partner})
                read = {one.args[0] for one in asked.call_args_list}
                self.assertFalse(read.intersection(others))

    def test_same_names_in_zoho(self):
        """Two customers of nearly one name stay two."""
        self.sync()
        twins = [
            self.customer(one)
            for one in self.portal.customers.values()
            if one.name in ("Café Zürich AG", "CAFE ZURICH AG")
        ]
        self.assertEqual(len({twin.id for twin in twins}), 2)


@tagged("post_install", "-at_install")
class TestClone(CustomerCase):
    preferences = {"duplicate_customers": "clone"}

    def test_cloned_once(self):
        partner = self.add_partner()
        self.sync()
        clone = self.customer(self.harbour)
        self.assertNotEqual(clone, partner)
        self.assertEqual((clone.name, clone.city), ("Harbour Authority", "Rotterdam"))
        self.assertEqual(self.overwritten(partner), BEFORE)
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(self.customer(self.harbour), clone)
        self.assertEqual(
            self.env["res.partner"].search_count([("name", "=ilike", "harbour%")]), 2
        )

    def test_preference_holds_for_matches_to_come(self):
        partner = self.add_partner()
        self.sync()
        self.integration.duplicate_customers = "overwrite"
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(self.overwritten(partner), BEFORE)
        newcomer = self.add_partner(name="Newcomer")
        added = self.portal.add_customer("NEWCOMER", email="new@comer.example")
        self.advance(hours=1)
        self.sync()
        self.assertEqual(self.record("customer", added.id), newcomer)
        self.assertEqual(newcomer.email, "new@comer.example")

    def test_ambiguous_is_cloned(self):
        self.add_partner()
        self.add_partner()
        self.sync()
        self.assertFalse(self.errors(code="customer_ambiguous"))
        self.assert_content()


@tagged("post_install", "-at_install")
class TestCurrency(CustomerCase):
    def project(self):
        return self.zoho("project", name="Other currency")

    def test_foreign_customer(self):
        """A customer without a currency of his own gets Zoho's."""
        self.sync()
        customer = self.customer(self.foreign).with_company(self.company)
        self.assertEqual(customer.property_product_pricelist.currency_id.name, "EUR")
        project = self.record("project", self.project().id)
        self.assertEqual(project.billing_currency_id.name, "EUR")

    def test_other_currency_in_odoo(self):
        """Both currencies are named; a pricelist in the right one heals it."""
        pricelist = self.env["product.pricelist"].create(
            {"name": "Pounds", "currency_id": self.activated("GBP").id}
        )
        partner = self.add_partner(name="Foreign Trading AG")
        partner.with_company(self.company).property_product_pricelist = pricelist
        self.sync()
        error = self.errors(zoho_id=self.project().id)
        self.assertEqual(error.code, "customer_currency_mismatch")
        self.assertIn("EUR", error.why)
        self.assertIn("GBP", error.why)
        self.assertIn("EUR", error.resolution)
        self.assertFalse(self.record("project", self.project().id))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        pricelist.currency_id = self.env.ref("base.EUR")
        self.advance(hours=1)
        self.sync()
        self.assertFalse(self.errors(zoho_id=self.project().id))
        self.assertTrue(self.record("project", self.project().id))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_the_first_project_binds(self):
        """Zoho tells no currency of the customers, and nothing binds them in Odoo."""
        self.activated("GBP")
        unbound = self.add_partner(name="Unbound")
        customers, projects = {}, {}
        for name, currencies in {
            "Newcomer": ("EUR", "GBP"),
            "Unbound": ("EUR",),
            "At home": ("USD", "EUR"),
        }.items():
            customers[name] = self.portal.add_customer(name, currency="")
            for currency in currencies:
                projects[name, currency] = self.portal.add_project(
                    f"{name} {currency}", customers[name].id, currency=currency
                )
        self.sync()
        found = {key: self.record("project", one.id) for key, one in projects.items()}
        newcomer = self.customer(customers["Newcomer"])
        self.assertEqual(newcomer._zoho_currency(self.company).name, "EUR")
        self.assertEqual(found["Newcomer", "EUR"].billing_currency_id.name, "EUR")
        self.assertEqual(found["Unbound", "EUR"].partner_id, unbound)
        self.assertEqual(unbound._zoho_currency(self.company).name, "EUR")
        at_home = self.customer(customers["At home"])
        self.assertEqual(at_home._zoho_currency(self.company).name, "USD")
        errors = self.errors(code="customer_currency_mismatch")
        second = {("Newcomer", "GBP"), ("At home", "EUR")}
        self.assertEqual(
            set(errors.mapped("zoho_id")), {projects[key].id for key in second}
        )
        for key in second:
            self.errors(zoho_id=projects[key].id).action_clone_customer()
            project = self.record("project", projects[key].id)
            self.assertEqual(project.billing_currency_id.name, key[1])
            clone = project.partner_id
            self.assertEqual((clone.name, clone.parent_id.id), (key[0], False))
            self.assertNotEqual(clone, self.customer(customers[key[0]]))
        self.advance(days=1)
        self.sync(full=True)
        self.assertFalse(self.errors(code="customer_currency_mismatch"))

    def test_a_posted_invoice_binds(self):
        """100.00 dollars, posted: he stays in dollars; a draft binds nobody."""
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=self.company, install_demo=False
        )
        projects = {}
        for name in ("Posted", "Drafted"):
            line = Command.create({"name": "Work", "price_unit": 100})
            invoice = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.add_partner(name=name).id,
                    "invoice_line_ids": [line],
                }
            )
            if name == "Posted":
                invoice.action_post()
            customer = self.portal.add_customer(name, currency="")
            project = self.portal.add_project(name, customer.id, currency="EUR")
            projects[name] = (invoice.partner_id, project)
        self.sync()
        partner, project = projects["Posted"]
        error = self.errors(zoho_id=project.id)
        self.assertEqual(error.code, "customer_currency_mismatch")
        self.assertIn("USD", error.why)
        self.assertEqual(partner._zoho_currency(self.company).name, "USD")
        self.assertFalse(self.record("project", project.id))
        partner, project = projects["Drafted"]
        self.assertEqual(self.record("project", project.id).partner_id, partner)
        self.assertEqual(partner._zoho_currency(self.company).name, "EUR")

    def test_currency_of_the_portal(self):
        """What names no currency is in the portal's own, not in the company's."""
        self.portal.currency = "EUR"
        note = self.integration.currency_note
        self.assertIn("count as USD, your company's", note)
        self.sim.dialect = Dialect(
            portal_currency="list", project_currency=False, customer_details=False
        )
        self.sync()
        self.assertEqual(self.integration.portal_id.currency, "EUR")
        self.assertIn("are in EUR", self.integration.currency_note)
        links = self.env["zoho.link"].search(
            [("integration_id", "=", self.integration.id), ("entity", "=", "project")]
        )
        projects = self.env["project.project"].browse(links.mapped("res_id"))
        mismatches = self.errors(code="customer_currency_mismatch")
        found = set(projects.billing_currency_id.mapped("name"))
        found |= {error.details["project_currency"] for error in mismatches}
        self.assertEqual(found, {"EUR"})

    def test_a_word_that_is_no_currency(self):
        """The portal's settings name a country: amounts count as the company's."""
        self.portal.currency = "NLD"
        for form in ("object", "list"):
            self.sim.dialect = Dialect(portal_currency=form, project_currency=False)
            self.sync()
            self.assertFalse(self.integration.portal_id.currency)
            self.assertIn("has not told", self.integration.currency_note)
            self.assertFalse(self.errors(code="currency_inactive"))
            self.advance(days=1)

    def test_inactive_currency(self):
        """An activated currency heals the project and all below it."""
        self.env.ref("base.EUR").active = False
        self.sync()
        error = self.errors(zoho_id=self.project().id)
        self.assertEqual(error.code, "currency_inactive")
        self.assertIn("EUR", error.why)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.env.ref("base.EUR").active = True
        self.advance(hours=1)
        self.sync()
        self.assertFalse(self.errors(zoho_id=self.project().id))
        self.assert_content()

    def activated(self, name):
        currency = self.env.ref(f"base.{name}")
        currency.active = True
        return currency


@tagged("post_install", "-at_install")
class TestCrmFirst(CustomerCase):
    preferences = {"crm_first": True}

    def test_account_is_the_customer(self):
        self.sync()
        project = self.record("project", self.zoho("project", name="From the CRM").id)
        self.assertEqual(project.partner_id.name, "Meadow Group plc")
        self.assertEqual(project.partner_id.city, "Leeds")
        others = self.customer(self.meadow)
        self.assertEqual(others.email, "Meadow@Example.com")
        self.assertNotEqual(project.partner_id, others)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_details_of_the_crm_win(self):
        """An account of the same name is the same company."""
        project = self.zoho("project", name="From the CRM")
        self.portal.set_crm_account(
            project.id, "MEADOW & sons <ltd>", email="crm@meadow.example"
        )
        self.sync()
        partner = self.record("project", project.id).partner_id
        self.assertEqual(partner, self.customer(self.meadow))
        self.assertEqual(partner.email, "crm@meadow.example")
        self.portal.edit("customer", self.meadow.id, email="late@meadow.example")
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(partner.email, "crm@meadow.example")
