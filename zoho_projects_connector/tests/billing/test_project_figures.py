"""The hours and amounts that a project, task, task list and milestone show."""

from odoo import Command
from odoo.tests import tagged

from .figures_common import ProjectFiguresCommon


@tagged("post_install", "-at_install")
class TestProjectFigures(ProjectFiguresCommon):
    def test_hours_are_counted_by_state(self):
        self.assertEqual(
            self._hours(self.project),
            {"hours_unbilled": 12.5, "hours_elsewhere": 4.0, "hours_non_billable": 1.0},
        )
        self.assertEqual(self.project.hours_logged, 17.5)
        self.assertEqual(self.project.amount_unbilled, 1250.0)
        self._assert_adds_up(self.project)

    def test_hours_of_a_part_on_an_invoice(self):
        invoice = self._bill(self.entry, 6.0, 90.0)
        self.assertEqual(
            self._hours(self.project),
            {
                "hours_unbilled": 6.5,
                "hours_draft": 6.0,
                "hours_elsewhere": 4.0,
                "hours_non_billable": 1.0,
            },
        )
        self.assertEqual(self.project.amount_draft, 540.0)
        self.assertEqual(self.project.amount_invoiced, 0.0)
        self.assertEqual(self.project.amount_unbilled, 650.0)
        invoice.action_post()
        hours = self._hours(self.project)
        self.assertEqual(hours["hours_invoiced"], 6.0)
        self.assertNotIn("hours_draft", hours)
        self.assertEqual(self.project.amount_invoiced, 540.0)
        self.assertEqual(self.project.amount_draft, 0.0)
        self._assert_adds_up(self.project)

    def test_rest_of_billed_time_under_a_fixed_price(self):
        """6 of 10 h are billed; the project is at a fixed cost since: 4 + 2.5 h."""
        self._bill(self.entry, 6.0, 90.0).action_post()
        self.project.billing_method = "fixed_cost"
        hours = {
            "hours_invoiced": 6.0,
            "hours_fixed_price": 6.5,
            "hours_elsewhere": 4.0,
            "hours_non_billable": 1.0,
        }
        self.assertEqual(self._hours(self.project), hours)
        self.assertEqual(self.entry.billing_state, "invoiced")
        figures = {row["key"]: row for row in self.project.billing_figures}
        self.assertEqual(figures["fixed_price"]["hours"], 6.5)
        action = self.project.with_context(
            billing_figure="fixed_price"
        ).action_billing_entries()
        found = self.env["account.analytic.line"].search(action["domain"])
        self.assertEqual(sum(found.mapped("closed_hours")), 6.5)
        self._assert_adds_up(self.project)

    def test_paid_hours_are_a_part_of_the_invoiced(self):
        invoice = self._bill(self.entry, 10.0, 100.0)
        invoice.action_post()
        self.assertEqual(self._hours(self.project)["hours_invoiced"], 10.0)
        self.assertEqual(self.project.hours_paid, 0.0)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()
        self.assertEqual(self._hours(self.project)["hours_invoiced"], 10.0)
        self.assertEqual(self.project.hours_paid, 10.0)
        self._assert_adds_up(self.project)

    def test_a_rest_that_a_fixed_price_covers_still_adds_up(self):
        self._bill(self.entry, 6.0, 100.0).action_post()
        self.project.billing_method = "fixed_cost"
        self.assertEqual(self._hours(self.project)["hours_invoiced"], 6.0)
        self.assertNotIn("hours_unbilled", self._hours(self.project))
        self._assert_adds_up(self.project)

    def test_a_fixed_cost_covers_the_hours(self):
        self.project.billing_method = "fixed_cost"
        self.assertEqual(
            self._hours(self.project),
            {
                "hours_fixed_price": 12.5,
                "hours_elsewhere": 4.0,
                "hours_non_billable": 1.0,
            },
        )
        self.assertEqual(self.project.amount_unbilled, 0.0)

    def test_hours_without_a_rate_are_no_amount(self):
        self.project.write({"billing_method": "staff_hours", "billing_rate": 0.0})
        self.env["project.billing.rate"].create(
            {"project_id": self.project.id, "employee_id": self.anna.id, "rate": 80.0}
        )
        self.project.invalidate_recordset()
        self.assertEqual(self.project.amount_unbilled, 800.0)
        self.assertEqual(self.project.hours_missing_rate, 2.5)

    def test_dated_rates_are_applied_by_the_day_of_work(self):
        self.project.billing_method = "staff_hours"
        self.env["project.billing.rate"].create(
            [
                {"project_id": self.project.id, "rate": 80.0, **scope}
                for scope in (
                    {"employee_id": self.anna.id},
                    {"employee_id": self.ben.id, "date_from": "2026-03-11"},
                )
            ]
        )
        self._log(self.build, self.ben, 3.0, date="2026-03-11")
        self.project.invalidate_recordset()
        # Anna 10 × 80, Ben 2.5 × 100 (the default) and from the 11th 3 × 80
        self.assertEqual(self.project.amount_unbilled, 1290.0)

    def test_tasks_task_lists_and_milestones_roll_up(self):
        self.assertEqual(
            self._hours(self.design),
            {"hours_unbilled": 10.0, "hours_non_billable": 1.0},
        )
        self.assertEqual(self.design.amount_unbilled, 1000.0)
        build = {"hours_unbilled": 2.5, "hours_elsewhere": 4.0}
        for record in (self.build, self.task_list, self.milestone):
            self.assertEqual(self._hours(record), build)
            self.assertEqual(record.amount_unbilled, 250.0)
            self.assertEqual(record.hours_logged, 6.5)

    def test_time_that_an_order_sells_is_told_apart(self):
        wizard = self.env["project.quotation.create"].create(
            {"project_id": self.project.id, "task_ids": [Command.set(self.build.ids)]}
        )
        wizard.line_ids.hours = 5.0
        order = self.env["sale.order"].browse(
            wizard.action_create_quotation()["res_id"]
        )
        self.assertEqual(self.project.hours_on_orders, 0.0)
        order.action_confirm()
        self.env.invalidate_all()
        self.assertEqual(self.project.hours_on_orders, 2.5)
        self.assertEqual(self.build.hours_on_orders, 2.5)
        self.assertEqual(self.design.hours_on_orders, 0.0)
        self.assertEqual(self.project.hours_unbilled, 12.5)
        invoice = self.env["project.invoice.create"].create(
            {"project_ids": [Command.set(self.project.ids)]}
        )
        self.assertEqual(invoice.total_hours, 10.0)
        left_out = invoice.left_out_ids.filtered(lambda row: row.reason == "order")
        self.assertEqual(left_out.name, order.name)

    def test_invoiced_amounts_roll_up_too(self):
        entry = self._log(self.build, self.anna, 3.0)
        self._bill(entry, 3.0, 100.0).action_post()
        self.env.invalidate_all()
        for record in (self.build, self.task_list, self.milestone, self.project):
            self.assertEqual(record.hours_invoiced, 3.0)
            self.assertEqual(record.amount_invoiced, 300.0)
        self.assertEqual(self.design.amount_invoiced, 0.0)

    def test_an_invoice_in_another_currency_is_converted(self):
        euro = self.setup_other_currency("EUR", rates=[("2016-01-01", 2.0)])
        entry = self._log(self.build, self.anna, 3.0)
        invoice = self._bill(entry, 3.0, 100.0)
        self.project.billing_currency_id = euro
        invoice.action_post()
        self.env.invalidate_all()
        # 300.00 of the company's currency at 2 euros each
        self.assertEqual(self.project.amount_invoiced, 600.0)

    def test_five_hundred_projects_cost_no_more_queries_than_two(self):
        names = (
            "hours_unbilled",
            "hours_on_orders",
            "amount_unbilled",
            "amount_fixed_price",
            "amount_invoiced",
        )
        many = self.env["project.project"].create(
            [
                {
                    "name": f"Project {number}",
                    "allow_billable": True,
                    "billing_method": "staff_hours",
                    "billing_rate": 100.0,
                }
                for number in range(500)
            ]
        )
        task = self._task("First")
        task.project_id = many[0]
        self._log(task, self.anna, 2.0)
        self._queries(many[:2], names)  # what Odoo caches for good
        self.assertEqual(self._queries(many[:2], names), self._queries(many, names))

    def _queries(self, projects, names):
        self.env.flush_all()
        self.env.invalidate_all()
        projects.mapped("name")
        before = self.env.cr.sql_log_count
        for name in names:
            projects.mapped(name)
        return self.env.cr.sql_log_count - before
