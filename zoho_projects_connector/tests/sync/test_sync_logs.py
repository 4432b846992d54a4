"""Time logs that change in Zoho after they were fetched.

:source: product.md, section 5.
"""

from datetime import date

from odoo.tests import tagged

from ..simulator import DIALECTS, Dialect
from .sync_common import SyncedCase
from .sync_content import Expected


@tagged("post_install", "-at_install")
class TestChangedLogs(SyncedCase):
    def setUp(self):
        super().setUp()
        self.judged = self.zoho("project", name="Judged logs")
        self.log = self.zoho(
            "log", project=self.judged.id, minutes=61, kind="task", approval="approved"
        )
        self.line = self.record("timelog", self.log.id)

    def assert_in_step(self):
        """All of Odoo is what the portal says, and every minute has its place."""
        self.assert_content()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_edited(self):
        other = self.zoho("user", email="joost.vink.2@example.eu")
        self.portal.edit_log(
            self.log.id,
            minutes=95,
            day="2026-09-20",
            notes="<p>Two &amp; a half</p>",
            owner=other.id,
        )
        run = self.sync()
        self.assertEqual(self.line.unit_amount, 95 / 60)
        self.assertEqual(self.line.date, date(2026, 9, 20))
        self.assertEqual(self.line.name, "Two & a half")
        self.assertEqual(self.line.employee_id.work_email, "joost.vink.2@example.eu")
        [counts] = run.line_ids.filtered(lambda one: one.entity == "timelog")
        self.assertEqual((counts.updated, counts.created), (1, 0))
        self.assert_in_step()

    def test_day_far_back(self):
        """A log that moves to a day of long ago is found by its day of change."""
        self.portal.edit_log(self.log.id, day="2025-03-02")
        self.sync()
        self.assertEqual(self.line.date, date(2025, 3, 2))
        self.assert_in_step()

    def test_filter_is_ignored(self):
        """Days of work are listed instead: that is seen before a change is missed.

        What changed last was worked on days that are read again anyway, because
        something waits for approval there: that the filter has listed it is not said.
        """
        self.portal.edit_log(self.log.id, day="2025-03-02")
        self.sync()
        self.advance(days=5)
        waiting = self.zoho(
            "log", project=self.judged.id, kind="task", approval="pending"
        )
        self.portal.approve_log(waiting.id)
        self.sync()
        self.advance(days=5)
        self.sim.dialect = DIALECTS["modified_fetch_ignored"]
        self.assert_change_arrives()

    def test_filter_is_ignored_and_nothing_tells(self):
        """A change of long ago is asked for, when none of late can tell."""
        self.portal.edit_log(self.log.id, day="2025-03-02")
        self.sync()
        self.sim.dialect = DIALECTS["modified_fetch_ignored"]
        self.advance(days=10)
        task = self.portal.tasks[self.log.item]
        self.portal.add_log(
            task.project, task.id, 30, self.clock.today(), approval="approved"
        )
        self.sync(full=True)
        self.advance(minutes=20)
        self.assert_change_arrives()

    def assert_change_arrives(self):
        """The next sync brings a change of a log of long ago."""
        self.portal.edit_log(self.log.id, minutes=95)
        self.sync()
        self.assertEqual(self.line.unit_amount, 95 / 60)
        streams = self.integration.stream_ids
        self.assertTrue(streams.filtered("ignores_modified"))
        self.assert_in_step()

    def test_filter_that_is_obeyed_is_asked_once(self):
        """One list tells that the filter works; it is not asked for again that day."""
        self.sync(full=True)
        self.advance(days=10)
        calls = []
        for _sync in range(3):
            self.sim.ledger.reset()
            self.sync()
            calls.append(self.sim.ledger.calls["timelogs"])
            self.advance(minutes=20)
        stream = self.integration.stream_ids.filtered("obeys_modified")
        self.assertEqual(stream.entity, "timelog")
        self.assertFalse(stream.ignores_modified)
        self.assertEqual(calls[1:], calls[2:] * 2)

    def test_portal_is_a_day_ahead(self):
        """Days of change are those of the portal, and the last one is left out."""
        self.portal.timezone = "Pacific/Auckland"
        self.sim.dialect = Dialect(modified_zone="portal", modified_end="exclusive")
        self.advance(hours=4)  # the third of November has begun there
        self.portal.edit_log(self.log.id, day="2025-03-02")
        self.sync()
        self.assertEqual(self.line.date, date(2025, 3, 2))
        self.assert_in_step()

    def test_moved_to_another_task(self):
        task = self.portal.add_task(self.judged.id, "Another task")
        self.portal.move_log(self.log.id, task.id)
        self.sync()
        self.assertEqual(self.line.task_id.name, "Another task")
        self.assert_in_step()

    def test_moved_to_another_project(self):
        golden = self.zoho("task", name="Part 1")
        self.portal.move_log(self.log.id, golden.id)
        self.sync()
        self.assertEqual(self.line.project_id.name, "Golden staff example")
        self.assertEqual(self.line.task_id.name, "Part 1")
        self.assertEqual(
            self.line.account_id, self.line.project_id.account_id, "analytic account"
        )
        self.assert_in_step()

    def test_moved_to_an_issue(self):
        issue = self.zoho("issue", name="Menu overlaps on tablet")
        self.portal.move_log(self.log.id, issue.id)
        self.sync()
        self.assertEqual(self.line.task_id.zoho_kind, "bug")
        self.assert_in_step()

    def test_moved_off_its_task(self):
        """General time is switched off: the line is withdrawn and counted."""
        self.portal.move_log(self.log.id, "", self.judged.id)
        self.sync()
        self.assertFalse(self.line.active)
        self.assert_in_step()

    def test_moved_to_a_project_that_is_not_fetched(self):
        """Its old customer must not be billed, and the hours are not lost."""
        task = self.zoho("task", name="Do No customer at all")
        self.portal.move_log(self.log.id, task.id)
        self.sync()
        self.assertFalse(self.line.active)
        self.assertEqual(self.errors(zoho_id=self.log.id).hours, 61 / 60)
        self.assert_in_step()
        self.portal.add_project_customer(task.project, self.judged.primary)
        self.advance(minutes=20)
        self.sync()
        self.assertTrue(self.line.active)
        self.assertEqual(self.line.project_id.name, "No customer at all")
        self.assert_in_step()

    def test_approved_later(self):
        waiting = self.zoho(
            "log", project=self.judged.id, kind="task", approval="pending"
        )
        project = self.record("project", self.judged.id)
        # 62 pending and 65 without approval, on a task, an issue and the project.
        self.assertEqual(project.hours_waiting, self.waiting_minutes() / 60)
        self.portal.approve_log(waiting.id)
        self.sync()
        line = self.record("timelog", waiting.id)
        self.assertEqual((line.active, line.billing_state), (True, "unbilled"))
        self.assertEqual(line.zoho_approver, "Mila Koster")
        project.invalidate_recordset()
        self.assertEqual(project.hours_waiting, self.waiting_minutes() / 60)
        self.assert_in_step()

    def test_what_waits_names_its_person_and_its_notes(self):
        waiting = self.zoho(
            "log", project=self.judged.id, kind="task", approval="pending"
        )
        self.portal.edit_log(waiting.id, notes="<p>Two &amp; a half</p>")
        self.sync()
        left_out = self.env["zoho.skipped.record"].search(
            [("entity", "=", "timelog"), ("zoho_id", "=", waiting.id)]
        )
        owner = self.portal.users[waiting.owner]
        self.assertEqual(left_out.notes, "Two & a half")
        self.assertEqual(left_out.person, f"{owner.first_name} {owner.last_name}")

    def waiting_minutes(self):
        return sum(
            log.minutes
            for log in self.portal.logs.values()
            if log.project == self.judged.id
            and log.billable
            and log.approval != "approved"
            and log.kind != "general"
        )

    def test_approved_without_a_trace(self):
        """Where an approval does not count as a change, waiting days are re-read."""
        self.sim.dialect = DIALECTS["approval_bumps_no"]
        waiting = self.zoho(
            "log", project=self.judged.id, kind="task", approval="pending"
        )
        self.portal.approve_log(waiting.id)
        self.sync()
        self.assertTrue(self.record("timelog", waiting.id))
        self.assert_in_step()

    def test_approval_withdrawn(self):
        """The line is kept out of sight, and comes back as itself."""
        for judge in (self.portal.withdraw_log, self.portal.reject_log):
            with self.subTest(judge.__name__):
                judge(self.log.id)
                run = self.sync()
                self.assertFalse(self.line.active)
                self.assertEqual(self.link("timelog", self.log.id).state, "withdrawn")
                [counts] = run.line_ids.filtered(lambda one: one.entity == "timelog")
                self.assertEqual(counts.withdrawn, 1)
                self.assert_in_step()
                self.advance(minutes=20)
                self.portal.approve_log(self.log.id)
                self.sync()
                self.assertTrue(self.line.active)
                self.assertEqual(self.record("timelog", self.log.id), self.line)
                self.assert_in_step()
                self.advance(minutes=20)

    def test_approval_withdrawn_without_a_trace(self):
        self.sim.dialect = DIALECTS["approval_bumps_no"]
        self.portal.withdraw_log(self.log.id)
        self.sync(full=True)
        self.assertFalse(self.line.active)
        self.assert_in_step()

    def test_made_non_billable(self):
        self.portal.set_billable(self.log.id, False)
        self.sync()
        self.assertFalse(self.line.active)
        self.assert_in_step()
        self.advance(minutes=20)
        self.portal.set_billable(self.log.id, True)
        self.sync()
        self.assertTrue(self.line.active)
        self.assert_in_step()

    def test_deleted(self):
        """Nothing tells of a deleted log but its absence and its answer."""
        self.portal.delete_log(self.log.id)
        self.sync()
        self.assertTrue(self.line.active)
        run = self.sync(full=True)
        self.assertFalse(self.line.active)
        self.assertTrue(self.line.exists())
        [counts] = run.line_ids.filtered(lambda one: one.entity == "timelog")
        self.assertEqual(counts.withdrawn, 1)
        self.assert_in_step()

    def test_waiting_log_deleted(self):
        """A log that was only counted is no longer counted."""
        waiting = self.zoho(
            "log", project=self.judged.id, kind="task", approval="pending"
        )
        self.portal.delete_log(waiting.id)
        self.sync(full=True)
        self.assert_in_step()

    def test_failed_log_deleted(self):
        """A log that could not be fetched is no longer in the error summary."""
        missing = self.zoho("project", name="No customer at all")
        log = self.zoho("log", project=missing.id)
        self.assertTrue(self.errors(zoho_id=log.id))
        self.portal.delete_log(log.id)
        self.sync(full=True)
        self.assertFalse(self.errors(zoho_id=log.id))
        self.assert_in_step()

    def test_new_log_with_new_parents(self):
        """A task that the same run brings is there before its logs."""
        task = self.portal.add_task(self.judged.id, "New task")
        log = self.portal.add_log(self.judged.id, task.id, 45, "2026-11-01")
        self.sync()
        self.assertEqual(self.record("timelog", log.id).unit_amount, 0.75)
        self.assert_in_step()

    def test_general_time_later(self):
        self.integration.sync_general_timesheets = True
        self.sync()
        general = self.zoho(
            "log",
            project=self.judged.id,
            kind="general",
            approval="approved",
            minutes=61,
        )
        line = self.record("timelog", general.id)
        self.assertFalse(line.task_id)
        self.assertEqual((line.name, line.zoho_log_kind), ("Travel", "general"))
        self.assert_content(Expected(self.sim, general=True))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.integration.sync_general_timesheets = False
        self.sync()
        self.assertFalse(line.active)
        self.assert_in_step()

    def test_approval_not_required(self):
        self.integration.require_approval = False
        self.sync()
        self.assert_content(Expected(self.sim, unapproved=True))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.integration.require_approval = True
        self.sync()
        self.assert_in_step()

    def test_hours_to_the_minute(self):
        long = self.zoho("log", minutes=132 * 60 + 30)
        line = self.record("timelog", long.id)
        self.assertEqual(line.unit_amount, 132.5)
        self.portal.edit_log(long.id, minutes=20)
        self.sync()
        self.assertEqual(round(line.unit_amount * 60, 6), 20)
