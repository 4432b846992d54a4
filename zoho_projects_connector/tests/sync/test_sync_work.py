"""Projects, phases, task lists, tasks and bugs that change in Zoho.

:source: product.md, sections 2 and 3.
"""

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .sync_common import SyncedCase
from .sync_content import Expected


class WorkCase(SyncedCase):
    def assert_in_step(self, **preferences):
        """All of Odoo is what the portal says, and every minute has its place."""
        self.assert_content(Expected(self.sim, **preferences))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())


@tagged("post_install", "-at_install")
class TestChangedProjects(WorkCase):
    def setUp(self):
        super().setUp()
        self.golden = self.zoho("project", name="Golden staff example")
        self.project = self.record("project", self.golden.id)

    def test_renamed_and_described(self):
        self.portal.edit(
            "project",
            self.golden.id,
            name="Golden again",
            description="<p>New</p>",
            start=date(2026, 9, 1),
            end=date(2026, 12, 31),
            tags=["gold"],
        )
        self.sync()
        self.assertEqual(self.project.name, "Golden again")
        self.assertEqual(self.project.date, date(2026, 12, 31))
        self.assert_in_step()

    def test_archived_and_back(self):
        """A project that was fetched stays, out of sight, with all its time."""
        lines = self.project.timesheet_ids
        self.portal.archive_project(self.golden.id)
        self.sync()
        self.assertFalse(self.project.active)
        self.assertEqual(lines.mapped("active"), [True] * 3)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.advance(minutes=20)
        self.portal.activate_project(self.golden.id)
        self.sync()
        self.assertTrue(self.project.active)
        self.assert_in_step()

    def test_closed_and_reopened(self):
        """Time that is logged after a project was closed arrives as before."""
        self.portal.close_project(self.golden.id)
        self.sync()
        task = self.zoho("task", name="Part 1")
        late = self.portal.add_log(self.golden.id, task.id, 30, "2026-11-02")
        self.advance(minutes=20)
        self.sync()
        self.assertEqual(self.record("timelog", late.id).unit_amount, 0.5)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
        self.portal.reopen_project(self.golden.id)
        self.advance(minutes=20)
        self.sync()
        self.assert_in_step()

    def test_first_seen_closed_then_reopened(self):
        """What was left out with a closed project arrives when it opens."""
        closed = self.zoho("project", name="Closed with late hours")
        self.assertFalse(self.record("project", closed.id))
        self.portal.reopen_project(closed.id)
        self.sync()
        self.sync()
        self.assertTrue(self.record("project", closed.id))
        self.assert_in_step()

    def test_closed_projects_too(self):
        self.integration.include_closed_projects = True
        self.sync()
        archived = self.zoho("project", name="Archived")
        self.assertFalse(self.record("project", archived.id).active)
        self.assert_in_step(closed=True)

    def test_customer_added(self):
        """A project without customer brings its tasks and logs as it gets one."""
        alone = self.zoho("project", name="No customer at all")
        self.assertTrue(self.errors(project_zoho_id=alone.id))
        self.portal.add_project_customer(alone.id, self.golden.primary)
        self.sync()
        self.assertFalse(self.errors(project_zoho_id=alone.id))
        self.assertFalse(self.errors(zoho_id=alone.id))
        self.assertEqual(
            self.record("project", alone.id).timesheet_ids.unit_amount, 1.5
        )
        self.assert_in_step()

    def test_customer_added_without_a_trace(self):
        """Where a new customer does not change his project, it is seen in its turn."""
        self.portal.customer_bumps_project = False
        alone = self.zoho("project", name="No customer at all")
        self.portal.add_project_customer(alone.id, self.golden.primary)
        for _waiting in self.errors(entity="project"):
            self.sync()
            self.advance(minutes=20)
        self.assertTrue(self.record("project", alone.id))
        self.assert_in_step()

    def test_other_primary_customer(self):
        other = self.zoho("customer", name="Harbour Authority")
        self.portal.set_primary(self.golden.id, other.id)
        self.sync()
        self.assertEqual(self.project.partner_id, self.record("customer", other.id))
        self.assert_in_step()

    def test_customer_taken_away(self):
        """A project that has lost its customer stays as it is, and is an error."""
        partner = self.project.partner_id
        self.portal.set_customers(self.golden.id, [])
        self.sync()
        self.assertEqual(self.project.partner_id, partner)
        error = self.errors(zoho_id=self.golden.id)
        self.assertEqual(error.code, "project_without_primary_customer")
        self.advance(minutes=20)
        self.portal.set_customers(
            self.golden.id, [self.zoho("customer", name="Golden Customer Ltd").id]
        )
        self.sync()
        self.assertFalse(self.errors(zoho_id=self.golden.id))
        self.assert_in_step()

    def test_trashed(self):
        """A project in the bin is archived with its tasks; its time is withdrawn."""
        lines = self.project.timesheet_ids
        self.portal.trash("project", self.golden.id)
        self.sync(full=True)
        self.assertFalse(self.project.active)
        self.assertEqual(lines.mapped("active"), [False] * 3)
        self.assert_in_step()
        self.portal.restore(self.golden.id)
        self.advance(minutes=20)
        self.sync(full=True)
        self.assertTrue(self.project.active)
        self.assertEqual(lines.mapped("active"), [True] * 3)
        self.assert_in_step()


@tagged("post_install", "-at_install")
class TestChangedWork(WorkCase):
    def setUp(self):
        super().setUp()
        self.deep = self.zoho("project", name="Deep tasks")
        self.golden = self.zoho("project", name="Golden staff example")

    def test_task_edited(self):
        task = self.zoho("task", name="Level 0")
        self.portal.edit(
            "task",
            task.id,
            name="Level zero",
            status="In Review",
            priority="low",
            planned_minutes=90,
            end="2026-12-24",
            tags=["urgent"],
            description="<b>Now</b>",
        )
        self.sync()
        record = self.record("task", task.id)
        self.assertEqual(record.allocated_hours, 1.5)
        self.assertEqual(
            (record.stage_id.name, record.stage_id.fold), ("In Review", False)
        )
        self.assertIn(record.stage_id, record.project_id.type_ids)
        self.assert_in_step()

    def test_task_closed_and_reopened(self):
        task = self.zoho("task", name="Level 3")
        record = self.record("task", task.id)
        self.portal.close_task(task.id)
        self.sync()
        self.assertEqual(record.state, "1_done")
        self.assertTrue(record.stage_id.fold)
        self.portal.reopen_task(task.id)
        self.advance(minutes=20)
        self.sync()
        self.assertEqual(record.state, "01_in_progress")
        self.assert_in_step()

    def test_task_changes_parent_list_and_phase(self):
        phase = self.portal.add_phase(self.deep.id, "Phase 3")
        task_list = self.portal.add_task_list(self.deep.id, "Later", phase=phase.id)
        task = self.zoho("task", name="Level 2")
        place = {"task_list": task_list.id, "phase": phase.id}
        self.portal.edit("task", task.id, parent="", depth=0, **place)
        below = self.zoho("task", name="Level 3")
        self.portal.edit("task", below.id, depth=1, **place)
        self.sync()
        record = self.record("task", task.id)
        self.assertFalse(record.parent_id)
        self.assertEqual(record.milestone_id.name, "Phase 3")
        self.assertEqual(record.zoho_task_list_id.milestone_id.name, "Phase 3")
        self.assert_in_step()

    def test_task_moved_to_another_project(self):
        """Subtasks and logs go with their task."""
        top = self.zoho("task", name="Level 0")
        self.portal.move_task(top.id, self.golden.id)
        for task in self.portal.tasks.values():
            if task.project == self.golden.id and task.name.startswith("Level"):
                task.phase = ""
                self.portal.touch(task)
        for log in self.portal.logs.values():
            if log.project == self.golden.id:
                self.portal.touch(log)
        self.sync()
        record = self.record("task", top.id)
        self.assertEqual(record.project_id.name, "Golden staff example")
        self.assertEqual(record.child_ids.project_id, record.project_id)
        self.assert_in_step()

    def test_task_trashed_and_purged(self):
        """Subtasks go with it; both ways end the same, and only the bin comes back."""
        task = self.zoho("task", name="Level 2")
        below = self.zoho("task", name="Level 3")
        records = self.record("task", task.id) + self.record("task", below.id)
        self.portal.trash("task", task.id)
        self.sync(full=True)
        self.assertEqual(records.mapped("active"), [False, False])
        self.assert_in_step()
        self.portal.restore(task.id)
        self.portal.restore(below.id)
        self.advance(minutes=20)
        self.sync(full=True)
        self.assertEqual(records.mapped("active"), [True, True])
        self.assert_in_step()
        self.portal.purge("task", below.id)
        self.advance(minutes=20)
        self.sync(full=True)
        self.assertEqual(records.mapped("active"), [True, False])
        self.assert_in_step()

    def test_phase_and_list_edited(self):
        phase = self.zoho("phase", name="Phase 2")
        task_list = self.zoho("task_list", name="Launch")
        self.portal.edit("phase", phase.id, name="Phase two", end="2027-01-31")
        self.portal.close_phase(phase.id)
        self.portal.edit("task_list", task_list.id, name="Liftoff", closed=True)
        self.sync()
        milestone = self.record("phase", phase.id)
        self.assertEqual(
            (milestone.name, milestone.is_reached, milestone.deadline),
            ("Phase two", True, date(2027, 1, 31)),
        )
        self.assertTrue(self.record("task_list", task_list.id).is_closed)
        self.assert_in_step()

    def test_bug_edited(self):
        bug = self.zoho("issue", name="Menu overlaps on tablet")
        self.portal.edit(
            "issue",
            bug.id,
            severity="Major",
            classification="Security",
            status="Closed",
            closed=True,
            due=date(2026, 12, 1),
        )
        self.sync()
        record = self.record("bug", bug.id)
        self.assertEqual(record.zoho_severity, "Major")
        self.assertEqual(record.state, "1_done")
        self.assert_in_step()

    def test_renamed_project_that_was_translated(self):
        """Languages that said the old name follow; what a person wrote stays."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["res.lang"]._activate_lang("de_DE")
        zoho = self.zoho("project", name="Judged logs")
        project = self.record("project", zoho.id)
        project.update_field_translations(
            "name", {"fr_FR": "Heures jugées", "de_DE": "Judged logs"}
        )
        self.portal.rename("project", zoho.id, "Settled logs")
        self.sync()
        names = {
            code: project.with_context(lang=code).name
            for code in ("en_US", "fr_FR", "de_DE")
        }
        self.assertEqual(
            names,
            {
                "en_US": "Settled logs",
                "fr_FR": "Heures jugées",
                "de_DE": "Settled logs",
            },
        )

    def test_what_people_add_is_kept(self):
        """Followers, tags and fields that no mapping names survive an update."""
        task = self.zoho("task", name="Level 0")
        record = self.record("task", task.id)
        tag = self.env["project.tags"].create({"name": "Ours"})
        follower = self.env["res.partner"].create({"name": "Follower"})
        record.message_subscribe(follower.ids)
        record.write({"tag_ids": [Command.link(tag.id)], "color": 5})
        self.portal.edit("task", task.id, name="Changed", tags=["theirs"])
        self.sync()
        self.assertEqual(record.name, "Changed")
        self.assertEqual(set(record.tag_ids.mapped("name")), {"Ours", "theirs"})
        self.assertIn(follower, record.message_partner_ids)
        self.assertEqual(record.color, 5)
