"""Hours of Zoho's own reports beside those of Odoo.

The clock stands at 2 November 2026. One project, *Reconciled*, has in October:

* 3 h billable and approved: a timesheet;
* 1.5 h billable and waiting for approval: left out;
* 2 h not billable: left out.

Zoho's report says 4.5 h billable and 2 h non-billable; nothing is unexplained.

:source: product.md, sections 5 and 7; the reports of the API reference, section 7.1.
"""

from dataclasses import replace
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...models.sync.hours_check import ACTIVITY, CRON, HoursCheck
from ..settle.test_sync_invoiced import InvoicedCase
from .sync_common import SyncedCase

OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 1)


class ReconciliationCase(SyncedCase):
    """What a test of the reconciliation asks for."""

    def check_now(self):
        """Run the nightly check."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            self.env.ref(CRON).method_direct_trigger()
        self.env.invalidate_all()

    def triggers(self):
        """Return how often the check is to be called beside its schedule."""
        return self.env["ir.cron.trigger"].search_count(
            [("cron_id", "=", self.env.ref(CRON).id)]
        )

    def compare(self, pairs):
        """Compare some projects and months now."""
        HoursCheck(self.integration.sudo()).compare(pairs)

    def row(self, project="", month=OCTOBER):
        rows = self.integration.reconciliation_ids.filtered(
            lambda row: (row.project_zoho_id, row.month) == (project, month)
        )
        self.assertEqual(len(rows), 1, (project, month))
        return rows

    def person(self, group):
        return new_test_user(
            self.env,
            group,
            f"base.group_user,zoho_projects_connector.{group}",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )

    def activities(self):
        return self.env["mail.activity"].search(
            [
                ("activity_type_id", "=", self.env.ref(ACTIVITY).id),
                ("res_model", "=", "zoho.integration"),
                ("res_id", "=", self.integration.id),
            ]
        )

    def health_of_hours(self):
        """Return what the health page advises on the hours."""
        lines = {one["key"]: one["advice"] for one in self.integration.health}
        return lines["hours"]

    def assert_row(self, row, **figures):
        for name, hours in figures.items():
            self.assertAlmostEqual(row[name], hours, 2, (row.display_name, name))

    def parts(self, row):
        """Return ``{(kind, reason): hours}`` of what explains a row."""
        return {
            (line.kind, line.left_out_reason or line.failed_reason or ""): line.hours
            for line in row.line_ids
        }


@tagged("post_install", "-at_install")
class TestReconciliation(ReconciliationCase):
    def make_portal(self):
        portal = super().make_portal()
        customer = next(iter(portal.customers))
        self.project = portal.add_project("Reconciled", customer)
        self.task = portal.add_task(self.project.id, "Work")
        self.log = portal.add_log(self.project.id, self.task.id, 180, "2026-10-12")
        portal.add_log(
            self.project.id, self.task.id, 90, "2026-10-13", approval="pending"
        )
        portal.add_log(self.project.id, self.task.id, 120, "2026-10-14", billable=False)
        return portal

    def test_everything_is_explained(self):
        """The whole portal agrees with its reports, month by month."""
        self.check_now()
        rows = self.integration.reconciliation_ids
        self.assertTrue(all(rows.mapped("is_explained")), rows.mapped("unexplained"))
        self.assertEqual(len(rows.filtered("is_portal")), 12)
        self.assertTrue(rows.filtered("is_portal").mapped("zoho_billable"))
        self.assertFalse(self.activities())

    def test_figures_of_a_project(self):
        self.compare([(self.project.id, OCTOBER)])
        row = self.row(self.project.id)
        self.assert_row(
            row,
            zoho_billable=4.5,
            zoho_non_billable=2,
            synced=3,
            left_out=3.5,
            failed=0,
            differing=0,
            unexplained=0,
        )
        self.assertEqual(
            self.parts(row),
            {
                ("synced", ""): 3,
                ("left_out", "timesheet_not_approved"): 1.5,
                ("left_out", "timesheet_not_billable"): 2,
            },
        )
        self.assertEqual(row.display_name, "Reconciled, October 2026")
        for line in row.line_ids:
            action = line.action_open()
            found = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(len(found), line.count, line.kind)

    def test_native_time_is_no_difference(self):
        """What people enter in Odoo is told, and Zoho knows nothing of it."""
        project = self.record("project", self.project.id)
        employee = self.env["hr.employee"].create({"name": "Native"})
        self.env["account.analytic.line"].create(
            {
                "name": "Native",
                "project_id": project.id,
                "employee_id": employee.id,
                "unit_amount": 5,
                "date": "2026-10-20",
            }
        )
        self.compare([(self.project.id, OCTOBER)])
        row = self.row(self.project.id)
        self.assert_row(row, synced=3, native=5, unexplained=0)
        self.assertTrue(row.is_explained)

    def test_planted_difference(self):
        """Odoo has lost 1 h of the 3: found the same night, and told once."""
        line = self.record("timelog", self.log.id)
        line.unit_amount = 2
        manager = self.person("group_zoho_manager")
        self.check_now()
        self.assert_row(
            self.row(self.project.id), synced=2, unexplained=1, unexplained_billable=1
        )
        self.assert_row(self.row(), unexplained=1)
        activity = self.activities()
        self.assertEqual(len(activity), 1)
        self.assertIn("Reconciled, October 2026", activity.note)
        self.assertEqual(activity.user_id, manager)
        self.assertIn("nothing explains it", self.health_of_hours())
        self.advance(days=1)
        self.check_now()
        self.assertEqual(self.activities(), activity)
        line.unit_amount = 3
        self.advance(days=1)
        self.check_now()
        self.assertFalse(self.activities())
        self.assertFalse(self.health_of_hours())
        self.assert_row(self.row(self.project.id), synced=3, unexplained=0)

    def test_time_that_never_came(self):
        """A project of which Odoo knows nothing in a month is asked for too."""
        self.portal.add_log(self.project.id, self.task.id, 45, "2026-11-01")
        self.check_now()
        self.assert_row(
            self.row(self.project.id, NOVEMBER), zoho_billable=0.75, unexplained=0.75
        )
        self.advance(hours=1)
        self.sync()
        self.advance(days=1)
        self.check_now()
        self.assert_row(self.row(self.project.id, NOVEMBER), synced=0.75, unexplained=0)

    def test_no_longer_billable(self):
        """The total agrees, the kinds do not: that is unexplained as well."""
        self.portal.set_billable(self.log.id, False)
        self.compare([(self.project.id, OCTOBER)])
        row = self.row(self.project.id)
        self.assert_row(
            row, unexplained=0, unexplained_billable=-3, unexplained_non_billable=3
        )
        self.assertFalse(row.is_explained)

    def test_what_is_accepted_asks_again_with_other_figures(self):
        self.portal.set_billable(self.log.id, False)
        self.compare([(self.project.id, OCTOBER)])
        row = self.row(self.project.id)
        manager = self.person("group_zoho_manager")
        HoursCheck(self.integration).tell_unexplained()
        self.assertTrue(self.activities())
        row.with_user(manager).action_accept()
        self.assertTrue(row.is_explained)
        self.assertFalse(self.activities())
        said = row.action_check()["params"]["message"]
        self.assertEqual((row.accepted_by_id, said), (manager, "Both sides agree now."))
        self.portal.add_log(self.project.id, self.task.id, 60, "2026-10-15")
        said = row.action_check()["params"]["message"]
        self.assertEqual(said, "Still unexplained: 1")
        self.assertFalse(row.accepted_by_id or row.is_explained)

    def test_a_full_comparison_explains_the_hours(self):
        self.portal.add_log(self.project.id, self.task.id, 60, "2026-10-15")
        self.compare([(self.project.id, OCTOBER)])
        self.assertFalse(self.row(self.project.id).is_explained)
        self.advance(hours=1)
        said = self.integration.action_explain_hours()
        self.assertEqual(said["params"]["next"]["tag"], "soft_reload")
        self.run_cron()
        self.check_now()
        self.assertTrue(self.row(self.project.id).is_explained)

    def test_errors_are_counted(self):
        """A log of a user who is not told waits in the errors with its 3 h."""
        line = self.record("timelog", self.log.id)
        self.link("timelog", self.log.id).unlink()
        line.unlink()
        self.env["zoho.sync.error"].create(
            {
                "integration_id": self.integration.id,
                "entity": "timelog",
                "zoho_id": self.log.id,
                "code": "user_unresolved",
                "hours": 3,
                "day": "2026-10-12",
                "is_billable": True,
                "project_zoho_id": self.project.id,
            }
        )
        self.compare([(self.project.id, OCTOBER)])
        row = self.row(self.project.id)
        self.assert_row(row, synced=0, failed=3, unexplained=0)
        self.assertEqual(self.parts(row)["failed", "user_unresolved"], 3)

    def test_few_calls(self):
        """A portal that agrees costs a call a month, and some projects in turn."""
        self.sim.ledger.reset()
        self.check_now()
        self.assertLessEqual(self.sim.ledger.total, 12 + 30)

    def test_reports_that_want_a_module(self):
        self.sim.dialect = replace(self.sim.dialect, report_needs_module=True)
        self.compare([(self.project.id, OCTOBER)])
        self.assert_row(
            self.row(self.project.id), zoho_billable=4.5, zoho_non_billable=2
        )

    def test_budget(self):
        """What the budget does not allow is asked for when it does."""
        for _call in range(84):
            self.env["zoho.quota"]._reserve(
                self.integration, "/api/v3/portal/{portal}/timelogs/report"
            )
        before = self.triggers()
        self.check_now()
        self.assertEqual(self.triggers(), before + 1)
        self.assertEqual(len(self.integration.reconciliation_ids), 6)

    def test_what_is_compared_outlives_a_night_that_breaks_off(self):
        asked, fetch = [], HoursCheck._fetch_totals

        def break_off(check, *pair):
            asked.append(pair)
            if len(asked) > 3:
                raise ZeroDivisionError
            return fetch(check, *pair)

        with (
            patch.object(HoursCheck, "_fetch_totals", break_off),
            self.assertLogs("odoo.addons.base.models.ir_cron", "ERROR"),
        ):
            self.check_now()
        self.assertEqual(len(self.integration.reconciliation_ids), 3)

    def test_the_button_leaves_the_rest_to_the_schedule(self):
        """One report is asked for within the click; nothing is asked for twice."""
        self.check_now()
        self.advance(minutes=5)
        self.sim.ledger.reset()
        before = self.triggers()
        action = self.integration.action_reconcile()
        self.assertEqual(self.sim.ledger.total, 1)
        self.assertEqual(self.triggers(), before + 1)
        self.assertIn("This month is compared", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["res_model"], "zoho.reconciliation")
        begun = self.row(month=NOVEMBER).checked_at
        self.advance(minutes=1)
        self.check_now()
        months = self.integration.reconciliation_ids.filtered("is_portal")
        self.assertEqual(len(months), 12)
        self.assertTrue(all(row.checked_at >= begun for row in months))
        self.assertEqual(self.row(month=NOVEMBER).checked_at, begun)
        self.sim.ledger.reset()
        self.check_now()
        self.assertFalse(self.sim.ledger.total)

    def test_a_check_goes_on_where_its_time_was_over(self):
        asked, fetch = [], HoursCheck._fetch_totals
        cron = self.env.registry["ir.cron"]
        commit = cron._commit_progress

        def note(check, *pair):
            asked.append(pair)
            return fetch(check, *pair)

        def commit_in_the_last_second(self, *args, **kwargs):
            return commit(self, *args, **kwargs) and 0

        with (
            patch.object(HoursCheck, "_fetch_totals", note),
            patch.object(cron, "_commit_progress", commit_in_the_last_second),
        ):
            self.check_now()
        self.assertGreaterEqual(len(asked), 10)
        self.assertEqual(len(asked), len(set(asked)))

    def test_the_button_waits_for_a_sync(self):
        """What is being read just now would count as unexplained."""
        runs = self.env["zoho.sync.run"]
        runs._queue_run(self.integration, "button", False, self.env.user)
        self.sim.ledger.reset()
        action = self.env["zoho.reconciliation"].action_check()
        self.assertIn("A sync is under way", action["params"]["message"])
        self.assertFalse(self.sim.ledger.total)
        self.assertFalse(self.integration.reconciliation_ids)

    def test_zoho_refuses(self):
        """The schedule goes on; whoever presses the button is told."""
        self.sim.fault("module_disabled", "*report", times=0)
        self.check_now()
        self.assertFalse(self.integration.reconciliation_ids)
        with self.assertRaises(UserError):
            self.env["zoho.reconciliation"].action_check()
        self.sim.faults.clear()
        self.env["zoho.reconciliation"].action_check()
        self.assertTrue(self.integration.reconciliation_ids)

    def test_rights(self):
        user = self.person("group_zoho_user")
        self.compare([(self.project.id, OCTOBER)])
        row = self.row(self.project.id).with_user(user)
        self.assertEqual(row.synced, 3)
        with self.assertRaises(AccessError):
            row.action_check()
        with self.assertRaises(AccessError):
            self.integration.with_user(user).action_reconcile()


@tagged("post_install", "-at_install")
class TestReconciledInvoices(ReconciliationCase, InvoicedCase):
    """Eleven invoiced hours, of which Zoho says other things by now."""

    def reconcile(self, project):
        self.compare([(project, OCTOBER)])
        return self.row(project)

    def test_changes_of_invoiced_time(self):
        """−0.5 h (edited), −1 h (deleted), 0 (made non-billable): −1.5 h in all."""
        self.invoice().action_post()
        before = self.reconcile(self.golden)
        self.assertTrue(before.is_explained)
        billable, other = before.zoho_billable, before.zoho_non_billable
        self.portal.edit_log(self.logs["hours"], minutes=30)
        self.portal.delete_log(self.logs["deleted"])
        self.portal.set_billable(self.logs["unbillable"], False)
        self.advance(minutes=20)
        self.sync()
        self.advance(days=1)
        self.sync(full=True)
        row = self.reconcile(self.golden)
        self.assert_row(
            row,
            zoho_billable=billable - 2.5,
            zoho_non_billable=other + 1,
            differing=-1.5,
            unexplained=0,
        )
        self.assertTrue(row.is_explained)
