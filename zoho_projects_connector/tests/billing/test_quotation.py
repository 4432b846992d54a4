"""A quotation from a project's tasks, task lists and milestones."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestQuotation(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env, "quoting_accountant", "zoho_projects_connector.group_zoho_billing"
        )
        cls.customer = cls.env["res.partner"].create({"name": "Customer"})
        cls.project = cls.env["project.project"].create(
            {
                "name": "Website",
                "partner_id": cls.customer.id,
                "allow_billable": True,
                "allow_timesheets": True,
                "allow_milestones": True,
                "billing_method": "task_hours",
                "billing_rate": 100.0,
            }
        )
        cls.milestone = cls.env["project.milestone"].create(
            {"name": "Go-live", "project_id": cls.project.id}
        )
        cls.task_list = cls.env["zoho.task.list"].create(
            {"name": "Front end", "project_id": cls.project.id}
        )
        cls.design = cls._task("Design", 10.0)
        cls.build = cls._task("Build", 20.0, billing_rate=120.0)
        cls.no_hours = cls._task("Support", 0.0)

    @classmethod
    def _task(cls, name, hours, **values):
        return cls.env["project.task"].create(
            {
                "name": name,
                "project_id": cls.project.id,
                "allocated_hours": hours,
                "user_ids": [],
                **values,
            }
        )

    def _wizard(self, **chosen):
        values = {"project_id": self.project.id}
        values.update({key: [Command.set(v.ids)] for key, v in chosen.items()})
        return (
            self.env["project.quotation.create"]
            .with_user(self.accountant)
            .create(values)
        )

    def _order(self, wizard):
        return self.env["sale.order"].browse(wizard.action_create_quotation()["res_id"])

    def test_tasks_become_lines_of_planned_hours_at_their_rate(self):
        order = self._order(self._wizard(task_ids=self.design | self.build))
        self.assertRecordValues(
            order.order_line,
            [
                {"name": "Design", "product_uom_qty": 10, "price_unit": 100},
                {"name": "Build", "product_uom_qty": 20, "price_unit": 120},
            ],
        )
        # 10 × 100 + 20 × 120
        self.assertEqual(order.amount_untaxed, 3400.0)
        self.assertRecordValues(
            order,
            [
                {
                    "state": "draft",
                    "partner_id": self.customer.id,
                    "project_id": self.project.id,
                }
            ],
        )

    def test_the_analytic_account_of_the_project_is_charged(self):
        order = self._order(self._wizard(task_ids=self.design))
        account = str(self.project.account_id.id)
        self.assertEqual(order.order_line.analytic_distribution, {account: 100.0})

    def test_a_task_list_gives_one_line_per_rate(self):
        (self.design | self.build).zoho_task_list_id = self.task_list
        self._task("More design", 5.0, zoho_task_list_id=self.task_list.id)
        order = self._order(self._wizard(task_list_ids=self.task_list))
        self.assertRecordValues(
            order.order_line,
            [
                {"name": "Front end", "product_uom_qty": 15, "price_unit": 100},
                {"name": "Front end", "product_uom_qty": 20, "price_unit": 120},
            ],
        )

    def test_a_task_is_never_sold_twice(self):
        (self.design | self.build).zoho_task_list_id = self.task_list
        (self.design | self.build).milestone_id = self.milestone
        later = self._task("Later", 7.0, milestone_id=self.milestone.id)
        wizard = self._wizard(
            task_ids=self.design,
            task_list_ids=self.task_list,
            milestone_ids=self.milestone,
        )
        self.assertEqual(wizard.line_ids.mapped("hours"), [10.0, 20.0, 7.0])
        self.assertEqual(wizard.line_ids[2].covered_task_ids, later)

    def test_planned_hours_of_a_task_cover_its_subtasks(self):
        parent = self._task("Parent", 8.0)
        self._task("Child", 3.0, parent_id=parent.id)
        empty = self._task("Empty parent", 0.0)
        self._task("First child", 3.0, parent_id=empty.id)
        self._task("Second child", 4.0, parent_id=empty.id)
        wizard = self._wizard(task_ids=parent | empty)
        self.assertEqual(sorted(wizard.line_ids.mapped("hours")), [7.0, 8.0])

    def test_staff_hours_take_the_rate_of_the_only_assignee(self):
        user = new_test_user(self.env, "quoted_worker", "base.group_user")
        worker = self.env["hr.employee"].create({"name": "Worker", "user_id": user.id})
        self.project.billing_method = "staff_hours"
        self.env["project.billing.rate"].create(
            {"project_id": self.project.id, "employee_id": worker.id, "rate": 75.0}
        )
        self.design.user_ids = user
        wizard = self._wizard(task_ids=self.design | self.build)
        self.assertEqual(wizard.line_ids.mapped("rate"), [75.0, 100.0])

    def test_an_amount_is_sold_as_one_whole(self):
        wizard = self._wizard(task_ids=self.no_hours, milestone_ids=self.milestone)
        wizard.line_ids[0].fixed_amount = 500.0
        wizard.line_ids[1].fixed_amount = 2000.0
        order = self._order(wizard)
        self.assertRecordValues(
            order.order_line,
            [
                {"product_uom_qty": 1, "price_unit": 500, "qty_delivered": 0},
                {"product_uom_qty": 1, "price_unit": 2000, "qty_delivered": 0},
            ],
        )
        policies = order.order_line.product_id.mapped("service_policy")
        self.assertEqual(policies, ["delivered_manual", "delivered_milestones"])

    def test_an_amount_that_was_typed_outlives_another_choice(self):
        with Form(self._wizard(task_ids=self.no_hours)) as form:
            with form.line_ids.edit(0) as line:
                line.fixed_amount = 500.0
            form.task_ids.add(self.design)
        wizard = form.record
        self.assertEqual(
            {line.name: line.amount for line in wizard.line_ids},
            {"Support": 500.0, "Design": 1000.0},
        )
        self.assertEqual(wizard.amount_untaxed, 1500.0)

    def test_missing_hours_or_rate_are_named(self):
        self.project.billing_rate = 0.0
        wizard = self._wizard(task_ids=self.design | self.no_hours)
        with self.assertRaises(UserError) as refused:
            wizard.action_create_quotation()
        self.assertIn("Design: no rate", str(refused.exception))
        self.assertIn("Support: no planned hours and no rate", str(refused.exception))
        self.project.billing_rate = 100.0
        wizard = self._wizard(task_ids=self.no_hours)
        self.assertEqual(wizard.problems, "Support: no planned hours: type an amount")

    def test_nothing_chosen_is_refused(self):
        with self.assertRaises(UserError) as refused:
            self._wizard().action_create_quotation()
        self.assertIn("at least one task", str(refused.exception))

    def test_a_project_without_customer_is_refused(self):
        wizard = self._wizard(task_ids=self.design)
        self.project.partner_id = False
        with self.assertRaises(UserError) as refused:
            wizard.action_create_quotation()
        self.assertIn("has no customer", str(refused.exception))

    def test_a_project_that_is_not_billable_is_refused(self):
        wizard = self._wizard(task_ids=self.design)
        self.project.allow_billable = False
        with self.assertRaises(UserError) as refused:
            wizard.action_create_quotation()
        self.assertIn("is not billable", str(refused.exception))

    def test_only_the_billing_group_makes_quotations(self):
        clerk = new_test_user(self.env, "quoting_clerk", "base.group_user")
        wizard = self._wizard(task_ids=self.design)
        with self.assertRaises(AccessError):
            wizard.with_user(clerk).action_create_quotation()

    def test_confirming_links_the_tasks_and_makes_no_new_ones(self):
        (self.design | self.build).zoho_task_list_id = self.task_list
        wizard = self._wizard(task_list_ids=self.task_list, task_ids=self.no_hours)
        wizard.line_ids[0].fixed_amount = 500.0
        order = self._order(wizard)
        self.assertEqual(order.state, "draft")
        self.assertFalse(self.project.task_ids.sale_line_id)
        tasks = self.project.task_ids
        order.action_confirm()
        self.assertEqual(self.project.task_ids, tasks)
        fixed, design, build = order.order_line
        self.assertEqual(self.no_hours.sale_line_id, fixed)
        self.assertEqual(self.design.sale_line_id, design)
        self.assertEqual(self.build.sale_line_id, build)

    def test_time_on_a_confirmed_task_is_delivered_by_the_order(self):
        order = self._order(self._wizard(task_ids=self.design))
        employee = self.env["hr.employee"].create({"name": "Anna"})
        entry = self.env["account.analytic.line"].create(
            {
                "name": "Work",
                "project_id": self.project.id,
                "task_id": self.design.id,
                "employee_id": employee.id,
                "unit_amount": 2.5,
            }
        )
        self.assertFalse(entry.so_line)
        order.action_confirm()
        self.assertEqual(entry.so_line, order.order_line)
        self.assertEqual(order.order_line.qty_delivered, 2.5)

    def test_a_reached_milestone_delivers_its_amount(self):
        wizard = self._wizard(milestone_ids=self.milestone)
        wizard.line_ids.fixed_amount = 2000.0
        order = self._order(wizard)
        order.action_confirm()
        self.assertEqual(self.milestone.sale_line_id, order.order_line)
        self.milestone.is_reached = True
        self.assertEqual(order.order_line.qty_delivered, 1.0)

    def test_a_product_in_days_is_sold_in_days(self):
        self.project.timesheet_product_id = self.env["product.product"].create(
            {
                "name": "Days",
                "type": "service",
                "service_policy": "delivered_timesheet",
                "uom_id": self.env.ref("uom.product_uom_day").id,
            }
        )
        order = self._order(self._wizard(task_ids=self.build))
        # 20 h of 120.00 are 2.5 days of 960.00
        self.assertRecordValues(
            order.order_line, [{"product_uom_qty": 2.5, "price_unit": 960.0}]
        )
        self.assertEqual(order.amount_untaxed, 2400.0)

    def test_a_product_that_makes_tasks_is_not_used(self):
        self.project.timesheet_product_id.service_tracking = "task_global_project"
        self.assertEqual(
            self.project._billing_time_product(),
            self.env.ref("zoho_projects_connector.product_time"),
        )

    def test_a_change_of_quantity_keeps_the_rate(self):
        order = self._order(self._wizard(task_ids=self.design))
        order.order_line.product_uom_qty = 11
        self.assertEqual(order.order_line.price_unit, 100.0)

    def test_the_quotation_is_in_the_currency_of_the_project(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.assertNotEqual(self.env.company.currency_id, euro)
        self.project.billing_currency_id = euro
        order = self._order(self._wizard(task_ids=self.design))
        self.assertEqual(order.currency_id, euro)
        self.assertEqual(order.amount_untaxed, 1000.0)
        again = self._order(self._wizard(task_ids=self.build))
        self.assertEqual(again.pricelist_id, order.pricelist_id)

    def test_the_accountant_opens_and_confirms_it_with_odoos_own_buttons(self):
        order = self._order(self._wizard(task_ids=self.design))
        order = order.with_user(self.accountant)
        with Form(order) as form:
            form.client_order_ref = "PO 7"
        order.action_confirm()
        self.assertEqual(order.state, "sale")
