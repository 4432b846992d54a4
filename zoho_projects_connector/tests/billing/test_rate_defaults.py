"""What holds where a project has no rate of its own, and who may say so."""

from datetime import date

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .billing_common import BillingCommon

LEVELS = ("company", "customer", "role", "person", "project", "employee", "task")


class RateDefaultsCommon(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = cls._project("Plain Project")
        cls.work = cls._task("Work", cls.plain)
        cls.consultant = cls.env["hr.job"].create({"name": "Consultant"})
        cls.ann.job_id = cls.consultant
        cls.rates = cls.env["project.billing.rate"]

    @classmethod
    def _default(cls, rate, **values):
        return cls.rates.create(
            {"rate": rate, "company_id": cls.env.company.id, **values}
        )

    def _found(self, employee=None, day="2026-03-10", task=None):
        entry = self.env["account.analytic.line"].new(
            {
                "project_id": (task or self.work).project_id.id,
                "task_id": (task or self.work).id,
                "employee_id": (employee or self.ann).id,
                "date": fields.Date.to_date(day),
            }
        )
        return tuple(entry._get_billing_rates()[entry.id])


@tagged("post_install", "-at_install")
class TestRateDefaults(RateDefaultsCommon):
    def _set(self, level, rate):
        """Set the rate of one level."""
        here = {"project_id": self.plain.id}
        if level == "project":
            self.plain.billing_rate = rate
        elif level == "task":
            self.work.billing_rate = rate
        elif level == "employee":
            self.rates.create({**here, "employee_id": self.ann.id, "rate": rate})
        else:
            subjects = {
                "company": {},
                "customer": {"partner_id": self.customer.id},
                "role": {"job_id": self.consultant.id},
                "person": {"employee_id": self.ann.id},
            }
            self._default(rate, **subjects[level])

    # Which one wins

    def test_each_level_beats_those_below(self):
        for number, level in enumerate(LEVELS, 1):
            self._set(level, number * 10)
            self.assertEqual(self._found(), (number * 10, level), level)

    def test_who_worked_counts_only_where_the_method_says_so(self):
        for number, level in enumerate(LEVELS[:4], 1):
            self._set(level, number * 10)
        for method, found in [
            (False, (40, "person")),
            ("staff_hours", (40, "person")),
            ("project_hours", (20, "customer")),
            ("task_hours", (20, "customer")),
        ]:
            self.plain.billing_method = method
            self.assertEqual(self._found(), found, method)
        self.plain.billing_method = "staff_hours"
        self.assertEqual(self._found(self.ben), (20, "customer"))

    def test_what_a_project_says_beats_the_default_of_a_person(self):
        """So that no default changes what was agreed for a project."""
        self._set("person", 40)
        self.plain.write({"billing_method": "staff_hours", "billing_rate": 80})
        self.assertEqual(self._found(), (80, "default"))

    def test_the_payer_s_rate_holds_for_his_contacts(self):
        contact = self.env["res.partner"].create(
            {"name": "Office", "parent_id": self.customer.id, "type": "other"}
        )
        self.plain.partner_id = contact
        self._set("customer", 20)
        self.assertEqual(self._found(), (20, "customer"))
        with self.assertRaises(ValidationError) as refused:
            self._default(30, partner_id=contact.id)
        self.assertIn("Golden Customer", str(refused.exception))

    def test_a_day_of_each_level(self):
        march, april = date(2026, 3, 1), date(2026, 4, 1)
        self._set("company", 10)
        self._default(11, date_from=march)
        self._default(21, partner_id=self.customer.id, date_from=april)
        for day, found in [
            ("2026-02-28", (10, "company")),
            ("2026-03-31", (11, "company")),
            ("2026-04-01", (21, "customer")),
        ]:
            self.assertEqual(self._found(day=day), found, day)

    def test_a_promotion_reprices_no_work_of_before(self):
        partner = self.env["hr.job"].create({"name": "Partner"})
        self.ann.version_id.date_version = "2026-01-01"
        self.ann.create_version({"date_version": "2026-06-01", "job_id": partner.id})
        self._set("role", 100)
        self._default(180, job_id=partner.id)
        for day, rate in [
            ("2025-12-01", 100),
            ("2026-05-31", 100),
            ("2026-06-01", 180),
        ]:
            self.assertEqual(self._found(day=day), (rate, "role"), day)
        for day in ("2026-05-31", "2026-06-01"):
            self._log(1, self.ann, self.work, day=day)
        self.assertEqual(self.plain.amount_unbilled, 280)

    def test_currency_unit_and_company_are_never_mixed(self):
        self._default(10, default_currency_id=self.other_currency.id)
        self._default(800, default_unit="day")
        self.assertEqual(self._found()[0], None)
        self.plain.billing_method = "project_days"
        hours = self.env.company.resource_calendar_id.hours_per_day
        self.assertEqual(self._found(), (800 / hours, "company"))
        self.plain.billing_method = False
        self.plain.billing_currency_id = self.other_currency
        self.assertEqual(self._found(), (10, "company"))
        other = self.env["res.company"].create({"name": "Other Company"})
        self.rates.sudo().create({"rate": 7, "company_id": other.id})
        self.plain.billing_currency_id = False
        self.assertEqual(self._found()[0], None)

    def test_a_new_default_takes_the_usual_currency(self):
        self.assertEqual(self._default(1).default_currency_id, self.currency)
        self.assertEqual(self._default(1, date_from="2026-01-01").unit, "hour")

    # Zero, none and inherited

    def test_zero_on_purpose_is_a_rate(self):
        self._set("company", 10)
        free = self._default(0, partner_id=self.customer.id, is_free=True)
        self.assertEqual(self._found(), (0, "customer"))
        free.is_free = False
        self.assertEqual(self._found(), (10, "company"))
        self.plain.billing_is_free = True
        self.assertEqual(self._found(), (0, "project"))
        self.work.billing_rate = 120
        self.assertEqual(self._found(), (120, "task"))
        self.work.write({"billing_rate": 0, "billing_is_free": True})
        self.assertEqual(self._found(), (0, "task"))

    def test_a_rate_ends_what_was_free(self):
        self.plain.billing_is_free = True
        self.plain.billing_rate = 50
        self.assertFalse(self.plain.billing_is_free)
        self.plain.billing_rate = 0
        self.assertEqual(self._found()[0], None)
        with self.assertRaises(CheckViolation), mute_logger("odoo.sql_db"):
            self.plain.write({"billing_rate": 50, "billing_is_free": True})

    def test_free_time_is_invoiced_at_nothing(self):
        self.plain.billing_is_free = True
        log = self._log(3, self.ann, self.work)
        self.assertFalse(self.plain.hours_missing_rate)
        move = self._invoice(self.plain)
        self.assertEqual(move.amount_untaxed, 0)
        self.assertEqual(move.invoice_line_ids.quantity, 3)
        [row] = self.plain.billed_time_ids
        self.assertEqual((row.rate, row.rate_origin), (0, "project"))
        self.assertEqual(log.billing_state, "draft")
        self.plain.billing_rate = 100
        self.assertEqual((log.billing_rate, log.billing_rate_origin), (0, "project"))

    # What is seen of it

    def test_the_origin_stays_on_the_ledger(self):
        default = self._default(60, partner_id=self.customer.id)
        log = self._log(2, self.ann, self.work)
        self.assertEqual((log.billing_rate, log.billing_rate_origin), (60, "customer"))
        move = self._invoice(self.plain)
        default.rate = 70
        [row] = self.plain.billed_time_ids
        self.assertEqual((row.rate, row.rate_origin), (60, "customer"))
        self.assertEqual((log.billing_rate, move.amount_untaxed), (60, 120))

    def test_a_new_default_is_seen_at_once(self):
        log = self._log(2, self.ann, self.work)
        self.assertEqual((log.unbilled_amount, log.billing_rate_origin), (0, False))
        default = self._default(60)
        self.assertEqual(log.unbilled_amount, 120)
        default.rate = 70
        self.assertEqual((log.unbilled_amount, self.plain.amount_unbilled), (140, 140))
        default.unlink()
        self.assertEqual(log.unbilled_amount, 0)

    def test_screens_say_what_is_inherited(self):
        def said(record):
            self.env.invalidate_all()
            return record.inherited_rate

        self.plain.billing_method = "project_hours"
        self.assertFalse(said(self.plain))
        self._set("company", 10)
        self.assertIn("10.00 from the company", said(self.plain))
        self._set("customer", 20)
        self.assertIn("20.00 from the customer", said(self.work))
        self.plain.billing_method = False
        self._set("person", 40)
        self.assertIn("that of the person, else", said(self.work))
        self.plain.billing_rate = 80
        self.assertFalse(said(self.plain))
        self.rates.create(
            {"project_id": self.plain.id, "rate": 90, "date_from": "2020-01-01"}
        )
        self.assertIn("90.00", said(self.plain))
        self.plain.billing_rate_ids.write({"rate": 0, "is_free": True})
        self.assertIn("free of charge", said(self.plain))

    def test_the_dialog_says_what_applies_under_other_terms(self):
        self._set("company", 10)
        self._default(800, default_unit="day")
        with Form(
            self.env["project.billing.terms"]
            .with_user(self.accountant)
            .with_context(default_project_id=self.plain.id)
        ) as form:
            self.assertIn("10.00 from the company", form.inherited_rate)
            form.billing_method = "project_days"
            self.assertIn("800.00 from the company", form.inherited_rate)
        self.assertFalse(self.plain.billing_method)

    def test_defaults_cost_a_list_no_more_queries_a_line(self):
        for level in LEVELS[:4]:
            self._set(level, 50)
        logs = self._log(1, self.ann, self.work)
        logs |= logs.create(logs.copy_data() * 100)

        def queries(entries):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            entries._get_billing_rates()
            return self.env.cr.sql_log_count - before

        self.assertEqual(queries(logs[:10]), queries(logs))

    # What can be set

    def test_one_default_of_each_kind_and_day(self):
        self._default(10, partner_id=self.customer.id)
        self._default(10, partner_id=self.customer.id, date_from="2026-01-01")
        self._default(10, partner_id=self.customer.id, default_unit="day")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._default(11, partner_id=self.customer.id)

    @mute_logger("odoo.sql_db")
    def test_a_default_is_of_one_thing(self):
        for values in (
            {"partner_id": self.customer.id, "employee_id": self.ann.id},
            {"job_id": self.consultant.id, "project_id": self.plain.id},
            {"partner_id": self.customer.id, "project_id": self.plain.id},
        ):
            with self.subTest(values=values), self.assertRaises(CheckViolation):
                with self.cr.savepoint():
                    self._default(10, **values)

    def test_a_default_is_of_its_company(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = self.env["hr.employee"].create(
            {"name": "Stranger", "company_id": other.id}
        )
        with self.assertRaises(ValidationError) as refused:
            self._default(10, employee_id=stranger.id)
        self.assertIn("belongs to another company", str(refused.exception))
        self.assertNotIn("Stranger", str(refused.exception))
        rate = self.rates.create({"project_id": self.plain.id, "rate": 5})
        self.assertEqual(rate.company_id, self.env.company)
        with self.assertRaises(ValidationError):
            rate.sudo().company_id = other

    # Who may set it

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")
    def test_only_the_billing_sets_defaults(self):
        manager = new_test_user(
            self.env, "rate_manager", "project.group_project_manager"
        )
        default = self._default(10)
        own = self.rates.create(
            {"project_id": self.plain.id, "rate": 5, "date_from": "2026-07-01"}
        )
        rates = self.rates.with_user(manager)
        self.assertEqual(default.with_user(manager).rate, 10)
        own.with_user(manager).rate = 6
        for attack in (
            lambda: rates.create({"rate": 1, "date_from": "2026-09-01"}),
            lambda: default.with_user(manager).write({"rate": 1}),
            lambda: default.with_user(manager).unlink(),
            # A row that he may write becomes a default.
            lambda: own.with_user(manager).write({"project_id": False}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attack()
        for group in ("base.group_user", "zoho_projects_connector.group_zoho_manager"):
            clerk = new_test_user(self.env, group, group)
            with self.assertRaises(AccessError):
                default.with_user(clerk).read(["rate"])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_no_default_crosses_companies(self):
        other = self.env["res.company"].create({"name": "Other Company"})
        foreign = self.rates.sudo().create({"rate": 7, "company_id": other.id})
        own = self._default(10, date_from="2026-08-01").with_user(self.accountant)
        rates = self.rates.with_user(self.accountant)
        for attack in (
            lambda: foreign.with_user(self.accountant).read(["rate"]),
            lambda: foreign.with_user(self.accountant).write({"rate": 1}),
            lambda: rates.create(
                {"rate": 1, "company_id": other.id, "date_from": "2026-09-01"}
            ),
            lambda: own.write({"company_id": other.id}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attack()
