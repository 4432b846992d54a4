"""A currency that does not fit, and a list too short to be believed: the ways out.

:source: product.md, sections 3, 7 and 9.
"""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .resolve_common import GROUP, ResolveCase


@tagged("post_install", "-at_install")
class TestCurrencyWaysOut(ResolveCase):
    def setUp(self):
        super().setUp()
        self.pounds = self.env.ref("base.GBP")
        self.pounds.active = True
        pricelist = self.env["product.pricelist"].create(
            {"name": "Pounds", "currency_id": self.pounds.id}
        )
        self.partner = self.add_partner(name="Foreign Trading AG")
        self.partner.with_company(
            self.company
        ).specific_property_product_pricelist = pricelist
        self.sync()
        self.zoho_project = self.zoho("project", name="Other currency")
        self.error = self.errors(code="customer_currency_mismatch")
        self.assertEqual(self.error.zoho_id, self.zoho_project.id)

    def project(self):
        return self.record("project", self.zoho_project.id)

    def assert_fetched(self, partner):
        self.assertTrue(self.error.resolved_at)
        self.assertEqual(self.project().partner_id, partner)
        self.assertEqual(self.project().billing_currency_id.name, "EUR")
        self.assert_all_accounted()
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(self.project().partner_id, partner)
        self.assertFalse(self.errors(zoho_id=self.zoho_project.id))

    def test_pricelist(self):
        self.managed(self.error).action_use_pricelist()
        own = self.partner.with_company(self.company)
        self.assertEqual(own.property_product_pricelist.currency_id.name, "EUR")
        self.assert_fetched(self.partner)

    def test_pricelist_would_break_others(self):
        """A customer with projects in pounds keeps them: the way is named."""
        self.env["project.project"].create(
            {
                "name": "In pounds",
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "allow_billable": True,
                "billing_currency_id": self.pounds.id,
            }
        )
        with self.assertRaisesRegex(UserError, "In pounds"):
            self.managed(self.error).action_use_pricelist()
        self.managed(self.error).action_clone_customer()
        clone = self.project().partner_id
        self.assertNotEqual(clone, self.partner)
        self.assertEqual(self.customer(self.foreign), self.partner)
        self.assert_fetched(clone)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_contact_of_another_company_is_not_cloned(self):
        """Whatever the error says: neither read, nor copied, nor changed."""
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self.env["res.partner"].create(
            {"name": "Theirs", "is_company": True, "company_id": other.id}
        )
        details = {**self.error.details, "partner_id": theirs.id}
        self.error.sudo().details = details
        before = self.env["res.partner"].search_count([])
        for way in ("action_clone_customer", "action_use_pricelist"):
            for companies in (self.company, self.company + other):
                self.manager.company_ids = companies
                error = self.error.with_user(self.manager).with_context(
                    allowed_company_ids=companies.ids
                )
                with self.assertRaises(UserError):
                    getattr(error, way)()
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertFalse(theirs.specific_property_product_pricelist)

    def test_clone(self):
        """The clone is the customer; the contact of before is nobody's."""
        self.managed(self.error).action_clone_customer()
        clone = self.customer(self.foreign)
        self.assertNotEqual(clone, self.partner)
        self.assertEqual(clone.name, "Foreign Trading AG")
        self.assertEqual(self.link("customer", self.foreign.id).origin, "cloned")
        own = self.partner.with_company(self.company)
        self.assertEqual(own.property_product_pricelist.currency_id, self.pounds)
        self.assert_fetched(clone)

    def test_picked(self):
        """Another contact for this project alone, while Zoho names the same."""
        other = self.add_partner(name="Euro customer")
        self.env["product.pricelist"]._zoho_for(
            self.env.ref("base.EUR"), self.company
        ).copy()
        euros = self.env["product.pricelist"]._zoho_for(
            self.env.ref("base.EUR"), self.company
        )
        other.with_company(self.company).specific_property_product_pricelist = euros
        wizard = self.wizard_of(self.managed(self.error).action_pick_customer())
        wizard.partner_id = other
        wizard.action_choose()
        self.assert_fetched(other)
        self.assertEqual(self.customer(self.foreign), self.partner)

    def test_customer_is_gone(self):
        self.error.details = {**self.error.details, "partner_id": 0}
        with self.assertRaisesRegex(UserError, "no longer in Odoo"):
            self.managed(self.error).action_use_pricelist()

    def test_reader_may_not(self):
        for name in ("action_use_pricelist", "action_clone_customer"):
            with self.assertRaises(AccessError):
                getattr(self.managed(self.error, self.reader), name)()


@tagged("post_install", "-at_install")
class TestActivateCurrency(ResolveCase):
    def setUp(self):
        super().setUp()
        self.euro = self.env.ref("base.EUR")
        self.euro.active = False
        self.sync()
        self.error = self.errors(code="currency_inactive")

    def test_who_may_not_is_told_the_way(self):
        with self.assertRaisesRegex(UserError, "ask an accounting"):
            self.managed(self.error).action_activate_currency()
        self.assertFalse(self.euro.active)

    def test_activated(self):
        boss = self.add_user("boss", f"{GROUP}manager,account.group_account_manager")
        before = self.calls()
        self.euro.rate_ids.unlink()
        action = self.managed(self.error, boss).action_activate_currency()
        self.assertIn("no exchange rate", action["params"]["message"])
        self.assertEqual(self.calls(), before)
        self.assertTrue(self.euro.active)
        self.assertFalse(self.errors(code="currency_inactive"))
        self.assert_all_accounted()
        self.sync()
        self.assert_content()

    def test_unknown_currency(self):
        self.error.details = {"currency": "XXZ"}
        with self.assertRaisesRegex(UserError, "does not know the currency XXZ"):
            self.managed(self.error).action_activate_currency()


@tagged("post_install", "-at_install")
class TestAcceptLoss(ResolveCase):
    def setUp(self):
        super().setUp()
        self.sync()
        self.gone = sorted(self.portal.tasks)[: len(self.portal.tasks) // 3]
        for task in self.gone:
            if task in self.portal.tasks:
                self.portal.trash("task", task)
        self.advance(days=1)
        self.sync(full=True)
        self.error = self.errors(code="listing_shrunk", entity="task")

    def withdrawn(self):
        return self.env["zoho.link"].search_count(
            [
                ("integration_id", "=", self.integration.id),
                ("entity", "=", "task"),
                ("state", "=", "withdrawn"),
            ]
        )

    def accept(self):
        wizard = self.wizard_of(self.managed(self.error).action_accept_loss())
        self.assertIn(str(self.error.details["missing"]), wizard.question)
        wizard.action_accept()
        self.run_cron()

    def test_accepted_once(self):
        missing = self.error.details["missing"]
        self.assertGreater(missing, 2)
        self.assertEqual(self.withdrawn(), 0)
        self.accept()
        self.assertEqual(self.withdrawn(), missing)
        self.assertFalse(self.errors(entity="task", zoho_id=""))
        stream = self.integration.stream_ids.filtered(lambda s: s.entity == "task")
        self.assertEqual((stream.state, stream.accepted_loss), ("idle", 0))
        self.assert_content()

    def test_a_larger_loss_is_another(self):
        """What was confirmed was this loss: everything at once is not."""
        self.sim.fault("empty", "tasks", times=0)
        self.accept()
        self.assertEqual(self.withdrawn(), 0)
        self.assertTrue(self.errors(code="listing_shrunk", entity="task"))

    def test_the_second_signal_counts(self):
        """While neither bin nor record confirms it, nothing is withdrawn."""
        self.sim.fault("module_disabled", "bin", times=0)
        self.sim.fault("module_disabled", "task", times=0)
        self.accept()
        self.assertEqual(self.withdrawn(), 0)
        self.sim.faults.clear()
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(self.withdrawn(), 0)
        self.assertTrue(self.errors(code="listing_shrunk", entity="task"))

    def test_nothing_lost(self):
        wizard = self.wizard_of(self.managed(self.error).action_accept_loss())
        self.error.code = "other"
        with self.assertRaisesRegex(UserError, "has not lost"):
            wizard.action_accept()
