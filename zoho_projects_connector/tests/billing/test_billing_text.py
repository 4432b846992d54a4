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
                "01/05/2026 – 01/06/2026\n- Sketches\n04:00 h"
            ],
        )
        self.assertEqual(
            self._texts(group_by="task_employee", **details),
            [
                "Golden Project - Design - Ann\n01/05/2026\n- Sketches\n01:30 h",
                "Golden Project - Design - Ben\n01/06/2026\n- Sketches\n02:00 h",
                "Golden Project - Build - Ann\n01/06/2026\n00:30 h",
            ],
        )

    def test_queries_do_not_grow_with_the_lines(self):
        """Whatever they tell of how many tasks, task lists, phases and people."""
        every = "{project} {task} {task_list} {phase} {person} {notes}"
        few = {}
        self._part_of_its_own(self.design)
        for template in (False, every):
            self.customer.billing_line_template = template
            few[template] = self._queries_of_texts()
        for number in range(20):
            task = self._task(f"Task {number}")
            self._part_of_its_own(task)
            person = self.env["hr.employee"].create({"name": f"Person {number}"})
            self._log(1, person, task=task)
        for template, before in few.items():
            with self.subTest(template=template):
                self.customer.billing_line_template = template
                self.assertLessEqual(self._queries_of_texts(), before)

    def _part_of_its_own(self, task):
        """Put a task on a task list and a milestone that no other is on."""
        shared = {"name": f"Part of {task.name}", "project_id": self.project.id}
        task.zoho_task_list_id = self.env["zoho.task.list"].create(shared)
        task.milestone_id = self.env["project.milestone"].create(shared)

    def _queries_of_texts(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertTrue(self._texts(group_by="entry"))
        return self.env.cr.sql_log_count - before

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
            "01/05/2026 - Design - Sketches\n01:30 h",
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
            ["Golden Project\n05/01/2026 – 06/01/2026\n04:00 h\n1 jour = 07:36 h"],
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
            self.assertTrue(form.show_sections)
        self.assertEqual(form.record.preview_line_ids.name, "Work\nAnn, Ben")


@tagged("post_install", "-at_install")
class TestBillingSections(BillingCommon):
    """Headings of projects, and lines that nobody takes for one another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._flat_rate(100)
        cls.log = cls._log(1, day="2026-01-05")

    def _lines(self, projects=None, **values):
        invoice = self._invoice(projects, **{"show_sections": True, **values})
        lines = invoice.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
        return [(line.display_type, line.name) for line in lines]

    def _titles(self, **values):
        lines = self._wizard(show_sections=True, **values).preview_line_ids
        return lines.mapped("name")

    def test_heading_and_period(self):
        self._log(1, self.ben, self.build, day="2026-02-05")
        self.assertEqual(
            self._lines(),
            [
                ("line_section", "Golden Project · January – February 2026"),
                ("product", "Design"),
                ("product", "Build"),
            ],
        )

    def test_several_projects_have_theirs(self):
        other = self._project("Other")
        self._flat_rate(50, other)
        self._log(1, task=self._task("Call", other), day="2026-03-02")
        both = self.project | other
        wizard = self.env["project.invoice.create"].create({"project_ids": both.ids})
        self.assertTrue(wizard.show_sections)
        self.assertEqual(
            self._lines(both),
            [
                ("line_section", "Golden Project · January 2026"),
                ("product", "Design"),
                ("line_section", "Other · March 2026"),
                ("product", "Call"),
            ],
        )

    def test_last_layout_of_the_customer(self):
        """Who did without, does without; two projects are told apart all the same."""
        wizards = self.env["project.invoice.create"]
        wizard = wizards.create({"project_ids": self.project.ids})
        self.assertTrue(wizard.show_sections)
        wizard.show_sections = False
        wizard.action_create_invoice()
        self._log(1)
        again = wizards.create({"project_ids": self.project.ids})
        self.assertFalse(again.show_sections)
        both = self.project | self._project("Other")
        self.assertTrue(wizards.create({"project_ids": both.ids}).show_sections)

    def test_what_an_invoice_bills_is_the_same(self):
        invoice = self._invoice(show_sections=True)
        self.assertEqual(invoice.amount_untaxed, 100)
        self.assertLedgerTrue(self.log)
        invoice.action_post()
        self.assertStates(self.log, "invoiced")
        self._credit_note(invoice).action_post()
        self.assertStates(self.log, "unbilled")

    def test_two_tasks_of_one_name(self):
        """By their task lists; else by what the project has of them."""
        lists = self.env["zoho.task.list"].create(
            [{"name": n, "project_id": self.project.id} for n in ("Shop", "Stock")]
        )
        twin = self._task("Design", zoho_task_list_id=lists[1].id)
        self._log(1, task=twin)
        self.assertEqual(self._titles(), ["Design", "Design (Stock)"])
        self.design.zoho_task_list_id = lists[0]
        self.assertEqual(self._titles(), ["Design (Shop)", "Design (Stock)"])

    def test_two_phases(self):
        phases = self.env["project.milestone"].create(
            [{"name": n, "project_id": self.project.id} for n in ("One", "Two")]
        )
        self.design.milestone_id = phases[0]
        self._log(1, task=self._task("Design", milestone_id=phases[1].id))
        self.assertEqual(self._titles(), ["Design (One)", "Design (Two)"])

    def test_two_rates(self):
        """They stand together, whatever was worked in between."""
        self.project.billing_method = "staff_hours"
        self._log(1, task=self._task("Build"))
        self._log(1, self.ben)
        first, second, third = self._titles()
        self.assertRegex(first, r"^Design \(.*100\.00 per hour\)$")
        self.assertRegex(second, r"^Design \(.*50\.00 per hour\)$")
        self.assertEqual(third, "Build")

    def test_two_people_and_then_days(self):
        self._log(1, self.ben, self._task("Design"))
        self._log(1, self.ben, self._task("Design"), day="2026-01-09")
        self.assertEqual(
            self._titles(),
            [
                "Design (Ann)",
                "Design (Ben) (01/05/2026)",
                "Design (Ben) (01/09/2026)",
            ],
        )

    def test_nothing_differs(self):
        """They are numbered; no id of the database is shown to anybody."""
        self._log(1, task=self._task("Design"))
        self.assertEqual(self._titles(), ["Design", "Design (2)"])
        self.assertNotIn(str(self.design.id), "".join(self._titles()))

    def test_initials_and_no_notes(self):
        self.env.company.write({"portal_staff": "initials", "portal_notes": False})
        self.assertEqual(self._titles(group_by="entry"), ["01/05/2026 - A. - Design"])
        self.assertEqual(self._titles(group_by="employee"), ["A."])


@tagged("post_install", "-at_install")
class TestBillingTemplate(BillingCommon):
    """Texts of lines by a template of the customer or of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._flat_rate(100)
        cls._log(1.5, day="2026-01-05", name="Sketches")

    def _texts(self, **values):
        return self._wizard(**values).preview_line_ids.mapped("name")

    def test_of_the_company_and_of_the_customer(self):
        self.assertFalse(self._wizard().use_template)
        self.env.company.billing_line_template = "{task} - {person}\n{phase}\n{notes}"
        self.assertEqual(self._texts(), ["Design - Ann\nSketches"])
        self.customer.billing_line_template = "{project}, {period}: {hours} h"
        self.assertEqual(self._texts(), ["Golden Project, 01/05/2026: 01:30 h"])

    def test_every_placeholder(self):
        self.customer.billing_line_template = (
            "{project} {task} {person} {period} {day} {hours} {notes}\n"
            "{task_list}{phase}\n{rate}"
        )
        [text] = self._texts()
        first, second = text.splitlines()
        self.assertEqual(
            first,
            "Golden Project Design Ann 01/05/2026 01/05/2026 01:30 Sketches",
        )
        self.assertIn("100.00 per hour", second)

    def test_ticks_stay_the_quick_way(self):
        """This once without the template; the next invoice remembers it."""
        self.env.company.billing_line_template = "{notes}"
        wizard = self._wizard(use_template=False, show_hours=True)
        self.assertEqual(wizard.preview_line_ids.mapped("name"), ["Design\n01:30 h"])
        wizard.action_create_invoice()
        self._log(1)
        self.assertFalse(self._wizard().use_template)

    def test_nothing_to_tell(self):
        self.env.company.billing_line_template = "{phase}"
        self.assertEqual(self._texts(), ["Design"])

    def test_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.company.billing_line_template = "Work of {person}"
        company = self.env.company.with_context(lang="fr_FR")
        company.billing_line_template = "Travail de {person}, {period}"
        self.assertEqual(self._texts(), ["Work of Ann"])
        self.customer.lang = "fr_FR"
        self.assertEqual(self._texts(), ["Travail de Ann, 05/01/2026"])

    def test_refused(self):
        """The sentence names what is unknown, in whichever language it stands."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.company.billing_line_template = "{task}"
        for template, sentence in (
            (
                "{tasks}",
                r"\{tasks\}, (which is no placeholder|qui n'est pas une variable)"
                r".*\{task_list\}",
            ),
            ("{task.name}", r"\{task.name\}"),
            ("{person!r}", r"\{person!r\}"),
            ("{task", "brace|accolade"),
        ):
            for record in (self.env.company, self.customer):
                for lang in ("en_US", "fr_FR"):
                    with self.assertRefused(sentence):
                        own = record.with_context(lang=lang)
                        own.billing_line_template = template
                        self.env.flush_all()

    def test_names_are_no_templates(self):
        self.design.name = "{notes} {person.env}"
        self.env.company.billing_line_template = "{task}"
        self.assertEqual(self._texts(), ["{notes} {person.env}"])


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
                    "Jan 31, 2026 lies in a period that is closed.*Feb 1, 2026"
                ):
                    wizard.with_user(self.accountant).action_create_invoice()
                self.assertFalse(self._wizard(invoice_date="2026-02-01").warning)
                company[lock] = False
        company.purchase_lock_date = "2026-01-31"
        self.assertFalse(self._wizard(invoice_date="2026-01-31").warning)
        self.assertStates(self.log, "unbilled")

    def test_closed_for_good(self):
        self.env.company.hard_lock_date = "2026-01-31"
        self.assertIn("Feb 1, 2026", self._wizard(invoice_date="2026-01-15").warning)

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
