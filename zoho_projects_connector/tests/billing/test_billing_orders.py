"""Several orders, down payments, other customers: each hour is still billed once."""

from odoo import Command
from odoo.tests import tagged

from .native_common import NativeCommon


@tagged("post_install", "-at_install")
class TestBillingOrders(NativeCommon):
    """The native order of ``sold``, and the billing orders of ``project``."""

    def _down_payment(self, order, amount):
        known = order.invoice_ids
        self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": order.ids,
                "advance_payment_method": "fixed",
                "fixed_amount": amount,
            }
        ).create_invoices()
        return order.invoice_ids - known

    def _quotation_of_ten_hours(self):
        """Return our own quotation, confirmed: 10 h of Design at 100.00."""
        self.env["product.product"].search([("type", "=", "service")]).taxes_id = False
        self.env.company.account_sale_tax_id = False
        wizard = self.env["project.quotation.create"].create(
            {"project_id": self.project.id, "task_ids": [Command.set(self.design.ids)]}
        )
        wizard.line_ids.write({"hours": 10.0, "rate": 100.0})
        action = wizard.action_create_quotation()
        order = self.env["sale.order"].browse(action["res_id"])
        order.action_confirm()
        return order

    def _final_credit_note(self):
        """Return what the order makes of 4 h after half of 1,000.00 was paid before."""
        self.order = self._quotation_of_ten_hours()
        self._down_payment(self.order, 500).action_post()
        work = self._log(4)
        return work, self._native()

    def _order_of(self, invoice):
        return invoice.invoice_line_ids.sale_line_ids.order_id

    def test_down_payment_of_an_order(self):
        """100.00 paid before; then 4 h at 100.00 less 100.00: 300.00, for 4 h."""
        advance = self._down_payment(self.order, 100)
        self.assertFalse(self._ledger(move_id=advance))
        advance.action_post()
        work = self._work(4)
        invoice = self._native()
        self.assertEqual(invoice.amount_untaxed, 300)
        rows = self._ledger(move_id=invoice)
        self.assertEqual((rows.timesheet_id, rows.hours, rows.amount), (work, 4, 400))
        invoice.action_post()
        self.assertStates(work, "invoiced")
        self._credit_note(invoice).action_post()
        self.assertStates(work, "unbilled")
        self.assertLedgerTrue(work)

    def test_final_credit_note_bills_time(self):
        """500.00 paid before, 4 h at 100.00: a credit note of 100.00 bills them."""
        work, note = self._final_credit_note()
        self.assertEqual((note.move_type, note.amount_untaxed), ("out_refund", 100))
        self.assertStates(work, "draft")
        note.action_post()
        self.assertStates(work, "invoiced")
        with self.assertRefused("cannot be changed"):
            work.unit_amount = 5
        rest = self._log(6)
        last = self._native()
        self.assertEqual((last.move_type, last.amount_untaxed), ("out_invoice", 600))
        last.action_post()
        self.assertStates(work + rest, "invoiced", "invoiced")
        project = self.project
        figures = (project.hours_unbilled, project.hours_draft, project.hours_invoiced)
        self.assertEqual(figures, (0, 0, 10))
        self.assertEqual(project.amount_invoiced, 1000)
        line = self.order.order_line.filtered("product_id")[0]
        self.assertEqual((line.qty_to_invoice, line.untaxed_amount_to_invoice), (0, 0))
        self.assertLedgerTrue(work + rest)

    def test_time_on_a_final_credit_note_follows_its_line(self):
        """4 h: the line lowered to 3 h, raised again; cancelled; made again, and 1 h
        taken off by a question of its own; posted, and 2 h of the 3 h credited."""
        work, note = self._final_credit_note()
        line = note.invoice_line_ids.filtered("sale_line_ids")[0]
        self._set_line(line, quantity=-3)
        self.assertHours(work, 3, 1)
        self._set_line(line, quantity=-4)
        self.assertHours(work, 4, 0)
        note.button_cancel()
        self.assertHours(work, 0, 4)
        note = self._native()
        work.sudo()._take_back(1, "Too much")
        line = note.invoice_line_ids.filtered("sale_line_ids")[0]
        self.assertEqual(line.quantity, -3)
        self.assertHours(work, 3, 1)
        note.action_post()
        credit = work.sudo()._take_back(2, "Too much")
        self.assertEqual((credit.move_type, credit.amount_untaxed), ("out_refund", 200))
        credit.action_post()
        self.assertHours(work, 1, 3)
        self.assertLedgerTrue(work)

    def test_down_payment_of_a_project(self):
        """The order of a project takes none, whatever stands on it."""
        self._log(4)
        order = self._order_of(self._invoice())
        order.order_line.product_uom_qty = 10
        with self.assertRefused("no agreed total to take a down payment of"):
            self._down_payment(order, 100)

    def test_locked_order_is_followed_by_another(self):
        """4 h on the first order, 2 h on the second; a credit frees only its own."""
        first = self._log(4)
        invoice = self._invoice()
        invoice.action_post()
        order = self._order_of(invoice)
        order.action_lock()
        second = self._log(2)
        other = self._invoice()
        self.assertNotEqual(self._order_of(other), order)
        self.assertEqual(other.amount_untaxed, 200)
        self._credit_note(invoice).action_post()
        self.assertStates(first + second, "unbilled", "draft")
        self.assertEqual(self._invoice().amount_untaxed, 400)
        self.assertLedgerTrue(first + second)

    def test_customer_changed_between_two_invoices(self):
        """What was billed stays with the first customer; credited, the next gets it."""
        first = self._log(4)
        invoice = self._invoice()
        invoice.action_post()
        self.project.partner_id = self.partner_b
        second = self._log(2)
        other = self._invoice()
        self.assertEqual(other.partner_id, self.partner_b)
        self.assertEqual(other.amount_untaxed, 200)
        self.assertEqual(first.timesheet_invoice_id, invoice)
        self.assertEqual(first.so_line.order_id.partner_id, self.customer)
        self._credit_note(invoice).action_post()
        again = self._invoice()
        self.assertEqual(again.partner_id, self.partner_b)
        self.assertEqual(again.amount_untaxed, 400)
        self.assertLedgerTrue(first + second)

    def test_todays_terms_of_the_customer(self):
        """Each invoice has the terms of its day; one at the same terms, the order."""
        before = self._log(4)
        invoice = self._invoice()
        invoice.action_post()
        order = self._order_of(invoice)
        order.client_order_ref = "PO 7"
        self._log(1)
        self.assertEqual(self._order_of(self._invoice()), order)
        address = self.env["res.partner"].create(
            {"name": "Books", "type": "invoice", "parent_id": self.customer.id}
        )
        self.customer.property_payment_term_id = self.pay_terms_b
        after = self._log(2)
        other = self._invoice()
        self.assertEqual(other.partner_id, address)
        self.assertEqual(other.invoice_payment_term_id, self.pay_terms_b)
        self.assertEqual((other.amount_untaxed, other.ref), (200, "PO 7"))
        self.assertNotEqual(self._order_of(other), order)
        self.assertEqual(order.partner_invoice_id, self.customer)
        other.action_post()
        self._log(1)
        self.assertEqual(self._order_of(self._invoice()), self._order_of(other))
        self._credit_note(invoice).action_post()
        self.assertStates(before + after, "unbilled", "invoiced")
        self.assertEqual(self._invoice().amount_untaxed, 400)
        self.assertLedgerTrue(before + after)

    def test_todays_text_of_the_company(self):
        """What it says below an invoice, not what it said when the order was made."""
        self.env["ir.config_parameter"].sudo().set_param(
            "account.use_invoice_terms", True
        )
        company = self.env.company
        company.write({"terms_type": "plain", "invoice_terms": "Pay in 30 days."})
        self._log(1)
        first = self._invoice()
        self.assertIn("30 days", first.narration)
        company.invoice_terms = "Pay at once."
        self._log(1)
        second = self._invoice()
        self.assertEqual(self._order_of(second), self._order_of(first))
        self.assertIn("Pay at once", second.narration)
        self.assertIn("30 days", first.narration)

    def test_a_new_order_says_which_terms_have_changed(self):
        self._log(1)
        order = self._order_of(self._invoice())
        self.customer.property_payment_term_id = self.pay_terms_b
        self._log(1)
        new = self._order_of(self._invoice())
        self.assertNotEqual(new, order)
        told = "".join(new.message_ids.mapped("body"))
        self.assertIn(f"no longer those of {order.name}: Payment Terms.", told)

    def test_defaults_of_people_are_no_terms_of_the_customer(self):
        """30 days by default for orders, and none agreed with him: one order."""
        self.env["ir.default"].set("sale.order", "payment_term_id", self.pay_terms_b.id)
        self.customer.property_payment_term_id = False
        self._log(1)
        first = self._invoice()
        self._log(1)
        self.assertEqual(self._order_of(self._invoice()), self._order_of(first))
        self.assertFalse(first.invoice_payment_term_id)

    def test_what_was_changed_on_the_order_is_for_no_later_invoice(self):
        """10 % off, another price, another product: 100.00 an hour all the same."""
        self._log(1)
        invoice = self._invoice()
        invoice.action_post()
        lines = invoice.invoice_line_ids.sale_line_ids
        for vals in ({"discount": 10}, {"price_unit": 80}):
            lines.write(vals)
            work = self._log(2)
            self.assertEqual(self._wizard().total_amount, 200)
            invoice = self._invoice()
            self.assertEqual(invoice.amount_untaxed, 200)
            self.assertEqual(self._order_of(invoice), lines.order_id)
            self.assertLedgerTrue(work)
            invoice.action_post()
            lines = invoice.invoice_line_ids.sale_line_ids
        product = lines.product_id.copy({"name": "Advice"})
        self.project.timesheet_product_id = product
        self._log(1)
        self.assertEqual(self._invoice().invoice_line_ids.product_id, product)

    def test_native_invoicing_of_a_billing_order_after_a_partial_credit(self):
        """8 h invoiced, 2.5 h credited: both ways together bill 2.5 h, not more.

        The order is left 1.5 h of the entry that it still bills in part; the entry
        that was credited as a whole is the project's again.
        """
        logs = self._log(4) + self._log(3, day="2026-01-06")
        logs += self._log(1, day="2026-01-07")
        invoice = self._invoice(group_by="project")
        invoice.action_post()
        note = self._credit_note(invoice)
        self._set_line(note.invoice_line_ids, quantity=2.5)
        note.action_post()
        self.order = self._order_of(invoice)
        native = self._native("2026-01-01", "2026-12-31")
        self.assertEqual(native.invoice_line_ids.quantity, 1.5)
        rest = self._invoice()
        self.assertEqual(rest.invoice_line_ids.quantity, 1)
        self.assertLedgerTrue(logs)
        self.assertEqual(self._net_hours(), 8)

    def test_native_period_next_to_invoices_of_the_project(self):
        """5 h of the project and 4 h of the order: each way bills its own, once."""
        own = self._log(5, day="2026-06-10")
        sold = self._work(4)
        first = self._invoice(self.project + self.sold)
        second = self._native("2026-06-01", "2026-06-30")
        self.assertEqual(first.invoice_line_ids.quantity, 5)
        self.assertEqual(second.invoice_line_ids.quantity, 4)
        with self.assertRefused("nothing to invoice"):
            self._invoice(self.project + self.sold)
        with self.assertRefused("Cannot create an invoice|nothing to invoice"):
            self._native("2026-06-01", "2026-06-30")
        self.assertLedgerTrue(own + sold)

    def _quote_design(self):
        """Return the line of our own quotation of the task, confirmed."""
        self.design.allocated_hours = 6
        wizard = self.env["project.quotation.create"].create(
            {
                "project_id": self.project.id,
                "task_ids": [Command.set(self.design.ids)],
            }
        )
        wizard.line_ids.fixed_amount = 0
        order = self.env["sale.order"].browse(
            wizard.action_create_quotation()["res_id"]
        )
        order.action_confirm()
        return order.order_line

    def _sell_design(self):
        """Return the line of a salesman's order, to which he ties the task."""
        self.design.sale_line_id = self.order_line
        return self.order_line

    def test_time_of_a_draft_whose_task_was_put_on_an_order(self):
        """5:20 h leave the draft of the project: the order delivers and bills them."""
        self._flat_rate(100)
        log = self._log(5 + 1 / 3)
        for sell in (self._sell_design, self._quote_design):
            for free in (
                lambda draft: draft.unlink(),
                lambda draft: draft.button_cancel(),
                lambda draft: draft.write(
                    {"invoice_line_ids": [Command.delete(draft.invoice_line_ids.id)]}
                ),
                lambda draft: self._set_line(draft.invoice_line_ids, quantity=0),
                self._credit_all,
            ):
                with self.subTest(sell), self.env.cr.savepoint() as undone:
                    draft = self._invoice()
                    order_line = sell()
                    self.assertEqual(order_line.qty_delivered, 0)
                    free(draft)
                    self.env.flush_all()
                    self.env.invalidate_all()
                    self.assertEqual(log.so_line, order_line)
                    self.assertEqual(order_line.qty_delivered, 5.33)
                    with self.assertRefused("nothing to invoice"):
                        self._invoice()
                    invoice = order_line.order_id._create_invoices()
                    self.assertEqual(invoice.timesheet_ids, log)
                    self.assertLedgerTrue(log)
                    undone.close(rollback=True)

    def _credit_all(self, draft):
        draft.action_post()
        self._credit_note(draft).action_post()

    def test_time_invoiced_by_an_order_is_kept_as_it_is(self):
        """Edited, moved, excluded or deleted: refused, and the invoice is named."""
        # Not even by code, which may write what nobody else may.
        work = self._work(4).sudo()
        invoice = self._native()
        invoice.action_post()
        for values in (
            {"unit_amount": 5},
            {"date": "2026-07-01"},
            {"task_id": self.design.id, "project_id": self.project.id},
            {"employee_id": self.ben.id},
            {"so_line": False},
            {"name": "Other words"},
            {"billing_exclusion": "Goodwill"},
        ):
            with self.subTest(values), self.assertRefused(invoice.name):
                work.write(values)
        with self.assertRefused(invoice.name):
            work.unlink()

    def test_the_cost_of_invoiced_time_is_corrected(self):
        """It is on no invoice; of the same time the hours stay as they are."""
        logs = self._work(4) + self._log(2)
        self._native().action_post()
        self._invoice().action_post()
        logs.write({"amount": -120, "name": "Work"})
        self.assertEqual(logs.mapped("amount"), [-120, -120])
        with self.assertRefused("cannot be changed"):
            logs.write({"amount": -130, "unit_amount": 5})
        self.assertEqual(logs.mapped("amount"), [-120, -120])
        self.assertStates(logs, "invoiced", "invoiced")
