"""What the text of an invoice line tells, and the date of the invoice."""

from odoo import fields
from odoo.tests import Form, new_test_user, tagged

from .billing_common import BillingCommon


@tagged("post_install", "-at_install")
class TestBillingText(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._log(1.5, day="2026-01-05", name="Sketches")
        cls._log(2, cls.ben, day="2026-01-06", name="Sketches")
        cls._log(0.5, task=cls.build, day="2026-01-06", name="/")
        cls._flat_rate(100)

    def _texts(self, **values):
        return self._wizard(**values).preview_line_ids.mapped("name")

    def test_nothing_asked_for(self):
        self.assertEqual(self._texts(), ["Design", "Build"])
        self.assertEqual(self._texts(group_by="project"), ["Golden Project"])

    def test_everything_asked_for(self):
        details = dict.fromkeys(
            f"show_{name}"
            for name in ("project", "task", "staff", "period", "hours", "notes")
        )
        details = dict.fromkeys(details, True)
        self.assertEqual(
            self._texts(group_by="project", **details),
            [
                "Golden Project\nDesign, Build\nAnn, Ben\n"
                "01/05/2026 – 01/06/2026\n- Sketches\n4:00 h"
            ],
        )
        self.assertEqual(
            self._texts(group_by="task_employee", **details),
            [
                "Golden Project - Design - Ann\n01/05/2026\n- Sketches\n1:30 h",
                "Golden Project - Design - Ben\n01/06/2026\n- Sketches\n2:00 h",
                "Golden Project - Build - Ann\n01/06/2026\n0:30 h",
            ],
        )

    def test_entries(self):
        self.assertEqual(
            self._texts(group_by="entry"),
            [
                "01/05/2026 - Ann - Design - Sketches",
                "01/06/2026 - Ben - Design - Sketches",
                "01/06/2026 - Ann - Build",
            ],
        )
        self.assertEqual(
            self._texts(group_by="entry", show_staff=False, show_hours=True)[0],
            "01/05/2026 - Design - Sketches\n1:30 h",
        )

    def test_in_french_for_a_customer_who_reads_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(
            ["zoho_projects_connector"], ["fr_FR"]
        )
        self.customer.lang = "fr_FR"
        self.env.company.resource_calendar_id.hours_per_day = 7.6
        self.project.billing_method = "project_days"
        self.assertEqual(
            self._texts(group_by="project", show_period=True, show_hours=True),
            ["Golden Project\n05/01/2026 – 06/01/2026\n4:00 h\n1 jour = 7:36 h"],
        )

    def test_the_next_invoice_of_the_customer_tells_the_same(self):
        wizard = self._wizard(
            group_by="employee", show_period=True, date_to="2026-01-05"
        )
        wizard.with_user(self.accountant).action_create_invoice()
        again = self._wizard()
        self.assertEqual((again.group_by, again.show_period), ("employee", True))
        self.assertEqual(
            again.preview_line_ids.mapped("name"),
            ["Ben\n01/06/2026", "Ann\n01/06/2026"],
        )
        self.assertFalse(self._wizard(group_by="task").show_period)
        other = self._project("Other", partner_id=self.partner_b.id)
        self.assertEqual(self._wizard(other).group_by, "task")

    def test_preview_follows_the_ticks(self):
        wizards = self.env["project.invoice.create"].with_user(self.accountant)
        with Form(
            wizards.with_context(
                active_model="project.project", active_ids=self.project.ids
            )
        ) as form:
            form.group_by = "project"
            form.show_staff = True
        self.assertEqual(form.record.preview_line_ids.name, "Golden Project\nAnn, Ben")


@tagged("post_install", "-at_install")
class TestBillingDate(BillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.log = cls._log(1, day="2025-12-31")

    def test_date_of_the_invoice(self):
        self.assertFalse(self._invoice(date_to="2026-01-01").invoice_date)
        log = self._log(1)
        invoice = self._invoice(invoice_date="2026-02-28")
        self.assertEqual(str(invoice.invoice_date), "2026-02-28")
        self.assertStates(log, "draft")

    def test_closed_periods_are_refused_with_the_first_open_day(self):
        company = self.env.company
        for lock in ("fiscalyear_lock_date", "sale_lock_date", "tax_lock_date"):
            with self.subTest(lock=lock):
                company[lock] = "2026-01-31"
                wizard = self._wizard(invoice_date="2026-01-31")
                self.assertFalse(wizard.preview_line_ids)
                with self.assertRefused(
                    "01/31/2026 lies in a period that is closed.*02/01/2026"
                ):
                    wizard.with_user(self.accountant).action_create_invoice()
                self.assertFalse(self._wizard(invoice_date="2026-02-01").warning)
                company[lock] = False
        company.purchase_lock_date = "2026-01-31"
        self.assertFalse(self._wizard(invoice_date="2026-01-31").warning)
        self.assertStates(self.log, "unbilled")

    def test_closed_for_good(self):
        self.env.company.hard_lock_date = "2026-01-31"
        self.assertIn("02/01/2026", self._wizard(invoice_date="2026-01-15").warning)

    def test_an_exception_of_the_user_opens_the_period_for_him(self):
        company = self.env.company
        company.fiscalyear_lock_date = "2026-01-31"
        self.env["account.lock_exception"].create(
            {
                "company_id": company.id,
                "user_id": self.accountant.id,
                "fiscalyear_lock_date": "2025-12-31",
                "end_datetime": False,
            }
        )
        wizards = self.env["project.invoice.create"]
        day = fields.Date.to_date("2026-01-31")
        self.assertFalse(wizards.with_user(self.accountant)._locked_date(company, day))
        other = new_test_user(
            self.env, "other", "zoho_projects_connector.group_zoho_billing"
        )
        self.assertTrue(wizards.with_user(other)._locked_date(company, day))

    def test_time_of_a_closed_period_is_invoiced_on_an_open_day(self):
        self.env.company.fiscalyear_lock_date = "2026-01-31"
        invoice = self._invoice(invoice_date="2026-02-01")
        invoice.action_post()
        self.assertEqual(str(invoice.date), "2026-02-01")
        self.assertEqual(str(self.log.date), "2025-12-31")
        self.assertStates(self.log, "invoiced")
