"""The page of a project in the portal: for its customer, as his supplier wants."""

from lxml import html

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from ...models.billing.project_page import ProjectPage, shown_hours
from .billing_common import ThreeEntriesCommon


@tagged("post_install", "-at_install")
class TestPortalProject(ThreeEntriesCommon, HttpCase):
    """4 h and 3 h of January are invoiced at 100.00, 1 h is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = cls._portal_users()
        cls.project.privacy_visibility = "portal"
        cls.project.message_subscribe(people.ids)
        cls.project.write({"allocated_hours": 14, "budget_amount": 1000})
        cls.first.name = "Plans of the house"
        chosen = cls.first + cls.second
        wizard = cls.env["project.invoice.create"].create(
            {
                "project_ids": [Command.set(cls.project.ids)],
                "timesheet_ids": [Command.set(chosen.ids)],
            }
        )
        action = wizard.action_create_invoice()
        cls.invoice = cls.env["account.move"].browse(action["res_id"])
        cls.invoice.invoice_line_ids.tax_ids = False
        cls.invoice.action_post()

    def _open(self, login="contact", project=None, path="", **query):
        self.authenticate(login, login)
        texts = "&".join(f"{name}={value}" for name, value in query.items())
        url = f"/my/projects/{(project or self.project).id}/billing{path}?{texts}"
        return self.url_open(url, allow_redirects=False)

    def _texts(self, answer, name):
        page = html.fromstring(answer.content)
        parts = page.xpath(f"//*[@name='{name}']")
        return " ".join(" ".join(part.text_content().split()) for part in parts)

    def assertSentAway(self, answer):
        self.assertEqual(answer.status_code, 303)
        self.assertRegex(answer.headers["Location"], "/my$")

    def test_invoiced_time_is_what_invoices_say(self):
        answer = self._open()
        self.assertEqual(answer.status_code, 200)
        self.assertIn("January 2026 07:00 h", self._texts(answer, "months"))
        entries = self._texts(answer, "entries")
        self.assertIn("01/06/2026 Ann Design Work 03:00 h", entries)
        self.assertIn("04:00 h", entries)
        self.assertNotIn("01:00 h", entries)
        invoices = self._texts(answer, "invoices")
        self.assertIn(self.invoice.name, invoices)
        self.assertIn("700.00", invoices)
        self.assertIn("Waiting for Payment", invoices)
        # The order that collects what is billed is nobody's business.
        order = self.invoice.invoice_line_ids.sale_line_ids.order_id
        self.assertTrue(order.name)
        self.assertNotIn(order.name, answer.text)
        page = html.fromstring(answer.content)
        [pdf] = page.xpath("//section[@name='invoices']//a[contains(., 'PDF')]/@href")
        self.assertEqual(self.url_open(pdf).headers["Content-Type"], "application/pdf")

    def test_what_is_credited_is_taken_off(self):
        credit_note = self._credit_note(self.invoice)
        lines = credit_note.invoice_line_ids
        self._set_line(lines.filtered("product_id"), quantity=2)
        credit_note.action_post()
        answer = self._open()
        self.assertIn("05:00 h", self._texts(answer, "months"))
        self.assertRegex(self._texts(answer, "invoices"), r"-\W*200\.00")
        self.invoice.button_draft()
        listed = self._texts(self._open(), "invoices")
        self.assertNotRegex(listed, rf"\b{self.invoice.name}")

    def test_all_approved_time(self):
        self.env.company.write({"portal_time": "approved", "portal_staff": "initials"})
        answer = self._open()
        self.assertIn("08:00 h", self._texts(answer, "months"))
        entries = self._texts(answer, "entries")
        self.assertIn("01/07/2026 A. Design Work 01:00 h", entries)
        self.assertIn("Plans of the house", entries)
        self.env.company.portal_notes = False
        self.assertNotIn("Plans of the house", self._texts(self._open(), "entries"))

    def test_no_time(self):
        """Not even its sum, or how much of the budget of hours is used."""
        self.env.company.portal_time = "nothing"
        answer = self._open()
        self.assertNotIn("07:00", answer.text)
        self.assertNotIn("14:00", answer.text)
        self.assertIn("700.00", self._texts(answer, "invoices"))

    def test_budgets(self):
        budgets = self._texts(self._open(), "budgets")
        self.assertIn("07:00 h of 14:00 h", budgets)
        self.assertIn("50 %", budgets)
        self.assertNotIn("1,000.00", budgets)
        self.env.company.portal_budget = "amount"
        budgets = self._texts(self._open(), "budgets")
        self.assertRegex(budgets, r"700\.00 of .*1,000\.00 invoiced")
        self.assertIn("70 %", budgets)
        self.env.company.portal_budget = "nothing"
        self.assertFalse(self._texts(self._open(), "budgets"))

    def test_months_and_pages(self):
        self.env.company.portal_time = "approved"
        for number in range(51):
            self._log(0.5, day="2026-02-02", name=f"Visit {number}")
        answer = self._open(month="2026-01")
        self.assertNotIn("Visit", self._texts(answer, "entries"))
        self.assertIn("04:00 h", self._texts(answer, "entries"))
        first = self._texts(self._open(month="2026-02"), "entries")
        second = self._texts(self._open(month="2026-02", path="/page/2"), "entries")
        self.assertEqual(first.count("Visit"), 50)
        self.assertEqual(second.count("Visit"), 1)
        self.assertIn("33:30 h", self._texts(answer, "months"))
        # What is no month shows all.
        self.assertEqual(self._open(month="'; DROP").status_code, 200)

    def test_a_shared_project_shows_what_each_company_shows(self):
        self.project.sudo().company_id = False
        self.assertIn("07:00 h", self._texts(self._open(), "months"))
        self.env.company.portal_time = "nothing"
        self.assertIn("no time to show", self._texts(self._open(), "months"))

    def test_the_way_there(self):
        self.authenticate("contact", "contact")
        home = self.url_open("/my/home").text
        self.assertIn('href="/my/projects/billing"', home)
        counts = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["project_billing_count"]}
        )
        self.assertEqual(counts["project_billing_count"], 1)
        page = self.url_open("/my/projects/billing", allow_redirects=False)
        path = f"/my/projects/{self.project.id}/billing"
        self.assertEqual(page.status_code, 303)
        self.assertRegex(page.headers["Location"], f"{path}$")
        other = self._project("Another house", privacy_visibility="portal")
        other.message_subscribe(self.project.message_partner_ids.ids)
        answer = self.url_open("/my/projects/billing")
        self.assertIn("Another house", answer.text)
        self.assertIn("07:00", answer.text)
        tasks = self.url_open(f"/my/projects/{self.project.id}").text
        self.assertIn(f'href="{path}"', tasks)

    def _list_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertIn("07:00", self.url_open("/my/projects/billing").text)
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_depend_on_how_many_projects_he_has(self):
        """Of invoices or of timesheets: the sum is that of the page, all at once."""
        people = self.project.message_partner_ids.ids
        shared = {"privacy_visibility": "portal"}
        self._project("House 1", **shared).message_subscribe(people)
        self.authenticate("contact", "contact")
        self._list_queries()
        few = self._list_queries()
        for number in range(2, 12):
            self._project(f"House {number}", **shared).message_subscribe(people)
        self.assertLessEqual(self._list_queries(), few)
        hours = shown_hours(self.project.sudo())
        self.assertEqual(hours[self.project], ProjectPage(self.project.sudo()).hours)
        self.env.company.portal_time = "approved"
        hours = shown_hours(self.project.sudo())
        self.assertEqual(hours[self.project], ProjectPage(self.project.sudo()).hours)
        self.assertEqual(hours[self.project], 8.0)

    def test_who_sees_it(self):
        """The customer of a project that is shared with him, nobody else.

        Whoever else it is shared with sees its tasks, as in Odoo.
        """
        self.assertSentAway(self._open("stranger"))
        self.assertNotIn("project_billing", self._tasks_of("stranger"))
        self.assertIn("project_billing", self._tasks_of("contact"))
        self.project.privacy_visibility = "followers"
        self.assertSentAway(self._open())
        self.project.privacy_visibility = "portal"
        new_test_user(self.env, "worker", "project.group_project_user")
        self.assertSentAway(self._open("worker"))
        self.assertEqual(self._open("accountant").status_code, 200)
        nobodys = self._project("Nobody's", partner_id=False)
        nobodys.write({"privacy_visibility": "portal"})
        nobodys.message_subscribe(self.project.message_partner_ids.ids)
        self.assertSentAway(self._open(project=nobodys))
        self.project.allow_billable = False
        self.assertSentAway(self._open())
        self.authenticate(None, None)
        login = self.url_open(
            f"/my/projects/{self.project.id}/billing", allow_redirects=False
        )
        self.assertIn("/web/login", login.headers["Location"])

    def _tasks_of(self, login):
        self.authenticate(login, login)
        return self.url_open(f"/my/projects/{self.project.id}").text

    def test_invoices_of_others_are_not_listed(self):
        """The project had another customer before: his invoice stays his."""
        other = self.env["res.partner"].create({"name": "Other customer"})
        self.project.partner_id = other
        self.assertSentAway(self._open())
        login = [("login", "=", "stranger")]
        stranger = self.env["res.users"].search(login).partner_id
        stranger.parent_id = other
        answer = self._open("stranger")
        self.assertEqual(answer.status_code, 200)
        self.assertNotIn(self.invoice.name, answer.text)
        self.assertNotIn("07:00", answer.text)
