"""What customers with portal access read of the fields that the addons brought."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .billing.billing_common import BillingCommon

ADDONS = "zoho_projects_connector"

OWN = {
    *("billed_time_annex", "billing_rounding", "billing_rounding_minutes"),
    *("zoho_id", "zoho_url"),
}
# Numbers of Zoho, terms that are agreed with the customer, what is on his documents.
# Records behind a relation are read with his own rights.
TOLD = {
    "account.analytic.line": {"portal_notes", "portal_staff"},
    "account.move": {
        "billed_time_hours",
        "billing_left_ids",
        "billing_replaced_ids",
        "subscription_id",
    },
    "account.move.line": {
        "billed_time_ids",
        "billing_credited_id",
        "billing_hours_per_day",
        "billing_origin_id",
    },
    "contract.contract": {
        "include_unbilled_expenses",
        "include_unbilled_hours",
        "project_ids",
        "renewal_ids",
        "unbilled_group_by",
        "work_line_id",
    },
    "contract.line": {"bills_work", "period_ids"},
    "project.milestone": {
        "company_id",
        "invoicing_currency_id",
        "sold_line_id",
        "zoho_id",
        "zoho_url",
    },
    "project.project": {
        "billing_method",
        "billing_rounding",
        "billing_rounding_minutes",
        "billing_unit",
        "has_billing_cockpit",
        "invoicing_currency_id",
        "new_transactions",
        "zoho_id",
        "zoho_task_list_ids",
        "zoho_url",
    },
    "project.task": {
        "portal_effective_hours",
        "portal_progress",
        "portal_remaining_hours",
        "portal_subtask_hours",
        "portal_total_hours",
    },
    "res.company": {
        "attach_billed_time_annex",
        "billing_rounding",
        "billing_rounding_minutes",
        "portal_budget",
        "portal_notes",
        "portal_staff",
        "portal_time",
    },
    "res.partner": OWN,
    "res.users": OWN,
    "sale.order": {"billing_project_id"},
    "sale.order.line": {
        "billing_hours_per_day",
        "billing_key",
        "quoted_milestone_id",
        "quoted_task_ids",
    },
}


@tagged("post_install", "-at_install")
class TestCustomerFields(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = new_test_user(
            cls.env,
            "customer_reader",
            groups="base.group_portal",
            company_id=cls.env.company.id,
        )
        cls.reader.partner_id.parent_id = cls.customer
        cls.project.privacy_visibility = "portal"
        cls.project.message_subscribe(cls.reader.partner_id.ids)

    def _readable(self, model):
        """Return the fields of ours that the customer may read of a model."""
        records = self.env[model].with_user(self.reader)
        if records._abstract or records._transient or not records.has_access("read"):
            return set()
        return {
            name
            for name, field in records._fields.items()
            if field._modules
            and field._modules[0].startswith(ADDONS)
            and records._has_field_access(field, "read")
        }

    def test_every_field_is_decided(self):
        for model in sorted(self.env.registry):
            self.assertLessEqual(
                self._readable(model), TOLD.get(model, set()), f"of {model}"
            )

    def test_hours_of_a_shared_project_are_its_company_s(self):
        """He opens the project and his invoice, not the figures behind them."""
        self._log(3)
        invoice = self._invoice()
        self._set_line(invoice.invoice_line_ids, quantity=4)
        # Code is not asked for a reason.
        invoice.sudo().action_post()
        invoice.message_subscribe(self.reader.partner_id.ids)
        for record, told, kept in (
            (self.project, "name", "hours_logged"),
            (self.project, "name", "hours_non_billable"),
            (invoice, "amount_total", "unlogged_hours_agreed"),
            (invoice, "amount_total", "unlogged_note"),
        ):
            record = record.with_user(self.reader)
            self.assertTrue(record.read([told])[0][told])
            with self.assertRaises(AccessError):
                record.read([kept])
        with self.assertRaises(AccessError):
            self.project.with_user(self.reader).get_billing_months()
