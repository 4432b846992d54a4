"""An accountant sets rates on their page, in a real browser."""

from odoo.tests import tagged

from ..tour_common import BillingTourCase


class RatesTourCase(BillingTourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.later = cls._project("Later", billing_rate=0.0)
        cls.project.write({"billing_method": False, "billing_rate": 0.0})
        cls.anna = cls.env["hr.employee"].search([("name", "=", "Anna")], limit=1)
        cls._log(cls._task(cls.later, "Calls"), cls.anna, 2)
        own = cls.project | cls.later
        others = cls.env["project.project"].search([("id", "not in", own.ids)])
        others.allow_billable = False


@tagged("post_install", "-at_install")
class TestRatesTours(RatesTourCase):
    def test_rates_are_typed_pasted_and_copied(self):
        self._tour("zoho_rates_grid", "/odoo")
        self.assertFalse(self.later.billing_rate)
        [row] = self.later.billing_rate_ids
        self.assertEqual((row.employee_id, row.rate, row.is_free), (self.anna, 0, True))
        [default] = self.env["project.billing.rate"].search(
            [("project_id", "=", False), ("company_id", "=", self.env.company.id)]
        )
        self.assertEqual(default.rate, 60)

    def test_a_task_shows_what_it_inherits(self):
        self.later.billing_rate = 75
        task = self.later.task_ids
        self.start_tour(f"/odoo/all-tasks/{task.id}", "zoho_rates_task", login="admin")
        self.assertEqual((task.billing_rate, task.billing_is_free), (120, False))


@tagged("post_install", "-at_install")
class TestRatesOnAPhone(RatesTourCase):
    browser_size = "400x800"
    touch_enabled = True

    def test_one_project_at_a_time(self):
        self._tour("zoho_rates_phone", "/odoo/rates")
        [row] = self.project.billing_rate_ids.filtered(
            lambda one: one.employee_id == self.anna
        )
        self.assertEqual(row.rate, 111)
