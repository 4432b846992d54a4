"""Time of a project that stays in Zoho, with the reasons."""

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..billing.figures_common import ProjectFiguresCommon


@tagged("post_install", "-at_install")
class TestProjectFiguresWaiting(ProjectFiguresCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.integration = cls.env["zoho.integration"].create(
            {"name": "Portal", "company_id": cls.env.company.id}
        )
        cls.env["zoho.link"].create(
            {
                "integration_id": cls.integration.id,
                "company_id": cls.env.company.id,
                "portal_zoho_id": "1",
                "entity": "project",
                "zoho_id": "77",
                "res_model": "project.project",
                "res_id": cls.project.id,
            }
        )
        cls.accountant = new_test_user(
            cls.env,
            "waiting_accountant",
            "zoho_projects_connector.group_zoho_billing",
            company_ids=[Command.set(cls.env.company.ids)],
            company_id=cls.env.company.id,
        )

    def _left_out(self, zoho_id, reason, minutes, **values):
        return self.env["zoho.skipped.record"].create(
            {
                "integration_id": self.integration.id,
                "entity": "timelog",
                "zoho_id": zoho_id,
                "reason": reason,
                "minutes": minutes,
                "project_id": self.project.id,
                **values,
            }
        )

    def _failed(self, zoho_id, hours, **values):
        return self.env["zoho.sync.error"].create(
            {
                "integration_id": self.integration.id,
                "entity": "timelog",
                "zoho_id": zoho_id,
                "code": "parent_not_fetched",
                "missing_entity": "task",
                "missing_zoho_id": "5",
                "project_zoho_id": "77",
                "hours": hours,
                **values,
            }
        )

    def _waiting(self):
        self.env.invalidate_all()
        rows = self.project.with_user(self.accountant).billing_figures
        return [
            (row["label"], row["hours"], row)
            for row in rows
            if row.get("action") == "action_view_left_out"
        ]

    def test_nothing_is_said_when_nothing_waits(self):
        keys = [row["key"] for row in self.project.billing_figures]
        self.assertNotIn("waiting", keys)
        self.assertFalse(self._waiting())

    def test_each_reason_is_a_row_that_opens_its_logs(self):
        """38 h wait for approval, 3 h are not billable, 2.25 h lack their task."""
        self._left_out("1", "timesheet_not_approved", 36 * 60)
        self._left_out("2", "timesheet_not_approved", 2 * 60)
        self._left_out("3", "timesheet_not_billable", 3 * 60)
        self._failed("4", 2.25)
        self._failed("5", 1.5, code="odoo_refused", missing_entity=False)
        # What is not of this project, is solved, or is no time, is not counted.
        self._left_out("6", "timesheet_not_approved", 60, project_id=False)
        self._left_out("7", "project_closed", 0, entity="project")
        self._failed("8", 7.0, project_zoho_id="78")
        self._failed("9", 7.0, resolved_at="2026-01-01")
        waiting = self._waiting()
        self.assertEqual(
            {label: hours for label, hours, _row in waiting},
            {
                "Waiting for approval or rejected in Zoho": 38.0,
                "Not billable in Zoho": 3.0,
                "Of a task that could not be fetched": 2.25,
                "Refused by Odoo": 1.5,
            },
        )
        project = self.project.with_user(self.accountant)
        self.assertEqual(project.hours_waiting, 38.0)
        for label, hours, row in waiting:
            opened = project.with_context(billing_figure=row["key"])
            action = opened.action_view_left_out()
            logs = self.env[action["res_model"]].with_user(self.accountant)
            found = logs.search(action["domain"])
            self.assertEqual(sum(found.mapped("hours")), hours, label)
            self.assertIn(self.project.name, action["display_name"])
            views = logs.get_views([action["views"][0]])
            # Nobody unfolds the one reason that he has chosen.
            self.assertNotIn("default_group_by", views["views"]["list"]["arch"])
            self.assertIn("hours", views["models"][action["res_model"]]["fields"])
            found.web_read({"name": {}, "url": {}, "integration_id": {}})

    def test_all_of_it_opens_without_a_reason(self):
        log = self._left_out("1", "timesheet_not_approved", 60)
        action = self.project.action_view_left_out()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), log)

    def test_a_deleted_integration_leaves_nothing_waiting(self):
        self._failed("4", 2.25)
        self.assertEqual(len(self._waiting()), 1)
        self.env["zoho.link"].search([("res_id", "=", self.project.id)]).unlink()
        self.assertFalse(self._waiting())

    def _cockpit(self, key):
        self.env.invalidate_all()
        return self.project.with_user(self.accountant).billing_cockpit[key]

    def test_the_bars_show_hours_that_are_not_in_odoo_yet(self):
        self._left_out("1", "timesheet_not_approved", 38 * 60)
        self._left_out("2", "timesheet_not_billable", 3 * 60)
        self._failed("4", 2.25)
        parts = [part for part in self._cockpit("parts") if part.get("is_outside")]
        self.assertEqual([part["hours"] for part in parts], [38.0, 3.0, 2.25])
        for part in parts:
            self.assertFalse(part.get("amount"))
            self.assertEqual(part["action"], "action_view_left_out")

    def test_what_waits_in_zoho_is_warned_of_with_its_way_out(self):
        self._left_out("1", "timesheet_not_approved", 38 * 60)
        self._failed("4", 2.25)
        self._failed("5", 1.0, code="odoo_refused", missing_entity=False)
        failed, waiting = self._cockpit("warnings")
        self.assertIn("03:15", failed["text"])
        self.assertIn("38:00", waiting["text"])
        project = self.project.with_user(self.accountant)
        for warning, hours in [(failed, 3.25), (waiting, 38.0)]:
            opened = project.with_context(billing_figure=warning["key"])
            action = getattr(opened, warning["action"])()
            logs = self.env[action["res_model"]].with_user(self.accountant)
            found = logs.search(action["domain"])
            self.assertEqual(sum(found.mapped("hours")), hours)

    def test_a_difference_is_warned_of_before_what_waits(self):
        self._left_out("1", "timesheet_not_approved", 38 * 60)
        self.env["zoho.settlement"]._tell_difference(
            self.integration,
            self.project,
            "customer_changed",
            {"partner_id": self.partner_b.id},
        )
        keys = [warning["key"] for warning in self._cockpit("warnings")]
        self.assertEqual(keys, ["differences", "left_out:timesheet_not_approved"])
        self.assertTrue(self.project.with_user(self.accountant).has_billing_cockpit)

    def test_the_budget_of_zoho_holds_until_one_is_set_in_odoo(self):
        self.project.write({"zoho_budget_hours": 50.0, "zoho_budget_amount": 900.0})
        budgets = [budget["budget"] for budget in self._cockpit("budgets")]
        self.assertEqual(budgets, [50.0, 900.0])
        note = self.project.with_user(self.accountant).zoho_budget_note
        self.assertRegex(note, "none is set here: 50:00 h, .*900.00")
        self.project.allocated_hours = 60.0
        budgets = [budget["budget"] for budget in self._cockpit("budgets")]
        self.assertEqual(budgets, [60.0, 900.0])
        self.assertNotIn("50:00", self.project.zoho_budget_note)
        self.project.budget_amount = 1.0
        self.assertFalse(self.project.zoho_budget_note)

    # The invoice wizard

    def _left_out_of_the_invoice(self, **values):
        self.env.invalidate_all()
        wizards = self.env["project.invoice.create"].with_user(self.accountant)
        wizard = wizards.create({"project_ids": self.project.ids, **values})
        known = ("billed_elsewhere", "non_billable")
        return {
            line.reason: (line.name, line.entry_count, line.hours)
            for line in wizard.left_out_ids
            if line.reason not in known
        }

    def test_the_invoice_says_what_of_its_period_is_not_in_odoo(self):
        march, april = {"day": "2026-03-10"}, {"day": "2026-04-10"}
        self._left_out("1", "timesheet_not_approved", 120, **march)
        self._left_out("2", "timesheet_not_approved", 30, **march)
        self._left_out("3", "timesheet_not_approved", 600, **april)
        self._left_out("4", "timesheet_not_billable", 60, **march)
        self._left_out("5", "general_timesheet_off", 15, **march)
        # What no invoice would ever take is not told.
        self._left_out("6", "client_user", 15, **march)
        self._failed("7", 2.25, **march)
        self._failed("8", 4.0, project_zoho_id="78", **march)
        self._failed("9", 4.0, resolved_at="2026-01-01", **march)
        self.assertEqual(
            self._left_out_of_the_invoice(date_from="2026-03-01", date_to="2026-03-31"),
            {
                "waiting": ("Website", 2, 2.5),
                "not_billable_in_zoho": ("Website", 1, 1.0),
                "general": ("Website", 1, 0.25),
                "not_fetched": ("Website", 1, 2.25),
            },
        )
        everything = self._left_out_of_the_invoice()
        self.assertEqual(everything["waiting"], ("Website", 3, 12.5))

    def test_who_asks_for_some_time_is_told_of_that(self):
        self._left_out("1", "timesheet_not_approved", 120, day="2026-03-10")
        some = {"employee_ids": self.anna.ids}
        self.assertEqual(self._left_out_of_the_invoice(**some), {})

    def test_the_month_counts_what_could_not_be_fetched(self):
        self._failed("1", 2.25, day="2026-03-10")
        self._failed("2", 9.0, day="2026-02-10")
        pages = self.env["billing.month.end"].with_user(self.accountant)
        page = pages.get_month("2026-03-01", "2026-03-31")
        states = {state["key"]: state for state in page["states"]}
        failed = states["not_fetched"]
        self.assertEqual(failed["hours"], 2.25)
        self.assertEqual(failed["label"], "Could not be fetched from Zoho")
