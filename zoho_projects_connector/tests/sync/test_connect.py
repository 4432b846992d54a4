import requests

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...models.sync.causes import KINDS, SENTENCES, cause_of, explain
from ...zoho.errors import ZohoRefused, ZohoRetryLater, ZohoSignInAgain
from .common_connect import (
    PORTALS_PATH,
    SECRETS,
    TOKEN_PATH,
    ConnectCase,
    portal_row,
    token_row,
)


@tagged("post_install", "-at_install")
class TestSignInWithCode(ConnectCase):
    def test_secrets_are_write_only(self):
        self.assertFalse(self.integration.client_secret)
        self.assertTrue(self.integration.has_client_secret)
        self.assertEqual(self.credential().client_secret, "top-secret")

    def test_saving_the_form_shows_no_secret(self):
        saved = self.integration.web_save(
            {"client_secret": "another"}, {"client_secret": {}, "has_client_secret": {}}
        )
        self.assertFalse(saved[0]["client_secret"])
        self.assertEqual(self.credential().client_secret, "another")

    def test_an_empty_secret_keeps_the_old_one(self):
        self.integration.client_secret = False
        self.assertEqual(self.credential().client_secret, "top-secret")

    def test_data_center_fills_the_addresses(self):
        self.assertEqual(self.integration.accounts_url, "https://accounts.zoho.eu")
        self.assertEqual(self.integration.api_url, "https://projectsapi.zoho.eu")
        self.integration.data_center = "custom"
        self.integration.api_url = "http://127.0.0.1:8123"
        self.assertEqual(self.integration.api_url, "http://127.0.0.1:8123")

    def test_the_only_portal_is_chosen(self):
        self.sign_in()
        self.assertEqual(self.integration.status, "signed_in")
        self.assertRecordValues(
            self.integration.portal_id,
            [
                {
                    "zoho_id": "60118842377",
                    "name": "northlight",
                    "role": "Administrator",
                    "timezone": "Europe/Amsterdam",
                    "plan": "Enterprise",
                    "warning": False,
                }
            ],
        )
        self.assertFalse(self.credential().grant_code)

    def test_several_portals_are_offered(self):
        self.zoho.will_answer(
            PORTALS_PATH, [portal_row(), portal_row("7", "other", timezone="")]
        )
        self.sign_in()
        self.assertEqual(len(self.integration.portal_ids), 2)
        self.assertFalse(self.integration.portal_id)
        other = self.integration.portal_ids.filtered(lambda one: one.name == "other")
        self.assertEqual(other.display_name, "other")
        chosen = other.with_context(formatted_display_name=True).display_name
        self.assertEqual(chosen, f"other\t--{other.role} · {other.plan}--")
        with self.assertRaisesRegex(UserError, "Choose the portal"):
            self.integration.action_save_and_sync()

    def test_a_member_is_warned(self):
        self.zoho.will_answer(PORTALS_PATH, [portal_row(profile={"name": "Employee"})])
        self.sign_in()
        self.assertIn("Employee", self.integration.portal_warning)

    def test_no_portal_is_said(self):
        self.zoho.will_answer(PORTALS_PATH, (204, ""))
        self.sign_in()
        self.assertIn("sees no portal", self.integration.status_message)

    def test_day_sample(self):
        self.sign_in()
        for zone, sentence in (
            ("Asia/Kolkata", "23:30 in Europe/Amsterdam is a timesheet of Mar 9, 2026"),
            ("America/New_York", "although it is Mar 8, 2026 at your company"),
            ("Europe/Paris", "are those of your company"),
        ):
            with self.subTest(zone):
                self.company.resource_calendar_id.tz = zone
                self.integration.invalidate_recordset(["day_sample"])
                self.assertIn(sentence, self.integration.day_sample)
        self.integration.portal_id.timezone = "Nowhere/Land"
        self.assertFalse(self.integration.day_sample)

    def test_portals_are_kept_in_step(self):
        self.zoho.will_answer(PORTALS_PATH, [portal_row(), portal_row("7", "other")])
        self.sign_in()
        self.integration.portal_id = self.integration.portal_ids[0]
        kept = self.integration.portal_id
        self.zoho.will_answer(
            PORTALS_PATH, [portal_row(kept.zoho_id, "renamed"), portal_row("8", "new")]
        )
        self.integration.action_fetch_portals()
        self.assertEqual(self.integration.portal_id, kept)
        self.assertEqual(kept.name, "renamed")
        self.assertEqual(
            set(self.integration.portal_ids.mapped("name")), {"renamed", "new"}
        )

    def test_missing_scopes_are_said(self):
        self.zoho.will_answer(
            TOKEN_PATH, token_row(scope="ZohoProjects.portals.READ AaaServer.x.READ")
        )
        self.sign_in()
        self.assertIn("ZohoProjects.timesheets.READ", self.integration.scopes_missing)
        self.assertIn("timesheets", self.integration.scopes_message)

    def test_all_scopes_leave_no_message(self):
        self.sign_in()
        self.assertFalse(self.integration.scopes_message)

    def test_without_a_code(self):
        with self.assertRaisesRegex(UserError, "Paste the code"):
            self.integration.action_sign_in_with_code()

    def test_without_lasting_access(self):
        self.zoho.will_answer(TOKEN_PATH, token_row(refresh_token=""))
        with self.assertRaisesRegex(UserError, "no lasting access"):
            self.sign_in()

    def test_portals_failing_keep_the_sign_in(self):
        self.zoho.will_answer(PORTALS_PATH, (500, "{}"))
        self.sign_in()
        self.assertTrue(self.integration.is_signed_in)
        self.assertEqual(self.integration.status, "signed_in")
        self.assertIn("another try", self.integration.status_message)

    def test_refusals_are_one_sentence(self):
        refusals = {
            "code has expired": {"error": "invalid_code"},
            "does not know this client ID": {"error": "invalid_client"},
            "refuses the client secret": {"error": "invalid_client_secret"},
            "redirect address": {"error": "invalid_redirect_uri"},
            "was already used": {"error": "invalid_grant"},
            "copy it from this form": {"error": "redirect_uri_mismatch"},
            "type Server-based Applications": {"error": "unauthorized_client"},
            "one of the permissions": {"error": "invalid_scope"},
            "asks to wait until": (
                400,
                '{"error": "Access Denied", "error_description":'
                ' "You have made too many requests continuously."}',
            ),
            "another try in a few minutes": (500, "<html>Sorry</html>"),
            "does not answer as it should": (200, '{"access_token": "1000.ac'),
            "few minutes": requests.ConnectionError("no route"),
        }
        for sentence, answer in refusals.items():
            with self.subTest(sentence):
                self.zoho.will_answer(TOKEN_PATH, answer)
                with self.assertRaisesRegex(UserError, sentence) as caught:
                    self.sign_in()
                self.assertFalse(self.integration.is_signed_in)
                for secret in SECRETS:
                    self.assertNotIn(secret, str(caught.exception))

    def test_refusals_of_the_portal_are_one_sentence(self):
        self.sign_in()
        refusals = {
            "has lost his access": (404, '{"error": {"title": "NOT_FOUND"}}'),
            "accept all that Zoho lists": (
                401,
                '{"error": {"title": "INVALID_OAUTHSCOPE"}}',
            ),
            "owner or as an administrator": (403, '{"error": {"title": "FORBIDDEN"}}'),
            "plan of this portal": (402, '{"error": {"title": "6403"}}'),
            "check the data center": (200, "<html>Welcome</html>"),
            "does not answer as it should": (200, '[{"id": "60118'),
            "asks to wait until": (
                400,
                '{"error": {"title": "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"}}',
            ),
        }
        for sentence, answer in refusals.items():
            with self.subTest(sentence):
                self.zoho.will_answer(PORTALS_PATH, answer)
                with self.assertRaisesRegex(UserError, sentence):
                    self.integration.action_fetch_portals()

    def test_unreadable_answer(self):
        self.zoho.will_answer(TOKEN_PATH, {"surprise": True})
        with self.assertRaisesRegex(UserError, "not one of Zoho Projects"):
            self.sign_in()

    def test_the_librarys_english_reaches_nobody(self):
        """An error tells its word and what Zoho has said; its message is for logs."""
        for code in ("", "unheard_of", *SENTENCES):
            for kind in (ZohoSignInAgain, ZohoRetryLater, *KINDS):
                error = kind("In English.", code=code, said="Zoho's own words.")
                with self.subTest(kind=kind, code=code):
                    self.assertNotIn("English", explain(self.env, error))
        error = ZohoRetryLater("In English.", said="Zoho's own words.")
        self.assertIn("(Zoho's own words)", explain(self.env, error))

    def test_the_error_summary_speaks_its_readers_language(self):
        """Whatever the language of the sync that has met the error."""
        self.env["res.lang"]._activate_lang("fr_FR")
        refused = ZohoRefused("In English.", code="access_denied")
        error = self.env["zoho.sync.error"].create(
            {
                "integration_id": self.integration.id,
                "entity": "bug",
                "zoho_id": "",
                "code": "bad_request",
                "details": {"reason": "In English.", "cause": cause_of(refused)},
            }
        )
        said = {lang: error.with_context(lang=lang).why for lang in ("en_US", "fr_FR")}
        self.assertIn("sign in as the owner", said["en_US"])
        self.assertIn("connectez-vous", said["fr_FR"].lower())
        self.assertNotIn("English", "".join(said.values()))

    def test_connect_wants_client(self):
        self.integration.client_id = False
        with self.assertRaisesRegex(UserError, "Fill in the Client ID"):
            self.integration.action_connect()

    def test_sign_in_wants_addresses(self):
        self.integration.write({"data_center": "custom", "accounts_url": False})
        self.integration.grant_code = "1000.grant"
        for action in ("action_connect", "action_sign_in_with_code"):
            with self.subTest(action), self.assertRaisesRegex(UserError, "addresses"):
                getattr(self.integration, action)()

    def test_cut_off_wants_a_date(self):
        with self.assertRaises(ValidationError):
            self.integration.timesheet_cutoff = "date"

    def test_portal_of_another_integration(self):
        other = self._new_integration(name="Other")
        self.sign_in(other)
        with self.assertRaises(ValidationError):
            self.integration.portal_id = other.portal_id

    def test_portal_connected_twice_in_a_company(self):
        self.sign_in()
        other = self._new_integration(name="Twice")
        self.sign_in(other)
        self.assertFalse(other.portal_id)
        self.assertIn("connected to this company already", other.status_message)
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            other.portal_id = other.portal_ids
            other.flush_recordset()
        self.assertIn("portal_uniq", str(caught.exception))
