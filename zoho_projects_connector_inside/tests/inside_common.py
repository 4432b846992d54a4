"""A project that Zoho knows, and a browser without cookies that works inside it."""

import re

from lxml import html

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from odoo.addons.zoho_projects_connector_expense.tests.expense_common import (
    ExpenseCommon,
)

from ..const import ACT_PATH, OPEN_PATH, SHOW_PATH
from ..models.zoho_pairing import Claim

PORTAL = "60118842377"
WIDGET = "https://a1b2.zappsusercontent.com"
ZOHO_USER = "4000000001"
IDS = {
    "project": "5000000001",
    "task": "6000000001",
    "bug": "6000000002",
    "phase": "7000000001",
}


class InsideCommon(ExpenseCommon, HttpCase):
    """The golden project is a project of the portal; the accountant works inside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "inside_manager",
            groups="project.group_project_manager",
            company_id=cls.env.company.id,
        )
        cls.integration = cls._integration(PORTAL)
        cls.phase = cls.env["project.milestone"].create(
            {"name": "Go live", "project_id": cls.project.id}
        )
        cls.build.milestone_id = cls.phase
        cls._link("project", IDS["project"], cls.project)
        cls._link("task", IDS["task"], cls.design)
        cls._link("phase", IDS["phase"], cls.phase)
        # An issue of Zoho's is a task of Odoo's.
        cls._link("bug", IDS["bug"], cls.build)

    @classmethod
    def _integration(cls, portal, **values):
        integration = (
            cls.env["zoho.integration"]
            .sudo()
            .create(
                {
                    "name": "Northlight",
                    "company_id": cls.env.company.id,
                    "data_center": "eu",
                    **values,
                }
            )
        )
        integration.portal_id = (
            cls.env["zoho.portal"]
            .sudo()
            .create(
                {
                    "integration_id": integration.id,
                    "zoho_id": portal,
                    "name": "Northlight",
                }
            )
        )
        # An administrator has paired before, from the pages of the extension.
        integration.write(
            {"status": "active", "inside_enabled": True, "widget_origins": WIDGET}
        )
        return integration

    @classmethod
    def _link(cls, entity, zoho_id, record, integration=None):
        integration = integration or cls.integration
        return (
            cls.env["zoho.link"]
            .sudo()
            .create(
                {
                    "integration_id": integration.id,
                    "company_id": integration.company_id.id,
                    "portal_zoho_id": integration.portal_zoho_id,
                    "entity": entity,
                    "zoho_id": zoho_id,
                    "res_model": record._name,
                    "res_id": record.id,
                }
            )
        )

    def setUp(self):
        super().setUp()
        self.claims = {
            "portal": PORTAL,
            "user": ZOHO_USER,
            "user_name": "Ann Zoho",
            "email": "ann@example.com",
        }

    # What the widget does

    def _pair(self, user=None, **claims):
        """Return the secret of a new pairing."""
        claim = Claim(**{**self.claims, **claims})
        pairings = self.env["zoho.pairing"].with_user(user or self.accountant)
        return pairings._pair(self.integration.with_env(pairings.env), claim, WIDGET)

    def _pairing(self, secret):
        return self.env["zoho.pairing"].sudo().browse(int(secret.partition(".")[0]))

    def _post(self, path_or_record, *args, **form):
        """Send a form without any cookie."""
        if not isinstance(path_or_record, str):
            return super()._post(path_or_record, *args)
        self.opener.cookies.clear()
        return self.url_open(path_or_record, data=form, **(args[0] if args else {}))

    def _open(self, secret, **form):
        """Return the answer to a widget that shows its secret."""
        where = {"project": IDS["project"]}
        claims = {"secret": secret, **self.claims, **where, **form}
        return self._post(OPEN_PATH, **claims)

    def _enter(self, user=None, **form):
        """Return the first page of a visit."""
        answer = self._open(self._pair(user), **form)
        return self._page(answer)

    def _page(self, answer, status=200):
        self.assertEqual(answer.status_code, status, self._said(answer))
        return html.fromstring(answer.text)

    def _said(self, answer):
        """Return what a page says that was not expected."""
        found = html.fromstring(answer.text or "<p/>").xpath("//*[@role='alert']")
        return self._text(found[0]) if found else answer.text[-1500:]

    def _token(self, page):
        return page.xpath("//input[@name='token']/@value")[0]

    def _go(self, page, view, record=0, **form):
        """Return another page of the visit, as a click on a button leads to it."""
        answer = self._post(
            SHOW_PATH, token=self._token(page), view=view, record=record, **form
        )
        return self._page(answer)

    def _send(self, page, action, _changes=None, **form):
        """Send the form of an action as the page has it, with what is typed in."""
        return self._page(self._send_raw(page, action, **form))

    def _send_raw(self, page, action, files=None, **form):
        found = page.xpath(f"//form[.//input[@name='action'][@value='{action}']]")
        self.assertTrue(found, f"no form does {action}")
        fields = {**dict(found[0].form_values()), **form}
        return self._post(ACT_PATH, {"files": files} if files else {}, **fields)

    def _text(self, page):
        return re.sub(r"\s+", " ", page.text_content()).strip()

    def _figures(self, page):
        """Return what each figure of the page says."""
        return {
            one.get("data-key"): self._text(one)
            for one in page.xpath("//dl[@class='figures']/div")
        }

    def assertRefusedPage(self, answer, pattern, code="refused"):
        page = self._page(answer, 401 if code != "refused" else 403)
        self.assertEqual(page.find("body").get("data-code"), code)
        self.assertRegex(self._text(page), pattern)

    def assertHeaders(self, answer, ancestors):
        """Nothing keeps the page, nothing leaks it, and only some may frame it."""
        policy = answer.headers["Content-Security-Policy"]
        self.assertIn(f"frame-ancestors {ancestors}", policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        self.assertNotIn("Set-Cookie", answer.headers)
        self.assertNotIn("style=", answer.text)
        self.assertFalse(re.search(r"<script(?![^>]*src=)|\son\w+=", answer.text))


def other_company(case):
    """Return a second company that the accountant does not work for."""
    company = case.env["res.company"].sudo().create({"name": "Other Company"})
    case.env.user.company_ids = [Command.link(company.id)]
    return company
