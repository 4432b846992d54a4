"""Which time an invoice takes, what it leaves out, and what is shown before."""

from odoo.tests import Form, tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingChoice(BillingCommon):
    def test_period_is_inclusive(self):
        days = ("2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01")
        timesheets = self.env["account.analytic.line"].union(
            *(self._log(1, day=day) for day in days)
        )
        self._invoice(date_from="2026-02-01", date_to="2026-02-28")
        self.assertStates(timesheets, "unbilled", "draft", "draft", "unbilled")

    def test_choice_by_person_and_by_entry(self):
        timesheets = self._golden()
        self._invoice(employee_ids=self.ben.ids)
        self.assertStates(timesheets, "unbilled", "draft", "unbilled")
        self._invoice(timesheet_ids=timesheets[2].ids)
        self.assertStates(timesheets, "unbilled", "draft", "draft")

    def test_work_chosen_by_task_list_and_milestone_adds_up(self):
        milestone = self.env["project.milestone"].create(
            {"name": "Phase 1", "project_id": self.project.id}
        )
        task_list = self.env["zoho.task.list"].create(
            {"name": "List A", "project_id": self.project.id}
        )
        self.design.milestone_id = milestone
        self.build.zoho_task_list_id = task_list
        other = self._task("Other")
        logs = self._log(1) + self._log(1, task=self.build) + self._log(1, task=other)
        self._invoice(
            milestone_ids=milestone.ids, task_list_ids=task_list.ids, group_by="project"
        )
        self.assertStates(logs, "draft", "draft", "unbilled")

    def test_preview_is_what_is_made(self):
        self._golden()
        wizard = self._wizard(group_by="employee")
        self.assertEqual(
            [
                (line.name, line.hours, line.rate, line.amount, line.entry_count)
                for line in wizard.preview_line_ids
            ],
            [
                ("Ann", 10, 100, 1000, 1),
                ("Ben", 20, 50, 1000, 1),
                ("Cid", 15, 75, 1125, 1),
            ],
        )
        self.assertEqual(wizard.total_hours, 45)
        self.assertEqual(wizard.total_amount, 3125)
        self.assertFalse(wizard.left_out_ids)

    def test_preview_follows_the_form(self):
        self._golden()
        with Form(
            self.env["project.invoice.create"].with_context(
                active_model="project.project", active_ids=self.project.ids
            )
        ) as form:
            form.date_to = "2026-01-05"
            self.assertEqual(form.total_amount, 2000)
            form.date_to = False
            self.assertEqual(form.total_amount, 3125)

    def test_what_is_left_out_is_told_with_the_reason(self):
        dan = self.env["hr.employee"].create({"name": "Dan"})
        billed = self._log(1)
        self._invoice(timesheet_ids=billed.ids)
        self._log(2, dan)
        self._log(3).sudo().billed_elsewhere = True
        self._log(4).sudo().billing_exclusion = "Goodwill"
        self._log(-1)
        self._log(5)
        wizard = self._wizard()
        # The hour that is taken back comes off the five: 5 - 1 = 4.
        self.assertEqual(wizard.total_hours, 4)
        self.assertEqual(
            sorted(
                (line.reason, line.name, line.hours) for line in wizard.left_out_ids
            ),
            [
                ("billed_elsewhere", "Golden Project", 3),
                ("draft", "Golden Project", 1),
                ("missing_rate", "Golden Project - Dan", 2),
                ("non_billable", "Golden Project", 4),
            ],
        )

    def test_a_missing_rate_is_not_zero(self):
        dan = self.env["hr.employee"].create({"name": "Dan"})
        without_rate = self._log(2, dan)
        with_rate = self._log(1)
        invoice = self._invoice()
        self.assertEqual(invoice.amount_untaxed, 100)
        self.assertStates(without_rate + with_rate, "unbilled", "draft")
        with self.assertRefused("No rate is set.*Dan"):
            self._invoice()

    def test_time_of_a_fixed_cost_project_is_not_billed_by_the_hour(self):
        timesheet = self._log(1)
        self.project.billing_method = "fixed_cost"
        self.assertStates(timesheet, "fixed_price")
        with self.assertRefused("Covered by a fixed price"):
            self._invoice()
