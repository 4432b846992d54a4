"""Attacks on what is billed and on what time costs, over calls of any user."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestForgedBooks(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        cls.ann.sudo().hourly_cost = 40
        cls.worker = new_test_user(
            cls.env,
            "worker",
            groups="project.group_project_user,hr_timesheet.group_hr_timesheet_user",
        )

    def _spoil(self, record, **values):
        """Write past all rules, as a hole would let somebody do."""
        self.env.flush_all()
        for name, value in values.items():
            self.env.cr.execute(
                f"UPDATE {record._table} SET {name} = %s WHERE id = %s",
                [value, record.id],
            )
        self.env.invalidate_all()

    # Credit notes of somebody else

    def test_nobody_says_which_line_a_credit_note_credits(self):
        log = self._log(1)
        invoice = self._invoice()
        invoice.action_post()
        line = {"name": "Credit", "quantity": 1, "price_unit": 100}
        vals = {
            "move_type": "out_refund",
            "partner_id": self.customer.id,
            "invoice_line_ids": [
                Command.create(
                    {**line, "billing_origin_id": invoice.invoice_line_ids.id}
                )
            ],
        }
        moves = self.env["account.move"].with_user(self.accountant)
        with self.assertRefused("Odoo itself keeps"):
            moves.create(vals)
        context = {"default_billing_origin_id": invoice.invoice_line_ids.id}
        vals["invoice_line_ids"] = [Command.create(line)]
        credit_note = moves.with_context(**context).create(vals)
        self.assertFalse(credit_note.invoice_line_ids.billing_origin_id)
        credit_note.sudo().action_post()
        self.assertHours(log, 1, 0)

    def test_a_credit_note_counts_for_its_own_company_and_customer(self):
        """Whatever it names as its origin: the hour stays billed, once."""
        log = self._log(1)
        invoice = self._invoice()
        invoice.action_post()
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        for company, partner, reverses in (
            (self.other, self.customer, False),
            (self.env.company, stranger, True),
            (self.env.company, self.customer, False),
        ):
            moves = self.env["account.move"].sudo().with_company(company)
            credit_note = moves.create(
                {
                    "move_type": "out_refund",
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "reversed_entry_id": reverses and invoice.id,
                    "invoice_date": "2026-02-01",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Credit",
                                "quantity": 1,
                                "price_unit": 100,
                                "tax_ids": False,
                                "billing_origin_id": invoice.invoice_line_ids.id,
                            }
                        )
                    ],
                }
            )
            with self.subTest(company=company.name, partner=partner.name):
                credit_note.action_post()
                self.assertHours(log, 1, 0)
                self.assertEqual(self._ledger(timesheet_id=log).mapped("sign"), [1])
            credit_note.button_cancel()
        own = self._credit_note(invoice)
        own.action_post()
        self.assertHours(log, 0, 1)

    # Figures of timesheets

    def test_hours_come_from_the_ledger(self):
        """An hour stays an hour, billed once, whatever its figures were made to say."""
        log = self._log(1)
        self._spoil(log, unbilled_hours=50)
        invoice = self._invoice()
        self.assertEqual(invoice.invoice_line_ids.quantity, 1)
        self.assertEqual(invoice.amount_untaxed, 100)
        self._spoil(log, unbilled_hours=1, billed_hours=0, billing_state="unbilled")
        with self.assertRefused("."):
            self._invoice()
        self.assertEqual(sum(self._ledger(timesheet_id=log).mapped("hours")), 1)

    def test_an_hour_taken_back_is_not_billed(self):
        """Whatever its figure says, it is less than nothing."""
        log = self._log(-1)
        self._spoil(log, unbilled_hours=50)
        with self.assertRefused("nothing to invoice"):
            self._invoice()

    def test_orders_take_their_hours_from_the_ledger(self):
        product = self.env.ref("zoho_projects_connector.product_time")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create({"product_id": product.id, "price_unit": 77})
                ],
            }
        )
        order.action_confirm()
        own = {"so_line": order.order_line.id, "is_so_line_edited": True}
        first, second = self._log(2, **own), self._log(3, day="2026-01-06", **own)
        self._spoil(first, unbilled_hours=4)
        invoice = order._create_invoices()
        self.assertEqual(invoice.invoice_line_ids.quantity, 5)
        self.assertHours(first, 2, 0)
        self.assertHours(second, 3, 0)

    def test_nobody_makes_his_time_cost_nothing(self):
        """Neither a task, nor a phase, nor a task list becomes sold by its user."""
        order_line = self._invoice_of_an_hour().invoice_line_ids.sale_line_ids
        task_list = self.env["zoho.task.list"].create(
            {"name": "List", "project_id": self.project.id}
        )
        milestone = self.env["project.milestone"].create(
            {"name": "Phase", "project_id": self.project.id}
        )
        log = self._log(2)
        manager = new_test_user(
            self.env, "leader", groups="project.group_project_manager"
        )
        for item, user in (
            (self.design, self.worker),
            (milestone, manager),
            (task_list, manager),
        ):
            with self.subTest(item=item._name), self.assertRefused("Odoo itself keeps"):
                item.with_user(user).sold_line_id = order_line
            item.invalidate_recordset()
            self.assertFalse(item.sold_line_id)
        context = {"default_sold_line_id": order_line.id}
        tasks = self.env["project.task"].with_user(self.worker).with_context(**context)
        task = tasks.create({"name": "Mine", "project_id": self.project.id})
        self.assertFalse(task.sold_line_id)
        self.assertStates(log, "unbilled")

    def _invoice_of_an_hour(self):
        self._log(1)
        return self._invoice()

    def test_nobody_makes_an_order_bill_a_project(self):
        """A salesman's order stays one that Odoo itself invoices."""
        salesman = new_test_user(
            self.env, "seller", groups="sales_team.group_sale_salesman"
        )
        orders = self.env["sale.order"].with_user(salesman)
        order = orders.create({"partner_id": self.customer.id})
        with self.assertRefused("Odoo itself keeps"):
            order.billing_project_id = self.project
        with self.assertRefused("Odoo itself keeps"):
            order.copy({"billing_project_id": self.project.id})
        forged = orders.with_context(default_billing_project_id=self.project.id)
        order = forged.create({"partner_id": self.customer.id})
        self.assertFalse(order.billing_project_id)

    def test_no_default_of_a_call_reaches_what_is_made_with_more_rights(self):
        """An accountant without sales rights gets the order that his project needs."""
        self._log(1)
        forged = {"default_state": "sale", "default_client_order_ref": "Mine"}
        env = self.env(user=self.accountant, context={**self.env.context, **forged})
        wizard = env["project.quotation.create"].create(
            {
                "project_id": self.project.id,
                "task_ids": [Command.set(self.design.ids)],
            }
        )
        wizard.line_ids.fixed_amount = 500
        quotation = env["sale.order"].browse(wizard.action_create_quotation()["res_id"])
        wizard = env["project.invoice.create"].create(
            {"project_ids": [Command.set(self.project.ids)]}
        )
        invoice = env["account.move"].browse(wizard.action_create_invoice()["res_id"])
        billing = invoice.sudo().invoice_line_ids.sale_line_ids.order_id
        self.assertEqual(quotation.sudo().state, "draft")
        self.assertEqual(billing.billing_project_id, self.project)
        for order in quotation.sudo() + billing:
            self.assertFalse(order.client_order_ref)

    def test_who_merges_contacts_keeps_how_they_are_invoiced(self):
        """Odoo writes, as the user, what the contacts have: not what only code may."""
        clerk = new_test_user(
            self.env, "clerk", groups="base.group_user,base.group_partner_manager"
        )
        twin = self.customer.copy({"name": "Twin"})
        (twin + self.customer).write({"email": "same@example.com"})
        twin.sudo().billing_layout = {"group_by": "employee"}
        merge = self.env["base.partner.merge.automatic.wizard"].with_user(clerk)
        merge.create(
            {
                "state": "selection",
                "partner_ids": [Command.set((twin + self.customer).ids)],
                "dst_partner_id": self.customer.id,
            }
        ).action_merge()
        self.assertFalse(twin.exists())
        self.assertEqual(self.customer._billing_layout()["group_by"], "employee")

    def _merge_into_the_customer(self, twin):
        self.env["base.partner.merge.automatic.wizard"].create(
            {
                "state": "selection",
                "partner_ids": [Command.set((twin + self.customer).ids)],
                "dst_partner_id": self.customer.id,
            }
        ).action_merge()

    def test_agreed_rates_survive_a_merge(self):
        """A rate of both customers is kept once, one of another currency as well."""
        twin = self.customer.copy({"name": "Twin"})
        rates = self.env["project.billing.rate"]
        common = {"company_id": self.env.company.id, "rate": 90}
        for partner in twin + self.customer:
            rates |= rates.create({**common, "partner_id": partner.id})
        rates |= rates.create(
            {
                **common,
                "partner_id": twin.id,
                "default_currency_id": self.other_currency.id,
            }
        )
        rates[0].rate = 80
        with self.assertRefused("Different rates .*Golden Customer.*Twin|Twin.*Golden"):
            self._merge_into_the_customer(twin)
        rates[0].rate = 90
        self._merge_into_the_customer(twin)
        self.assertFalse(twin.exists())
        kept = rates.exists()
        self.assertEqual(kept.partner_id, self.customer)
        self.assertEqual(kept.default_currency_id, self.currency + self.other_currency)
        self.assertEqual(len(kept), 2)

    # What time costs

    def _times(self, log):
        return (
            self.env["account.analytic.line"].with_user(self.accountant).browse(log.ids)
        )

    def test_who_bills_time_does_not_see_its_cost(self):
        log = self._log(3)
        self.assertEqual(log.amount, -120)
        mine, domain = self._times(log), [("id", "=", log.id)]
        self.env.invalidate_all()
        self.assertEqual(
            mine.read(["unit_amount", "amount"]),
            [{"id": log.id, "unit_amount": 3.0, "amount": False}],
        )
        self.assertFalse(mine.web_read({"amount": {}})[0]["amount"])
        groups = mine._read_group(domain, [], ["unit_amount:sum", "amount:sum"])
        self.assertEqual(groups, [(3.0, False)])
        for condition in (("amount", "<", 0), ("amount", "=", -120)):
            self.assertFalse(mine.search([*domain, condition]))
        dearer = self._log(3, self.ben)
        dearer.sudo().amount = -500
        found = mine.search([("id", "in", (log + dearer).ids)], order="amount, id")
        self.assertEqual(found.ids, [log.id, dearer.id])
        self.accountant.group_ids += self.env.ref("base.group_allow_export")
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            mine.export_data(["name", "amount"])
        self.assertEqual(mine.export_data(["unit_amount"])["datas"], [[3.0]])
        tasks = self.design.with_user(self.accountant)
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            tasks.export_data(["timesheet_ids/amount"])

    def test_the_books_keep_the_cost(self):
        """What the accountant has read spoils it neither for code nor for others."""
        log = self._log(3)
        self.env.invalidate_all()
        self._times(log).read(["amount"])
        self.assertEqual(log.sudo().amount, -120)
        self.assertEqual(log.read(["amount"])[0]["amount"], -120)
        self.env.invalidate_all()
        self.assertEqual(log.sudo().amount, -120)
        self._times(log).search_read([("id", "=", log.id)], ["amount"])
        self.assertEqual(log.sudo().amount, -120)

    def test_who_sees_the_cost_natively_sees_it(self):
        """Analytic items that are no time, and people with rights to timesheets."""
        log = self._log(3)
        plan = self.env["account.analytic.plan"].sudo().create({"name": "Plan"})
        account = (
            self.env["account.analytic.account"]
            .sudo()
            .create({"name": "Office", "plan_id": plan.id})
        )
        item = (
            self.env["account.analytic.line"]
            .sudo()
            .create({"name": "Rent", plan._column_name(): account.id, "amount": -7})
        )
        self.env.invalidate_all()
        self.assertEqual(self._times(item).read(["amount"])[0]["amount"], -7)
        groups = self._times(item)._read_group(
            [("id", "in", (item + log).ids)], [], ["amount:sum"]
        )
        self.assertEqual(groups, [(-7.0,)])
        self.accountant.group_ids += self.env.ref(
            "hr_timesheet.group_timesheet_manager"
        )
        self.assertEqual(self._times(log).read(["amount"])[0]["amount"], -120)
