from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from ...zoho.errors import ZohoSignInAgain, ZohoThrottled
from .common_connect import (
    PORTALS_PATH,
    REVOKE_PATH,
    TOKEN_PATH,
    ConnectCase,
    portal_row,
    token_row,
)


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
        self.assertEqual(self.credential()._client().access_token, "1000.access.1")
        self.assertFalse(self._refreshes())

    def test_a_token_is_refreshed_early(self):
        self._answer_refresh("1000.access.2")
        with freeze_time(fields.Datetime.now() + timedelta(minutes=56)):
            client = self.credential()._client()
        self.assertEqual(client.access_token, "1000.access.2")
        self.assertEqual(len(self._refreshes()), 1)

    def test_a_token_from_the_future_is_renewed(self):
        """Nobody knows how old it is once the clock has been set back."""
        self._answer_refresh("1000.access.2")
        with freeze_time(fields.Datetime.now() - timedelta(days=1)):
            client = self.credential()._client()
        self.assertEqual(client.access_token, "1000.access.2")
        self.assertEqual(len(self._refreshes()), 1)

    def test_a_short_life_is_not_spent_on_the_margin(self):
        self._answer_refresh("1000.access.2", "1000.access.3")
        start = fields.Datetime.now() + timedelta(hours=1)
        with freeze_time(start):
            self.credential()._client()
        with freeze_time(start + timedelta(seconds=50)):
            client = self.credential()._client()
        self.assertEqual(client.access_token, "1000.access.2")
        with freeze_time(start + timedelta(seconds=56)):
            client = self.credential()._client()
        self.assertEqual(client.access_token, "1000.access.3")

    def test_a_token_that_another_worker_has_renewed_is_taken_over(self):
        token = self.credential()._refresh_access_token("1000.access.0")
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
        with self.assertRaisesRegex(UserError, "Sign in Again"):
            self.integration.action_fetch_portals()

    def test_a_revoked_sign_in(self):
        self.zoho.will_answer(TOKEN_PATH, {"error": "invalid_code"})
        with self.assertRaises(ZohoSignInAgain):
            self.credential()._refresh_access_token("1000.access.1")

    def test_a_throttle_passes_through(self):
        self.zoho.will_answer(
            TOKEN_PATH,
            (
                400,
                '{"error": "Access Denied", "error_description": "too many requests"}',
            ),
        )
        with self.assertRaises(ZohoThrottled):
            self.credential()._refresh_access_token("1000.access.1")

    def test_nobody_signed_in(self):
        other = self._new_integration(name="Other")
        with self.assertRaises(ZohoSignInAgain) as caught:
            self.credential(other)._client()
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

    def test_another_server_forgets_the_secrets(self):
        """Another name, another port, another scheme: signed in or not yet."""
        first = {
            "data_center": "custom",
            "accounts_url": "https://accounts.example.com",
            "api_url": "https://api.example.com",
        }
        others = [
            {"accounts_url": "https://evil.example"},
            {"accounts_url": "https://accounts.example.com:8443"},
            {"api_url": "https://evil.example"},
            {
                "accounts_url": "https://api.example.com",
                "api_url": "https://accounts.example.com",
            },
            {"data_center": "eu"},
        ]
        for other in others:
            for signed_in in (True, False):
                with self.subTest(other, signed_in=signed_in):
                    self.integration.write({**first, "client_secret": "top-secret"})
                    secrets = {"refresh_token": "1000.refresh"} if signed_in else {}
                    self.credential()._store({"grant_code": "1000.grant", **secrets})
                    self.integration.with_user(self.manager).write(other)
                    self.assertFalse(self.credential().refresh_token)
                    self.assertFalse(self.credential().grant_code)
                    self.assertFalse(self.integration.has_client_secret)
                    self.assertIn("address", self.integration.status_message)
        self.assertEqual(self.integration.status, "sign_in_again")

    def test_what_is_typed_with_the_address_stays(self):
        self.integration.write(
            {
                "data_center": "custom",
                "accounts_url": "https://accounts.example.com",
                "api_url": "https://api.example.com/",
                "client_secret": "another-secret",
            }
        )
        self.assertEqual(self.credential().client_secret, "another-secret")
        self.assertFalse(self.integration.is_signed_in)
        # The same server, otherwise written, is the same.
        self.integration.api_url = "https://API.example.com:443"
        self.assertTrue(self.integration.has_client_secret)

    def test_another_data_center_of_zoho_keeps_the_client(self):
        """Zoho moves people itself; a token is of no use there."""
        self.integration.data_center = "us"
        self.assertTrue(self.integration.has_client_secret)
        self.assertFalse(self.integration.is_signed_in)

    def test_an_address_is_that_of_a_server_and_nothing_more(self):
        plain = "http://127.0.0.1:8099"
        refused = [
            "http://evil.example\\@127.0.0.1:8099/",
            "http://127.0.0.1:8099\\@evil.example",
            "http://evil.example@127.0.0.1:8099",
            "https://accounts.example.com/oauth",
            "https://accounts.example.com?a=1",
            "https://accounts.example.com#a",
            "https://accounts.example.com\n",
            "http://accounts.example.com",
            "ftp://accounts.example.com",
        ]
        self.integration.write({"data_center": "custom", "accounts_url": plain})
        for address in refused:
            for name in ("accounts_url", "api_url"):
                with (
                    self.subTest(address, name=name),
                    self.assertRaisesRegex(ValidationError, "https://"),
                    self.env.cr.savepoint(),
                ):
                    self.integration.write({name: address})
        with self.assertRaisesRegex(ValidationError, "Other Address"):
            self._new_integration(accounts_url="https://evil.example")
