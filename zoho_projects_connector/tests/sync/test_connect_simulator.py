"""The sign-in against somebody else's idea of Zoho: the simulator."""

from urllib.parse import parse_qs, urlsplit

import requests

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...zoho.errors import ZohoSignInAgain, ZohoThrottled
from ..simulator.oauth_store import Client
from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestSignInWithSimulator(SyncCase):
    def code(self):
        """Type a fresh code of the Self Client into the form."""
        self.integration.grant_code = self.sim.self_client_code()

    def assertSignInRefused(self, sentence):
        """Check that the code is refused with a sentence."""
        with self.assertRaisesRegex(UserError, sentence):
            self.integration.action_sign_in_with_code()

    def test_portal_of_the_simulator(self):
        self.assertEqual(self.integration.status, "signed_in")
        self.assertEqual(self.integration.portal_zoho_id, self.sim.portal.id)
        self.assertFalse(self.integration.portal_warning)
        self.assertFalse(self.integration.scopes_missing)

    def test_wrong_secret(self):
        self.code()
        self.integration.client_secret = "wrong"
        self.assertSignInRefused("client secret")

    def test_unknown_client(self):
        self.code()
        self.integration.client_id = "1000.NOBODY"
        self.assertSignInRefused("client ID")

    def test_client_not_enabled_in_the_data_center(self):
        self.sim.store.register(Client(id="1000.USONLY", secrets={"us": "us-secret"}))
        self.integration.write(
            {
                "data_center": "eu",
                "client_id": "1000.USONLY",
                "client_secret": "us-secret",
            }
        )
        self.code()
        self.assertSignInRefused("enable the client for the data center")

    def test_expired_code(self):
        self.code()
        self.advance(minutes=4)
        self.assertSignInRefused("has expired or was already used")

    def test_dropped_scopes(self):
        self.sim.store.dropped_scopes = frozenset({"ZohoProjects.bugs.READ"})
        self.code()
        self.integration.action_sign_in_with_code()
        self.assertEqual(self.integration.scopes_missing, "ZohoProjects.bugs.READ")

    def test_access_token_lives_an_hour(self):
        before = self.credential()._client().access_token
        self.advance(minutes=50)
        self.assertEqual(self.credential()._client().access_token, before)
        self.advance(minutes=6)
        self.assertNotEqual(self.credential()._client().access_token, before)

    def test_access_token_that_zoho_has_dropped(self):
        self.sim.store.expire_access()
        self.integration.action_fetch_portals()
        self.assertEqual(len(self.integration.portal_ids), 1)

    def test_revoked_sign_in(self):
        self.sim.store.revoke_all()
        with self.assertRaises(ZohoSignInAgain):
            token = self.credential()._client().access_token
            self.credential()._refresh_access_token(token)

    def test_too_many_tokens(self):
        with self.assertRaises(ZohoThrottled):
            for _attempt in range(20):
                token = self.credential()._client().access_token
                self.credential()._refresh_access_token(token)

    def test_faults_of_the_portal_list(self):
        faults = {
            "error_500": "another try",
            "html_503": "another try",
            "html_200": "check the data center",
            "cut_body": "another try",
            "cut_json": "another try",
            "reset": "another try",
            "portal_gone": "no longer finds the portal",
            "scope_missing": "accept all that Zoho lists",
            "throttle": "asks to wait until",
        }
        for kind, sentence in faults.items():
            with self.subTest(kind):
                self.sim.fault(kind, "portals", times=0)
                with self.assertRaisesRegex(UserError, sentence):
                    self.integration.action_fetch_portals()
                self.sim.faults.clear()

    def test_the_browser_s_round_trip(self):
        integration = self.integration.create(
            {
                "name": "By browser",
                "company_id": self.env["res.company"].create({"name": "Other"}).id,
                "client_id": self.sim.client_id,
                "client_secret": self.sim.client_secret,
            }
        )
        url = integration.action_connect()["url"]
        answer = requests.get(url, allow_redirects=False, timeout=30)
        query = parse_qs(urlsplit(answer.headers["Location"]).query)
        query = {name: values[0] for name, values in query.items()}
        credential = self.credential(integration)
        credential._use_state(query["state"].partition(".")[2])
        credential._sign_in_from_callback(query)
        self.assertEqual(integration.status, "signed_in")
        self.assertEqual(integration.portal_zoho_id, self.sim.portal.id)


@tagged("post_install", "-at_install")
class TestLifeWithSimulator(SyncCase):
    """What a life of an integration leaves behind in Odoo."""

    def setUp(self):
        super().setUp()
        self.sync()

    def _projects(self):
        links = self.env["zoho.link"].search(
            [("entity", "=", "project"), ("company_id", "=", self.company.id)]
        )
        return self.env["project.project"].browse(links.mapped("res_id"))

    def test_disabled_and_enabled(self):
        projects = self._projects()
        self.integration.action_disable()
        self.run_cron()
        self.assertEqual(self.integration.status, "disabled")
        self.integration.action_enable()
        self.run_cron()
        self.assertEqual(self.integration.status, "active")
        self.assertEqual(self._projects(), projects)

    def test_deleted_and_connected_again(self):
        projects = self._projects()
        self.assertTrue(projects)
        self.integration.action_delete()
        self.assertEqual(self._projects().exists(), projects)
        self.assertFalse(projects[:1].zoho_url)
        self.integration = self.connect(name="Again")
        self.sync()
        self.assertEqual(self._projects(), projects)
        self.assertTrue(projects[:1].zoho_url)

    def test_the_sync_may_create_what_people_may_not(self):
        self.integration.restrict_project_creation = True
        before = len(self._projects())
        customer = next(iter(self.sim.portal.customers))
        self.sim.portal.add_project("New in Zoho", customer)
        self.sync(full=True)
        self.assertEqual(len(self._projects()), before + 1)
