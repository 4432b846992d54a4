"""What is offered as a new transaction, for one project and for several."""

from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestProjectTransactions(BillingCommon):
    def _offered(self, projects, user=None):
        return projects.with_user(user or self.accountant).get_new_transactions()

    def _methods(self, projects, user=None):
        found = self._offered(projects, user)["transactions"]
        return [entry["method"] for entry in found]

    def test_several_projects_of_one_customer(self):
        projects = self.project | self._project("Support")
        self.assertEqual(
            self._methods(projects)[:2], ["action_new_quotation", "action_new_invoice"]
        )
        self.assertFalse(self._offered(projects)["obstacle"])

    def test_several_customers_are_a_sentence(self):
        other = self._project("Other", partner_id=self.partner_a.id)
        found = self._offered(self.project | other)
        self.assertFalse(found["transactions"])
        self.assertRegex(found["obstacle"], "one customer.*Golden Customer, partner_a")

    def test_several_currencies_are_a_sentence(self):
        other = self._project("Other", billing_currency_id=self.other_currency.id)
        found = self._offered(self.project | other)
        self.assertRegex(found["obstacle"], "one currency.*several")

    def test_several_companies_are_a_sentence(self):
        company = self.setup_other_company()["company"]
        other = self._project("Other", company_id=company.id)
        found = (self.project | other)._together_obstacle()
        self.assertRegex(found, "one company.*several")

    def test_a_project_without_customer_is_a_sentence(self):
        other = self._project("Other", partner_id=False)
        found = self._offered(self.project | other)
        self.assertRegex(found["obstacle"], "Other has no customer")

    def test_one_that_is_not_billable_leaves_nothing(self):
        other = self._project("Other", allow_billable=False)
        found = (self.project | other).get_new_transactions()
        self.assertFalse(found["transactions"])

    def test_people_without_the_group_are_offered_nothing(self):
        clerk = new_test_user(self.env, "offered_clerk", "project.group_project_user")
        found = self._offered(self.project, clerk)
        self.assertFalse(found["transactions"])
        self.assertRegex(found["obstacle"], "Nothing can be made")

    def test_invoices_are_offered_to_people_who_may_create_them(self):
        model = self.registry["account.move"]
        with patch.object(model, "has_access", lambda *args: False):
            offered = self._methods(self.project)
        self.assertIn("action_new_quotation", offered)
        self.assertNotIn("action_new_invoice", offered)

    def test_what_takes_one_project_is_not_offered_for_several(self):
        model = self.registry["project.project"]
        offered = model._new_transactions

        def with_single(project):
            single = {"method": "action_billing_rates", "label": "Single"}
            return [*offered(project), single]

        projects = self.project | self._project("Support")
        with patch.object(model, "_new_transactions", with_single):
            self.assertIn("action_billing_rates", self._methods(self.project))
            self.assertNotIn("action_billing_rates", self._methods(projects))
            self.assertIn("action_new_invoice", self._methods(projects))
