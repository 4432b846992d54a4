"""What a page shows of a project, to whom, and who may frame it."""

from unittest.mock import patch

from odoo.tests import new_test_user, tagged

from ..const import GO_PATH, SHOW_PATH
from .inside_common import IDS, PORTAL, InsideCommon, other_company


@tagged("post_install", "-at_install")
class TestInsidePages(InsideCommon):
    def test_how_a_project_stands(self):
        self._golden()
        self.project.budget_amount = 5000
        page = self._enter()
        figures = self._figures(page)
        self.assertRegex(figures["unbilled"], r"3,125\.00.*45:00")
        self.assertIn("62", page.xpath("//meter/@value")[0])
        self.assertIn("Golden Customer", self._text(page))
        invoice = self._invoice()
        page = self._go(page, "overview")
        self.assertRegex(self._figures(page)["draft"], r"3,125\.00")
        invoice.invoice_date = "2026-01-31"
        invoice.invoice_date_due = "2026-02-01"
        invoice.action_post()
        page = self._go(page, "overview")
        figures = self._figures(page)
        self.assertRegex(figures["overdue"], r"Overdue.*3,")
        self.assertIn(invoice.name, self._text(page))
        self.assertNotIn("unbilled", figures)

    def test_how_a_task_stands(self):
        self._golden()
        page = self._enter(entity="task", item=IDS["task"])
        self.assertEqual(self._text(page.find(".//h1")), "Design")
        self.assertRegex(self._figures(page)["unbilled"], r"1,000\.00.*10:00")
        page = self._enter(entity="bug", item=IDS["bug"])
        self.assertEqual(self._text(page.find(".//h1")), "Build")
        self.assertRegex(self._figures(page)["unbilled"], r"2,125\.00.*35:00")
        page = self._enter(entity="phase", item=IDS["phase"], project="")
        self.assertRegex(self._figures(page)["unbilled"], r"2,125\.00.*35:00")
        self.assertNotIn("Expenses", self._text(page))

    def test_what_of_an_invoice_is_a_task_s(self):
        """Its share of what is overdue, drafted and listed: not all of the invoice."""
        self._golden()
        invoice = self._invoice()
        invoice.invoice_date = "2026-01-31"
        invoice.invoice_date_due = "2026-02-01"
        tax = self.company_data["default_tax_sale"]
        invoice.invoice_line_ids.tax_ids = tax
        items = {"task": (IDS["task"], "1,000.00"), "bug": (IDS["bug"], "2,125.00")}
        items["phase"] = (IDS["phase"], "2,125.00")

        def shown(entity, zoho_id):
            page = self._enter(entity=entity, item=zoho_id)
            [row] = page.xpath("//section[.//h2[@id='invoices']]//tbody/tr")
            return self._figures(page), self._text(row)

        for entity, (zoho_id, amount) in items.items():
            figures, row = shown(entity, zoho_id)
            self.assertIn(amount, figures["draft"])
            self.assertIn(amount, row)
            self.assertNotIn("overdue", figures)
        invoice.action_post()
        # 15 % of tax on each part of it.
        self.assertEqual(tax.amount, 15)
        self.assertIn("1,150.00", shown("task", IDS["task"])[0]["overdue"])
        self.assertIn("2,443.75", shown("phase", IDS["phase"])[0]["overdue"])
        # All of the one is credited: what is to be paid is the other's.
        credit = self._credit_note(invoice)
        kept = credit.invoice_line_ids.filtered(lambda line: line.price_unit == 100)
        self.assertEqual(kept.price_subtotal, 1000)
        (credit.invoice_line_ids - kept).unlink()
        credit.action_post()
        (invoice | credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        ).reconcile()
        self.assertAlmostEqual(invoice.amount_residual, 2443.75)
        page = self._enter(entity="task", item=IDS["task"])
        self.assertNotIn("overdue", self._figures(page))
        page = self._enter(entity="phase", item=IDS["phase"])
        self.assertIn("2,443.75", self._figures(page)["overdue"])

    def test_more_than_a_page_shows(self):
        """Nothing is missing without a word, and money is counted in full."""
        self._golden()
        for date_to in ("2026-01-05", False):
            invoice = self._invoice(**({"date_to": date_to} if date_to else {}))
            invoice.invoice_date = "2026-01-31"
            invoice.invoice_date_due = "2026-02-01"
            invoice.action_post()
        rows = "odoo.addons.zoho_projects_connector_inside.pages.documents.MOST_ROWS"
        with patch(rows, 1), patch(rows.replace("documents", "overview"), 1):
            page = self._enter()
        self.assertIn("The newest 1 are shown", self._text(page))
        self.assertRegex(self._figures(page)["overdue"], r"3,125\.00")
        # Tasks that have something to bill stand first.
        self._log(1, task=self.build)
        items = "odoo.addons.zoho_projects_connector_inside.pages.part.SHOWN_ITEMS"
        with patch(items, 1):
            page = self._go(page, "new_invoice")
        self.assertEqual(
            page.xpath("//input[@name='task']/@value"), [str(self.build.id)]
        )
        self.assertIn("no more than 1 are shown", self._text(page))

    def test_what_is_not_in_odoo(self):
        secret = self._pair()
        for form in (
            {"project": "1"},
            {"entity": "task", "item": "1"},
            {"entity": "task", "item": IDS["phase"], "project": ""},
            {"project": "1\0"},
            {"project": "\0"},
        ):
            self.assertRefusedPage(self._open(secret, **form), "not in Odoo yet")
        # Odoo itself is the way that works in any case.
        link = self._page(self._open(secret, project="1"), 403).xpath("//a/@href")
        self.assertEqual(link, [f"{GO_PATH}?portal={PORTAL}&project=1"])
        other = self._project("Other")
        self._link("project", "5000000002", other)
        answer = self._open(
            secret, entity="task", item=IDS["task"], project="5000000002"
        )
        self.assertRefusedPage(answer, "not in Odoo yet")

    def test_foreign_portal(self):
        """A project of another portal is not there, with the same id or another."""
        foreign = self._integration("99", company_id=other_company(self).id)
        project = self._project("Foreign", company_id=foreign.company_id.id)
        self._link("project", "5000000009", project, foreign)
        self.assertRefusedPage(
            self._open(self._pair(), project="5000000009"), "not in Odoo yet"
        )

    def test_rights_are_odoos(self):
        """A page that was open shows nothing any more once the right is gone."""
        self._golden()
        page = self._enter(self.manager)
        self.assertIn("unbilled", self._figures(page))
        # Who reads no invoices sees none, and may make none.
        self._invoice().action_post()
        page = self._go(page, "overview")
        self.assertNotIn("INV/", self._text(page))
        for view in ("new_invoice", "new_quotation"):
            self.assertFalse(page.xpath(f"//input[@name='view'][@value='{view}']"))
        self.project.write({"allow_billable": False, "privacy_visibility": "followers"})
        secret = self._pair()
        self.assertRefusedPage(self._open(secret), "access|Access|allowed")

    def test_headers(self):
        hosts = "https://*.sigmausercontent.com https://*.zappsusercontent.com"
        own = f"{hosts} https://projects.zoho.eu"
        secret = self._pair()
        self.authenticate("accountant", "accountant")
        self.assertHeaders(self._open(secret), own)
        self.integration.inside_hosts = "https://pm.example.com"
        answer = self._open(secret)
        self.assertHeaders(answer, f"{hosts} https://pm.example.com")
        self.assertHeaders(
            self._post(SHOW_PATH, token="x"), f"{hosts} https://pm.example.com"
        )
        # Nothing else of Odoo becomes framable, and no address opens a page.
        login = self.url_open("/web/login").headers
        self.assertIn("'self'", login["Content-Security-Policy"])
        self.assertEqual(self.url_open(SHOW_PATH).status_code, 405)

    def test_a_language_that_is_not_installed(self):
        """What a browser prefers is no reason to fail, whoever it is."""
        page = self._enter()
        japanese = {"headers": {"Accept-Language": "ja-JP"}}
        answer = self._post(SHOW_PATH, japanese, token=self._token(page))
        self.assertIn("accountant", self._text(self._page(answer)))
        answer = self._post(SHOW_PATH, japanese, token="x")
        self.assertRefusedPage(answer, "too old", "expired")

    def test_a_session_is_not_looked_at(self):
        """Who is signed in to Odoo is nobody here: only what the form proves counts."""
        self.authenticate("admin", "admin")
        answer = self.url_open(SHOW_PATH, data={"view": "overview"})
        self.assertRefusedPage(answer, "too old", "expired")
        new_test_user(self.env, "nobody", groups="base.group_user")
        page = self._enter()
        self.assertIn("accountant", self._text(page))
