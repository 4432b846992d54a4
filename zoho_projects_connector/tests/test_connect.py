from datetime import timedelta

import requests
from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..zoho.errors import ZohoSignInAgain, ZohoThrottled
from .common_connect import (
    PORTALS_PATH,
    REVOKE_PATH,
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
            ("Asia/Kolkata", "23:30 in Europe/Amsterdam is a timesheet of 03/09/2026"),
            ("America/New_York", "although it is 03/08/2026 at your company"),
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

    def test_connect_wants_client(self):
        self.integration.client_id = False
        with self.assertRaisesRegex(UserError, "client ID"):
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
        with mute_logger("odoo.sql_db"), self.assertRaises(Exception) as caught:
            self.sign_in(other)
            other.flush_recordset()
        self.assertIn("portal_uniq", str(caught.exception))


@tagged("post_install", "-at_install")
class TestToken(ConnectCase):
    def setUp(self):
        super().setUp()
        self.sign_in()

    def _refreshes(self):
        forms = self.zoho.asked(TOKEN_PATH)
        return [form for form in forms if form["grant_type"] == "refresh_token"]

    def _answer_refresh(self, *tokens):
        self.zoho.will_answer(
            TOKEN_PATH, *[{"access_token": token, "expires_in": 60} for token in tokens]
        )

    def test_a_fresh_token_is_used(self):
        self.assertEqual(self.integration._zoho_client().access_token, "1000.access.1")
        self.assertFalse(self._refreshes())

    def test_a_token_is_refreshed_early(self):
        self._answer_refresh("1000.access.2")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=56)):
            client = self.integration._zoho_client()
        self.assertEqual(client.access_token, "1000.access.2")
        self.assertEqual(len(self._refreshes()), 1)

    def test_a_short_life_is_not_spent_on_the_margin(self):
        self._answer_refresh("1000.access.2", "1000.access.3")
        start = fields.Datetime.now() + timedelta(hours=1)
        with freeze_time(start):
            self.integration._zoho_client()
        with freeze_time(start + timedelta(seconds=50)):
            client = self.integration._zoho_client()
        self.assertEqual(client.access_token, "1000.access.2")
        with freeze_time(start + timedelta(seconds=56)):
            client = self.integration._zoho_client()
        self.assertEqual(client.access_token, "1000.access.3")

    def test_a_token_that_another_worker_has_renewed_is_taken_over(self):
        token = self.integration._refresh_access_token("1000.access.0")
        self.assertEqual(token, "1000.access.1")
        self.assertFalse(self._refreshes())

    def test_a_rejected_token_is_renewed_once(self):
        self._answer_refresh("1000.access.2")
        refusal = (401, '{"error": {"title": "INVALID_OAUTHTOKEN"}}')
        self.zoho.will_answer(PORTALS_PATH, refusal, [portal_row()])
        self.integration.action_fetch_portals()
        self.assertEqual(len(self._refreshes()), 1)

    def test_a_token_rejected_twice_asks_to_sign_in(self):
        self._answer_refresh("1000.access.2")
        refusal = (401, '{"error": {"title": "INVALID_OAUTHTOKEN"}}')
        self.zoho.will_answer(PORTALS_PATH, refusal)
        with self.assertRaisesRegex(UserError, "Sign in again"):
            self.integration.action_fetch_portals()

    def test_a_revoked_sign_in(self):
        self.zoho.will_answer(TOKEN_PATH, {"error": "invalid_code"})
        with self.assertRaises(ZohoSignInAgain):
            self.integration._refresh_access_token("1000.access.1")

    def test_a_throttle_passes_through(self):
        self.zoho.will_answer(
            TOKEN_PATH,
            (
                400,
                '{"error": "Access Denied", "error_description": "too many requests"}',
            ),
        )
        with self.assertRaises(ZohoThrottled):
            self.integration._refresh_access_token("1000.access.1")

    def test_nobody_signed_in(self):
        other = self._new_integration(name="Other")
        with self.assertRaises(ZohoSignInAgain) as caught:
            other._zoho_client()
        self.assertEqual(caught.exception.code, "not_signed_in")


@tagged("post_install", "-at_install")
class TestSignInAgain(ConnectCase):
    def setUp(self):
        super().setUp()
        self.sign_in()
        self.integration.status = "sign_in_again"

    def test_the_same_portal_goes_on(self):
        portal = self.integration.portal_id
        self.zoho.will_answer(TOKEN_PATH, token_row(refresh_token="1000.refresh.2"))
        self.sign_in()
        self.assertEqual(self.integration.status, "active")
        self.assertEqual(self.integration.portal_id, portal)
        self.assertEqual(self.credential().refresh_token, "1000.refresh.2")

    def test_an_account_without_the_portal_is_refused(self):
        self.zoho.will_answer(TOKEN_PATH, token_row(refresh_token="1000.refresh.2"))
        self.zoho.will_answer(PORTALS_PATH, [portal_row("7", "other")])
        with self.assertRaisesRegex(UserError, "does not see the portal northlight"):
            self.sign_in()
        self.assertEqual(self.credential().refresh_token, "1000.refresh.1")
        self.assertEqual(len(self.zoho.asked(REVOKE_PATH)), 1)
        self.assertEqual(self.integration.status, "sign_in_again")

    def test_portals_that_cannot_be_listed_keep_the_sign_in_before(self):
        self.zoho.will_answer(TOKEN_PATH, token_row(refresh_token="1000.refresh.2"))
        self.zoho.will_answer(PORTALS_PATH, (500, "{}"))
        with self.assertRaisesRegex(UserError, "another try"):
            self.sign_in()
        self.assertEqual(self.credential().refresh_token, "1000.refresh.1")
        self.assertEqual(len(self.zoho.asked(REVOKE_PATH)), 1)

    def test_a_manager_signs_in_again(self):
        integration = self.integration.with_user(self.manager)
        self.zoho.will_answer(PORTALS_PATH, [portal_row(), portal_row("7", "other")])
        self.sign_in(integration)
        self.zoho.will_answer(PORTALS_PATH, [portal_row(project_plan="Premium")])
        integration.action_fetch_portals()
        self.assertEqual(integration.portal_ids.plan, "Premium")

    def test_a_wrong_code_leaves_a_living_sign_in_alone(self):
        self.integration.status = "active"
        self.zoho.will_answer(TOKEN_PATH, {"error": "invalid_code"})
        with self.assertRaises(UserError):
            self.sign_in()
        self.assertEqual(self.integration.status, "active")

    def test_another_host_forgets_the_secrets(self):
        self.integration.write(
            {"data_center": "custom", "accounts_url": "https://evil.example"}
        )
        self.assertFalse(self.integration.is_signed_in)
        self.assertFalse(self.integration.has_client_secret)
        self.assertEqual(self.integration.status, "sign_in_again")

    def test_another_data_center_of_zoho_keeps_the_client(self):
        self.integration.data_center = "us"
        self.assertTrue(self.integration.has_client_secret)
