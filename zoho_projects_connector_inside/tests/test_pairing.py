"""Who is there: pairing, what a browser keeps of it, and all the ways that it ends."""

import base64
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import new_test_user, tagged

from odoo.addons.zoho_projects_connector.tests.secrets_common import LOGGERS

from ..const import GO_PATH, PAIR_PATH, SHOW_PATH
from ..refusal import InsideRefused
from .inside_common import IDS, PORTAL, WIDGET, ZOHO_USER, InsideCommon, other_company


@tagged("post_install", "-at_install")
class TestPairing(InsideCommon):
    def _ask(self, login="accountant", **claims):
        self.authenticate(login, login)
        query = {"origin": WIDGET, **self.claims, **claims}
        return self.url_open(PAIR_PATH, params=query)

    def _confirm(self, page, **form):
        fields = {**dict(page.xpath("//form")[0].form_values()), **form}
        return self.url_open(PAIR_PATH, data=fields)

    def test_a_person_confirms_it(self):
        answer = self._ask()
        page = self._page(answer)
        self.assertIn("Ann Zoho", self._text(page))
        self.assertIn("Northlight", self._text(page))
        self.assertIn(WIDGET, self._text(page))
        self.assertIn(
            "frame-ancestors 'none'", answer.headers["Content-Security-Policy"]
        )
        self.assertEqual(answer.headers["X-Frame-Options"], "DENY")
        self.assertFalse(self.env["zoho.pairing"].sudo().search([]))
        done = self._page(self._confirm(page)).xpath("//main")[0]
        self.assertEqual(done.get("data-origin"), WIDGET)
        pairing = self._pairing(done.get("data-secret"))
        self.assertEqual(pairing.user_id, self.accountant)
        self.assertEqual(pairing.zoho_user_id, ZOHO_USER)
        self.assertNotIn(done.get("data-secret").split(".")[1], str(pairing.read()))
        self._page(self._open(done.get("data-secret")))
        self.assertTrue(pairing.last_used)

    def test_no_other_site_confirms_it(self):
        page = self._page(self._ask())
        self.assertEqual(self._confirm(page, csrf_token="forged").status_code, 400)
        self.assertFalse(self.env["zoho.pairing"].sudo().search([]))

    def test_odoo_signs_in_first(self):
        answer = self.url_open(PAIR_PATH, params=self.claims, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_who_may_not(self):
        new_test_user(self.env, "plain", groups="base.group_user")
        self.assertRegex(self._ask("plain").text, "Only project administrators")
        self.assertRegex(self._ask(portal="1").text, "does not know this portal")
        self._page(self._ask(user=f"{ZOHO_USER}\0"))
        self.assertRegex(
            self._ask(origin="https://evil.example.com").text, "no address of this"
        )
        page = self._page(self._ask())
        for form in ({"origin": "https://evil.example.com"}, {"integration": "0"}):
            self.assertEqual(self._confirm(page, **form).status_code, 403)
        foreign = self._integration("99", company_id=other_company(self).id)
        self.assertRegex(self._ask(portal="99").text, "not one of yours")
        foreign.inside_enabled = self.integration.inside_enabled = False
        self.assertRegex(self._ask().text, "does not know this portal")
        self.assertFalse(self.env["zoho.pairing"].sudo().search([]))

    def test_somebody_else_is_not_paired(self):
        """Who was synced is known: neither his id nor his e-mail is for others."""
        self._link("user", ZOHO_USER, self.ann)
        self.ann.work_email = "ann@example.com"
        self._pair()  # an employee without a user
        self.ann.user_id = self.manager
        self.ann.work_email = "ann@example.com"
        with self.assertRaisesRegex(InsideRefused, "not you"):
            self._pair()
        secret = self._pair(self.manager)
        with self.assertRaisesRegex(InsideRefused, "not you"):
            self._pair(self.manager, email="boss@example.com")
        self.assertRefusedPage(
            self._open(secret, email="boss@example.com"), "another user", "unpaired"
        )

    def test_origins(self):
        self.integration.inside_hosts = (
            "https://projects.example.com http://localhost:9"
        )
        right = (WIDGET, "https://projects.zoho.eu", "https://projects.example.com")
        wrong = (
            "https://zappsusercontent.com.evil.com",
            "https://evilzappsusercontent.com",
            "http://a.zappsusercontent.com",
            "https://a.zappsusercontent.com/path",
            "https://projects.zoho.com",
            "https://a@b.zappsusercontent.com",
            "null",
            "",
        )
        for origin in (*right, "http://localhost:9"):
            self.assertTrue(self.integration._is_widget_origin(origin), origin)
        for origin in wrong:
            self.assertFalse(self.integration._is_widget_origin(origin), origin)
        for address in (
            "projects.example.com",
            "https://a.com; script-src *",
            "http://a.com",
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self.integration.inside_hosts = address

    def test_an_administrator_pairs_first(self):
        """Others have extensions below the same hosts: none of those gets a secret."""
        new = "https://ffff.sigmausercontent.com"
        self.assertRegex(self._ask(origin=new).text, "is new: an administrator")
        page = self._page(self._ask())
        self.assertEqual(self._confirm(page, origin=new).status_code, 403)
        self.assertFalse(self.env["zoho.pairing"].sudo().search([]))
        administrator = new_test_user(
            self.env,
            "zoho_admin",
            groups="zoho_projects_connector.group_zoho_manager,"
            "project.group_project_manager",
            company_id=self.env.company.id,
        )
        page = self._page(self._ask("zoho_admin", origin=new))
        self.assertEqual(self.integration.widget_origins, WIDGET)
        done = self._page(self._confirm(page)).xpath("//main")[0]
        self.assertEqual(done.get("data-origin"), new)
        self.assertEqual(self.integration.widget_origins, f"{WIDGET} {new}")
        # From there everybody pairs now, and from nowhere else.
        page = self._page(self._ask(origin=new))
        self._page(self._confirm(page))
        self.assertEqual(self.integration.widget_origins, f"{WIDGET} {new}")
        other = "https://eeee.sigmausercontent.com"
        self.assertRegex(self._ask(origin=other).text, "is new")
        # What was typed into the integration was confirmed by that.
        self.integration.inside_hosts = "https://pm.example.com"
        self._page(self._ask(origin="https://pm.example.com"))
        with self.assertRaises(AccessError):
            self.integration.with_user(administrator).widget_origins = other
        self.integration.inside_enabled = False
        self.assertFalse(self.integration.widget_origins)

    def test_no_click_of_before_pairs(self):
        """The button waits for the script, which waits for the person to look."""
        page = self._page(self._ask())
        self.assertTrue(page.xpath("//button[@id='pair'][@disabled]"))

    # How it ends

    def test_it_ends(self):
        changed, ended = "has changed: sign in to Odoo again", "has ended"
        ways = {
            "password": (
                lambda: self.accountant.write({"password": "another-One-1"}),
                changed,
            ),
            "archived": (lambda: self.accountant.write({"active": False}), ended),
            "brought back": (
                lambda: (
                    self.accountant.write({"active": False}),
                    self.accountant.write({"active": True}),
                ),
                ended,
            ),
            "group": (
                lambda: self.accountant.write(
                    {"group_ids": [Command.set(self.env.ref("base.group_user").ids)]}
                ),
                "no longer belongs to the groups",
            ),
            "disabled": (lambda: self.integration.write({"status": "disabled"}), ended),
            "off": (lambda: self.integration.write({"inside_enabled": False}), ended),
            "deleted": (lambda: self.integration.unlink(), ended),
            "company": (
                lambda: self.accountant.write(
                    {
                        "company_id": self.other.id,
                        "company_ids": [Command.set(self.other.ids)],
                    }
                ),
                "no longer one of",
            ),
        }
        self.other = other_company(self)
        for way, (end, sentence) in ways.items():
            with self.subTest(way=way), self.cr.savepoint() as savepoint:
                secret = self._pair()
                page = self._page(self._open(secret))
                end()
                self.env.flush_all()
                self.env.registry.clear_cache()
                answer = self._post(SHOW_PATH, token=self._token(page))
                self.assertRefusedPage(answer, sentence, "unpaired")
                self.assertRefusedPage(self._open(secret), "not paired", "unpaired")
                self.assertFalse(self._pairing(secret).exists())
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()

    def test_people_end_it(self):
        secret = self._pair()
        pairing = self._pairing(secret)
        with self.assertRaises(AccessError):
            pairing.with_user(self.manager).action_end()
        pairing.with_user(self.accountant).action_end()
        self.assertFalse(pairing.exists())
        administrator = new_test_user(
            self.env, "zoho_admin", "zoho_projects_connector.group_zoho_manager"
        )
        pairing = self._pairing(self._pair())
        pairing.with_user(administrator).action_end()
        self.assertFalse(pairing.exists())

    def test_it_ends_unused(self):
        used, unused = self._pairing(self._pair()), self._pairing(self._pair())
        with freeze_time("2030-01-01"):
            used.last_used = "2029-12-01"
            self.env["zoho.pairing"].sudo()._gc_pairings()
        self.assertEqual((used | unused).exists(), used)

    def test_a_copy_lets_nobody_in(self):
        secret = self._pair()
        self.env.flush_all()
        for query in get_neutralization_queries(["zoho_projects_connector_inside"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.integration.inside_enabled)
        self.assertFalse(self._pairing(secret).exists())

    # What is forged

    def test_forged_secrets(self):
        secret = self._pair()
        number, _dot, rest = secret.partition(".")
        other = self._pair(self.manager).partition(".")[0]
        for forged in (
            "",
            ".",
            number,
            f"{number}.",
            f"{other}.{rest}",
            f"{secret}x",
            "9" * 30,
        ):
            with self.subTest(forged=forged):
                self.assertRefusedPage(self._open(forged), "not paired", "unpaired")
        for claims in ({"user": "1"}, {"portal": "1"}):
            self.assertRefusedPage(
                self._open(secret, **claims), "another user", "unpaired"
            )

    def test_forged_tokens(self):
        page = self._enter()
        token = self._token(page)
        raw = bytearray(base64.urlsafe_b64decode(token + "==="))
        raw[-3] ^= 1
        tampered = base64.urlsafe_b64encode(raw).decode().rstrip("=")
        nonce = self.env["zoho.pairing"]._form_nonce
        visit = self.env["zoho.pairing"]._visit_of(token)
        for forged in ("", "x", "é", "AQ", tampered, token[:-2], nonce(visit, "a", 0)):
            with self.subTest(forged=forged):
                answer = self._post(SHOW_PATH, token=forged)
                self.assertRefusedPage(answer, "too old", "expired")
        self._page(self._post(SHOW_PATH, token=token))

    def test_tokens_grow_old(self):
        with freeze_time("2026-11-30 10:00:00") as clock:
            page = self._enter()
            clock.tick(9 * 60)
            page = self._go(page, "overview")
            clock.tick(9 * 60)
            self._page(self._post(SHOW_PATH, token=self._token(page)))
            clock.tick(2 * 60)
            old = self._post(SHOW_PATH, token=self._token(page))
            self.assertRefusedPage(old, "too old", "expired")
            # However often it is renewed, the widget shows its secret once an hour.
            page = self._enter()
            for _step in range(6):
                clock.tick(9 * 60 + 59)
                page = self._go(page, "overview")
            clock.tick(60)
            late = self._post(SHOW_PATH, token=self._token(page))
            self.assertRefusedPage(late, "too old", "expired")

    def test_it_is_in_no_log(self):
        with self.assertLogs(level="DEBUG") as logs, patch("logging.root.level", 10):
            secret = self._pair()
            page = self._page(self._open(secret))
            self._post(SHOW_PATH, token=self._token(page))
        said = "\n".join(logs.output)
        self.assertIn(SHOW_PATH, said)
        for kept in (secret, secret.partition(".")[2], self._token(page)):
            self.assertNotIn(kept, said)
        self.assertTrue(LOGGERS)

    def test_open_in_odoo(self):
        self.authenticate("accountant", "accountant")
        where = {"portal": PORTAL, "project": IDS["project"]}
        answer = self.url_open(GO_PATH, params=where, allow_redirects=False)
        self.assertIn(f"/odoo/project/{self.project.id}", answer.headers["Location"])
        for wrong in ({"portal": "1"}, {"project": "1"}, {"project": "1\0"}):
            answer = self.url_open(GO_PATH, params={**where, **wrong})
            self.assertEqual(answer.status_code, 404)
