"""Customers see the time that their supplier shows them, however they ask for it."""

from lxml import html

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .billing_common import BillingCommon


class PortalCommon(BillingCommon):
    """A project that is shared with its customer; part of its time is invoiced."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann.name = "Ann Margret Lee"
        contact = cls.env["res.partner"].create(
            {"name": "Contact", "parent_id": cls.customer.id}
        )
        cls.contact = new_test_user(
            cls.env,
            "contact",
            groups="base.group_portal",
            partner_id=contact.id,
            company_id=cls.env.company.id,
        )
        cls.project.privacy_visibility = "portal"
        cls.project.message_subscribe(contact.ids)
        cls.env["project.collaborator"].create(
            {"project_id": cls.project.id, "partner_id": contact.id}
        )
        cls.billed = cls._log(4, name="Billed secret", day="2026-01-05")
        cls.invoice = cls._portal_invoice(cls.billed)
        cls.invoice.action_post()
        cls.drafted = cls._log(2, name="Drafted secret", day="2026-01-06")
        cls.draft = cls._portal_invoice(cls.drafted)
        cls.open_time = cls._log(1, name="Open secret", day="2026-01-07")
        cls.withdrawn = cls._log(8, name="Withdrawn secret", day="2026-01-08")
        cls.withdrawn.sudo().active = False
        cls.company = cls.env.company

    @classmethod
    def _portal_invoice(cls, timesheets, **values):
        wizard = cls.env["project.invoice.create"].create(
            {
                "project_ids": cls.project.ids,
                "timesheet_ids": timesheets.ids,
                "group_by": "project",
                "show_sections": False,
                **values,
            }
        )
        return cls.env["account.move"].browse(wizard.action_create_invoice()["res_id"])

    def _time(self, user=None, **context):
        time = self.env["account.analytic.line"].with_user(user or self.contact)
        return time.with_context(active_test=False, **context)


@tagged("post_install", "-at_install")
class TestPortalTimeRemote(PortalCommon):
    """Remote calls of a customer with whom the project is shared."""

    def _found(self, user=None):
        return self._time(user).search([], order="date").sudo(False).ids

    def test_invoiced_time_only(self):
        self.assertEqual(self.company.portal_time, "invoiced")
        self.assertEqual(self._found(), self.billed.ids)
        for hidden in self.drafted | self.open_time | self.withdrawn:
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                hidden.with_user(self.contact).read(["date"])

    def test_all_approved_time(self):
        self.company.portal_time = "approved"
        shown = self.billed | self.drafted | self.open_time
        self.assertEqual(self._found(), shown.ids)

    def test_nothing(self):
        self.company.portal_time = "nothing"
        self.assertFalse(self._found())
        with self.assertRaises(AccessError):
            self.billed.with_user(self.contact).read(["date"])

    def test_of_another_customer(self):
        """Who is shown the project sees what is invoiced to him."""
        stranger = new_test_user(
            self.env,
            "agency",
            groups="base.group_portal",
            company_id=self.env.company.id,
        )
        self.project.message_subscribe(stranger.partner_id.ids)
        self.env["project.collaborator"].create(
            {"project_id": self.project.id, "partner_id": stranger.partner_id.id}
        )
        self.assertFalse(self._found(stranger))
        self.company.portal_time = "approved"
        self.assertTrue(self._found(stranger))

    def test_credited_time_is_not_invoiced(self):
        self._reversal(self.invoice).refund_moves()
        self.invoice.reversal_move_ids.action_post()
        self.assertFalse(self._found())

    def test_partly_billed_time_is_told_by_its_invoice(self):
        """Its hours in a list would be more than those that are invoiced."""
        self._set_line(self.draft.invoice_line_ids, quantity=1.5)
        self.draft.action_post()
        self.assertHours(self.drafted, 1.5, 0.5)
        self.assertEqual(self._found(), self.billed.ids)

    def test_each_company_decides(self):
        """Of a project that two share, the page has each one's time as it says."""
        other = self.setup_other_company()["company"]
        self.assertEqual(other.portal_time, "invoiced")
        shared = self._project("Shared", company_id=False, privacy_visibility="portal")
        shared.message_subscribe(self.contact.partner_id.ids)
        guest = self.env["hr.employee"].create({"name": "G", "company_id": other.id})
        ours = self._log(1, task=self._task("Call", shared))
        companies = [self.company.id, other.id]
        theirs = ours.with_context(allowed_company_ids=companies).copy(
            {"employee_id": guest.id, "company_id": other.id}
        )
        other.write({"portal_time": "approved", "portal_staff": "initials"})
        time = self._time()
        found = time.sudo().search(time._timesheet_get_portal_domain())
        self.assertEqual({*found.ids}, {self.billed.id, theirs.id})
        self.assertEqual(self.billed._portal_staff_name(), "Ann Margret Lee")
        self.assertEqual(theirs._portal_staff_name(), "G.")
        self.assertNotIn(theirs.id, self._found())

    def test_people_and_notes(self):
        line = self.billed.with_user(self.contact)
        self.assertEqual(
            line.read(["portal_staff", "portal_notes"])[0],
            {
                "id": self.billed.id,
                "portal_staff": "Ann Margret Lee",
                "portal_notes": "Billed secret",
            },
        )
        self.company.write({"portal_staff": "initials", "portal_notes": False})
        line.invalidate_recordset()
        self.assertEqual(line.portal_staff, "A. M. L.")
        self.assertEqual(line.portal_notes, "")

    @mute_logger("odoo.orm.models", "odoo.models")
    def test_nothing_else_is_read(self):
        """Neither by reading, nor by guessing: searching, sorting, grouping."""
        time = self._time()
        task = self.design.with_user(self.contact)
        for name in (
            *("name", "employee_id", "user_id", "amount", "billing_state"),
            *("so_line", "order_id", "billed_hours", "billing_exclusion"),
        ):
            for ask in (
                lambda name=name: time.search_read([], [name]),
                lambda name=name: time.web_search_read([], {name: {}}),
                lambda name=name: time.search([(name, "!=", False)]),
                lambda name=name: time.search([], order=name),
                lambda name=name: time.formatted_read_group([], [name], ["__count"]),
                lambda name=name: task.search([(f"timesheet_ids.{name}", "!=", False)]),
                lambda name=name: task.web_read(
                    {"timesheet_ids": {"fields": {name: {}}}}
                ),
            ):
                with self.subTest(name=name), self.assertRaises(AccessError):
                    ask()
        with self.assertRaises(AccessError):
            time.name_search("Ann")
        self.assertEqual(
            set(time.fields_get()) & {"name", "employee_id", "amount"}, set()
        )

    def test_shared_project(self):
        """What its pages ask for, they get."""
        time = self._time()
        for xmlid in (
            "hr_timesheet.hr_timesheet_line_portal_tree",
            "hr_timesheet.timesheet_view_form_portal_user",
            "hr_timesheet.view_kanban_account_analytic_line_portal_user",
        ):
            view = self.env.ref(xmlid)
            arch = time.get_view(view.id, view.type)["arch"]
            fields = {node.get("name") for node in html.fromstring(arch).iter("field")}
            self.assertIn("portal_staff", fields)
            self.billed.with_user(self.contact).read(list(fields))
        task = self.design.with_user(self.contact)
        view = self.env.ref("project.project_sharing_project_task_view_form")
        views = task.get_views([(view.id, "form")])
        names = views["models"]["account.analytic.line"]["fields"]
        self.assertNotIn("employee_id", names)
        lines = task.web_read({"timesheet_ids": {"fields": dict.fromkeys(names, {})}})
        self.assertEqual(
            [row["id"] for row in lines[0]["timesheet_ids"]], self.billed.ids
        )

    def test_sums_are_of_the_time_that_is_shown(self):
        """4 of 7 h are invoiced, of 10 that were planned; 1 h of a sub-task is not."""
        self.design.allocated_hours = 10
        child = self._task("Sub", parent_id=self.design.id)
        self._log(1, task=child, day="2026-01-09")
        task = self.design.with_user(self.contact)
        names = ["portal_effective_hours", "portal_subtask_hours"]
        names += ["portal_total_hours", "portal_remaining_hours", "portal_progress"]
        [told] = task.read(names)
        self.assertEqual([told[name] for name in names], [4, 0, 4, 6, 0.4])
        self.company.portal_time = "approved"
        task.invalidate_recordset()
        [told] = task.read(names)
        self.assertEqual([told[name] for name in names], [7, 1, 8, 2, 0.8])
        for name in ("effective_hours", "progress", "remaining_hours", "overtime"):
            with self.assertRaises(AccessError):
                task.read([name])
            with self.assertRaises(AccessError):
                task.search([(name, ">", 1)])
        with self.assertRaises(AccessError):
            self.project.with_user(self.contact).read(["effective_hours"])
        self.assertEqual(self.design.effective_hours, 7)

    def test_search_of_a_shared_project(self):
        """A field that customers may not read would stop the page."""
        view = self.env.ref("project.project_sharing_project_task_view_search")
        tasks = self.env["project.task"].with_user(self.contact)
        views = tasks.get_views([(view.id, "search")])
        arch = html.fromstring(views["views"]["search"]["arch"])
        asked = {node.get("name") for node in arch.iter("field")}
        self.assertLessEqual(asked, {*tasks.fields_get()})
        filters = {node.get("name") for node in arch.iter("filter")}
        self.assertNotIn("zoho_bugs", filters)

    def test_figures_of_a_shared_project(self):
        """Its pages ask for what customers may read, and staff's for what is there."""
        tasks = self.env["project.task"]
        for xmlid in (
            "project.project_sharing_project_task_view_form",
            "project.project_sharing_project_task_view_kanban",
        ):
            view = self.env.ref(xmlid)
            own = tasks.with_user(self.contact).get_views([(view.id, view.type)])
            names = [*own["models"]["project.task"]["fields"]]
            self.assertIn("portal_remaining_hours", names, xmlid)
            self.assertNotIn("remaining_hours", names, xmlid)
            self.design.with_user(self.contact).web_read(dict.fromkeys(names, {}))
            ours = tasks.get_views([(view.id, view.type)])
            self.assertIn("remaining_hours", ours["models"]["project.task"]["fields"])


@tagged("post_install", "-at_install")
class TestPortalTimePages(PortalCommon, HttpCase):
    """Odoo's pages of the portal, and our own."""

    def _page(self, url):
        self.authenticate("contact", "contact")
        answer = self.url_open(url, allow_redirects=False)
        self.assertEqual(answer.status_code, 200, url)
        return answer.text

    def assertTold(self, page, *texts):
        """These of the texts are on the page, and no other."""
        known = {
            *("Billed secret", "Drafted secret", "Open secret", "Withdrawn secret"),
            *("Ann Margret Lee", "A. M. L."),
        }
        self.assertEqual({text for text in known if text in page}, {*texts})

    def test_pages(self):
        task = f"/my/tasks/{self.design.id}"
        annex = f"/my/invoices/{self.invoice.id}/timesheets"
        pages = ["/my/timesheets", task, f"{task}?report_type=html", annex]
        pages.append(f"{annex}?report_type=html")
        for url in pages:
            with self.subTest(url=url):
                self.assertTold(self._page(url), "Billed secret", "Ann Margret Lee")
        self.company.write({"portal_staff": "initials", "portal_notes": False})
        for url in pages:
            with self.subTest(url=url):
                self.assertTold(self._page(url), "A. M. L.")
        self.company.portal_time = "nothing"
        for url in pages[:3]:
            with self.subTest(url=url):
                self.assertTold(self._page(url))
        answer = self.url_open(annex, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertNotIn(
            "View Timesheets", self._page(f"/my/invoices/{self.invoice.id}")
        )

    def test_sums(self):
        """Of 4 h invoiced, 2 h on a draft and 1 h that is open, 4 h are told."""
        for url in (f"/my/tasks/{self.design.id}", "/my/tasks"):
            page = self._page(url)
            self.assertIn("04:00", page)
            self.assertNotIn("07:00", page)

    def test_all_approved_time(self):
        self.company.portal_time = "approved"
        told = ("Billed secret", "Drafted secret", "Open secret", "Ann Margret Lee")
        self.assertTold(self._page("/my/timesheets"), *told)

    def test_nobody_guesses(self):
        """Neither by searching nor by sorting and grouping in ways of his own."""
        search = "/my/timesheets?search_in={}&search={}"
        self.company.portal_staff = "initials"
        self.assertTold(self._page(search.format("employee_id", "Ann")))
        self.assertTold(
            self._page(search.format("name", "Billed")), "Billed secret", "A. M. L."
        )
        self.company.portal_notes = False
        self.assertTold(self._page(search.format("name", "Billed")))
        for query in ("groupby=amount", "sortby=amount", "groupby=employee_id"):
            self.assertTold(self._page(f"/my/timesheets?{query}"), "A. M. L.")

    def test_staff_sees_time_as_before(self):
        """Odoo's page of one's own time is not a customer's."""
        new_test_user(
            self.env,
            "colleague",
            groups="hr_timesheet.group_hr_timesheet_approver",
            company_id=self.env.company.id,
        )
        self.authenticate("colleague", "colleague")
        self.assertIn("Open secret", self.url_open("/my/timesheets").text)
