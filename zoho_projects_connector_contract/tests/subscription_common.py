"""A subscription of 300.00 a month, paid in advance; work at 100.00 an hour."""

from odoo import Command, fields

from odoo.addons.zoho_projects_connector.tests.billing.billing_common import (
    BillingCommon,
)


class SubscriptionCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("account.group_account_manager")
        cls._flat_rate(100)

    @classmethod
    def _subscription(cls, plan=300, projects=None, env=None, **values):
        """Return a subscription that is renewed on the first of each month."""
        plans = [Command.create(cls._plan(plan))] if plan else []
        projects = projects or cls.project
        return (env or cls.env)["contract.contract"].create(
            {
                "name": "Care",
                "partner_id": projects.partner_id[:1].id,
                "company_id": projects.company_id.id,
                "project_ids": [Command.set(projects.ids)],
                "date_start": "2026-02-01",
                "contract_line_ids": plans,
                **values,
            }
        )

    @classmethod
    def _plan(cls, price, **values):
        """Return the values of a fixed line, with the dates that the form gives."""
        return {
            "name": "Plan",
            "quantity": 1,
            "specific_price": price,
            "price_unit": price,
            "date_start": "2026-02-01",
            "recurring_next_date": "2026-02-01",
            **values,
        }

    def _renew(self, day="2026-02-01"):
        """Run the schedule as on a day, and return what it made."""
        contracts = self.env["contract.contract"]
        before = self._renewals()
        contracts.cron_recurring_create_invoice(self._day(day))
        self.assertFalse(contracts.search([("invoice_generation_error", "!=", False)]))
        return self._renewals() - before

    def _renewals(self):
        return self.env["account.move"].search([("subscription_id", "!=", False)])

    def _day(self, text):
        return fields.Date.to_date(text)

    def assertDue(self, contract, day):
        self.assertEqual(contract.recurring_next_date, self._day(day))

    def assertLines(self, invoice, *expected):
        """The descriptions and subtotals of an invoice's lines, in their order."""
        lines = invoice.invoice_line_ids.sorted("sequence")
        found = [(line.name, line.price_subtotal) for line in lines]
        self.assertEqual(found, list(expected))
