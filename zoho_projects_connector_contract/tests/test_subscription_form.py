"""The contract as a subscription: its projects, its line of work, its currency."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .subscription_common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSubscriptionForm(SubscriptionCommon):
    def _form(self, action):
        return Form(self.env[action["res_model"]].with_context(**action["context"]))

    def _made(self, form):
        """Return the contract that a dialog makes, which it opens."""
        action = form.record.action_create_subscription()
        self.assertEqual(action["res_model"], "contract.contract")
        return self.env["contract.contract"].browse(action["res_id"])

    def test_a_project_offers_a_subscription(self):
        offered = [entry["method"] for entry in self.project.new_transactions]
        self.assertIn("action_new_subscription", offered)
        self.project.partner_id = False
        offered = [entry["method"] for entry in self.project.new_transactions]
        self.assertNotIn("action_new_subscription", offered)

    def test_several_projects_of_a_customer_offer_one(self):
        projects = self.project + self._project("Support")
        offered = projects.get_new_transactions()["transactions"]
        self.assertIn("action_new_subscription", [entry["method"] for entry in offered])
        with self._form(projects.action_new_subscription()) as form:
            self.assertEqual(form.project_ids[:], projects)
            self.assertEqual(form.name, "Golden Project, Support")

    def test_the_dialog_makes_no_contract_by_itself(self):
        with self._form(self.project.action_new_subscription()) as form:
            self.assertEqual(form.name, "Golden Project")
            self.assertEqual(form.partner_id, self.customer)
            self.assertEqual(form.project_ids[:], self.project)
            form.date_start = "2026-02-01"
        self.assertFalse(self.project.subscription_count)
        contract = self._made(form)
        self.assertEqual(self.project.subscription_ids, contract)
        self.assertEqual(contract.pricelist_id, self.project._billing_pricelist())
        self.assertEqual(contract.invoice_partner_id, self.customer)
        self.assertEqual(contract.work_line_id.name, "Unbilled time of Golden Project")
        self.assertDue(contract, "2026-02-01")

    def test_the_plan_is_invoiced_with_each_renewal(self):
        plan = self.env["product.product"].create(
            {"name": "Care plan", "list_price": 250.0, "taxes_id": False}
        )
        with self._form(self.project.action_new_subscription()) as form:
            form.product_id = plan
            self.assertEqual(form.price, 250.0)
            form.price = 300.0
            form.date_start = "2026-02-01"
            form.recurring_rule_type = "quarterly"
        contract = self._made(form)
        self._log(1, day="2026-01-03")
        self.assertLines(self._renew(), ("Care plan", 300), ("Design", 100))
        self.assertDue(contract, "2026-05-01")

    def test_a_subscription_of_nothing_is_refused(self):
        with self._form(self.project.action_new_subscription()) as form:
            form.include_unbilled_hours = False
        with self.assertRefused("Choose a plan"):
            form.record.action_create_subscription()
        form.record.write({"include_unbilled_hours": True, "recurring_interval": 0})
        with self.assertRefused("renewed every"):
            form.record.action_create_subscription()

    def test_projects_of_two_customers_are_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        other = self._project("Other", partner_id=stranger.id)
        dialog = self.env["project.subscription.create"].create(
            {"project_ids": (self.project + other).ids}
        )
        with self.assertRaises(UserError):
            dialog.action_create_subscription()

    def test_a_reloaded_page_shows_the_projects_too(self):
        """Then the web client opens the form of all contracts."""
        contract = self._subscription()
        self.assertEqual(Form(contract).project_ids[:], self.project)

    def test_the_form_has_the_currency_of_the_project(self):
        self.project.billing_currency_id = self.other_currency
        with self._form(self.project.action_new_subscription()) as form:
            self.assertEqual(form.currency_id, self.other_currency)
        contract = self._made(form)
        self.assertEqual(contract.pricelist_id.currency_id, self.other_currency)
        self.assertEqual(contract.currency_id, self.other_currency)

    def test_without_pricelists_the_currency_is_that_of_the_company(self):
        self.env["product.pricelist"].search([]).active = False
        contract = self._subscription()
        self.assertFalse(contract.pricelist_id)
        self.assertEqual(contract.currency_id, self.currency)
        self.assertLines(self._renew(), ("Plan", 300))

    def test_projects_know_their_subscriptions(self):
        self.assertEqual(self.project.subscription_count, 0)
        first = self._subscription()
        self.assertEqual(self.project.subscription_count, 1)
        self.assertEqual(self.project.action_subscriptions()["res_id"], first.id)
        second = self._subscription()
        action = self.project.action_subscriptions()
        found = self.env["contract.contract"].search(action["domain"])
        self.assertEqual(found, first + second)
        self.assertFalse(self.project.copy().subscription_ids)

    def test_the_line_of_work_says_what_is_taken(self):
        line = self._subscription().work_line_id
        contract = line.contract_id
        contract.include_unbilled_expenses = True
        self.assertEqual(line.name, "Unbilled time and expenses of Golden Project")
        contract.include_unbilled_hours = False
        self.assertEqual(line.name, "Unbilled expenses of Golden Project")
        contract.include_unbilled_expenses = False
        self.assertEqual(line.name, "Golden Project: no time and no expenses")

    def test_the_line_of_work_stays_while_there_are_projects(self):
        contract = self._subscription()
        with self.assertRaises(UserError):
            contract.work_line_id.unlink()
        contract.project_ids = False
        self.assertFalse(contract.work_line_id)
        self.assertEqual(contract.contract_line_ids.mapped("name"), ["Plan"])

    def test_a_running_contract_becomes_a_subscription_in_step(self):
        """The plan is invoiced up to the end of February: so is the work."""
        contract = self._subscription()
        contract.project_ids = False
        contract._recurring_create_invoice(self._day("2026-02-01"))
        contract.project_ids = self.project
        self.assertDue(contract, "2026-03-01")
        self._log(1, day="2026-02-03")
        self.assertLines(self._renew("2026-03-01"), ("Plan", 300), ("Design", 100))

    def test_a_copy_has_one_line_of_work(self):
        copy = self._subscription().copy()
        self.assertEqual(copy.project_ids, self.project)
        self.assertEqual(len(copy.contract_line_ids.filtered("bills_work")), 1)
        self.assertFalse(copy.renewal_ids)

    def test_the_end_is_that_of_the_fixed_lines(self):
        plan = self._plan(300, date_end="2026-03-31")
        contract = self._subscription(contract_line_ids=[Command.create(plan)])
        self.assertEqual(contract.date_end, self._day("2026-03-31"))
        given = self._subscription(plan=None, date_end="2026-05-31")
        self.assertEqual(given.date_end, self._day("2026-05-31"))

    def test_what_is_paid_for_a_project_is_its_income(self):
        contract = self._subscription()
        line = contract.contract_line_ids - contract.work_line_id
        account = str(self.project.account_id.id)
        self.assertEqual(line.analytic_distribution, {account: 100})

    def test_projects_of_another_customer_are_refused(self):
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        other = self._project("Other", partner_id=stranger.id)
        with self.assertRefused("these are not: Other"):
            self._subscription(projects=self.project + other)

    def test_projects_in_another_currency_are_refused(self):
        other = self._project("Abroad", billing_currency_id=self.other_currency.id)
        with self.assertRefused("Abroad is billed in EUR"):
            self._subscription(projects=self.project + other)

    def test_a_pricelist_in_another_currency_is_refused(self):
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": self.other_currency.id}
        )
        with self.assertRefused("The pricelist Euro"):
            self._subscription(pricelist_id=pricelist.id)

    def test_a_contract_with_a_supplier_bills_no_projects(self):
        with self.assertRefused("with a customer"):
            self._subscription(contract_type="purchase")
