"""The ways out that are taken in the error summary itself.

:source: product.md, sections 3, 4, 7 and 9.
"""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..simulator import render_logs
from .resolve_common import ResolveCase


@tagged("post_install", "-at_install")
class TestPickCustomer(ResolveCase):
    def setUp(self):
        super().setUp()
        self.twins = self.add_partner() + self.add_partner(
            email="other@harbour.example", city="Far Town"
        )
        self.sync()
        self.error = self.errors(code="customer_ambiguous")

    def open_picker(self, error=None, user=None):
        action = self.managed(error or self.error, user).action_pick_customer()
        return self.wizard_of(action, user)

    def test_picked_among_the_candidates(self):
        """He is the customer, all that waited is fetched without a call, and stays."""
        wizard = self.open_picker()
        lines = wizard.candidate_ids
        self.assertEqual(lines.partner_id, self.twins)
        self.assertEqual(lines.mapped("city"), ["Old Town", "Far Town"])
        self.assertEqual(lines.mapped("invoice_count"), [0, 0])
        before = self.calls()
        lines[1].action_choose()
        self.assertEqual(self.calls(), before)
        link = self.link("customer", self.harbour.id)
        self.assertEqual(link._record(), self.twins[1])
        self.assertEqual((link.is_manual, link.origin), (True, "manual"))
        self.assertEqual(self.twins[1].city, "Rotterdam")
        self.assertFalse(self.errors(entity="customer") + self.errors(entity="contact"))
        project = self.record("project", self.zoho("project", name="Deep tasks").id)
        self.assertEqual(project.partner_id, self.twins[1])
        self.assert_all_accounted()
        for _sync in range(2):
            self.advance(days=1)
            self.sync(full=True)
            self.assertEqual(self.customer(self.harbour), self.twins[1])
        self.assert_content()

    def test_any_other_company(self):
        other = self.add_partner(name="Port of Rotterdam")
        wizard = self.open_picker()
        wizard.partner_id = other
        wizard.action_choose()
        self.assertEqual(self.customer(self.harbour), other)
        self.assertEqual(other.name, "Harbour Authority")
        link = self.link("customer", self.harbour.id)
        self.assertEqual(link.values_before["name"], "Port of Rotterdam")
        self.assert_all_accounted()

    def test_bad_choices(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        cases = {
            "is a person": {"is_company": False},
            "another company": {"company_id": elsewhere.id},
            "is archived": {"active": False},
        }
        wizard = self.open_picker()
        with self.assertRaisesRegex(UserError, "Choose the contact"):
            wizard.action_choose()
        for sentence, values in cases.items():
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                partner = self.add_partner(name="Wrong", **values)
                wizard.sudo()._choose(partner)
        self.assertFalse(self.customer(self.harbour))

    def test_resolved_in_the_meantime(self):
        wizard = self.open_picker()
        self.error.resolved_at = self.env.cr.now()
        with self.assertRaisesRegex(UserError, "in the meantime"):
            wizard.candidate_ids[0].action_choose()

    def test_reader_may_not(self):
        with self.assertRaises(AccessError):
            self.open_picker(user=self.reader)


@tagged("post_install", "-at_install")
class TestPickForProject(ResolveCase):
    def setUp(self):
        super().setUp()
        self.sync()
        self.own = self.add_partner(name="Own contact")

    def pick(self, name, partner=None):
        """Pick the customer of a project that Zoho names none of."""
        zoho = self.zoho("project", name=name)
        error = self.errors(zoho_id=zoho.id)
        wizard = self.wizard_of(self.managed(error).action_pick_customer())
        wizard.partner_id = partner or self.own
        wizard.action_choose()
        self.assertTrue(error.resolved_at)
        return zoho

    def test_kept_until_zoho_names_one(self):
        before = self.calls()
        zoho = self.pick("No customer at all")
        self.assertEqual(self.calls(), before)
        project = self.record("project", zoho.id)
        self.assertEqual(project.partner_id, self.own)
        self.assertEqual(sum(project.timesheet_ids.mapped("unit_amount")), 1.5)
        self.assertFalse(self.errors(project_zoho_id=zoho.id))
        self.assert_all_accounted()
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(project.partner_id, self.own)
        self.portal.set_customers(zoho.id, [self.meadow.id])
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(project.partner_id, self.customer(self.meadow))

    def test_one_of_several(self):
        zoho = self.zoho("project", name="Customers without a primary")
        error = self.errors(zoho_id=zoho.id)
        wizard = self.wizard_of(self.managed(error).action_pick_customer())
        expected = self.customer(self.meadow) + self.customer(self.harbour)
        self.assertEqual(wizard.candidate_ids.partner_id, expected)
        line = wizard.candidate_ids.filtered(
            lambda one: one.partner_id == self.customer(self.harbour)
        )
        line.action_choose()
        project = self.record("project", zoho.id)
        self.assertEqual(project.partner_id, self.customer(self.harbour))

    def test_it_outlives_the_integration(self):
        zoho = self.pick("No customer at all")
        project = self.record("project", zoho.id)
        self.integration.action_delete()
        self.integration = self.connect()
        self.sync()
        self.assertEqual(self.record("project", zoho.id), project)
        self.assertEqual(project.partner_id, self.own)


@tagged("post_install", "-at_install")
class TestMapUser(ResolveCase):
    def setUp(self):
        super().setUp()
        self.task = self.zoho("task", name="Part 1")
        self.logs = [
            self.portal.add_log(self.task.project, self.task.id, minutes)
            for minutes in (30, 45)
        ]
        self.patcher = patch.object(render_logs, "log", self.without_owner())
        self.patcher.start()
        self.addCleanup(self.patcher.stop)
        self.sync()
        self.employee = self.env["hr.employee"].create(
            {"name": "Ours", "company_id": self.company.id}
        )

    def without_owner(self):
        """Let Zoho tell the logs of this test without their owner."""
        render, ids = render_logs.log, {log.id for log in self.logs}

        def tell(voice, log, store):
            body = render(voice, log, store)
            if log.id in ids:
                body = {key: body[key] for key in body if key != "owner"}
            return body

        return tell

    def open_map(self, log):
        error = self.errors(zoho_id=log.id)
        return self.wizard_of(self.managed(error).action_map_user())

    def test_one_log(self):
        """It is the employee's until Zoho says whose it is."""
        wizard = self.open_map(self.logs[0])
        wizard.employee_id = self.employee
        before = self.calls()
        wizard.action_map()
        self.assertEqual(self.calls(), before)
        line = self.record("timelog", self.logs[0].id)
        self.assertEqual((line.employee_id, line.unit_amount), (self.employee, 0.5))
        self.assertTrue(self.errors(zoho_id=self.logs[1].id))
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(line.employee_id, self.employee)
        self.assert_all_accounted()
        self.patcher.stop()
        self.advance(days=1)
        self.sync(full=True)
        self.assertNotEqual(line.employee_id, self.employee)
        self.assert_content()
        self.patcher.start()

    def test_all_without_an_owner_tried_again(self):
        """They are one cause: one button asks Zoho for all of them."""
        self.patcher.stop()
        self.addCleanup(self.patcher.start)
        error = self.managed(self.errors(zoho_id=self.logs[0].id))
        message = error.action_retry_cause()["params"]["message"]
        self.assertEqual(message, "Fetched: 2 time logs, 01:15 h.")
        self.assertFalse(self.errors(code="user_unresolved"))
        self.assert_all_accounted()

    def test_all_without_an_owner(self):
        wizard = self.open_map(self.logs[0])
        self.assertEqual(wizard.same_count, 1)
        wizard.write({"employee_id": self.employee.id, "with_same": True})
        wizard.action_map()
        lines = [self.record("timelog", log.id) for log in self.logs]
        self.assertEqual([line.unit_amount for line in lines], [0.5, 0.75])
        self.assertFalse(self.errors(code="user_unresolved"))

    def test_on_the_card(self):
        """As in the dialog: one, or all; not by who may only look."""
        error = self.errors(zoho_id=self.logs[0].id)
        with self.assertRaises(AccessError):
            self.managed(error, self.reader).action_choose_employee(self.employee.id)
        other = self.env["res.company"].create({"name": "Elsewhere"})
        theirs = self.env["hr.employee"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            self.managed(error).action_choose_employee(theirs.id)
        action = self.managed(error).action_choose_employee(self.employee.id, True)
        self.assertIn("Fetched: 2 time logs", action["params"]["message"])
        self.assertFalse(self.errors(code="user_unresolved"))

    def test_bad_employees(self):
        wizard = self.open_map(self.logs[0])
        with self.assertRaisesRegex(UserError, "Choose the employee"):
            wizard.action_map()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        hidden = self.env["hr.employee"].create(
            {"name": "Hidden", "company_id": other.id}
        )
        wizard.sudo().employee_id = hidden
        with self.assertRaisesRegex(UserError, "another company"):
            wizard.action_map()
        self.employee.active = False
        wizard.employee_id = self.employee
        with self.assertRaisesRegex(UserError, "is archived"):
            wizard.action_map()
