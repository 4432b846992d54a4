"""The invoice wizard: which time, which lines, which amounts."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, LockError
from odoo.tests import new_test_user, tagged

from ...wizards.billing.invoice_time import TimeSource
from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingInvoice(BillingCommon):
    def _lines(self, invoice):
        return sorted(
            (line.name, round(line.quantity, 6), line.price_unit, line.price_subtotal)
            for line in invoice.invoice_line_ids
        )

    def test_golden_staff_example(self):
        timesheets = self._golden()
        invoice = self._invoice(group_by="employee")
        self.assertEqual(invoice.move_type, "out_invoice")
        self.assertEqual(invoice.state, "draft")
        self.assertEqual(invoice.partner_id, self.customer)
        self.assertEqual(
            self._lines(invoice),
            [("Ann", 10, 100, 1000), ("Ben", 20, 50, 1000), ("Cid", 15, 75, 1125)],
        )
        self.assertEqual(invoice.amount_untaxed, 3125.00)
        self.assertStates(timesheets, "draft", "draft", "draft")
        self.assertLedgerTrue(timesheets)

    def test_every_grouping_totals_the_same(self):
        milestone = self.env["project.milestone"].create(
            {"name": "Phase 1", "project_id": self.project.id}
        )
        task_list = self.env["zoho.task.list"].create(
            {"name": "List A", "project_id": self.project.id}
        )
        self.build.write(
            {"milestone_id": milestone.id, "zoho_task_list_id": task_list.id}
        )
        timesheets = self._golden()
        ann, ben, cid = (f" ($\xa0{rate}.00 per hour)" for rate in (100, 50, 75))
        project = "Golden Project"
        names = {
            "project": [project + ann, project + ben, project + cid],
            "task": ["Build" + ben, "Build" + cid, "Design"],
            "task_list": [project, "List A" + ben, "List A" + cid],
            "milestone": [project, "Phase 1" + ben, "Phase 1" + cid],
            "employee": ["Ann", "Ben", "Cid"],
            "task_employee": ["Build - Ben", "Build - Cid", "Design - Ann"],
            "entry": [
                "01/05/2026 - Ann - Design - Work",
                "01/05/2026 - Ben - Build - Work",
                "01/06/2026 - Cid - Build - Work",
            ],
        }
        for group_by, expected in names.items():
            with self.subTest(group_by=group_by):
                invoice = self._invoice(group_by=group_by)
                found = sorted(invoice.invoice_line_ids.mapped("name"))
                self.assertEqual(found, expected)
                self.assertEqual(invoice.amount_untaxed, 3125.00)
                self.assertLedgerTrue(timesheets)
                invoice.unlink()
                self.assertStates(timesheets, "unbilled", "unbilled", "unbilled")

    def test_a_line_never_mixes_rates(self):
        """Build: 20 h of Ben at 50 and 15 h of Cid at 75 are two lines."""
        self._golden()
        invoice = self._invoice(group_by="task", task_ids=self.build.ids)
        self.assertEqual(
            self._lines(invoice),
            [
                ("Build ($\xa050.00 per hour)", 20, 50, 1000),
                ("Build ($\xa075.00 per hour)", 15, 75, 1125),
            ],
        )

    def test_amounts_are_exact_to_the_minute(self):
        """Three times 20 minutes: 100.00 together, 33.33 each alone."""
        cases = {
            # rate: (an hour, twenty minutes)
            100.0: (100.00, 33.33),
            87.5: (87.50, 29.17),  # 29.1666...
            33.33: (33.33, 11.11),
            1234.56: (1234.56, 411.52),
        }
        timesheets = self._log(1 / 3) + self._log(1 / 3) + self._log(1 / 3)
        for rate, (together, alone) in cases.items():
            with self.subTest(rate=rate):
                self._flat_rate(rate)
                invoice = self._invoice(group_by="task")
                self.assertEqual(invoice.invoice_line_ids.quantity, 1.0)
                self.assertEqual(invoice.amount_untaxed, together)
                self.assertLedgerTrue(timesheets)
                invoice.unlink()
                invoice = self._invoice(group_by="entry")
                self.assertEqual(
                    invoice.invoice_line_ids.mapped("price_subtotal"), [alone] * 3
                )
                self.assertLedgerTrue(timesheets)
                invoice.unlink()

    def test_half_a_cent_is_rounded_up(self):
        """50 minutes at 33.33 are 27.775: 27.78. 100 minutes at 100.05: 166.75."""
        self._flat_rate(33.33)
        self._log(50 / 60)
        self.assertEqual(self._invoice().amount_untaxed, 27.78)
        self._flat_rate(100.05)
        self._log(100 / 60)
        self.assertEqual(self._invoice().amount_untaxed, 166.75)

    def test_odd_minutes_keep_the_order_balanced(self):
        """After each third of an hour is billed alone, nothing is left to invoice."""
        self._flat_rate(100)
        for _time in range(3):
            self._log(1 / 3)
            self._invoice(group_by="project").action_post()
        order_line = self.project.timesheet_ids.so_line
        self.assertEqual(len(order_line), 1)
        self.assertEqual(order_line.qty_delivered, 1.0)
        self.assertEqual(order_line.qty_invoiced, 1.0)
        self.assertEqual(order_line.qty_to_invoice, 0.0)
        # 3 x 33.33 are 99.99 of 100.00: the cent is nobody's to invoice.
        self.assertAlmostEqual(order_line.untaxed_amount_to_invoice, 0.0)

    def test_several_projects_on_one_invoice(self):
        other = self._project("Silver Project")
        self._staff_rates(other)
        self._log(1)
        self._log(2, task=self._task("Paint", other))
        invoice = self._invoice(self.project + other, group_by="task")
        self.assertEqual(
            self._lines(invoice),
            [
                ("Golden Project - Design", 1, 100, 100),
                ("Silver Project - Paint", 2, 100, 200),
            ],
        )
        orders = invoice.invoice_line_ids.sale_line_ids.order_id
        self.assertEqual(orders.billing_project_id, self.project + other)

    def test_projects_that_do_not_go_together(self):
        stranger = self._project(
            "Stranger", partner_id=self.env["res.partner"].create({"name": "Else"}).id
        )
        with self.assertRefused("one customer"):
            self._invoice(self.project + stranger)
        euro = self._project("Euro")
        euro.billing_currency_id = self.other_currency
        with self.assertRefused("one currency"):
            self._invoice(self.project + euro)
        nobody = self._project("Nobody", partner_id=False)
        with self.assertRefused("no customer"):
            self._invoice(nobody)
        with self.assertRefused("Choose a project"):
            self.env["project.invoice.create"].create({}).action_create_invoice()

    def test_projects_of_two_companies_do_not_go_together(self):
        other = self.setup_other_company()["company"]
        foreign = self._project("Foreign", company_id=other.id)
        with self.assertRefused("one company"):
            self._invoice(self.project + foreign)

    def test_second_currency(self):
        """8 h at 87.50 of the other currency are 700.00 of it."""
        self.project.billing_currency_id = self.other_currency
        self._flat_rate(87.5)
        timesheet = self._log(8)
        invoice = self._invoice()
        self.assertEqual(invoice.currency_id, self.other_currency)
        self.assertEqual(invoice.amount_untaxed, 700)
        ledger = self._ledger(timesheet_id=timesheet)
        self.assertEqual(ledger.currency_id, self.other_currency)
        self.assertLedgerTrue(timesheet)

    def test_native_taxes_terms_and_analytic_distribution(self):
        terms = self.pay_terms_b
        self.customer.property_payment_term_id = terms
        product = self.project._billing_time_product()
        product.taxes_id = self.tax_sale_a
        self.customer.property_account_position_id = self.fiscal_pos_a
        self._log(1)
        invoice = self._invoice()
        line = invoice.invoice_line_ids
        self.assertEqual(invoice.invoice_payment_term_id, terms)
        self.assertEqual(invoice.fiscal_position_id, self.fiscal_pos_a)
        self.assertEqual(line.tax_ids, self.tax_sale_b)
        self.assertEqual(
            line.analytic_distribution, {str(self.project.account_id.id): 100}
        )

    def test_billing_order_is_made_late_reused_and_silent(self):
        self.assertFalse(
            self.env["sale.order"].search([("project_id", "=", self.project.id)])
        )
        tasks = self.project.task_ids
        self._log(1)
        first = self._invoice().invoice_line_ids.sale_line_ids
        self._log(1)
        second = self._invoice().invoice_line_ids.sale_line_ids
        self.assertEqual(first, second)
        self.assertEqual(first.order_id.state, "sale")
        self.assertEqual(self.project.task_ids, tasks)
        self.assertFalse(self.project.sale_line_id)
        mails = self.env["mail.mail"].search(
            [("model", "in", ("sale.order", "account.move"))]
        )
        self.assertFalse(mails)
        first.order_id.locked = True
        self._log(1)
        third = self._invoice().invoice_line_ids.sale_line_ids
        self.assertNotEqual(third.order_id, first.order_id)

    def test_price_stays_when_the_quantity_of_the_order_changes(self):
        """Odoo would go back to the list price of the product (0.00)."""
        self._log(1)
        order_line = self._invoice().invoice_line_ids.sale_line_ids
        order_line.product_uom_qty = 7
        self.assertEqual(order_line.price_unit, 100)

    def test_native_links_follow(self):
        timesheet = self._log(1)
        invoice = self._invoice()
        self.assertEqual(timesheet.timesheet_invoice_id, invoice)
        self.assertEqual(timesheet.so_line, invoice.invoice_line_ids.sale_line_ids)
        self.assertTrue(timesheet.is_so_line_edited)
        self.assertEqual(invoice.timesheet_ids, timesheet)
        self.assertEqual(invoice.timesheet_count, 1)
        invoice.unlink()
        self.assertFalse(timesheet.timesheet_invoice_id)
        self.assertFalse(timesheet.so_line)
        self.assertFalse(timesheet.is_so_line_edited)

    def test_rate_is_live_before_and_frozen_after(self):
        timesheet = self._log(1)
        rate = self.project.billing_rate_ids.filtered(
            lambda rate: rate.employee_id == self.ann
        )
        self.assertEqual(timesheet.billing_rate, 100)
        rate.rate = 110
        self.assertEqual(timesheet.billing_rate, 110)
        self._invoice()
        rate.rate = 120
        self.assertEqual(timesheet.billing_rate, 110)
        ledger = self._ledger(timesheet_id=timesheet)
        self.assertEqual((ledger.rate, ledger.rate_origin), (110, "employee"))

    def test_a_pure_billing_user_does_everything(self):
        timesheets = self._golden()
        self.env = self.env(user=self.accountant)
        mine = timesheets.with_env(self.env)
        self.assertEqual(self.env["account.analytic.line"].search([]) & mine, mine)
        wizard = self._wizard(group_by="employee")
        self.assertEqual(wizard.total_amount, 3125)
        action = wizard.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(invoice.amount_untaxed, 3125)
        self._set_line(invoice.invoice_line_ids[2], quantity=10)
        self.assertHours(mine[2], 10, 5)
        invoice.action_post()
        self.assertStates(mine, "invoiced", "invoiced", "invoiced")
        credit_note = self._credit_note(invoice)
        credit_note.invoice_line_ids[1:].unlink()
        credit_note.action_post()
        self.assertStates(mine, "unbilled", "invoiced", "invoiced")
        self.assertEqual(self._ledger(timesheet_id=mine)[0].rate, 100)
        invoice = self._invoice(group_by="project")
        self.assertEqual(invoice.amount_untaxed, 1000 + 5 * 75)
        self.assertLedgerTrue(mine)

    def test_other_users_are_refused(self):
        user = new_test_user(self.env, "clerk", groups="account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.env["project.invoice.create"].with_user(user).create(
                {"project_ids": [Command.set(self.project.ids)]}
            )

    def test_two_accountants_at_once(self):
        """The second is stopped after he chose, before anything is written."""
        timesheet = self._log(1)
        first, second = self._wizard(), self._wizard()
        source = TimeSource(second)
        groups = source.groups()
        first.action_create_invoice()
        with self.assertRefused("in the meantime"):
            source.lock(groups)
        with self.assertRefused("On a draft invoice"):
            second.action_create_invoice()
        self.assertEqual(len(self._ledger(timesheet_id=timesheet)), 1)

    def test_time_locked_by_somebody_else(self):
        timesheet = self._log(1)
        source = TimeSource(self._wizard())
        records = type(self.env["account.analytic.line"])
        with self.assertRefused("right now"):
            with patch.object(records, "lock_for_update", side_effect=LockError("")):
                source.locked_groups()
        self.assertStates(timesheet, "unbilled")
