import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from odoo import fields
from odoo.tests import HttpCase, tagged

from ...const import CALLBACK_PATH
from ...zoho.data_centers import SCOPES
from ...zoho.redact import RedactingFilter
from .common_connect import PORTALS_PATH, TOKEN_PATH, ConnectCase, portal_row, token_row


@tagged("post_install", "-at_install")
class TestCallback(ConnectCase, HttpCase):
    """The round trip of the browser, and every way to refuse it."""

    def setUp(self):
        super().setUp()
        self.authenticate("zoho_manager", "zoho_manager")

    def connect(self, user=None):
        """Press Connect; return the state that Zoho would send back."""
        action = self.integration.with_user(user or self.manager).action_connect()
        self.query = parse_qs(urlsplit(action["url"]).query)
        return self.query["state"][0]

    def come_back(self, **query):
        """Come back from Zoho with the European user's answer, or another one."""
        answer = {
            "code": "1000.grant",
            "location": "eu",
            "accounts-server": "https://accounts.zoho.eu",
            **query,
        }
        answer = {key: value for key, value in answer.items() if value is not None}
        return self.url_open(CALLBACK_PATH, params=answer, allow_redirects=False)

    def assertRefused(self, response, sentence):
        """Check that it ends in the guide, with the sentence and nobody signed in."""
        self.assertEqual(response.status_code, 303)
        self.assertIn("/odoo/zoho-set-up/", response.headers["Location"])
        self.env.invalidate_all()
        refused = int(response.headers["Location"].rpartition("/")[2])
        message = self.integration.browse(refused).status_message
        self.assertIn(sentence, message)
        self.assertFalse(self.credential().refresh_token)

    def assertNotHis(self, response):
        """Check for a page of one sentence: there is nothing to show it in."""
        self.assertEqual(response.status_code, 400)
        self.assertIn("an integration of yours", response.text)
        self.assertNotIn("Traceback", response.text)
        self.assertFalse(self.credential().refresh_token)

    def assertNothingSent(self):
        self.assertFalse(self.zoho.asked(TOKEN_PATH))

    def test_connect_sends_the_browser_to_zoho(self):
        action = self.integration.with_user(self.manager).action_connect()
        url = urlsplit(action["url"])
        query = parse_qs(url.query)
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertEqual(url.hostname, "accounts.zoho.eu")
        self.assertEqual(query["scope"], [",".join(SCOPES)])
        self.assertEqual(query["access_type"], ["offline"])
        self.assertEqual(query["redirect_uri"], [self.integration.redirect_uri])
        self.assertTrue(self.integration.redirect_uri.endswith(CALLBACK_PATH))
        self.assertNotIn(query["state"][0], self.credential().state_hash)

    def test_the_round_trip(self):
        response = self.come_back(state=self.connect())
        self.assertEqual(response.status_code, 303)
        self.assertIn(f"/{self.integration.id}", response.headers["Location"])
        self.assertEqual(self.integration.status, "signed_in")
        self.assertEqual(self.integration.portal_id.name, "northlight")
        [form] = self.zoho.asked(TOKEN_PATH)
        self.assertEqual(form["redirect_uri"], self.integration.redirect_uri)
        self.assertEqual(form["code"], "1000.grant")

    def test_the_data_center_is_the_user_s(self):
        self.come_back(
            state=self.connect(),
            location="in",
            **{"accounts-server": "https://accounts.zoho.in"},
        )
        self.assertEqual(self.integration.data_center, "in")
        self.assertEqual(self.integration.api_url, "https://projectsapi.zoho.in")
        self.assertEqual(self.zoho.requests[0][0], "accounts.zoho.in")

    def test_the_data_center_follows_the_server_without_a_location(self):
        self.come_back(
            state=self.connect(),
            location=None,
            **{"accounts-server": "https://accounts.zoho.jp"},
        )
        self.assertEqual(self.integration.data_center, "jp")

    def test_no_server_means_the_one_configured(self):
        self.come_back(state=self.connect(), location=None, **{"accounts-server": None})
        self.assertEqual(self.integration.data_center, "eu")
        self.assertEqual(self.integration.status, "signed_in")

    def test_an_own_address_stays(self):
        self.integration.write(
            {
                "data_center": "custom",
                "accounts_url": "https://accounts.zoho.test",
                "api_url": "https://projectsapi.zoho.test",
                "client_secret": "top-secret",
            }
        )
        self.come_back(
            state=self.connect(),
            location="us",
            **{"accounts-server": "https://accounts.zoho.test"},
        )
        self.assertEqual(self.integration.data_center, "custom")
        self.assertEqual(self.integration.status, "signed_in")

    def test_wrong_state(self):
        self.connect()
        for state in (
            None,
            "",
            "nonsense",
            "0.token",
            "99999999999999999999.token",
        ):
            with self.subTest(state):
                self.assertNotHis(self.come_back(state=state))
        wrong = self.come_back(state=f"{self.integration.id}.wrong")
        self.assertRefused(wrong, "press Connect again")
        self.assertNothingSent()

    def test_reused_state(self):
        state = self.connect()
        self.come_back(state=state)
        self.credential().refresh_token = False
        response = self.come_back(state=state)
        self.assertRefused(response, "already used")
        self.assertEqual(len(self.zoho.asked(TOKEN_PATH)), 1)

    def test_expired_state(self):
        state = self.connect()
        self.credential().state_expiry = fields.Datetime.now() - timedelta(seconds=1)
        self.assertRefused(self.come_back(state=state), "took too long")
        self.assertNothingSent()

    def test_state_lives_ten_minutes(self):
        before = fields.Datetime.now()
        self.connect()
        life = self.credential().state_expiry - before
        self.assertLessEqual(abs(life - timedelta(minutes=10)), timedelta(seconds=5))

    def test_state_of_another_user(self):
        self._new_user("zoho_manager_2", "group_zoho_manager")
        state = self.connect()
        self.authenticate("zoho_manager_2", "zoho_manager_2")
        self.assertRefused(self.come_back(state=state), "not started here by you")
        self.assertNothingSent()

    def test_user_without_the_right(self):
        state = self.connect()
        self.authenticate("zoho_user", "zoho_user")
        self.assertNotHis(self.come_back(state=state))

    def test_manager_of_another_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self._new_user("zoho_manager_2", "group_zoho_manager", company)
        state = self.connect()
        self.authenticate("zoho_manager_2", "zoho_manager_2")
        self.assertNotHis(self.come_back(state=state))

    def test_foreign_accounts_server(self):
        for server in (
            "https://accounts.zoho.eu.evil.example",
            "https://evil.example",
            "http://accounts.zoho.eu",
            "https://accounts.zoho.eu@evil.example",
        ):
            with self.subTest(server):
                state = self.connect()
                response = self.come_back(state=state, **{"accounts-server": server})
                self.assertRefused(response, "not an accounts server of Zoho")
        self.assertNothingSent()

    def test_the_user_says_no(self):
        response = self.come_back(
            state=self.connect(), code=None, error="access_denied"
        )
        self.assertRefused(response, "was refused in Zoho")
        self.assertIn("refused in Zoho", self.integration.status_message)

    def test_the_user_says_no_later_on(self):
        """What is set up already is shown by its form, and goes on as it did."""
        self.integration.sudo().status = "active"
        response = self.come_back(
            state=self.connect(), code=None, error="access_denied"
        )
        self.assertIn(
            f"/odoo/zoho-integrations/{self.integration.id}",
            response.headers["Location"],
        )
        self.env.invalidate_all()
        self.assertIn("refused in Zoho", self.integration.status_message)
        self.assertEqual(self.integration.status, "active")

    def test_an_unknown_error(self):
        response = self.come_back(
            state=self.connect(), code=None, error="<b>server_error</b>"
        )
        self.assertRefused(response, "Connect again")
        self.assertNotIn("<b>server_error", response.text)

    def test_missing_code(self):
        self.assertRefused(
            self.come_back(state=self.connect(), code=None), "sent no code"
        )
        self.assertNothingSent()

    def test_expired_code(self):
        self.zoho.will_answer(TOKEN_PATH, {"error": "invalid_code"})
        response = self.come_back(state=self.connect())
        self.assertRefused(response, "has expired or was already used")
        self.assertIn("expired", self.integration.status_message)
        self.assertEqual(self.integration.status, "draft")

    def test_wrong_secret_keeps_the_data_center(self):
        self.zoho.will_answer(TOKEN_PATH, {"error": "invalid_client_secret"})
        response = self.come_back(
            state=self.connect(),
            location="us",
            **{"accounts-server": "https://accounts.zoho.com"},
        )
        self.assertRefused(response, "refuses the client secret")
        self.assertEqual(self.integration.data_center, "eu")

    def test_maintenance_page(self):
        self.zoho.will_answer(TOKEN_PATH, (503, "<html>back soon</html>"))
        response = self.come_back(state=self.connect())
        self.assertRefused(response, "another try in a few minutes")

    def test_logged_out_browser(self):
        state = self.connect()
        self.authenticate(None, None)
        response = self.come_back(state=state)
        self.assertEqual(response.status_code, 303)
        login = urlsplit(response.headers["Location"])
        self.assertEqual(login.path, "/web/login")
        back = parse_qs(login.query)["redirect"][0]
        self.assertIn(CALLBACK_PATH, back)
        self.assertEqual(parse_qs(urlsplit(back).query)["state"], [state])

    def test_logged_out_browser_comes_back(self):
        """He who started it logs in again, and the sign-in ends as if he had stayed."""
        state = self.connect()
        self.authenticate(None, None)
        login = urlsplit(self.come_back(state=state).headers["Location"])
        self.assertNothingSent()
        self.authenticate("zoho_manager", "zoho_manager")
        back = parse_qs(login.query)["redirect"][0]
        response = self.url_open(back, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self.integration.status, "signed_in")
        [form] = self.zoho.asked(TOKEN_PATH)
        self.assertEqual(form["code"], "1000.grant")

    def test_somebody_else_logs_in_instead(self):
        self._new_user("zoho_manager_2", "group_zoho_manager")
        state = self.connect()
        self.authenticate(None, None)
        login = urlsplit(self.come_back(state=state).headers["Location"])
        self.authenticate("zoho_manager_2", "zoho_manager_2")
        back = parse_qs(login.query)["redirect"][0]
        response = self.url_open(back, allow_redirects=False)
        self.assertRefused(response, "not started here by you")
        self.assertNothingSent()

    def test_another_browser_of_the_same_user(self):
        """The state belongs to the person, not to the session."""
        state = self.connect()
        self.authenticate("zoho_manager", "zoho_manager")
        self.assertEqual(self.come_back(state=state).status_code, 303)

    def test_a_guess_does_not_use_the_state_up(self):
        state = self.connect()
        wrong = self.come_back(state=f"{self.integration.id}.guess")
        self.assertRefused(wrong, "not started here by you")
        self.assertEqual(self.come_back(state=state).status_code, 303)

    def test_an_older_state(self):
        """Connect was pressed twice: only the newer sign-in counts."""
        older = self.connect()
        newer = self.connect()
        self.assertRefused(self.come_back(state=older), "not started here by you")
        self.assertEqual(self.come_back(state=newer).status_code, 303)

    def test_state_of_another_integration(self):
        second = self._new_integration(name="Second")
        state = self.connect()
        _id, _dot, token = state.partition(".")
        response = self.come_back(state=f"{second.id}.{token}")
        self.assertRefused(response, "press Connect again")
        self.assertFalse(self.credential(second).refresh_token)
        self.assertNothingSent()

    def test_state_of_a_deleted_integration(self):
        state = self.connect()
        self.integration.action_delete()
        response = self.come_back(state=state)
        self.assertEqual(response.status_code, 400)
        self.assertIn("an integration of yours", response.text)
        self.assertNothingSent()

    def test_manager_of_several_companies(self):
        """The company of the integration need not be the one he works in now."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        roamer = self._new_user("zoho_manager_2", "group_zoho_manager", elsewhere)
        roamer.company_ids += self.company
        state = self.connect(roamer)
        self.authenticate("zoho_manager_2", "zoho_manager_2")
        self.assertEqual(self.come_back(state=state).status_code, 303)
        self.assertEqual(self.integration.status, "signed_in")

    def test_who_lost_the_right_meanwhile(self):
        state = self.connect()
        group = self.env.ref("zoho_projects_connector.group_zoho_manager")
        self.manager.group_ids -= group
        self.assertNotHis(self.come_back(state=state))
        self.assertNothingSent()

    def test_the_log_hides_code_and_state(self):
        """The server logs each address: Zoho's answer, and the login page after it."""
        state = self.connect()
        self.authenticate(None, None)
        response = self.come_back(state=state, code="1000.grant.secret")
        addresses = (response.request.url, response.headers["Location"])
        filters = logging.getLogger("werkzeug").filters
        [masking] = [one for one in filters if isinstance(one, RedactingFilter)]
        for address in addresses:
            self.assertIn(state.partition(".")[2], address)
            line = logging.makeLogRecord({"msg": "GET %s 303", "args": (address,)})
            masking.filter(line)
            self.assertIn("zoho_projects", line.getMessage())
            self.assertNotIn(state.partition(".")[2], line.getMessage())
            self.assertNotIn("grant.secret", line.getMessage())

    def test_a_portal_that_is_connected_already(self):
        """The guide says so; nobody lands on a bare page."""
        self.come_back(state=self.connect())
        self.integration = self._new_integration(name="Second")
        self.zoho.will_answer(TOKEN_PATH, token_row(refresh_token="1000.refresh.2"))
        response = self.come_back(state=self.connect())
        self.assertEqual(response.status_code, 303)
        self.env.invalidate_all()
        self.assertTrue(self.integration.is_signed_in)
        self.assertFalse(self.integration.portal_id)
        self.assertIn("connected to this company", self.integration.status_message)

    def test_portals_failing_still_sign_in(self):
        self.zoho.will_answer(PORTALS_PATH, (500, "{}"))
        response = self.come_back(state=self.connect())
        self.assertEqual(response.status_code, 303)
        self.assertTrue(self.integration.is_signed_in)
        self.assertIn("another try", self.integration.status_message)

    def test_sign_in_again_with_another_account(self):
        self.come_back(state=self.connect())
        self.integration.status = "sign_in_again"
        self.zoho.will_answer(TOKEN_PATH, token_row(refresh_token="1000.refresh.2"))
        self.zoho.will_answer(PORTALS_PATH, [portal_row("7", "other")])
        response = self.come_back(state=self.connect())
        self.assertEqual(response.status_code, 303)
        self.env.invalidate_all()
        self.assertIn(
            "does not see the portal northlight", self.integration.status_message
        )
        self.assertEqual(self.credential().refresh_token, "1000.refresh.1")
        self.assertEqual(self.integration.status, "sign_in_again")
