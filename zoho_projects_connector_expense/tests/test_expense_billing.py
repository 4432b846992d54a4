"""An expense on its way from the project's menu to the customer, and back."""

from odoo.tests import tagged

from .expense_common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseBilling(ExpenseCommon):
    def test_menu_offers_expense(self):
        project = self.project.with_user(self.accountant)
        self.assertEqual(
            [offer["label"] for offer in project._new_transactions()][:3],
            ["Quotation", "Invoice", "Expense"],
        )
        self.assertIn(
            "action_new_expense",
            [offer["method"] for offer in project.new_transactions],
        )
        self.project.allow_billable = False
        self.assertFalse(project._new_transactions())

    def test_form_is_of_the_project(self):
        self.project.expense_markup = 15
        form = self._form()
        self.assertFalse(self._order(), "opening the menu makes nothing")
        self.assertEqual(form.billing_project_id, self.project)
        self.assertEqual(form.product_id, self.product)
        self.assertEqual(form.employee_id, self.clerk)
        self.assertTrue(form.billable)
        self.assertEqual(form.markup, 15)
        form.total_amount_currency = 100
        self.assertEqual(form.amount_to_reinvoice, 115)
        expense = form.save()
        self.assertEqual(
            expense.analytic_distribution, {str(self.project.account_id.id): 100}
        )
        order = self._order()
        self.assertEqual(expense.sudo().sale_order_id, order)
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.locked)
        self.assertFalse(order.order_line)

    def test_from_the_menu_to_the_invoice(self):
        """100.00 at 15 % more are 115.00, with 15 % tax 132.25."""
        expense = self._expense(markup=15)
        self.assertBilling(expense, "waiting", 0)
        self._post(expense)
        self.assertBilling(expense, "unbilled", 1)
        line = expense.sudo().sale_order_line_id
        self.assertEqual(line.order_id, self._order())
        self.assertRecordValues(
            line, [{"is_expense": True, "product_uom_qty": 1, "price_unit": 115}]
        )
        invoice = self._invoice_order()
        self.assertRecordValues(
            invoice,
            [{"amount_untaxed": 115, "amount_tax": 17.25, "amount_total": 132.25}],
        )
        self.assertBilling(expense, "draft", 0)
        invoice.action_post()
        self.assertBilling(expense, "invoiced", 0)
        self._pay(invoice)
        self.assertBilling(expense, "paid", 0)
        self.assertEqual(expense.total_amount, 100, "the cost stays what it was")

    def test_company_pays(self):
        """Nobody is to be reimbursed: Odoo posts a payment instead of a receipt."""
        expense = self._posted(80, markup=25, payment_mode="company_account")
        self.assertEqual(expense.state, "paid")
        self.assertBilling(expense, "unbilled", 1)
        self.assertEqual(self._invoice_order().amount_untaxed, 100)

    def test_not_billable(self):
        """It is in the costs of the project, but never offered."""
        expense = self._posted(billable=False)
        self.assertFalse(expense.sudo().sale_order_id)
        self.assertFalse(self._order())
        self.assertBilling(expense, "non_billable", 0)
        costs = self.project._get_profitability_items(with_action=False)["costs"]
        self.assertEqual(costs["total"], {"billed": -100, "to_bill": 0})
        self.assertEqual([cost["id"] for cost in costs["data"]], ["expenses"])

    def test_tick_leads(self):
        expense = self._expense()
        order = self._order()
        expense.billable = False
        self.assertFalse(expense.sudo().sale_order_id)
        expense.billable = True
        self.assertEqual(expense.sudo().sale_order_id, order, "the same order again")
        expense.sale_order_id = False
        self.assertFalse(expense.billable)

    def test_policy_no(self):
        """A tick that would never lead to an invoice is said to be one."""
        gift = self.env.ref("hr_expense.expense_product_gift")
        gift.expense_policy = "no"
        with self._form() as form:
            self.assertFalse(form.reinvoice_note)
            form.product_id = gift
            form.name = "Flowers"
            form.total_amount_currency = 30
            self.assertRegex(form.reinvoice_note, "Gifts.* are not re-invoiced")
            self.assertTrue(form.billable)
        expense = form.record
        self.assertFalse(self._order())
        self._post(expense)
        self.assertBilling(expense, "non_billable", 0)

    def test_category_decides_later(self):
        gift = self.env.ref("hr_expense.expense_product_gift")
        gift.expense_policy = "no"
        expense = self._expense(product_id=gift)
        expense.product_id = self.product
        self.assertEqual(expense.sudo().sale_order_id, self._order())
        self.assertTrue(self._order())

    def test_project_without_customer(self):
        lonely = self._project("Lonely", partner_id=False)
        form = self._form(lonely)
        self.assertFalse(form.billable)
        form.billable = True
        form.total_amount_currency = 10
        self.assertRegex(form.reinvoice_note, "Lonely has no customer")
        with self.assertRefused("Lonely has no customer"):
            form.save()

    def test_delete_the_draft(self):
        expense = self._posted()
        self._invoice_order().unlink()
        self.assertBilling(expense, "unbilled", 1)

    def test_remove_the_line(self):
        first, second = self._posted(), self._posted(50, name="Hotel")
        invoice = self._invoice_order()
        self.assertEqual(invoice.amount_untaxed, 150)
        self._remove_line(
            self._lines(invoice).filtered(
                lambda line: line.sale_line_ids == first.sudo().sale_order_line_id
            )
        )
        self.assertBilling(first, "unbilled", 1)
        self.assertBilling(second, "draft", 0)

    def test_credit_note_gives_back_once(self):
        expense = self._posted(markup=15)
        invoice = self._invoice_order()
        invoice.action_post()
        self._credit_note(invoice).action_post()
        self.assertBilling(expense, "unbilled", 1)
        again = self._invoice_order()
        self.assertEqual(again.amount_untaxed, 115)
        again.action_post()
        self.assertBilling(expense, "invoiced", 0)
        with self.assertRefused("No items are available to invoice"):
            self._invoice_order()

    def test_draft_credit_note_gives_nothing_back(self):
        """Odoo would offer it, and bill it twice once the draft is deleted."""
        expense = self._posted()
        invoice = self._invoice_order()
        invoice.action_post()
        credit_note = self._credit_note(invoice)
        self.assertBilling(expense, "invoiced", 0)
        credit_note.unlink()
        self.assertBilling(expense, "invoiced", 0)

    def test_reset_of_invoiced_is_refused(self):
        """Odoo would leave one invoiced and none delivered: -1 to invoice."""
        expense = self._posted()
        invoice = self._invoice_order()
        entry = expense.account_move_id
        with self.assertRefused("Taxi was re-invoiced to Golden Customer on Draft"):
            entry.button_draft()
        invoice.action_post()
        with self.assertRefused(f"re-invoiced to Golden Customer on {invoice.name}"):
            entry.button_draft()
        self._credit_note(invoice).action_post()
        entry.button_draft()
        self.assertBilling(expense, "waiting", 0)
        entry.action_post()
        self.assertBilling(expense, "unbilled", 1)
        self.assertEqual(self._invoice_order().amount_untaxed, 100)

    def test_reset_of_the_expense(self):
        """Back in draft, it can become another expense and is billed once."""
        expense = self._posted()
        expense.account_move_id.with_user(self.accountant).button_draft()
        expense.action_reset()
        self.assertEqual(expense.state, "draft")
        self.assertFalse(sum(self._order().order_line.mapped("qty_to_invoice")))
        expense.total_amount_currency = 70
        self._post(expense)
        self.assertEqual(self._invoice_order().amount_untaxed, 70)

    def test_terms_of_posted_stay(self):
        expense = self._posted()
        for values in ({"markup": 20}, {"billable": False}):
            with self.assertRefused("Taxi is posted"):
                expense.write(values)
        expense.sudo().write({"markup": 0.0, "billable": True})

    def test_order_that_closed_meanwhile(self):
        """It is billed through the order that is open when it is posted."""
        expense = self._expense()
        first = self._order()
        first.locked = True
        self._post(expense)
        self.assertEqual(expense.sudo().sale_order_id, self._order() - first)
        self.assertEqual((self._order() - first)._create_invoices().amount_untaxed, 100)

    def test_order_of_the_customers_own_choice(self):
        """A quotation that the customer confirmed may pay the expense instead."""
        order = self.env["sale.order"].create(
            {"partner_id": self.customer.id, "project_id": self.project.id}
        )
        order.action_confirm()
        expense = self._expense()
        expense.sale_order_id = order
        self.assertTrue(expense.billable)
        self._post(expense)
        self.assertEqual(expense.sudo().sale_order_line_id.order_id, order)

    def test_two_projects_on_one_invoice(self):
        other = self._project("Other Project")
        self._posted(markup=10)
        self._posted(40, other)
        orders = self._order() | self._order(other)
        invoice = orders._create_invoices()
        self.assertEqual(len(invoice), 1)
        self.assertEqual(
            sorted(self._lines(invoice).mapped("price_subtotal")), [40, 110]
        )

    def test_profitability(self):
        """Costs 100.00, 115.00 to invoice; nothing counted twice."""
        self._posted(markup=15)
        items = self.project._get_profitability_items(with_action=False)
        self.assertEqual(items["costs"]["total"], {"billed": -100, "to_bill": 0})
        self.assertEqual(items["revenues"]["total"], {"invoiced": 0, "to_invoice": 115})
        self._invoice_order().action_post()
        items = self.project._get_profitability_items(with_action=False)
        self.assertEqual(items["revenues"]["total"], {"invoiced": 115, "to_invoice": 0})
        self.assertEqual(items["costs"]["total"], {"billed": -100, "to_bill": 0})
