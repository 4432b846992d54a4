"""Rates and amounts are without taxes, also where the prices include them."""

from odoo import Command
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingTaxes(BillingCommon):
    """Time at Ann's 100.00 an hour, and a fixed cost, with a tax in the price."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.time = cls.project._billing_time_product()
        cls.fixed = cls.env.ref("zoho_projects_connector.product_fixed_price")
        cls.milestone = cls.env.ref("zoho_projects_connector.product_milestone")
        cls._tax(25)

    @classmethod
    def _tax(cls, percent):
        tax = cls.env["account.tax"].create(
            {
                "name": f"{percent} % included",
                "amount": percent,
                "price_include_override": "tax_included",
            }
        )
        (cls.time + cls.fixed + cls.milestone).taxes_id = tax
        return tax

    def test_time(self):
        """4 h at 100.00 are 400.00, with 25 % 500.00: 125.00 an hour on the invoice."""
        work = self._log(4)
        wizard = self._wizard().with_user(self.accountant)
        self.assertEqual(wizard.total_amount, 400)
        invoice = self._invoice()
        line = invoice.invoice_line_ids
        self.assertEqual((line.price_unit, line.price_subtotal), (125, 400))
        self.assertEqual(invoice.amount_total, 500)
        row = self._ledger(move_id=invoice)
        told = (row.amount, row.rate, row.rate_origin)
        self.assertEqual(told, (400, 100, "employee"))
        invoice.action_post()
        self.assertEqual((row.rate, row.rate_origin), (100, "employee"))
        self._credit_note(invoice).action_post()
        self.assertStates(work, "unbilled")
        self.assertEqual(self._invoice().amount_untaxed, 400)
        self.assertLedgerTrue(work)

    def test_minutes(self):
        """20 min are 39.67 with 19 %, so 33.34 without: the preview says it too."""
        self.env.company.tax_calculation_rounding_method = "round_per_line"
        self._tax(19)
        work = self._log(1 / 3)
        wizard = self._wizard()
        self.assertEqual(wizard.preview_line_ids.amount, 33.34)
        self.assertEqual(wizard.total_amount, 33.34)
        page = self.env["billing.month.end"].get_month(False, str(work.date))
        projects = [row for one in page["customers"] for row in one["projects"]]
        [row] = [row for row in projects if row["id"] == self.project.id]
        self.assertEqual(row["amount"], 33.34)
        invoice = self._invoice()
        self.assertEqual(invoice.amount_untaxed, 33.34)
        self.assertEqual(self._ledger(move_id=invoice).amount, 33.34)
        self.assertLedgerTrue(work)

    def test_rounded_on_the_whole_invoice(self):
        """Three times 33.33, as the lines say, and so does the ledger.

        A company that rounds per tax, not per line, books 100.00: Odoo adds up the
        lines before it rounds them. The cent is on the invoice, but on no line.
        """
        self.time.taxes_id = False
        self.env.company.tax_calculation_rounding_method = "round_globally"
        logs = self._log(1 / 3) + self._log(1 / 3) + self._log(1 / 3)
        invoice = self._invoice(group_by="entry")
        lines = invoice.invoice_line_ids
        self.assertEqual(lines.mapped("price_subtotal"), [33.33] * 3)
        self.assertEqual(invoice.amount_untaxed, 100)
        self.assertEqual(self._ledger(move_id=invoice).mapped("amount"), [33.33] * 3)
        self.assertLedgerTrue(logs)

    def test_the_total_of_the_whole_invoice_is_known_before(self):
        """Dialog, project and month say the 100.00 that will be booked.

        They are no sum of three lines of 33.33, whether the price includes taxes or
        not; and nothing is to be said of the rounding of the lines.
        """
        self.env.company.tax_calculation_rounding_method = "round_globally"
        self.customer._set_billing_layout({"group_by": "entry", "details": []})
        logs = [self._log(1 / 3) for _number in range(3)]
        for included in ("tax_included", "tax_excluded"):
            with self.subTest(included=included):
                self.time.taxes_id.price_include_override = included
                wizard = self._wizard(group_by="entry")
                shown = wizard.preview_line_ids.mapped("amount")
                self.assertEqual(shown, [33.33] * 3)
                self.assertEqual(wizard.total_amount, 100)
                self.assertEqual(wizard.rounding_difference, 0)
                usual = self.project.with_user(self.accountant)._usual_invoice()
                self.assertEqual(usual["amount"], 100)
                page = self.env["billing.month.end"].get_month(False, str(logs[0].date))
                projects = [row for one in page["customers"] for row in one["projects"]]
                [row] = [row for row in projects if row["id"] == self.project.id]
                self.assertAlmostEqual(row["amount"], 100, 6)
                invoice = self._invoice(group_by="entry")
                self.assertEqual(invoice.amount_untaxed, 100)
                invoice.unlink()

    def test_the_total_of_items_with_taxes_is_known_before(self):
        """Two of 33.33 are 41.6625 each with 25 %: 83.33 with taxes, 66.66 without."""
        self.env.company.tax_calculation_rounding_method = "round_globally"
        items = [
            {"task_id": self.design.id, "amount": 33.33},
            {"task_id": self.design.copy().id, "amount": 33.33},
        ]
        commands = [Command.create(vals) for vals in items]
        wizard = self._wizard(mode="items", item_ids=commands)
        self.assertEqual(wizard.preview_line_ids.mapped("amount"), [33.33] * 2)
        invoice = self._invoice(mode="items", item_ids=commands)
        self.assertEqual(wizard.total_amount, invoice.amount_untaxed)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (66.66, 83.33))

    def test_the_total_of_a_whole_quotation_is_known_before(self):
        """Three tasks of 0.33 h at 100.10: lines of 33.03, and 99.10 on the order.

        Odoo rounds the 20 min of each to 0.33 h; the dialog says it before.
        """
        self.env.company.tax_calculation_rounding_method = "round_globally"
        self.time.taxes_id = False
        tasks = self.design + self.design.copy() + self.design.copy()
        tasks.allocated_hours = 1 / 3
        self.project.write({"billing_method": "task_hours", "billing_rate": 100.1})
        wizard = self.env["project.quotation.create"].create(
            {"project_id": self.project.id, "task_ids": [Command.set(tasks.ids)]}
        )
        self.assertEqual(wizard.line_ids.mapped("amount"), [33.03] * 3)
        self.assertEqual(wizard.amount_untaxed, 99.1)
        action = wizard.action_create_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.order_line.mapped("price_subtotal"), [33.03] * 3)
        self.assertEqual(order.amount_untaxed, 99.1)

    def test_tax_mapped_for_the_customer(self):
        """Abroad the tax is 10 % and not in the price: 100.00 stay 100.00."""
        abroad = self.env["account.fiscal.position"].create({"name": "Abroad"})
        self.env["account.tax"].create(
            {
                "name": "10 % abroad",
                "amount": 10,
                "price_include_override": "tax_excluded",
                "fiscal_position_ids": abroad.ids,
                "original_tax_ids": self.time.taxes_id.ids,
            }
        )
        self.customer.property_account_position_id = abroad
        self._log(4)
        self.assertEqual(self._wizard().total_amount, 400)
        invoice = self._invoice()
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (400, 440))

    def test_tax_mapped_on_the_draft(self):
        """2 h at 100.00, 10 % included; then 20 % included: 200.00 stay 200.00.

        Whether the position is the customer's own or is chosen on the draft, whose
        button Odoo has for that.
        """
        ten = self._tax(10)
        islands = self.env["account.fiscal.position"].create({"name": "Islands"})
        self.env["account.tax"].create(
            {
                "name": "20 % included",
                "amount": 20,
                "price_include_override": "tax_included",
                "fiscal_position_ids": islands.ids,
                "original_tax_ids": ten.ids,
            }
        )
        work = self._log(2)
        draft = self._invoice()
        self.assertEqual((draft.amount_untaxed, draft.amount_total), (200, 220))
        draft.fiscal_position_id = islands
        draft.action_update_fpos_values()
        self.assertEqual((draft.amount_untaxed, draft.amount_total), (200, 240))
        self.assertLedgerTrue(work)
        draft.unlink()
        self.customer.property_account_position_id = islands
        self.assertEqual(self._invoice().amount_untaxed, 200)

    def test_tax_changed_between_two_invoices(self):
        """25 %, then 10 %, then none for the customer: each invoice has its own."""
        none = self.env["account.fiscal.position"].create({"name": "Reverse charge"})
        work = self.env["account.analytic.line"]
        for total in (125, 110, 100):
            work |= self._log(1)
            if total == 110:
                self._tax(10)
            elif total == 100:
                self.customer.property_account_position_id = none
                none.tax_ids = self.env["account.tax"].create(
                    {
                        "name": "Reverse charge",
                        "amount": 0,
                        "fiscal_position_ids": none.ids,
                        "original_tax_ids": self.time.taxes_id.ids,
                    }
                )
            self.assertEqual(self._wizard().total_amount, 100)
            invoice = self._invoice()
            invoice.action_post()
            self.assertEqual(
                (invoice.amount_untaxed, invoice.amount_total), (100, total)
            )
        self.assertEqual(invoice.fiscal_position_id, none)
        self.assertLedgerTrue(work)

    def test_fixed_cost(self):
        """30 % of 10,000.00 are 3,000.00 without taxes, then 7,000.00: nothing left."""
        self.project.write({"billing_method": "fixed_cost", "fixed_cost": 10000})
        part = {"fixed_part": "percent", "fixed_percent": 30}
        self.assertEqual(self._wizard(mode="fixed", **part).total_amount, 3000)
        first = self._invoice(mode="fixed", **part)
        self.assertEqual((first.amount_untaxed, first.amount_total), (3000, 3750))
        self.assertEqual(self.project.fixed_cost_left, 7000)
        second = self._invoice(mode="fixed")
        self.assertEqual((second.amount_untaxed, second.amount_total), (7000, 8750))
        self.assertEqual(self.project.fixed_cost_left, 0)

    def test_amount_that_the_tax_cannot_hit(self):
        """33.33 with 19 % are 39.6627: rounded or not, 33.33 without taxes."""
        self._tax(19)
        self.project.write({"billing_method": "fixed_cost", "fixed_cost": 33.33})
        self.assertEqual(self._invoice(mode="fixed").amount_untaxed, 33.33)
        self.assertEqual(self.project.fixed_cost_left, 0)

    def test_quotation(self):
        """An amount of 400.00 is quoted at 500.00 with 25 %: 400.00 without."""
        wizard = self.env["project.quotation.create"].create(
            {"project_id": self.project.id, "task_ids": [Command.set(self.design.ids)]}
        )
        wizard.line_ids.fixed_amount = 400
        action = wizard.action_create_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual((order.amount_untaxed, order.amount_total), (400, 500))
