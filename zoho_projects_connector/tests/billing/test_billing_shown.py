"""Screens that say what is so: breakdowns, rates of tasks, Odoo's own timesheets."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .figures_common import ProjectFiguresCommon


@tagged("post_install", "-at_install")
class TestBillingShown(ProjectFiguresCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "shown_accountant",
            "zoho_projects_connector.group_zoho_billing",
            company_ids=[Command.set(cls.env.company.ids)],
            company_id=cls.env.company.id,
        )
        cls.project = cls.project.with_user(cls.accountant)

    # The breakdowns add up to the project

    def test_what_is_on_no_task_list_is_a_row_of_its_own(self):
        """Design, with 10 + 1 h, is on no list; Build is on one."""
        rest = self.project.get_breakdown_rest("zoho.task.list")
        self.assertEqual(rest["label"], "On no task list")
        self.assertEqual((rest["hours_logged"], rest["hours_unbilled"]), (11.0, 10.0))
        self.assertEqual(rest["amount_unbilled"], 1000.0)
        shown = self.project.with_context(breakdown="zoho.task.list")
        action = shown.action_billing_breakdown()
        rows = self.env["zoho.task.list"].search(action["domain"])
        logged = sum(rows.mapped("hours_logged")) + rest["hours_logged"]
        self.assertEqual(logged, self.project.hours_logged)

    def test_it_opens_its_time(self):
        project = self.project.with_context(
            breakdown="zoho.task.list", billing_figure="logged"
        )
        action = project.action_breakdown_rest()
        found = self.env["account.analytic.line"].search(action["domain"])
        self.assertEqual(found.task_id, self.design)
        self.assertEqual(sum(found.mapped("logged_hours")), 11.0)

    def test_an_archived_list_has_its_row(self):
        self.task_list.active = False
        action = self.project.with_context(
            breakdown="zoho.task.list"
        ).action_billing_breakdown()
        lists = self.env["zoho.task.list"].with_context(**action["context"])
        self.assertEqual(lists.search(action["domain"]), self.task_list)
        rest = self.project.get_breakdown_rest("zoho.task.list")
        self.assertEqual(rest["hours_logged"], 11.0)

    def test_nothing_is_said_where_all_is_on_a_row(self):
        self.assertFalse(self.project.get_breakdown_rest("project.task"))

    def test_who_sees_no_money_sees_no_rest(self):
        clerk = new_test_user(self.env, "shown_clerk", "project.group_project_user")
        with self.assertRaises(AccessError):
            self.project.with_user(clerk).get_breakdown_rest("zoho.task.list")

    def test_lists_of_one_name_are_told_apart(self):
        lists = self.env["zoho.task.list"]
        values = {"name": "Front end", "project_id": self.project.id}
        milestone = {"milestone_id": self.milestone.id}
        by_milestone, plain = lists.create([{**values, **milestone}, values])
        self.env.invalidate_all()
        self.assertEqual(self.task_list.distinct_name, "Front end (Build)")
        self._task("Test", zoho_task_list_id=by_milestone.id)
        self.assertEqual(by_milestone.distinct_name, "Front end (Go-live, Test)")
        self.assertEqual(plain.distinct_name, "Front end")
        plain.name = "Back end"
        self.env.invalidate_all()
        self.assertEqual(plain.distinct_name, "Back end")

    def test_tasks_and_milestones_of_one_name_are_told_apart(self):
        twin = self._task("Build", parent_id=self.design.id)
        user = new_test_user(self.env, "shown_worker", name="Wilma")
        other = self._task("Build", user_ids=[Command.set(user.ids)])
        self.assertEqual(
            (self.build | twin | other).mapped("distinct_name"),
            ["Build (Front end, Ben)", "Build (Design)", "Build (Wilma)"],
        )
        self.assertEqual(self.design.distinct_name, "Design")
        later = self.milestone.copy({"name": "Go-live", "deadline": "2026-05-01"})
        self.env.invalidate_all()
        self.assertEqual(self.milestone.distinct_name, "Go-live (Build)")
        self.assertEqual(later.distinct_name, "Go-live (05/01/2026)")

    # The rate of a task that has none of its own

    def _rate(self):
        self.env.invalidate_all()
        return self.design.with_user(self.accountant).inherited_rate

    def test_a_task_says_which_rate_applies(self):
        project = self.project.sudo()
        self.assertIn("100.00 from the project", self._rate())
        project.billing_rate = 0
        self.assertFalse(self._rate())
        project.write({"billing_method": "staff_hours", "billing_rate": 75.0})
        self.assertIn("that of the person, else", self._rate())
        self.assertIn("75.00", self._rate())
        project.billing_rate = 0
        self.assertEqual(self._rate(), "that of the person")

    def test_a_rate_per_day_is_shown_per_day(self):
        project = self.project.sudo()
        project.write({"billing_method": "project_days", "billing_rate": 800.0})
        self.assertIn("800.00 from the project", self._rate())

    # Odoo's own screens

    def test_unbilled_time_is_nowhere_called_non_billable(self):
        self.assertEqual(self.entry.timesheet_invoice_type, "non_billable")
        for model in ("account.analytic.line", "timesheets.analysis.report"):
            field = self.env[model]._fields["timesheet_invoice_type"]
            label = dict(field._description_selection(self.env))["non_billable"]
            self.assertEqual(label, "On No Sales Order", model)
        order_line = self.env["account.analytic.line"]._fields["so_line"]
        self.assertEqual(order_line.falsy_value_label, "No sales order")
        labels = self.project._get_profitability_labels()
        self.assertNotIn("Billable", labels["non_billable"])

    def test_the_portal_does_not_call_it_non_billable_either(self):
        for name in ("portal_my_timesheets", "portal_timesheet_table"):
            arch = self.env.ref(f"hr_timesheet.{name}").get_combined_arch()
            self.assertNotIn("Non-billable", arch, name)

    def test_the_analysis_knows_our_state(self):
        self.env.flush_all()
        rows = self.env["timesheets.analysis.report"]._read_group(
            [("project_id", "=", self.project.id)],
            ["billing_state"],
            ["unit_amount:sum"],
        )
        self.assertEqual(
            dict(rows),
            {"unbilled": 12.5, "billed_elsewhere": 4.0, "non_billable": 1.0},
        )

    def test_the_screens_of_odoo_show_our_state(self):
        seller = new_test_user(
            self.env,
            "shown_seller",
            "hr_timesheet.group_timesheet_manager,project.group_project_manager,"
            "sales_team.group_sale_salesman",
        )
        for name in (
            "hr_timesheet.hr_timesheet_line_tree",
            "hr_timesheet.hr_timesheet_line_form",
            "hr_timesheet.timesheets_analysis_report_list",
            "sale_timesheet.timesheets_analysis_report_pivot_invoice_type",
            "project.view_task_form2",
        ):
            view = self.env.ref(name)
            model = self.env[view.model].with_user(seller)
            arch = model.get_view(view.id, view.type)["arch"]
            self.assertIn('name="billing_state"', arch, name)
            self.assertNotIn('placeholder="Non-billable"', arch, name)
