"""The form of the invoice wizard, as an accountant without other rights uses it."""

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .figures_common import ProjectFiguresCommon


@tagged("post_install", "-at_install")
class TestInvoiceWizardForm(ProjectFiguresCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "wizard_accountant",
            "zoho_projects_connector.group_zoho_billing",
            company_id=cls.env.company.id,
        )

    def _form(self):
        wizard = self.env["project.invoice.create"].with_user(self.accountant)
        return Form(wizard.with_context(default_project_ids=self.project.ids))

    def test_the_preview_follows_every_choice(self):
        form = self._form()
        self.assertEqual((form.total_hours, form.total_amount), (12.5, 1250.0))
        form.employee_ids.add(self.anna)
        self.assertEqual((form.total_hours, form.total_amount), (10.0, 1000.0))
        form.employee_ids.clear()
        form.milestone_ids.add(self.milestone)
        self.assertEqual((form.total_hours, form.total_amount), (2.5, 250.0))
        form.date_from = form.date_to = "2026-03-11"
        self.assertEqual((form.total_hours, form.total_amount), (0.0, 0.0))

    def test_an_accountant_invoices_the_time_of_one_person(self):
        with self._form() as form:
            form.employee_ids.add(self.anna)
        wizard = form.record
        wizard.write({"employee_ids": [(4, self.anna.id)], "group_by": "employee"})
        action = wizard.action_create_invoice()
        invoice = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(invoice.amount_untaxed, 1000.0)
        self.assertEqual(self.entry.billing_state, "draft")
        self.assertEqual(invoice.with_user(self.accountant).billed_time_hours, 10.0)
        ledger = invoice.with_user(self.accountant).action_billed_time()
        rows = self.env["project.billed.time"].with_user(self.accountant)
        found = rows.search(ledger["domain"])
        self.assertEqual(found.mapped("employee_name"), ["Anna"])

    def test_a_project_without_customer_is_said_in_the_form(self):
        self.project.partner_id = False
        form = self._form()
        self.assertIn("has no customer", form.warning)

    # The period, by its name

    @freeze_time("2026-04-15 12:00:00")
    def test_a_month_is_chosen_by_its_name(self):
        self._log(self.design, self.anna, 3.0, date="2026-02-27")
        self._log(self.design, self.anna, 5.0, date="2026-04-02")
        form = self._form()
        self.assertEqual((form.period, form.total_hours), ("all", 20.5))
        form.period = "last_month"
        self.assertEqual((str(form.date_from), form.total_hours), ("2026-03-01", 12.5))
        self.assertEqual(str(form.date_to), "2026-03-31")
        form.period = "until_last_month"
        self.assertEqual((form.date_from, form.total_hours), (False, 15.5))
        form.period = "this_month"
        self.assertEqual((str(form.date_to), form.total_hours), ("2026-04-30", 5.0))
        form.period = "all"
        self.assertEqual((form.date_to, form.total_hours), (False, 20.5))

    @freeze_time("2026-04-15 12:00:00")
    def test_the_name_follows_the_dates(self):
        form = self._form()
        form.date_from = "2026-03-01"
        self.assertEqual(form.period, "other")
        form.date_to = "2026-03-31"
        self.assertEqual(form.period, "last_month")
        wizards = self.env["project.invoice.create"].with_user(self.accountant)
        wizard = wizards.create(
            {"project_ids": self.project.ids, "period": "last_month"}
        )
        self.assertEqual(str(wizard.date_from), "2026-03-01")
        labels = dict(wizard._fields["period"]._description_selection(self.env))
        self.assertEqual(labels["last_month"], "Last month (March 2026)")

    def test_a_period_that_ends_before_it_begins_is_said(self):
        form = self._form()
        form.date_from, form.date_to = "2026-03-31", "2026-03-01"
        self.assertIn("lies after", form.warning)

    # What is not possible

    def _obstacles(self):
        return {mode: why["why"] for mode, why in self._form().mode_obstacles.items()}

    def test_what_is_not_possible_says_why(self):
        no_expense = "No expense waits to be re-invoiced."
        self.assertEqual(
            self._obstacles(),
            {"fixed": "No fixed cost is agreed.", "expenses": no_expense},
        )
        self.assertFalse(self._form().has_expenses)
        self.project.fixed_cost = 500.0
        self.assertEqual(self._obstacles(), {"expenses": no_expense})
        with self._form() as form:
            form.mode = "fixed"
        form.record.action_create_invoice()
        self.env.invalidate_all()
        self.assertEqual(
            self._obstacles()["fixed"], "All of the fixed cost is invoiced."
        )

    def test_a_project_without_anything(self):
        self.project = self._project("Empty")
        obstacles = self._obstacles()
        self.assertEqual(obstacles["time"], "No time is unbilled.")
        self.assertEqual(obstacles["items"], "No milestones, task lists or tasks.")

    def test_time_of_any_day_is_possible(self):
        form = self._form()
        form.date_from = form.date_to = "2020-01-01"
        self.assertNotIn("time", form.mode_obstacles)

    def test_the_fixed_cost_is_agreed_on_the_way_to_its_invoice(self):
        self.project.budget_amount = 900.0
        with self._form() as form:
            form.invoice_date = "2030-12-24"
            way = form.mode_obstacles["fixed"]
        action = getattr(form.record, way["action"])(way["project_id"])
        terms = self.env[action["res_model"]].with_user(self.accountant)
        with Form(terms.with_context(**action["context"])) as form:
            self.assertEqual(form.billing_method, "fixed_cost")
            # The other terms stay as they are.
            self.assertEqual((form.billing_rate, form.budget_amount), (100.0, 900.0))
            form.fixed_cost = 500.0
        afterwards = form.record.action_apply()
        wizards = self.env[afterwards["res_model"]].with_user(self.accountant)
        wizard = wizards.with_context(**afterwards["context"]).create({})
        self.assertEqual((wizard.mode, wizard.total_amount), ("fixed", 500.0))
        self.assertEqual(str(wizard.invoice_date), "2030-12-24")
        # Elsewhere the dialog just closes.
        project = self.env["project.project"].with_user(self.accountant)
        action = project.browse(way["project_id"]).action_billing_terms()
        terms = terms.with_context(**action["context"]).create({})
        self.assertEqual(terms.action_apply()["type"], "ir.actions.act_window_close")

    def test_of_several_projects_none_is_set_on_the_way(self):
        self.project |= self._project("Support")
        self.assertNotIn("action", self._form().mode_obstacles["fixed"])

    def _lacking_a_rate(self):
        lines = self._form().save().left_out_ids
        return lines.filtered(lambda line: line.reason == "missing_rate")

    def test_a_missing_rate_is_said_once_for_each_who_lacks_it(self):
        self.project.write({"billing_method": "project_hours", "billing_rate": 0})
        left_out = self._lacking_a_rate()
        self.assertEqual(left_out.mapped("name"), ["Website"])
        self.assertEqual((left_out.entry_count, left_out.hours), (2, 12.5))
        self.assertEqual(left_out.rate_project_id, self.project)
        self.project.billing_method = False
        self.env["project.billing.rate"].create(
            {
                "project_id": self.project.id,
                "employee_id": self.anna.id,
                "rate": 90.0,
            }
        )
        left_out = self._lacking_a_rate()
        self.assertEqual(left_out.mapped("name"), ["Website - Ben"])

    # What a call over RPC may hold

    def test_what_is_no_number_is_refused_with_a_sentence(self):
        wizards = self.env["project.invoice.create"].with_user(self.accountant)
        rates = self.env["project.billing.rate"]
        project = {"project_ids": self.project.ids}
        for number in (float("nan"), float("inf"), float("-inf")):
            item = {"task_id": self.design.id, "amount": number}
            for name, attempt in {
                "a field": lambda n=number: wizards.create(
                    {**project, "fixed_percent": n}
                ),
                "a line": lambda i=item: wizards.create(
                    {**project, "item_ids": [Command.create(i)]}
                ),
                "a form": lambda n=number: wizards.onchange(
                    {"fixed_amount": n}, ["fixed_amount"], {"fixed_amount": {}}
                ),
                "terms": lambda n=number: self.project.write({"fixed_cost": n}),
                "a budget": lambda n=number: self.project.write({"budget_amount": n}),
                "a rate": lambda n=number: rates.create(
                    {"project_id": self.project.id, "rate": n}
                ),
            }.items():
                with self.subTest(name, number=number), self.assertRaises(UserError):
                    attempt()
