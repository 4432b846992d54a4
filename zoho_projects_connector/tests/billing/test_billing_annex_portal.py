"""The customer sees in the portal the time that the annex lists, and nobody else."""

from lxml import html

from odoo.tests import HttpCase, new_test_user, tagged

from .billing_common import ThreeEntriesCommon
from .test_billing_annex import rows_of


@tagged("post_install", "-at_install")
class TestBillingAnnexPortal(ThreeEntriesCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._portal_users()
        cls.invoice = cls._portal_invoice(cls)

    def _portal_invoice(self):
        wizard = self.env["project.invoice.create"].create(
            {
                "project_ids": self.project.ids,
                "group_by": "project",
                "show_sections": False,
            }
        )
        invoice = self.env["account.move"].browse(
            wizard.action_create_invoice()["res_id"]
        )
        invoice.action_post()
        return invoice

    def _open(self, login=None, token="", suffix="/timesheets", **query):
        self.authenticate(login, login)
        parameters = {"access_token": token, **query}
        texts = "&".join(f"{name}={value}" for name, value in parameters.items())
        url = f"/my/invoices/{self.invoice.id}{suffix}?{texts}"
        return self.url_open(url, allow_redirects=False)

    def _token(self):
        return self.invoice._portal_ensure_token()

    def assertSentAway(self, answer):
        self.assertEqual(answer.status_code, 303)
        self.assertRegex(answer.headers["Location"], "/my$")

    def test_customer(self):
        page = html.fromstring(self._open("contact").content)
        self.assertEqual(
            [cells[-1] for cells in rows_of(page, "time")], ["04:00", "03:00", "01:00"]
        )
        self.assertEqual(
            rows_of(page, "total")[0][:2], ["Total Time", "08:00 = 8.00 h"]
        )

    def test_link_on_the_invoice(self):
        """One link, ours: Odoo's own lists whole entries of the last invoice."""
        page = html.fromstring(self._open("contact", suffix="").content)
        links = page.xpath("//a[contains(., 'View Timesheets')]/@href")
        self.assertEqual(len(links), 1)
        self.assertIn(f"/my/invoices/{self.invoice.id}/timesheets?", links[0])
        self.assertEqual(self.url_open(links[0]).status_code, 200)

    def _look_for(self, login, text):
        self.authenticate(login, login)
        return self.url_open(
            f"/my/timesheets?search_in=invoice&search={text}", allow_redirects=False
        )

    def test_link_in_the_email(self):
        """It leads to the time of the invoice; any other search is Odoo's."""
        answer = self._look_for("contact", self.invoice.name)
        self.assertEqual(answer.status_code, 303)
        self.assertRegex(
            answer.headers["Location"], f"/my/invoices/{self.invoice.id}/timesheets$"
        )
        self.assertEqual(self._look_for("contact", "INV").status_code, 200)
        self.assertEqual(self._look_for("stranger", self.invoice.name).status_code, 200)

    def test_without_invoices_the_list_is_odoos(self):
        new_test_user(
            self.env,
            "worker",
            groups="hr_timesheet.group_hr_timesheet_user",
            company_id=self.env.company.id,
        )
        self.assertEqual(self._look_for("worker", self.invoice.name).status_code, 200)

    def test_annex_itself(self):
        answer = self._open("contact", report_type="html")
        self.assertEqual(len(rows_of(html.fromstring(answer.content), "time")), 3)
        answer = self._open("contact", report_type="pdf", download="true")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn("Timesheets.pdf", answer.headers["Content-Disposition"])

    def test_credited_part_stays_listed(self):
        """The invoice still says what it billed; the credit note what it took back."""
        reversal = self._reversal(self.invoice)
        credit_note = self.env["account.move"].browse(reversal.refund_moves()["res_id"])
        self._set_line(credit_note.invoice_line_ids, quantity=2)
        credit_note.action_post()
        page = html.fromstring(self._open("contact").content)
        self.assertEqual(rows_of(page, "total")[0][1], "08:00 = 8.00 h")
        self.invoice = credit_note
        page = html.fromstring(self._open("contact").content)
        self.assertEqual(
            rows_of(page, "total")[0][:2], ["Total Time Taken Back", "02:00 = 2.00 h"]
        )

    def test_somebody_else(self):
        self.assertSentAway(self._open("stranger"))
        self.assertSentAway(self._open("stranger", report_type="pdf"))
        self.assertSentAway(self._open(token="wrong"))
        self.assertSentAway(self._open())

    def test_with_the_token(self):
        page = html.fromstring(self._open(token=self._token()).content)
        self.assertEqual(len(rows_of(page, "time")), 3)

    def test_draft(self):
        """Hours of a draft are not final: nobody sees them, token or not."""
        token = self._token()
        self.invoice.button_draft()
        self.assertSentAway(self._open("contact"))
        self.assertSentAway(self._open(token=token))

    def test_invoice_without_time(self):
        self.invoice = self.invoice.copy()
        self.invoice.action_post()
        self.assertSentAway(self._open("contact"))

    def test_invoice_that_is_not_there(self):
        self.authenticate("contact", "contact")
        answer = self.url_open("/my/invoices/0/timesheets", allow_redirects=False)
        self.assertSentAway(answer)
