"""Which rate an hour of work gets, by billing method, scope and day."""

from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestBillingRates(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.project = cls.env["project.project"].create(
            {"name": "Rates", "allow_billable": True, "allow_timesheets": True}
        )
        cls.task = cls._task("Design")
        cls.other_task = cls._task("Build")
        cls.anna, cls.ben = cls.env["hr.employee"].create(
            [{"name": "Anna"}, {"name": "Ben"}]
        )

    @classmethod
    def _task(cls, name):
        return cls.env["project.task"].create(
            {"name": name, "project_id": cls.project.id, "user_ids": []}
        )

    def _rate(self, rate, **scope):
        values = {"project_id": self.project.id, "rate": rate, **scope}
        return self.env["project.billing.rate"].create(values)

    def _entry(self, task=None, employee=None, day="2026-03-10"):
        return self.env["account.analytic.line"].create(
            {
                "name": "Work",
                "project_id": self.project.id,
                "task_id": (task or self.task).id if task is not False else False,
                "employee_id": (employee or self.anna).id,
                "date": day,
                "unit_amount": 1.0,
            }
        )

    def _found(self, entry):
        return tuple(entry._get_billing_rates()[entry.id])

    def test_project_hours_ignore_task_and_staff(self):
        self.project.write({"billing_method": "project_hours", "billing_rate": 80})
        self.task.billing_rate = 120
        self._rate(95, employee_id=self.anna.id)
        self.assertEqual(self._found(self._entry()), (80, "project"))

    def test_task_hours_take_the_task_then_the_project(self):
        self.project.write({"billing_method": "task_hours", "billing_rate": 80})
        self.task.billing_rate = 120
        self._rate(95, employee_id=self.anna.id)
        self.assertEqual(self._found(self._entry()), (120, "task"))
        self.assertEqual(self._found(self._entry(self.other_task)), (80, "project"))
        self.assertEqual(self._found(self._entry(False)), (80, "project"))

    def test_staff_hours_take_the_person_then_the_default(self):
        self.project.write({"billing_method": "staff_hours", "billing_rate": 80})
        self.task.billing_rate = 120
        self._rate(95, employee_id=self.anna.id)
        self.assertEqual(self._found(self._entry()), (95, "employee"))
        self.assertEqual(self._found(self._entry(employee=self.ben)), (80, "default"))

    def test_a_person_on_one_task_beats_the_person(self):
        self.project.billing_method = "staff_hours"
        self._rate(95, employee_id=self.anna.id)
        self._rate(99, employee_id=self.anna.id, task_id=self.task.id)
        self.assertEqual(self._found(self._entry()), (99, "employee"))
        self.assertEqual(self._found(self._entry(self.other_task)), (95, "employee"))

    def test_without_a_method_the_most_specific_rate_wins(self):
        self.project.billing_rate = 80
        self._rate(95, employee_id=self.anna.id)
        self.task.billing_rate = 120
        self.assertEqual(self._found(self._entry()), (120, "task"))
        self.assertEqual(self._found(self._entry(self.other_task)), (95, "employee"))
        ben = self._entry(self.other_task, self.ben)
        self.assertEqual(self._found(ben), (80, "project"))

    def test_a_missing_rate_is_none_and_never_zero(self):
        entry = self._entry()
        for method, origin in [
            ("fixed_cost", "project"),
            ("project_hours", "project"),
            ("task_hours", "project"),
            ("staff_hours", "default"),
        ]:
            self.project.billing_method = method
            self.assertEqual(self._found(entry), (None, origin), method)

    def test_a_rate_of_zero_is_no_rate(self):
        self.project.write({"billing_method": "staff_hours", "billing_rate": 80})
        self._rate(0, employee_id=self.anna.id)
        self.assertEqual(self._found(self._entry()), (80, "default"))

    def test_the_newest_rate_valid_on_the_day_of_work(self):
        self.project.billing_method = "staff_hours"
        self._rate(95, employee_id=self.anna.id)
        self._rate(110, employee_id=self.anna.id, date_from="2026-03-01")
        self._rate(125, employee_id=self.anna.id, date_from="2026-04-01")
        for day, rate in [
            ("2026-02-28", 95),
            ("2026-03-01", 110),
            ("2026-03-31", 110),
            ("2026-04-01", 125),
        ]:
            self.assertEqual(self._found(self._entry(day=day)), (rate, "employee"), day)

    def test_before_the_first_dated_rate_there_is_none(self):
        self.project.billing_method = "staff_hours"
        self._rate(110, employee_id=self.anna.id, date_from="2026-03-01")
        entry = self._entry(day="2026-02-28")
        self.assertEqual(self._found(entry), (None, "default"))

    def test_a_dated_task_rate_replaces_the_rate_on_the_task(self):
        self.project.billing_method = "task_hours"
        self.task.billing_rate = 120
        self._rate(130, task_id=self.task.id, date_from=date(2026, 3, 1))
        self.assertEqual(self._found(self._entry(day="2026-02-28")), (120, "task"))
        self.assertEqual(self._found(self._entry(day="2026-03-01")), (130, "task"))

    def test_an_entry_being_typed_has_a_rate_before_it_has_a_date(self):
        self.project.billing_rate = 80
        entry = self.env["account.analytic.line"].new(
            {"project_id": self.project.id, "date": False}
        )
        self.assertEqual(self._found(entry), (80, "project"))

    def test_an_archived_task_keeps_its_rate(self):
        self.project.billing_method = "task_hours"
        self.task.billing_rate = 120
        entry = self._entry()
        self.task.active = False
        self.assertEqual(self._found(entry), (120, "task"))

    def test_the_same_scope_twice_is_refused(self):
        self._rate(95, employee_id=self.anna.id)
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._rate(96, employee_id=self.anna.id)

    def test_a_negative_rate_is_refused(self):
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self._rate(-1)

    def test_a_task_of_another_project_is_refused(self):
        other = self.env["project.project"].create({"name": "Elsewhere"})
        stranger = self.env["project.task"].create(
            {"name": "Stranger", "project_id": other.id, "user_ids": []}
        )
        with self.assertRaises(ValidationError) as refused:
            self._rate(95, task_id=stranger.id)
        self.assertIn("Stranger", str(refused.exception))

    def test_a_rate_is_named_after_its_scope(self):
        rate = self._rate(95, task_id=self.task.id, employee_id=self.anna.id)
        self.assertEqual(rate.display_name, "Rates / Design / Anna")

    def test_a_thousand_entries_cost_no_more_queries_than_ten(self):
        self.project.write({"billing_method": "staff_hours", "billing_rate": 80})
        self._rate(95, employee_id=self.anna.id)
        values = self._entry().copy_data()
        entries = self.env["account.analytic.line"].create(values * 200)
        few, many = entries[:10], entries[10:]
        self.assertEqual(self._queries(few), self._queries(many))

    def _queries(self, entries):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        entries._get_billing_rates()
        return self.env.cr.sql_log_count - before

    def test_an_accountant_without_project_rights_sets_rates(self):
        accountant = new_test_user(
            self.env, "rates_accountant", "zoho_projects_connector.group_zoho_billing"
        )
        rate = self._rate(95, employee_id=self.anna.id)
        rate.with_user(accountant).rate = 97
        self.assertEqual(rate.rate, 97)
        self.assertEqual(rate.with_user(accountant).employee_id.name, "Anna")

    def test_a_plain_employee_does_not_see_rates(self):
        clerk = new_test_user(self.env, "rates_clerk", "base.group_user")
        rate = self._rate(95)
        with self.assertRaises(AccessError):
            rate.with_user(clerk).read(["rate"])
        with self.assertRaises(AccessError):
            self.project.with_user(clerk).read(["billing_rate"])


@tagged("post_install", "-at_install")
class TestBillingCurrency(TransactionCase):
    def test_own_currency_then_pricelist_then_company(self):
        company = self.env.company
        euro, pound = self.env.ref("base.EUR"), self.env.ref("base.GBP")
        (euro | pound).active = True
        self.env.user.group_ids += self.env.ref("product.group_product_pricelist")
        self.env.ref("base.group_user").implied_ids += self.env.ref(
            "product.group_product_pricelist"
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Euro", "currency_id": euro.id}
        )
        partner = self.env["res.partner"].create({"name": "Customer"})
        project = self.env["project.project"].create({"name": "Currency"})
        self.assertEqual(project._billing_currency(), company.currency_id)
        partner.property_product_pricelist = pricelist
        project.partner_id = partner
        self.assertEqual(project._billing_currency(), euro)
        project.billing_currency_id = pound
        self.assertEqual(project._billing_currency(), pound)
