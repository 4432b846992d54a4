"""Who may make and renew subscriptions."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .subscription_common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSubscriptionRights(SubscriptionCommon):
    def _as(self, user, record):
        return record.with_user(user).with_context(tracking_disable=False)

    def _user(self, login, groups):
        return new_test_user(
            self.env, login, groups=groups, company_id=self.env.company.id
        )

    def test_the_accountant_makes_and_renews(self):
        log = self._log(20)
        action = self._as(self.accountant, self.project).action_new_subscription()
        plan = self.env["product.product"].create({"name": "Plan", "type": "service"})
        dialogs = self.env[action["res_model"]].with_user(self.accountant)
        with Form(dialogs.with_context(**action["context"])) as form:
            form.product_id = plan
            form.price = 300
            form.date_start = "2026-02-01"
        made = form.record.action_create_subscription()
        contract = self.env["contract.contract"].browse(made["res_id"])
        contract = contract.with_user(self.accountant)
        action = contract.action_renew()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(invoice.amount_untaxed, 2300)
        self.assertStates(log, "draft")
        self.assertEqual(contract.renewal_ids.move_id.id, invoice.id)
        invoice.with_user(self.accountant).unlink()
        self.assertDue(contract, "2026-02-01")

    def test_a_period_that_was_renewed_meanwhile_is_told(self):
        contract = self._as(self.accountant, self._subscription())
        shown = {"renewal_date": fields.Date.to_string(contract.recurring_next_date)}
        contract.with_context(**shown).action_renew()
        with self.assertRefused("in the meantime"):
            contract.with_context(**shown).action_renew()

    def test_a_renewal_of_nothing_is_told(self):
        contract = self._as(self.accountant, self._subscription(plan=None))
        self.assertEqual(contract.action_renew()["tag"], "display_notification")

    def test_who_manages_contracts_renews_without_rights_to_projects(self):
        self._log(20)
        manager = self._user("manager", "account.group_account_manager")
        contract = self._as(manager, self._subscription())
        self.assertEqual(contract.recurring_create_invoice().amount_untaxed, 2300)

    def test_who_may_not_see_projects_binds_none(self):
        manager = self._user("manager", "account.group_account_manager")
        self.project.privacy_visibility = "followers"
        with self.assertRaises(AccessError):
            self._subscription(env=self.env(user=manager))

    def test_reading_contracts_is_not_renewing(self):
        reader = self._user("reader", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            self._as(reader, self._subscription()).action_renew()

    def test_renewals_are_made_by_renewing_only(self):
        renewals = self.env["project.subscription.period"].with_user(self.accountant)
        self.assertTrue(renewals.has_access("read"))
        for operation in ("create", "write", "unlink"):
            self.assertFalse(renewals.has_access(operation))

    def test_the_renewals_of_another_company_are_hidden(self):
        company = self.setup_other_company()["company"]
        self.env.user.company_ids |= company
        project = self._project("Abroad", company_id=company.id)
        contract = self._subscription(projects=project)
        self._renew()
        self.assertTrue(contract.renewal_ids)
        renewals = self.env["project.subscription.period"].with_user(self.accountant)
        self.assertFalse(renewals.search([("contract_id", "=", contract.id)]))
