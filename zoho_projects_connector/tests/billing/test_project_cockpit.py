"""What the form of a project shows above its tabs."""

from freezegun import freeze_time
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .figures_common import ProjectFiguresCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-04-15 12:00:00")
class TestProjectCockpit(ProjectFiguresCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = new_test_user(
            cls.env,
            "cockpit_accountant",
            "zoho_projects_connector.group_zoho_billing",
            company_ids=[Command.set(cls.env.company.ids)],
            company_id=cls.env.company.id,
        )

    def _cockpit(self, user=None):
        self.env.invalidate_all()
        return self.project.with_user(user or self.accountant).billing_cockpit

    def _parts(self):
        return {part["key"]: part for part in self._cockpit()["parts"]}

    def _warnings(self):
        return [warning["key"] for warning in self._cockpit()["warnings"]]

    def _sums(self, part, user=None):
        """Return the hours and amounts of the list that a part opens."""
        project = self.project.with_user(user or self.accountant)
        project = project.with_context(billing_figure=part["key"])
        action = getattr(project, part["action"])()
        rows = self.env[action["res_model"]].search(action["domain"])
        if action["res_model"] == "project.billed.time":
            sign = rows[:1].sign
            return sum(rows.mapped("hours")) * sign, sum(rows.mapped("amount")) * sign
        self.assertNotEqual(action["display_name"], action["name"])
        hours, amount = action["context"]["billing_columns"]
        return sum(rows.mapped(hours)), sum(rows.mapped(amount))

    def _post(self, invoice):
        invoice.action_post()
        return invoice

    def _pay(self, invoice):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({})._create_payments()

    # The bars

    def test_nothing_logged_is_nothing_to_show(self):
        self.project.timesheet_ids.unlink()
        cockpit = self._cockpit()
        self.assertEqual(cockpit["parts"], [])
        self.assertEqual(cockpit["warnings"], [])
        self.assertFalse(cockpit["invoice"])

    def test_every_part_is_the_sum_of_the_list_that_it_opens(self):
        paid, unpaid, draft = (self._log(self.design, self.anna, h) for h in (3, 2, 1))
        self._pay(self._post(self._bill(paid, 3.0, 100.0)))
        self._post(self._bill(unpaid, 2.0, 90.0))
        self._bill(draft, 1.0, 80.0)
        parts = self._parts()
        self.assertEqual(
            {key: (part["hours"], part["amount"]) for key, part in parts.items()},
            {
                "unbilled": (12.5, 1250.0),
                "draft": (1.0, 80.0),
                "unpaid": (2.0, 180.0),
                "paid": (3.0, 300.0),
                "elsewhere": (4.0, 400.0),
                "non_billable": (1.0, 100.0),
            },
        )
        for part in parts.values():
            self.assertEqual(
                self._sums(part), (part["hours"], part["amount"]), part["key"]
            )

    def test_the_parts_are_all_the_time_there_is(self):
        self._post(self._bill(self._log(self.design, self.anna, 2), 2.0, 90.0))
        hours = sum(part["hours"] for part in self._parts().values())
        self.assertEqual(hours, self.project.hours_logged)

    def test_time_that_a_fixed_cost_pays_is_not_worth_twice(self):
        self.project.write({"billing_method": "fixed_cost", "fixed_cost": 5000.0})
        parts = self._parts()
        self.assertEqual(parts["fixed_price"]["hours"], 12.5)
        self.assertEqual(parts["fixed_price"]["amount"], 0.0)
        left = parts["fixed_cost_left"]
        self.assertEqual((left["hours"], left["amount"]), (0.0, 5000.0))
        self.assertEqual(left["action"], "action_new_invoice")

    def test_a_month_of_two_hundred_logs_asks_no_more_than_one_of_ten(self):
        def asked():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(project.billing_cockpit["invoice"])
            return self.env.cr.sql_log_count - before

        project = self.project.with_user(self.accountant)
        for _each in range(8):
            self._log(self.design, self.anna, 1.0)
        asked()  # what is looked up once and kept
        of_ten = asked()
        for _each in range(190):
            self._log(self.build, self.ben, 1.0)
        self.assertEqual(asked(), of_ten)

    # Who sees it

    def test_who_sees_no_money_sees_no_cockpit(self):
        clerk = new_test_user(self.env, "cockpit_clerk", "project.group_project_user")
        project = self.project.with_user(clerk)
        self.assertFalse(project.has_billing_cockpit)
        arch = project.get_view(self.env.ref("project.edit_project").id)["arch"]
        self.assertNotIn('name="billing_cockpit"', arch)

    def test_a_manager_sees_the_figures_and_is_offered_no_invoice(self):
        manager = new_test_user(
            self.env, "cockpit_manager", "project.group_project_manager"
        )
        self._bill(self._log(self.design, self.anna, 1), 1.0, 80.0)
        cockpit = self._cockpit(manager)
        self.assertTrue(cockpit["parts"])
        self.assertFalse(cockpit["invoice"])
        [warning] = [one for one in cockpit["warnings"] if one["key"] == "draft"]
        self.assertFalse(warning["action"])

    def test_another_company_is_not_counted(self):
        other = self.env["res.company"].create({"name": "Another"})
        self.project.company_id = False
        stranger = self.env["hr.employee"].create(
            {"name": "Stranger", "company_id": other.id}
        )
        self._log(self.design, stranger, 7.0, company_id=other.id)
        self.assertEqual(self._parts()["unbilled"]["hours"], 12.5)

    def test_what_is_not_billable_has_none(self):
        self.project.allow_billable = False
        self.assertFalse(self._cockpit())

    # The budget

    def _budgets(self):
        return {one["key"]: one for one in self._cockpit()["budgets"]}

    def test_without_a_budget_none_is_shown(self):
        self.assertEqual(self._budgets(), {})

    def test_hours_use_the_budget_all_money_what_is_billed(self):
        """10 + 2.5 h are unbilled, 4 h billed elsewhere, 1 h is not billable."""
        self.project.write({"allocated_hours": 35.0, "budget_amount": 3300.0})
        budgets = self._budgets()
        self.assertEqual(
            (budgets["hours"]["used"], budgets["hours"]["share"]), (17.5, 0.5)
        )
        self.assertEqual(
            (budgets["amount"]["used"], budgets["amount"]["share"]), (1650.0, 0.5)
        )

    def test_all_of_a_budget_is_not_used_before_it_is(self):
        self.project.allocated_hours = 17.6
        self.assertEqual(self._budgets()["hours"]["share"], 0.99)
        self.assertIn("99%", self._cockpit()["warnings"][0]["text"])
        self.assertEqual(self.project.with_user(self.accountant).budget_share, 0.99)

    def test_a_budget_warns_from_four_fifths_on_and_when_it_is_used_up(self):
        for hours, warned in [(22.0, False), (21.875, True)]:
            self.project.allocated_hours = hours
            self.assertEqual("budget_hours" in self._warnings(), warned, hours)
        self.assertIn("80%", self._cockpit()["warnings"][0]["text"])
        self.project.write({"allocated_hours": 17.5, "budget_amount": 1600.0})
        hours, amount = self._cockpit()["warnings"]
        self.assertIn("used up: 17:30 h of 17:30 h", hours["text"])
        self.assertIn("1,650.00", amount["text"])
        self.assertTrue(hours["is_urgent"] and amount["is_urgent"])

    def test_an_accountant_sets_the_budget_among_the_terms(self):
        terms = self.env["project.billing.terms"].with_user(self.accountant)
        wizard = terms.create({"project_id": self.project.id})
        wizard.write({"allocated_hours": 40.0, "budget_amount": 5000.0})
        wizard.action_apply()
        self.assertEqual(self.project.allocated_hours, 40.0)
        self.assertEqual(self.project.budget_amount, 5000.0)

    # The months

    def _months(self, user=None):
        self.env.invalidate_all()
        found = self.project.with_user(user or self.accountant).get_billing_months()
        self.labels = {part["key"]: part["label"] for part in found["parts"]}
        return {
            month["name"]: {
                key: hours for key, hours in month["hours"].items() if hours
            }
            for month in found["months"]
        }

    def test_the_last_twelve_months_by_where_their_hours_stand(self):
        self._post(self._bill(self._log(self.design, self.anna, 2), 1.5, 90.0))
        self._log(self.design, self.anna, 7.0, date="2025-05-01")
        self._log(self.design, self.anna, 9.0, date="2025-04-30")
        months = self._months()
        self.assertEqual(len(months), 12)
        self.assertEqual([*months][0], "May 2025")
        self.assertEqual([*months][-1], "Apr 2026")
        self.assertEqual(months["May 2025"], {"unbilled": 7.0})
        self.assertEqual(
            months["Mar 2026"],
            {"unbilled": 13.0, "unpaid": 1.5, "elsewhere": 4.0, "non_billable": 1.0},
        )
        # What there is, in the words of the bars.
        parts = {part["key"]: part["label"] for part in self._cockpit()["parts"]}
        self.assertEqual(self.labels, parts)

    def test_who_may_not_see_the_project_sees_no_months(self):
        self.project.privacy_visibility = "followers"
        clerk = new_test_user(self.env, "cockpit_clerk", "project.group_project_user")
        with self.assertRaises(AccessError):
            self._months(clerk)

    # In short

    def test_odoos_dashboard_has_what_is_unbilled_and_the_budget(self):
        self.project.allocated_hours = 20.0
        manager = new_test_user(
            self.env, "cockpit_manager", "project.group_project_manager"
        )
        project = self.project.with_user(manager)
        buttons = {
            button["text"]: button for button in project.get_panel_data()["buttons"]
        }
        self.assertIn("1,250.00", buttons["Unbilled"]["number"])
        self.assertEqual(buttons["Budget Used"]["number"], "87%")
        clerk = new_test_user(self.env, "cockpit_clerk", "project.group_project_user")
        panel = self.project.with_user(clerk).get_panel_data()
        self.assertNotIn("Unbilled", [button["text"] for button in panel["buttons"]])

    def test_the_cards_ask_no_more_for_ten_projects_than_for_two(self):
        def asked(projects):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            fields = {"amount_unbilled": {}, "budget_share": {}}
            projects.with_user(self.accountant).web_read(fields)
            return self.env.cr.sql_log_count - before

        projects = self.project
        for number in range(9):
            project = self._project(f"Project {number}", allocated_hours=20.0)
            task = self._task("Work", project_id=project.id)
            self._log(task, self.anna, 1.0)
            projects |= project
        asked(projects)
        self.assertEqual(asked(projects), asked(projects[:2]))

    def test_the_project_opens_on_its_billing_where_it_is_invoiced(self):
        project = self.project.with_user(self.accountant)
        arch = etree.fromstring(project.get_view(False, "form")["arch"])
        [page] = arch.xpath("//page[@autofocus]")
        self.assertEqual(page.get("name"), "billing")

    # The usual invoice

    def test_the_usual_invoice_is_that_of_last_month(self):
        self._log(self.design, self.anna, 5.0, date="2026-02-27")
        self._log(self.design, self.anna, 6.0, date="2026-04-02")
        invoice = self._cockpit()["invoice"]
        self.assertEqual(invoice["amount"], 1250.0)
        self.assertEqual(invoice["period"], "March 2026")
        wizard = self._wizard(self.project.with_user(self.accountant))
        self.assertEqual(str(wizard.date_from), "2026-03-01")
        self.assertEqual(str(wizard.date_to), "2026-03-31")
        self.assertEqual(wizard.total_amount, 1250.0)

    def _wizard(self, project):
        action = project.action_usual_invoice()
        wizards = self.env[action["res_model"]].with_user(self.accountant)
        return wizards.with_context(**action["context"]).create({})

    def test_without_time_of_last_month_it_is_all_until_today(self):
        self.project.timesheet_ids.write({"date": "2026-01-10"})
        invoice = self._cockpit()["invoice"]
        self.assertEqual(invoice["amount"], 1250.0)
        self.assertEqual(invoice["period"], "All until today")
        wizard = self._wizard(self.project.with_user(self.accountant))
        self.assertFalse(wizard.date_from)
        self.assertEqual(str(wizard.date_to), "2026-04-15")

    def test_it_comes_to_what_the_wizard_says_to_the_cent(self):
        self.project.timesheet_ids.unlink()
        for task in (self.design, self.build):
            self._log(task, self.anna, 1 / 3)
        self.project.billing_rate = 10.01
        amount = self._cockpit()["invoice"]["amount"]
        wizard = self._wizard(self.project.with_user(self.accountant))
        self.assertEqual(amount, wizard.total_amount)

    def test_of_a_fixed_cost_it_is_what_is_left(self):
        self.project.write({"billing_method": "fixed_cost", "fixed_cost": 5000.0})
        invoice = self._cockpit()["invoice"]
        self.assertEqual(invoice["amount"], 5000.0)
        wizard = self._wizard(self.project.with_user(self.accountant))
        self.assertEqual((wizard.mode, wizard.total_amount), ("fixed", 5000.0))

    def test_the_wizard_says_how_far_its_lines_are_rounded(self):
        """Two thirds of an hour at 10.01 are 6.67; two lines of a third are 6.68.

        Where the company rounds the whole invoice, Odoo books 6.67 of them, too.
        """
        self.env.company.tax_calculation_rounding_method = "round_per_line"
        self.project.timesheet_ids.unlink()
        for task in (self.design, self.build):
            self._log(task, self.anna, 1 / 3)
        self.project.billing_rate = 10.01
        wizard = self._wizard(self.project.with_user(self.accountant))
        self.env.invalidate_all()
        self.assertEqual(round(self.project.amount_unbilled, 2), 6.67)
        self.assertEqual(wizard.exact_amount, 6.67)
        self.assertEqual(wizard.total_amount, 6.68)
        self.assertAlmostEqual(wizard.rounding_difference, 0.01)
        wizard.group_by = "project"
        self.assertEqual((wizard.total_amount, wizard.rounding_difference), (6.67, 0))
        wizard.group_by = "task"
        self.env.company.tax_calculation_rounding_method = "round_globally"
        wizard.invalidate_recordset()
        self.assertEqual((wizard.total_amount, wizard.rounding_difference), (6.67, 0))

    # The warnings

    def test_nothing_is_warned_of_when_all_is_well(self):
        self.assertEqual(self._warnings(), [])

    def test_the_most_urgent_is_first(self):
        self._bill(self._log(self.design, self.anna, 1), 1.0, 80.0)
        self._log(self.design, self.anna, 5.0, date="2026-02-27")
        self.assertEqual(self._warnings(), ["draft", "older"])
        self.project.billing_rate = 0.0
        self.assertEqual(self._warnings(), ["missing_rate", "draft"])
        self.project.partner_id = False
        self.assertEqual(self._warnings(), ["no_customer", "missing_rate", "draft"])

    def test_who_may_not_choose_a_customer_is_told_who_may(self):
        self.project.partner_id = False
        [warning] = self._cockpit()["warnings"]
        self.assertFalse(warning["field"])
        self.assertIn("project manager", warning["text"])
        manager = new_test_user(
            self.env, "cockpit_manager", "project.group_project_manager"
        )
        [warning] = self._cockpit(manager)["warnings"]
        self.assertEqual(warning["field"], "partner_id")

    def test_each_has_a_way_out_that_opens(self):
        draft = self._bill(self._log(self.design, self.anna, 1), 1.0, 80.0)
        self._log(self.design, self.anna, 5.0, date="2026-02-27")
        project = self.project.with_user(self.accountant)
        self.assertEqual(project.action_billing_drafts()["res_id"], draft.id)
        action = project.action_older_invoice()
        self.assertEqual(action["context"]["default_date_to"], "2026-03-31")
        self.project.billing_rate = 0.0
        for warning in self._cockpit()["warnings"]:
            action = getattr(project, warning["action"])()
            self.assertIn(action["res_model"], self.env, warning["key"])
            self.assertTrue(warning["label"])
