"""What renewal invoices take: the fixed lines, and what is unbilled by then."""

from odoo import Command
from odoo.tests import tagged

from .subscription_common import SubscriptionCommon


@tagged("post_install", "-at_install")
class TestSubscriptionRenewal(SubscriptionCommon):
    def test_plan_and_time(self):
        """300.00 for the plan and 20 h at 100.00 are 2,300.00."""
        log = self._log(20)
        contract = self._subscription()
        invoice = self._renew()
        self.assertLines(invoice, ("Plan", 300), ("Design", 2000))
        self.assertEqual(invoice.amount_untaxed, 2300)
        self.assertEqual(invoice.state, "draft")
        self.assertEqual(invoice.partner_id, self.customer)
        self.assertEqual(invoice.invoice_date, self._day("2026-02-01"))
        self.assertStates(log, "draft")
        self.assertEqual(log.timesheet_invoice_id, invoice)
        self.assertLedgerTrue(log)
        row = self._ledger(timesheet_id=log)
        self.assertEqual((row.hours, row.amount, row.rate), (20, 2000, 100))
        self.assertDue(contract, "2026-03-01")
        self.assertEqual(contract.invoice_count, 1)

    def test_projects_of_two_contacts_of_the_customer(self):
        """20 h of ACME and 5 h of ACME, Jane at 100.00 are on one renewal."""
        jane = self.env["res.partner"].create(
            {"name": "Jane", "parent_id": self.customer.id}
        )
        other = self.project.copy({"name": "Shop", "partner_id": jane.id})
        task = self.env["project.task"].create(
            {"name": "Basket", "project_id": other.id, "user_ids": []}
        )
        logs = self._log(20) + self._log(5, task=task)
        self._subscription(projects=self.project | other)
        invoice = self._renew()
        self.assertEqual(invoice.partner_id, self.customer)
        self.assertEqual(invoice.amount_untaxed, 2800)
        self.assertStates(logs, "draft", "draft")

    def test_from_draft_to_credit(self):
        """Posted time is invoiced; credited, it comes with the next renewal."""
        log = self._log(20)
        self._subscription()
        invoice = self._renew()
        invoice.action_post()
        self.assertStates(log, "invoiced")
        self._credit_note(invoice).action_post()
        self.assertStates(log, "unbilled")
        again = self._renew("2026-03-01")
        self.assertLines(again, ("Plan", 300), ("Design", 2000))
        self.assertHours(log, billed=20, unbilled=0)

    def test_a_second_run_makes_nothing(self):
        self._log(20)
        self._subscription()
        self._renew()
        self.assertFalse(self._renew())

    def test_the_next_period_takes_only_new_time(self):
        """3 h at 100.00 are 300.00, and the plan makes 600.00."""
        self._log(20)
        self._subscription()
        self._renew()
        self._log(3, day="2026-02-10")
        later = self._renew("2026-03-01")
        self.assertLines(later, ("Plan", 300), ("Design", 300))

    def test_in_advance_takes_work_up_to_the_day_before(self):
        self._log(2, day="2026-01-31")
        today = self._log(1, day="2026-02-01")
        self._subscription()
        self.assertLines(self._renew(), ("Plan", 300), ("Design", 200))
        self.assertHours(today, billed=0, unbilled=1)

    def test_in_arrears_takes_work_up_to_the_last_day(self):
        """Invoiced on 1 March for February: the 28th is in, the 1st is not."""
        self._log(2, day="2026-02-28")
        self._log(1, day="2026-03-01")
        in_arrears = {"recurring_invoicing_type": "post-paid"}
        plan = self._plan(300, recurring_next_date="2026-03-01", **in_arrears)
        self._subscription(contract_line_ids=[Command.create(plan)], **in_arrears)
        self.assertFalse(self._renew("2026-02-28"))
        self.assertLines(self._renew("2026-03-01"), ("Plan", 300), ("Design", 200))

    def test_time_alone(self):
        self._log(20)
        contract = self._subscription(plan=None)
        invoice = self._renew()
        self.assertLines(invoice, ("Design", 2000))
        self.assertEqual(contract._get_related_invoices(), invoice)
        self.assertIn("by contract", "".join(invoice.message_ids.mapped("body")))

    def test_nothing_unbilled_makes_no_empty_invoice(self):
        contract = self._subscription(plan=None)
        self.assertFalse(self._renew())
        self.assertDue(contract, "2026-03-01")
        self.assertEqual(len(contract.renewal_ids), 1)
        self.assertFalse(contract.renewal_ids.move_id)
        self.assertFalse(self._renew())
        self._log(1, day="2026-02-03")
        self.assertLines(self._renew("2026-03-01"), ("Design", 100))

    def test_nothing_unbilled_leaves_the_plan(self):
        self._subscription()
        self.assertLines(self._renew(), ("Plan", 300))

    def test_without_the_tick_time_stays(self):
        log = self._log(20)
        self._subscription(include_unbilled_hours=False)
        self.assertLines(self._renew(), ("Plan", 300))
        self.assertStates(log, "unbilled")

    def _cost(self, amount, day="2026-01-10"):
        """Post a vendor bill of a trip for the project, to be re-invoiced."""
        travel = self.env["product.product"].create(
            {
                "name": "Travel",
                "type": "service",
                "expense_policy": "cost",
                "invoice_policy": "delivery",
                "taxes_id": False,
            }
        )
        account = str(self.project.account_id.id)
        line = {
            "product_id": travel.id,
            "price_unit": amount,
            "tax_ids": [],
            "analytic_distribution": {account: 100},
        }
        self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner_b.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [Command.create(line)],
            }
        ).action_post()

    def test_expenses_come_with_their_tick(self):
        """The plan of 300.00, 1 h at 100.00 and a trip of 120.00: 520.00."""
        self.env.user.group_ids |= self.env.ref("analytic.group_analytic_accounting")
        self.env["sale.order"]._get_billing_order(self.project)
        self._log(1)
        self._cost(120)
        contract = self._subscription()
        contract.include_unbilled_expenses = True
        invoice = self._renew()
        self.assertEqual(invoice.amount_untaxed, 520)
        self._cost(80.5, day="2026-02-10")
        contract.include_unbilled_hours = False
        self._log(1, day="2026-02-10")
        self.assertEqual(self._renew("2026-03-01").amount_untaxed, 380.5)

    def test_missing_rates_are_said_on_the_invoice(self):
        self._log(20)
        other = self._project("No rate")
        self._log(1.5, task=self._task("Loose", other))
        self._subscription(projects=self.project + other)
        invoice = self._renew()
        self.assertLines(invoice, ("Plan", 300), ("Golden Project - Design", 2000))
        said = "".join(invoice.message_ids.mapped("body"))
        self.assertIn("No rate is set: No rate (01:30 h)", said)

    def test_missing_rates_are_said_on_the_contract_without_an_invoice(self):
        self.project.billing_rate = 0
        self._log(2)
        contract = self._subscription(plan=None)
        self.assertFalse(self._renew())
        said = "".join(contract.message_ids.mapped("body"))
        self.assertIn("No rate is set: Golden Project (02:00 h)", said)

    def test_the_lines_are_those_of_the_choice(self):
        self._log(1, self.ann)
        self._log(2, self.ben, self.build)
        self._subscription(plan=None, unbilled_group_by="employee")
        self.assertLines(self._renew(), ("Ann", 100), ("Ben", 200))

    def test_time_of_archived_projects_is_said(self):
        log = self._log(1.25)
        self._subscription()
        self.project.active = False
        invoice = self._renew()
        self.assertLines(invoice, ("Plan", 300))
        self.assertStates(log, "unbilled")
        said = "".join(invoice.message_ids.mapped("body"))
        self.assertIn("The project is archived: Golden Project (01:15 h)", said)

    def test_two_subscriptions_never_bill_the_same_hour(self):
        log = self._log(20)
        self._subscription()
        self._subscription(plan=50)
        invoices = self._renew()
        self.assertEqual(sorted(invoices.mapped("amount_untaxed")), [50, 2300])
        self.assertHours(log, billed=20, unbilled=0)

    def test_a_foreign_currency(self):
        """300.00 EUR and 20 h at 100.00 EUR, whatever the company's currency is."""
        self.project.billing_currency_id = self.other_currency
        self._log(20)
        contract = self._subscription()
        self.assertEqual(contract.currency_id, self.other_currency)
        self.assertEqual(contract.pricelist_id.currency_id, self.other_currency)
        invoice = self._renew()
        self.assertEqual(invoice.currency_id, self.other_currency)
        self.assertEqual(invoice.amount_untaxed, 2300)

    def test_a_second_company(self):
        company = self.setup_other_company()["company"]
        self.env.user.company_ids |= company
        project = self._project("Abroad", company_id=company.id)
        self._flat_rate(80, project)
        employee = self.env["hr.employee"].create(
            {"name": "Dan", "company_id": company.id}
        )
        task = self._task("Work abroad", project)
        log = self._log(2, employee, task)
        self._subscription(projects=project)
        invoice = self._renew()
        self.assertEqual(invoice.company_id, company)
        self.assertLines(invoice, ("Plan", 300), ("Work abroad", 160))
        self.assertStates(log, "draft")

    def test_one_broken_subscription_stops_no_other(self):
        self._log(20)
        moved = self._project("Moved")
        broken = self._subscription(projects=moved)
        self._subscription()
        moved.partner_id = self.env["res.partner"].create({"name": "Stranger"})
        self.env["contract.contract"].cron_recurring_create_invoice(
            self._day("2026-02-01")
        )
        self.assertEqual(self._renewals().mapped("amount_untaxed"), [2300])
        self.assertIn("no draft invoice of", broken.invoice_generation_error)
        self.assertFalse(broken.renewal_ids)
        self.assertDue(broken, "2026-02-01")
        moved.partner_id = self.customer
        self.assertLines(self._renew(), ("Plan", 300))
        self.assertFalse(broken.invoice_generation_error)

    def test_an_ordinary_contract_is_as_before(self):
        contract = self._subscription()
        contract.project_ids = False
        self._log(20)
        contract._recurring_create_invoice(self._day("2026-02-01"))
        invoice = contract._get_related_invoices()
        self.assertLines(invoice, ("Plan", 300))
        self.assertFalse(invoice.subscription_id)
