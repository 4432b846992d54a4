"""The list of users: whose time they log, and mapping them by hand.

:source: product.md, section 4.
"""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .resolve_common import ResolveCase


@tagged("post_install", "-at_install")
class TestUserList(ResolveCase):
    def setUp(self):
        super().setUp()
        self.sync()
        self.zoho_user = self.zoho("user", email="joost@example.eu")
        self.other = self.env["hr.employee"].create(
            {"name": "Ours", "company_id": self.company.id}
        )

    def user_link(self):
        return self.managed(self.link("user", self.zoho_user.id))

    def lines_of(self, employee):
        return self.lines().filtered(lambda line: line.employee_id == employee)

    def map_to(self, employee):
        wizard = self.wizard_of(self.user_link().action_map_employee())
        wizard.sudo().employee_id = employee
        wizard.action_map()
        return wizard

    def test_what_the_list_tells(self):
        """A person without rights on employees sees names, hours and states."""
        link = self.user_link()
        employee = self.record("user", self.zoho_user.id)
        lines = self.lines_of(employee)
        self.assertEqual(link.employee_name, employee.name)
        self.assertEqual((link.staff, link.origin), ("inactive", "created"))
        self.assertEqual(link.log_count, len(lines))
        self.assertAlmostEqual(link.log_hours, sum(lines.mapped("unit_amount")))
        self.assertGreater(link.log_hours, 0)
        customer = self.managed(self.link("customer", self.harbour.id))
        self.assertEqual((customer.employee_name, customer.log_count), (False, 0))
        self.assertEqual(link.action_open_record()["res_id"], employee.id)

    def test_time_moves(self):
        """His time is the other employee's at once, and after each later sync."""
        lines = self.lines_of(self.record("user", self.zoho_user.id))
        self.map_to(self.other)
        self.assertEqual(lines.employee_id, self.other)
        link = self.user_link()
        self.assertEqual((link.is_manual, link.origin), (True, "manual"))
        self.assertEqual(self.other.name, "Ours")
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(self.lines_of(self.other), lines)
        self.assertEqual((self.other.name, self.other.zoho_staff), ("Ours", "active"))
        self.assert_content(
            untold={("user", name) for name in ("name", "work_email", "zoho_staff")}
        )

    def test_invoiced_time_stays(self):
        """It was invoiced for who it was: no move, and no difference either."""
        employee = self.record("user", self.zoho_user.id)
        lines = self.lines_of(employee)
        project = self.record("project", self.zoho("project", name="Deep tasks").id)
        invoiced = lines.filtered(lambda line: line.project_id == project)
        free = lines - invoiced
        self.assertTrue(invoiced and free)
        self.invoice(project)
        wizard = self.wizard_of(self.user_link().action_map_employee())
        self.assertIn(f"employee: {len(free)}.", wizard.consequence)
        self.assertIn(f"{employee.name}: {len(invoiced)}.", wizard.consequence)
        self.map_to(self.other)
        self.assertEqual(invoiced.employee_id, employee)
        self.assertEqual(free.employee_id, self.other)
        self.advance(days=1)
        self.sync(full=True)
        self.assertEqual(invoiced.employee_id, employee)
        self.assertFalse(
            self.env["zoho.difference"].search([("timesheet_id", "in", lines.ids)])
        )

    def test_two_users_of_one_employee(self):
        """Their time cannot be told apart here: the full comparison does."""
        twin = self.zoho("user", email="joost.vink.2@example.eu")
        employee = self.record("user", self.zoho_user.id)
        own = self.lines_of(employee)
        others = self.lines_of(self.record("user", twin.id))
        self.map_to(self.record("user", twin.id))
        self.map_to(self.other)
        self.assertTrue(self.integration.full_sync_requested)
        self.advance(hours=1)
        self.sync()
        self.assertEqual(own.employee_id, self.other)
        self.assertEqual(others.employee_id, self.record("user", twin.id))

    def test_refusals(self):
        with self.assertRaisesRegex(UserError, "Choose the employee"):
            self.map_to(self.other.browse())
        with self.assertRaises(AccessError):
            self.managed(self.user_link(), self.reader).action_map_employee()
