"""What an accountant without project rights sees of a project, and does with it."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .figures_common import ProjectFiguresCommon


@tagged("post_install", "-at_install")
class TestProjectFiguresRights(ProjectFiguresCommon):
    """What an accountant without project rights sees and does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "figures_accountant",
            "zoho_projects_connector.group_zoho_billing",
            company_ids=[Command.set(cls.env.company.ids)],
            company_id=cls.env.company.id,
        )

    def test_the_form_opens_and_offers_the_documents(self):
        project = self.project.with_user(self.accountant)
        form = Form(project, "project.edit_project")
        self.assertEqual(form.hours_unbilled, 12.5)
        self.assertEqual(
            [one["label"] for one in project.new_transactions][:2],
            ["Quotation", "Invoice"],
        )

    def test_nothing_is_offered_without_the_group_or_on_unbillable_projects(self):
        clerk = new_test_user(self.env, "figures_clerk", "project.group_project_user")
        self.assertFalse(self.project.with_user(clerk).new_transactions)
        self.project.allow_billable = False
        project = self.project.with_user(self.accountant)
        project.invalidate_recordset()
        self.assertFalse(project.new_transactions)

    def test_the_actions_open_the_wizards(self):
        project = self.project.with_user(self.accountant)
        action = project.action_new_invoice()
        self.assertEqual(action["res_model"], "project.invoice.create")
        self.assertEqual(action["context"], {"default_project_ids": project.ids})
        action = project.action_new_quotation()
        self.assertEqual(
            action["context"],
            {"default_project_id": project.id, "default_project_ids": project.ids},
        )
        action = project.action_billing_rates()
        self.assertEqual(action["domain"], [("project_id", "=", project.id)])

    def test_the_accountant_opens_every_breakdown(self):
        project = self.project.with_user(self.accountant)
        for model, hours in [
            ("project.task", {"Design": 11.0, "Build": 6.5}),
            ("zoho.task.list", {"Front end": 6.5}),
            ("project.milestone", {"Go-live": 6.5}),
        ]:
            action = project.with_context(breakdown=model).action_billing_breakdown()
            records = self.env[model].with_user(self.accountant)
            found = records.search(action["domain"])
            arch = records.get_view(action["views"][0][0], "list")
            self.assertIn("hours_unbilled", arch["arch"])
            rows = found.read(["name", "hours_logged", "amount_unbilled"])
            self.assertEqual({row["name"]: row["hours_logged"] for row in rows}, hours)

    def test_of_a_shared_project_each_company_sees_its_own_time(self):
        """Dan of another company logs 3 h and bills 2 h of 5: not Anna's figures."""
        other = self.setup_other_company()["company"]
        both = self.env.company | other
        dan = self.env["hr.employee"].create({"name": "Dan", "company_id": other.id})
        self._log(self.build, dan, 3.0, company_id=other.id)
        draft = self._log(self.build, dan, 2.0, company_id=other.id)
        wizard = self.env["project.invoice.create"].with_company(other)
        wizard = wizard.create(
            {
                "project_ids": [Command.set(self.project.ids)],
                "timesheet_ids": [Command.set(draft.ids)],
            }
        )
        wizard.action_create_invoice()
        self.accountant.company_ids |= other
        for companies, unbilled, drafted, logged in (
            (self.env.company, 12.5, 0.0, 17.5),
            (other, 3.0, 2.0, 5.0),
            (both, 15.5, 2.0, 22.5),
        ):
            for record in (self.project, self.build | self.design, self.milestone):
                records = record.with_user(self.accountant)
                records = records.with_context(allowed_company_ids=companies.ids)
                if record != self.milestone:
                    self.assertEqual(sum(records.mapped("hours_unbilled")), unbilled)
                    self.assertEqual(sum(records.mapped("hours_logged")), logged)
                    self.assertEqual(
                        sum(records.mapped("amount_unbilled")), unbilled * 100
                    )
                self.assertEqual(sum(records.mapped("hours_draft")), drafted)
                self.assertEqual(sum(records.mapped("amount_draft")), drafted * 100)
            project = self.project.with_user(self.accountant)
            project = project.with_context(allowed_company_ids=companies.ids)
            for figure, hours in (("unbilled", unbilled), ("logged", logged)):
                opened = project.with_context(billing_figure=figure)
                domain = opened.action_billing_entries()["domain"]
                entries = self.env["account.analytic.line"].search(domain)
                column = "unbilled_hours" if figure == "unbilled" else "logged_hours"
                self.assertEqual(sum(entries.mapped(column)), hours)

    def test_the_accountant_changes_the_terms(self):
        project = self.project.with_user(self.accountant)
        action = project.action_billing_terms()
        wizard = self.env["project.billing.terms"].with_user(self.accountant)
        with Form(wizard.with_context(**action["context"])) as form:
            self.assertEqual(form.billing_method, "project_hours")
            self.assertEqual(form.billing_rate, 100.0)
            form.billing_rate = 120.0
        form.record.action_apply()
        self.assertEqual(self.project.billing_rate, 120.0)
        self.assertEqual(self.project.billing_method, "project_hours")

    def test_nobody_else_changes_the_terms(self):
        clerk = new_test_user(self.env, "terms_clerk", "project.group_project_user")
        wizard = self.env["project.billing.terms"].create(
            {"project_id": self.project.id}
        )
        with self.assertRaises(AccessError):
            wizard.with_user(clerk).action_apply()

    def test_people_without_billing_rights_open_projects_and_tasks(self):
        for group in ("project.group_project_user", "project.group_project_manager"):
            login = group.rpartition(".")[2]
            user = new_test_user(self.env, login, group, company_id=self.env.company.id)
            Form(self.project.with_user(user), "project.edit_project")
            Form(self.design.with_user(user))

    def test_a_project_manager_sets_the_terms_on_the_form(self):
        manager = new_test_user(
            self.env,
            "terms_manager",
            "project.group_project_manager",
            company_id=self.env.company.id,
        )
        with Form(self.project.with_user(manager), "project.edit_project") as form:
            form.billing_method = "staff_hours"
            form.billing_rate = 90.0
            with form.billing_rate_ids.new() as rate:
                rate.employee_id = self.anna
                rate.rate = 110.0
        self.assertEqual(self.project.billing_rate_ids.rate, 110.0)
        self.assertEqual(self.entry._get_billing_rates()[self.entry.id].rate, 110.0)

    def test_the_accountant_cannot_write_projects(self):
        with self.assertRaises(AccessError):
            self.project.with_user(self.accountant).name = "Mine"
