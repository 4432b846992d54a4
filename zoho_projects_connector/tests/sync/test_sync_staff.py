"""Users of Zoho as employees, and who a time log belongs to.

:source: product.md, section 4.
"""

from odoo.tests import new_test_user, tagged

from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestStaff(SyncCase):
    def add_employee(self, **values):
        return self.env["hr.employee"].create(
            {"name": "Ours", "company_id": self.company.id, **values}
        )

    def user(self, email):
        return self.zoho("user", email=email)

    def employee(self, email):
        return self.record("user", self.user(email).id)

    def test_matched_by_mail(self):
        """Case does not matter; name and mail stay the employee's own."""
        known = self.add_employee(work_email="zoe.bakker@example.eu")
        self.sync()
        self.assertEqual(self.employee("Zoe.Bakker@Example.EU"), known)
        self.assertEqual((known.name, known.zoho_staff), ("Ours", "active"))
        self.assertEqual(known.work_email, "zoe.bakker@example.eu")

    def test_matched_by_login(self):
        user = new_test_user(
            self.env,
            "joost@example.eu",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        known = self.add_employee(user_id=user.id)
        self.sync()
        self.assertEqual(self.employee("joost@example.eu"), known)
        task = self.record("task", self.zoho("task", name="Level 0").id)
        self.assertEqual(task.user_ids, user)

    def test_archived_is_matched(self):
        known = self.add_employee(work_email="joost@example.eu", active=False)
        self.sync()
        self.assertEqual(self.employee("joost@example.eu"), known)
        self.assertFalse(known.active)
        self.assertTrue(self.lines().filtered(lambda line: line.employee_id == known))
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_other_company_is_no_match(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.add_employee(work_email="joost@example.eu", company_id=other.id)
        self.sync()
        self.assertNotEqual(self.employee("joost@example.eu"), hidden)
        self.assertFalse(hidden.zoho_staff)

    def test_mail_with_signs_of_a_pattern(self):
        """What means something in a search is a sign of the address like any other."""
        known = self.add_employee(work_email="a\\b_c@example.eu")
        other = self.add_employee(work_email="abxc@example.eu")
        self.portal.add_user("Ab", "C", "A\\B_C@example.eu")
        self.sync()
        self.assertEqual(self.employee("A\\B_C@example.eu"), known)
        self.assertFalse(other.zoho_staff)

    def test_a_request_cannot_pass_for_a_sync(self):
        """Whoever makes a task follows it, whatever the context of his request says."""
        user = new_test_user(self.env, "maker", groups="project.group_project_user")
        project = self.env["project.project"].create({"name": "Ours"})
        tasks = self.env["project.task"].with_user(user).with_context(zoho_sync=True)
        task = tasks.create({"name": "Mine", "project_id": project.id})
        self.assertIn(user.partner_id, task.sudo().message_partner_ids)

    def test_nobody_gets_a_login_or_a_mail(self):
        users = self.env["res.users"].with_context(active_test=False).search_count([])
        models = ("mail.mail", "mail.message", "mail.activity", "mail.followers")
        mails = [self.env[model].search_count([]) for model in models]
        self.sync()
        made = self.env["hr.employee"].search([("company_id", "=", self.company.id)])
        self.assertEqual(set(made.mapped("zoho_staff")), {"inactive"})
        self.assertFalse(made.user_id)
        self.assertEqual(
            self.env["res.users"].with_context(active_test=False).search_count([]),
            users,
        )
        self.assertEqual([self.env[model].search_count([]) for model in models], mails)

    def test_invited_user_has_no_name(self):
        self.sync()
        self.assertEqual(self.employee("invited@example.eu").name, "invited@example.eu")

    def test_namesakes_are_two(self):
        self.sync()
        self.assertNotEqual(
            self.employee("joost@example.eu"), self.employee("joost.vink.2@example.eu")
        )

    def test_stranger_is_made_from_his_log(self):
        """Nobody lists him any more, but he has worked."""
        self.sync()
        [stranger] = self.portal.ghosts.values()
        employee = self.record("user", stranger.id)
        self.assertEqual(employee.name, "Xaver Unknown")
        self.assertEqual(employee.work_email, "xaver@elsewhere.example")
        self.assertEqual(employee.zoho_staff, "inactive")
        [line] = self.lines().filtered(lambda line: line.employee_id == employee)
        self.assertEqual(line.unit_amount, 2)

    def test_user_of_a_customer_logs_time(self):
        """His employee is made of his log; the next syncs have nothing to write."""
        client = next(
            one for one in self.portal.users.values() if one.kind == "client_user"
        )
        task = self.zoho("task", name="Level 0")
        self.portal.add_log(task.project, task.id, 30, "2026-11-01", client.id)
        self.sync()
        employee = self.record("user", client.id)
        self.assertEqual(employee.zoho_staff, "inactive")
        lines = self.lines().filtered(lambda line: line.employee_id == employee)
        self.assertIn(0.5, lines.mapped("unit_amount"))
        before = self.all_rows()
        for full in (True, False):
            self.advance(minutes=20)
            self.sync(full=full)
        self.assert_nothing_written(before)
        self.portal.edit("user", client.id, last_name="Newname")
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(employee.name, client.full_name)
        self.assertIn("Newname", employee.name)
        self.assertEqual(self.record("user", client.id), employee)
        before = self.all_rows()
        self.advance(days=1)
        self.sync(full=True)
        self.assert_nothing_written(before)

    def test_user_leaves(self):
        """Who leaves keeps his time; what he has logged late still arrives."""
        self.sync()
        leaver = self.user("joost@example.eu")
        employee = self.record("user", leaver.id)
        before = len(self.lines().filtered(lambda line: line.employee_id == employee))
        self.portal.user_leaves(leaver.id)
        task = self.zoho("task", name="Level 0")
        self.portal.add_log(task.project, task.id, 30, "2026-11-02", leaver.id)
        self.advance(hours=1)
        self.sync()
        after = len(self.lines().filtered(lambda line: line.employee_id == employee))
        self.assertEqual(after, before + 1)
        self.portal.user_removed(leaver.id)
        self.portal.add_log(task.project, task.id, 40, "2026-11-02", leaver.id)
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(self.record("user", leaver.id), employee)
        self.assertTrue(employee.active)
        after = len(self.lines().filtered(lambda line: line.employee_id == employee))
        self.assertEqual(after, before + 2)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())

    def test_time_without_timesheets(self):
        """Without timesheets there is no staff and no time."""
        self.integration.sync_timesheets = False
        run = self.sync()
        self.assertEqual(run.status, "done")
        self.assertFalse(self.lines())
        self.assertFalse(self.record("user", self.user("joost@example.eu").id))
        self.assertTrue(self.record("task", self.zoho("task", name="Level 3").id))
        self.integration.sync_timesheets = True
        self.advance(hours=1)
        self.sync()
        self.assert_content()
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
