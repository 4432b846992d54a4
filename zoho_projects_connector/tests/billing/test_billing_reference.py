"""A customer is told of his projects, not of the order that collects them."""

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .billing_common import BillingCommon
from .test_portal_time import PortalCommon


@tagged("post_install", "-at_install")
class TestBillingReference(BillingCommon):
    def _shop(self):
        project = self._project("Shop")
        self._flat_rate(60, project)
        self._log(2, task=self._task("Cart", project), day="2026-02-03")
        return project

    def assertRefersTo(self, invoice, work):
        self.assertEqual(invoice.invoice_origin, work)
        self.assertEqual(invoice.ref, work)
        order = invoice.invoice_line_ids.sale_line_ids.order_id
        texts = [invoice.payment_reference, *invoice.invoice_line_ids.mapped("name")]
        for name in order.mapped("name"):
            self.assertFalse([text for text in texts if text and name in text])

    def test_project_and_period(self):
        self._log(1, day="2026-01-05")
        self._log(1, day="2026-01-30")
        invoice = self._invoice()
        self.assertRefersTo(invoice, "Golden Project · January 2026")
        invoice.action_post()
        self.assertEqual(invoice.payment_reference, invoice.name)

    def test_several_months(self):
        self._log(1, day="2025-12-31")
        self._log(1, day="2026-01-01")
        self.assertRefersTo(
            self._invoice(), "Golden Project · December 2025 – January 2026"
        )

    def test_several_projects(self):
        self._log(1)
        both = self.project | self._shop()
        self.assertRefersTo(
            self._invoice(both), "Golden Project, Shop · January – February 2026"
        )

    def test_many_projects(self):
        self._log(1)
        third = self._project("Third")
        self._flat_rate(60, third)
        self._log(2, task=self._task("Third", third))
        invoice = self._invoice(self.project | self._shop() | third)
        self.assertRefersTo(invoice, "3 projects · January – February 2026")

    def test_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.customer.lang = "fr_FR"
        self._log(1, day="2026-09-05")
        self.assertRefersTo(self._invoice(), "Golden Project · septembre 2026")

    def test_without_time(self):
        self.project.write({"billing_method": "fixed_cost", "fixed_cost": 500})
        self.assertRefersTo(self._invoice(mode="fixed"), "Golden Project")

    def test_what_the_customer_calls_it(self):
        """The number of his order is entered on ours, and stays his reference."""
        self._log(1)
        self._invoice()
        order = self.env["sale.order"].search(
            [("billing_project_id", "=", self.project.id)]
        )
        order.client_order_ref = "PO 4711"
        self._log(1)
        invoice = self._invoice()
        self.assertEqual(invoice.ref, "PO 4711")
        self.assertEqual(invoice.invoice_origin, "Golden Project · January 2026")

    def test_by_odoo_s_own_dialog(self):
        self._log(1)
        self._invoice().button_cancel()
        order = self.env["sale.order"].search(
            [("billing_project_id", "=", self.project.id)]
        )
        self.assertEqual(order._prepare_invoice()["invoice_origin"], "Golden Project")
        self.assertEqual(order._prepare_invoice()["ref"], "Golden Project")


@tagged("post_install", "-at_install")
class TestBillingOrderInPortal(PortalCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.invoice.invoice_line_ids.sale_line_ids.order_id

    def test_no_page(self):
        """Neither in lists and counters nor by its address, with a token or not."""
        token = self.order._portal_ensure_token()
        for login in ("contact", None):
            self.authenticate(login, login)
            for url in (
                f"/my/orders/{self.order.id}",
                f"/my/orders/{self.order.id}?access_token={token}",
                f"/my/orders/{self.order.id}?access_token={token}&report_type=html",
            ):
                answer = self.url_open(url, allow_redirects=False)
                self.assertEqual(answer.status_code, 303, url)
                self.assertRegex(answer.headers["Location"], "/my$")
        self.authenticate("contact", "contact")
        for url in (
            *("/my/orders", "/my/quotes", "/my/timesheets", "/my/invoices"),
            *("/my/timesheets?groupby=so_line", "/my/timesheets?groupby=order_id"),
            f"/my/timesheets?search_in=so&search={self.order.name}",
            f"/my/tasks/{self.design.id}",
            f"/my/invoices/{self.invoice.id}",
            f"/my/invoices/{self.invoice.id}?report_type=html",
            f"/my/invoices/{self.invoice.id}/timesheets",
        ):
            page = self.url_open(url).text.replace(f"search={self.order.name}", "")
            page = page.replace(f'value="{self.order.name}"', "")
            self.assertNotIn(self.order.name, page, url)
            self.assertNotIn(f"/my/orders/{self.order.id}", page, url)

    def test_ordered_time_keeps_its_order(self):
        """What the customer did order, he finds as before."""
        product = self.project._billing_time_product()
        order = self.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [(0, 0, {"product_id": product.id})],
            }
        )
        order.action_confirm()
        self.company.portal_time = "approved"
        self.open_time.so_line = order.order_line
        self.authenticate("contact", "contact")
        page = self.url_open("/my/timesheets").text
        self.assertIn(order.name, page)
        self.assertIn("Sales Order Item", page)
        self.assertNotIn(self.order.name, page)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_no_remote_call(self):
        for records in (self.order, self.order.order_line):
            own = records.with_user(self.contact)
            self.assertFalse(own.search([("id", "in", records.ids)]))
            with self.assertRaises(AccessError):
                own.read(["name"])
        line = self.invoice.invoice_line_ids.filtered("sale_line_ids")
        # As a request of his begins: nothing was read before.
        self.env.invalidate_all()
        told = line.with_user(self.contact).read(["sale_line_ids"])
        self.assertEqual([row["sale_line_ids"] for row in told], [[]])

    def test_not_in_the_mail(self):
        self.customer.email = "customer@example.com"
        self.env["account.move.send"]._generate_and_send_invoices(
            self.invoice, sending_methods=["email"]
        )
        message = self.invoice.message_ids.filtered("attachment_ids")[:1]
        self.assertIn("Golden Project · January 2026", message.body)
        self.assertNotIn(self.order.name, f"{message.subject} {message.body}")
