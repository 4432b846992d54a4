"""Costs that Odoo re-invoices through the order of a project, on its invoices."""

from odoo import Command
from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoiceExpenses(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._flat_rate(100)
        cls.env.user.group_ids |= cls.env.ref("analytic.group_analytic_accounting")
        cls.travel = cls.env["product.product"].create(
            {
                "name": "Travel",
                "type": "service",
                "expense_policy": "cost",
                "invoice_policy": "delivery",
                "taxes_id": False,
                "supplier_taxes_id": False,
            }
        )
        cls.order = cls.env["sale.order"]._get_billing_order(cls.project)

    @classmethod
    def _cost(cls, amount, day="2026-01-10", project=None):
        """Post a vendor bill of one trip for a project, or split over several."""
        accounts = (project or cls.project).account_id
        distribution = {str(account.id): 100 / len(accounts) for account in accounts}
        bill = cls.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": cls.partner_b.id,
                "invoice_date": day,
                "date": day,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": cls.travel.id,
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": [],
                            "analytic_distribution": distribution,
                        }
                    )
                ],
            }
        )
        bill.action_post()
        return bill

    def _expenses(self, **values):
        return self._invoice(mode="expenses", **values)

    def test_two_costs_once(self):
        """120.00 and 80.50 make 200.50; then nothing is left."""
        self._cost(120)
        self._cost(80.5)
        wizard = self._wizard(mode="expenses")
        self.assertEqual(sorted(wizard.preview_line_ids.mapped("amount")), [80.5, 120])
        invoice = self._expenses()
        self.assertEqual(invoice.amount_untaxed, 200.5)
        rows = self._ledger(move_id=invoice)
        self.assertEqual(set(rows.mapped("kind")), {"expense"})
        self.assertEqual(sum(rows.mapped("amount")), 200.5)
        with self.assertRefused("nothing to invoice"):
            self._expenses()
        invoice.unlink()
        self.assertEqual(self._expenses().amount_untaxed, 200.5)

    def test_a_project_with_invoiced_costs_is_invoiced(self):
        """Whoever invoices them: its customer is not changed behind the invoice."""
        self._cost(120)
        self.assertFalse(self.project._is_invoiced())
        for make in (self._expenses, self.order._create_invoices):
            invoice = make()
            self.assertTrue(self.project._is_invoiced())
            invoice.unlink()
            self.assertFalse(self.project._is_invoiced())

    def test_with_the_time(self):
        """3 h at 100.00 and 120.00 of costs make 420.00."""
        log = self._log(3)
        self._cost(120)
        self.assertEqual(self._wizard().total_amount, 300)
        invoice = self._invoice(include_expenses=True)
        self.assertEqual(invoice.amount_untaxed, 420)
        self.assertStates(log, "draft")
        self.assertLedgerTrue(log)

    def test_time_alone_leaves_the_costs(self):
        self._log(3)
        self._cost(120)
        self.assertEqual(self._invoice().amount_untaxed, 300)
        self.assertEqual(self._expenses().amount_untaxed, 120)

    def test_up_to_a_date(self):
        self._cost(120, "2026-01-10")
        self._cost(80, "2026-02-10")
        self.assertEqual(self._expenses(date_to="2026-01-31").amount_untaxed, 120)
        self.assertEqual(self._expenses(date_from="2026-02-01").amount_untaxed, 80)

    def test_credited_cost_is_offered_again(self):
        self._cost(120)
        invoice = self._expenses()
        invoice.action_post()
        note = self._credit_note(invoice)
        note.action_post()
        credit = self._ledger(move_id=note)
        self.assertEqual(
            (credit.kind, credit.amount, credit.sign), ("expense", 120, -1)
        )
        self.assertEqual(self._expenses().amount_untaxed, 120)

    def test_a_rebate_leaves_the_cost_invoiced(self):
        """700.00, of which 70.00 are given back; with the rest of them it is free."""
        self._cost(700)
        invoice = self._expenses()
        invoice.action_post()
        note = self._credit_note(invoice)
        self._set_line(note.invoice_line_ids, price_unit=70)
        note.action_post()
        line = invoice.invoice_line_ids.sale_line_ids
        self.assertEqual((line.qty_to_invoice, line.untaxed_amount_to_invoice), (0, 0))
        with self.assertRefused("nothing to invoice"):
            self._expenses()
        rest = self._credit_note(invoice)
        self._set_line(rest.invoice_line_ids, price_unit=630)
        self.assertEqual(line.qty_to_invoice, 0)
        rest.action_post()
        self.assertEqual(self._wizard(mode="expenses").total_amount, 700)
        self.assertEqual(self._expenses().amount_untaxed, 700)

    def test_a_rebate_that_is_taken_back_invoices_nothing_again(self):
        self._cost(700)
        invoice = self._expenses()
        invoice.action_post()
        rebate = self._credit_note(invoice)
        self._set_line(rebate.invoice_line_ids, price_unit=70)
        rebate.action_post()
        self._credit_note(rebate).action_post()
        line = invoice.invoice_line_ids.sale_line_ids
        self.assertEqual((line.qty_invoiced, line.qty_to_invoice), (1, 0))
        self._credit_note(invoice).action_post()
        self.assertEqual(self._expenses().amount_untaxed, 700)

    def test_a_cost_invoiced_in_part_stays_with_its_customer(self):
        """A half of 700.00 is on a draft for A; the other half is not offered to B."""
        self._cost(700)
        draft = self._expenses()
        self._set_line(draft.invoice_line_ids, quantity=0.5)
        order = draft.invoice_line_ids.sale_line_ids.order_id
        self.project.partner_id = self.partner_b
        wizard = self._wizard(mode="expenses")
        self.assertFalse(wizard.total_amount)
        self.assertEqual(wizard.left_out_ids.mapped("reason"), ["other_customer"])
        self.assertEqual(draft.invoice_line_ids.sale_line_ids.order_id, order)

    def test_what_is_offered_is_what_is_invoiced(self):
        """A half of 700.00 on a draft: the other half, 350.00, is left."""
        self._cost(700)
        self._set_line(self._expenses().invoice_line_ids, quantity=0.5)
        self.assertEqual(self._wizard(mode="expenses").total_amount, 350)
        self.assertEqual(self._expenses().amount_untaxed, 350)

    def test_another_customer(self):
        """What waits goes to whom the project has now: at his terms and taxes."""
        tax = self.company_data["default_tax_sale"].copy({"name": "Trips"})
        self.travel.taxes_id = tax
        self._cost(120)
        line = self.order.order_line
        self.assertEqual(line.tax_ids, tax)
        none = self.env["account.fiscal.position"].create({"name": "Abroad"})
        self.env["account.tax"].create(
            {
                "name": "Abroad",
                "amount": 0,
                "fiscal_position_ids": none.ids,
                "original_tax_ids": tax.ids,
            }
        )
        self.partner_b.property_account_position_id = none
        self.project.partner_id = self.partner_b
        self._log(1)
        self.assertEqual(self._wizard(mode="expenses").total_amount, 120)
        invoice = self._invoice(include_expenses=True)
        self.assertEqual(invoice.partner_id, self.partner_b)
        self.assertEqual((invoice.amount_untaxed, invoice.amount_total), (220, 220))
        self.assertEqual(line.order_id, invoice.line_ids.sale_line_ids.order_id)
        # The next cost goes to the order of today by itself.
        self._cost(30)
        self.assertEqual(self.order.order_line, self.order.order_line.browse())
        self.assertEqual(self._expenses().amount_untaxed, 30)

    def test_another_currency(self):
        self._cost(120)
        self.project.billing_currency_id = self.other_currency
        wizard = self._wizard(mode="expenses")
        self.assertEqual(wizard.left_out_ids.mapped("reason"), ["other_currency"])
        self.assertIn("120.00", wizard.left_out_ids.name)
        with self.assertRefused("In another currency"):
            wizard.action_create_invoice()

    def test_a_cost_split_over_two_projects_is_charged_once(self):
        """As in Odoo, all of the 120.00 by one of them, never 120.00 twice."""
        other = self._project("Other")
        self.env["sale.order"]._get_billing_order(other)
        self._cost(120, project=self.project + other)
        both = self._invoice(self.project + other, mode="expenses")
        self.assertEqual(both.amount_untaxed, 120)
        with self.assertRefused("nothing to invoice"):
            self._invoice(self.project + other, mode="expenses")

    def test_a_vendors_credit_note_changes_nothing_for_the_customer(self):
        """120.00 charged, the vendor gives them back: credited by hand, if at all."""
        bill = self._cost(120)
        invoice = self._expenses()
        invoice.action_post()
        refund = self._credit_note(bill)
        refund.invoice_date = "2026-01-20"
        refund.action_post()
        with self.assertRefused("nothing to invoice"):
            self._expenses()
        line = invoice.invoice_line_ids.sale_line_ids
        self.assertEqual((line.qty_to_invoice, line.qty_invoiced), (0, 1))
        rows = self._ledger(move_id=invoice)
        self.assertEqual((rows.amount, rows.active), (120, True))

    def test_two_projects_of_a_customer(self):
        other = self._project("Other")
        self.env["sale.order"]._get_billing_order(other)
        self._cost(120)
        self._cost(30, project=other)
        self.assertEqual(self._expenses().amount_untaxed, 120)
        both = self._invoice(self.project + other, mode="expenses")
        self.assertEqual(both.amount_untaxed, 30)

    def test_the_accountant(self):
        self._cost(120)
        wizard = self.env["project.invoice.create"].with_user(self.accountant)
        wizard = wizard.create({"project_ids": self.project.ids, "mode": "expenses"})
        self.assertEqual(wizard.total_amount, 120)
        action = wizard.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(invoice.amount_untaxed, 120)
