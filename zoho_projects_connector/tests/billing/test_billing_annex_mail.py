"""The annex goes out with the e-mail of an invoice, where the company wants it."""

from odoo import Command
from odoo.tests import tagged

from .billing_common import ThreeEntriesCommon


@tagged("post_install", "-at_install")
class TestBillingAnnexMail(ThreeEntriesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "customer@example.com"
        cls.env.company.attach_billed_time_annex = True

    def _send_dialog(self, invoice):
        wizards = self.env["account.move.send.wizard"].with_user(self.accountant)
        return wizards.with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"sending_methods": ["email"]})

    def _annexes(self, names):
        return [name for name in names if name.endswith("Timesheets.pdf")]

    def _mailed(self, invoice):
        message = invoice.message_ids.filtered("attachment_ids")[:1]
        return self._annexes(message.attachment_ids.mapped("name"))

    def assertSentOnce(self, invoice):
        name = f"{invoice.name.replace('/', '_')} - Timesheets.pdf"
        self.assertEqual(self._mailed(invoice), [name])

    def test_shown_in_the_dialog_and_sent(self):
        invoice = self._posted()
        dialog = self._send_dialog(invoice)
        names = [data["name"] for data in dialog.mail_attachments_widget]
        self.assertEqual(len(self._annexes(names)), 1)
        dialog.action_send_and_print()
        self.assertSentOnce(invoice)
        mailed = invoice.message_ids.attachment_ids.filtered(
            lambda attachment: attachment.name.endswith("Timesheets.pdf")
        )
        self.assertIn(b"08:00", mailed[:1].raw)

    def test_sent_with_many(self):
        """Several at once: each with its own; one without time goes without."""
        first = self._posted(timesheet_ids=self.first.ids)
        second = self._posted(timesheet_ids=self.second.ids)
        other = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [Command.create({"name": "Chair", "quantity": 1})],
            }
        )
        other.action_post()
        send = self.env["account.move.send"].with_user(self.accountant)
        send._generate_and_send_invoices(
            first + second + other, sending_methods=["email"]
        )
        self.assertSentOnce(first)
        self.assertSentOnce(second)
        self.assertEqual(self._mailed(other), [])
        self.assertTrue(other.message_ids.attachment_ids)

    def test_once_when_the_mail_template_has_it_too(self):
        template = self.env.ref("account.email_template_edi_invoice")
        template.report_template_ids |= self.env.ref(
            "zoho_projects_connector.action_report_billed_time_annex"
        )
        dialog = self._send_dialog(self._posted())
        reports = [
            data["dynamic_report"]
            for data in dialog.mail_attachments_widget
            if data.get("dynamic_report")
        ]
        self.assertEqual(reports, ["zoho_projects_connector.report_billed_time_annex"])

    def test_not_where_the_company_does_not_want_it(self):
        self.env.company.attach_billed_time_annex = False
        invoice = self._posted()
        self._send_dialog(invoice).action_send_and_print()
        self.assertEqual(self._mailed(invoice), [])
        self.assertTrue(invoice.message_ids.attachment_ids)

    def test_by_default(self):
        """A new company sends it, one that shows no time does not."""
        company = self.env["res.company"].create({"name": "New Company"})
        self.assertTrue(company.attach_billed_time_annex)
        self.env.company.portal_time = "nothing"
        self.assertFalse(self._send_dialog(self._posted()).attach_billed_time_annex)

    def test_tick(self):
        """This once it goes, or stays, whatever is usual; other files are kept."""
        dialog = self._send_dialog(self._posted())
        self.assertTrue(dialog.attach_billed_time_annex)
        manual = {"id": 1, "name": "own.pdf", "manual": True}
        dialog.mail_attachments_widget = [*dialog.mail_attachments_widget, manual]
        dialog.attach_billed_time_annex = False
        names = [data["name"] for data in dialog.mail_attachments_widget]
        self.assertEqual(self._annexes(names), [])
        self.assertIn("own.pdf", names)
        dialog.attach_billed_time_annex = True
        names = [data["name"] for data in dialog.mail_attachments_widget]
        self.assertEqual(len(self._annexes(names)), 1)

    def test_left_out_this_once(self):
        invoice = self._posted()
        dialog = self._send_dialog(invoice)
        dialog.attach_billed_time_annex = False
        dialog.action_send_and_print()
        self.assertEqual(self._mailed(invoice), [])

    def test_customer_s_own_default(self):
        """It comes before the company's, in the dialog and where many are sent."""
        invoice = self._posted()
        for annex, company, is_sent in (
            ("attach", False, True),
            ("leave_out", True, False),
            (False, True, True),
        ):
            self.customer.billed_time_annex = annex
            self.env.company.attach_billed_time_annex = company
            self.assertEqual(invoice._attaches_billed_time_annex(), is_sent)
        self.customer.billed_time_annex = "leave_out"
        self.env["billing.month.end"].send_invoices(invoice.ids)
        self.assertTrue(invoice.is_move_sent)
        self.assertEqual(self._mailed(invoice), [])

    def test_setting(self):
        self.env.company.attach_billed_time_annex = False
        settings = self.env["res.config.settings"].create(
            {"attach_billed_time_annex": True}
        )
        settings.execute()
        self.assertTrue(self.env.company.attach_billed_time_annex)
