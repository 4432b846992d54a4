"""What is one company's is tied to nothing of another one."""

from odoo import Command
from odoo.tests import new_test_user, tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestTwoCompanies(BillingCommon):
    """Each company has a project with a milestone and a task list; one is shared."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        cls.env.user.company_ids |= cls.other
        companies = cls.env.company | cls.other
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": companies.ids}
        )
        cls.work = {
            name: cls._work_of(name, company)
            for name, company in (
                ("ours", cls.env.company),
                ("theirs", cls.other),
                ("shared", cls.env["res.company"]),
            )
        }
        cls.manager = new_test_user(
            cls.env,
            "manager_of_both",
            groups="project.group_project_manager,base.group_user",
            company_id=cls.env.company.id,
            company_ids=[Command.set(companies.ids)],
        )

    @classmethod
    def _work_of(cls, name, company):
        """Return task, milestone and task list of a new project of a company."""
        project = cls._project(name, company_id=company.id)
        values = {"name": name, "project_id": project.id}
        return (
            cls._task(name, project),
            cls.env["project.milestone"].create(values),
            cls.env["zoho.task.list"].create(values),
        )

    def test_people_tie_work_of_one_company(self):
        """By a form or over RPC: what they may read of both is not mixed."""
        task, milestone, task_list = (
            record.with_user(self.manager) for record in self.work["ours"]
        )
        _task, their_milestone, their_list = self.work["theirs"]
        task.zoho_task_list_id = task_list
        task_list.milestone_id = milestone
        for record, name, foreign in (
            (task, "zoho_task_list_id", their_list),
            (task_list, "milestone_id", their_milestone),
        ):
            with self.assertRefused("theirs"):
                record[name] = foreign
        with self.assertRefused("theirs"):
            their_list.with_user(self.manager).task_ids = task
        with self.assertRefused("theirs"):
            task.copy({"zoho_task_list_id": their_list.id})
        self.assertEqual(task.zoho_task_list_id, task_list)
        self.assertEqual(task_list.milestone_id, milestone)
        task, milestone, task_list = self.work["shared"]
        task.with_user(self.manager).zoho_task_list_id = task_list
        task_list.with_user(self.manager).milestone_id = milestone

    def test_code_ties_orders_to_work_of_their_company(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [Command.create({"name": "Work", "price_unit": 100})],
            }
        )
        line = order.order_line.sudo()
        for owner, is_refused in (("ours", False), ("shared", False), ("theirs", True)):
            task, milestone, _list = self.work[owner]
            for record, name, value in (
                (order.sudo(), "billing_project_id", task.project_id),
                (line, "quoted_task_ids", task),
                (line, "quoted_milestone_id", milestone),
            ):
                with self.subTest(owner, field=name):
                    if is_refused:
                        with self.assertRefused("theirs"):
                            record[name] = value
                    else:
                        record[name] = value

    def test_choices_for_zoho_are_of_its_company(self):
        dan = self.env["hr.employee"].create(
            {"name": "Dan", "company_id": self.other.id}
        )
        theirs = self.env["res.partner"].create(
            {"name": "Their Customer", "company_id": self.other.id}
        )
        values = {
            "company_id": self.env.company.id,
            "portal_zoho_id": "1",
            "zoho_id": "2",
            "entity": "timelog",
        }
        picks = self.env["zoho.pick"].sudo()
        for name, record in (("employee_id", dan), ("partner_id", theirs)):
            with self.assertRefused(record.name):
                picks.create({**values, name: record.id})
        picks.create({**values, "employee_id": self.ann.id})
