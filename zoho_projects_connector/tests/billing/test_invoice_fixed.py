"""The fixed cost of a project: all, a percentage or an amount, never more."""

from odoo.tests import tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestInvoiceFixed(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project.write({"billing_method": "fixed_cost", "fixed_cost": 10000})

    def _fixed(self, projects=None, **values):
        return self._invoice(projects, mode="fixed", **values)

    def test_all_of_it_once(self):
        invoice = self._fixed()
        self.assertEqual(invoice.amount_untaxed, 10000)
        self.assertEqual(invoice.invoice_line_ids.name, "Golden Project: fixed cost")
        self.assertEqual(self.project.fixed_cost_left, 0)
        with self.assertRefused("The fixed cost is invoiced: Golden Project"):
            self._fixed()
        invoice.unlink()
        self.assertEqual(self.project.fixed_cost_left, 10000)

    def test_parts_add_up(self):
        """30 % are 3,000.00, then 2,500.00, then the 4,500.00 that are left."""
        parts = self._fixed(fixed_part="percent", fixed_percent=30)
        self.assertEqual(parts.amount_untaxed, 3000)
        self.assertEqual(
            parts.invoice_line_ids.name,
            "Golden Project: part of the fixed cost of $\N{NO-BREAK SPACE}10,000.00",
        )
        parts.action_post()
        parts += self._fixed(fixed_part="amount", fixed_amount=2500)
        self.assertEqual(self.project.fixed_cost_invoiced, 5500)
        parts += self._fixed()
        self.assertEqual(parts.mapped("amount_untaxed"), [3000, 2500, 4500])
        self.assertEqual(self.project.fixed_cost_left, 0)
        rows = self._ledger(move_id=parts)
        self.assertEqual(rows.mapped("amount"), [3000, 2500, 4500])
        self.assertEqual(set(rows.mapped("kind")), {"fixed"})
        parts[1:].action_post()
        order_lines = parts.invoice_line_ids.sale_line_ids
        self.assertEqual(sum(order_lines.mapped("qty_to_invoice")), 0)
        self.assertEqual(sum(order_lines.mapped("untaxed_amount_to_invoice")), 0)

    def test_a_draft_that_becomes_a_credit_note_invoices_nothing(self):
        """10,000.00 are switched into a credit note: all of it is left to invoice."""
        draft = self._fixed()
        draft.action_switch_move_type()
        self.assertEqual(draft.move_type, "out_refund")
        self.assertEqual(self.project.fixed_cost_left, 10000)
        draft.action_post()
        self.assertEqual(self.project.fixed_cost_left, 10000)
        self.assertEqual(self._fixed().amount_untaxed, 10000)

    def test_the_same_part_twice(self):
        first = self._fixed(fixed_part="percent", fixed_percent=50)
        second = self._fixed(fixed_part="percent", fixed_percent=50)
        self.assertEqual((first + second).mapped("amount_untaxed"), [5000, 5000])
        self.assertEqual(self.project.fixed_cost_left, 0)
        second.unlink()
        self.assertEqual(self.project.fixed_cost_left, 5000)

    def test_never_more_than_is_left(self):
        self._fixed(fixed_part="percent", fixed_percent=80)
        with self.assertRefused("Only .*2,000.00 of the fixed cost"):
            self._fixed(fixed_part="percent", fixed_percent=30)
        with self.assertRefused("Only .*2,000.00 of the fixed cost"):
            self._fixed(fixed_part="amount", fixed_amount=2000.01)
        with self.assertRefused("cannot be negative"):
            self._fixed(fixed_part="amount", fixed_amount=-5)

    def test_a_draft_cannot_grow_beyond_it(self):
        first = self._fixed(fixed_part="percent", fixed_percent=80)
        second = self._fixed()
        with self.assertRefused("would invoice .*500.00 more"):
            self._set_line(second.invoice_line_ids, price_unit=2500)
        self._set_line(second.invoice_line_ids, price_unit=1500)
        self.assertEqual(self.project.fixed_cost_left, 500)
        first.button_cancel()
        self._fixed(fixed_part="amount", fixed_amount=8500)
        with self.assertRefused("would invoice"):
            first.button_draft()

    def test_a_lower_fixed_cost_takes_no_document_hostage(self):
        invoice = self._fixed()
        invoice.action_post()
        self.project.fixed_cost = 4000
        self.assertEqual(self.project.fixed_cost_left, 0)
        invoice.button_draft()
        self._set_line(invoice.invoice_line_ids, price_unit=4000)
        invoice.action_post()
        self.assertEqual(invoice.amount_untaxed, 4000)

    def test_credit_gives_it_back(self):
        invoice = self._fixed()
        invoice.action_post()
        note = self._credit_note(invoice)
        self._set_line(note.invoice_line_ids, price_unit=4000)
        self.assertEqual(self.project.fixed_cost_left, 0)
        note.action_post()
        self.assertEqual(self.project.fixed_cost_left, 4000)
        self.assertEqual(self._fixed().amount_untaxed, 4000)

    def test_time_of_the_project_is_fixed_price(self):
        log = self._log(5)
        self.assertStates(log, "fixed_price")
        self._fixed()
        self.assertStates(log, "fixed_price")

    def test_several_projects(self):
        """25 % of 10,000.00 and of 2,000.00 are 2,500.00 and 500.00."""
        second = self._project("Second", billing_method="fixed_cost", fixed_cost=2000)
        both = self.project + second
        with self.assertRefused("choose a percentage"):
            self._fixed(both, fixed_part="amount", fixed_amount=10)
        invoice = self._fixed(both, fixed_part="percent", fixed_percent=25)
        self.assertEqual(
            sorted(invoice.invoice_line_ids.mapped("price_subtotal")), [500, 2500]
        )

    def test_a_project_without_fixed_cost(self):
        hourly = self._project("Hourly")
        with self.assertRefused("Hourly has no fixed cost"):
            self._fixed(hourly)
        wizard = self._wizard(self.project + hourly, mode="fixed")
        self.assertEqual(wizard.total_amount, 10000)
        self.assertEqual(wizard.left_out_ids.mapped("reason"), ["no_fixed_cost"])

    def test_it_is_proposed_for_projects_billed_so(self):
        wizard = self.env["project.invoice.create"].with_context(
            default_project_ids=self.project.ids
        )
        self.assertEqual(wizard.create({}).mode, "fixed")
        self.assertEqual(self._wizard(self._project("Hourly")).mode, "time")

    def test_other_currency(self):
        """10,000.00 EUR stay 10,000.00 EUR, whatever the company's currency is."""
        self.project.billing_currency_id = self.other_currency
        invoice = self._fixed(fixed_part="percent", fixed_percent=40)
        self.assertEqual(invoice.currency_id, self.other_currency)
        self.assertEqual(invoice.amount_untaxed, 4000)
        self.assertEqual(self.project.fixed_cost_left, 6000)

    def test_the_accountant(self):
        wizard = self.env["project.invoice.create"].with_user(self.accountant)
        wizard = wizard.create({"project_ids": self.project.ids, "mode": "fixed"})
        action = wizard.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(invoice.amount_untaxed, 10000)
        self.assertEqual(self.project.with_user(self.accountant).fixed_cost_left, 0)

    def test_no_down_payment_of_nothing(self):
        order = self.env["sale.order"]._get_billing_order(self.project)
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "fixed", "fixed_amount": 300})
        )
        with self.assertRefused("Make a quotation from the project"):
            wizard.create_invoices()
        self.assertFalse(order.order_line)

    def test_the_table_of_figures(self):
        """Of 10,000.00, 3,000.00 are on a draft: its row opens that one line."""
        invoice = self._fixed(fixed_part="percent", fixed_percent=30)
        rows = {row["key"]: row for row in self.project.billing_figures}
        self.assertEqual(rows["fixed_cost_left"]["amount"], 7000)
        self.assertEqual(rows["fixed_cost"]["amount"], 3000)
        self.assertEqual(rows["draft"]["amount"], 3000)
        action = self.project.with_context(
            billing_figure="fixed_cost"
        ).action_billed_time()
        self.assertEqual(action["display_name"], "Fixed cost invoiced")
        listed = self.env["project.billed.time"].search(action["domain"])
        self.assertEqual(listed.move_id, invoice)
        self.assertEqual(sum(listed.mapped("amount")), 3000)
