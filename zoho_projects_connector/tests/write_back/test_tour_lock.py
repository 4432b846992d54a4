"""An administrator locks what is invoiced, in a real browser: on, refused, and back."""

import threading
from datetime import datetime, timezone
from urllib.parse import urlsplit

from freezegun import freeze_time
from freezegun.api import real_time

from odoo import Command
from odoo.tests import new_test_user, tagged

from ...zoho.data_centers import LOG_SCOPE, SCOPES
from ..simulator.oauth_store import Client
from ..simulator.server import address, serve
from ..sync.sync_common import SyncCase
from ..tour_common import TourCase
from .write_back_common import WriteBackCase

USED = ("pending", "rejected", "bug")


@tagged("post_install", "-at_install")
class TestLockTour(WriteBackCase, TourCase):
    """The browser signs in at the pages of the simulator, which has an address."""

    address = "http://none"

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        is_zoho = "zoho" in urlsplit(request.url).hostname
        if is_zoho or request.url.startswith(cls.address):
            return super()._request_handler(session, request, **kwargs)
        # The test itself speaks to its browser, and to Odoo.
        return super(SyncCase, cls)._request_handler(session, request, **kwargs)

    def serve(self, portal):
        served = super().serve(portal)
        client = self.sim.store.clients[self.sim.client_id]
        self.sim.store.register(Client(secrets=client.secrets))
        server = serve(self.sim)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        for end in (thread.join, server.server_close, server.shutdown):
            self.addCleanup(end)
        type(self).address = address(server)
        return served

    def setUp(self):
        super().setUp()
        # Who has connected it, did so for reading: that is all there was to ask for.
        self.integration.write(
            {
                "data_center": "custom",
                "accounts_url": self.address,
                "api_url": self.address,
                "client_secret": self.sim.client_secret,
                "grant_code": self.sim.self_client_code(SCOPES),
            }
        )
        self.integration.action_sign_in_with_code()
        groups = ("zoho_manager", "zoho_billing")
        self.user = new_test_user(
            self.env,
            "tour_administrator",
            ",".join(f"zoho_projects_connector.group_{name}" for name in groups)
            + ",base.group_system",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def tour(self, name, path):
        """Run a tour in the time as it is: a browser does not live in a frozen one."""
        now = datetime.fromtimestamp(real_time(), timezone.utc)
        with freeze_time(now.replace(tzinfo=None), tick=True):
            self.start_tour(path, name, login=self.user.login, timeout=180)
        self.env.invalidate_all()

    def test_switched_on_refused_and_set_back(self):
        move = self.invoice(*USED)
        move.button_draft()
        self.portal.unjudged_logs.add(self.logs["bug"])
        self.assertNotIn(LOG_SCOPE, self.integration.scopes_granted)
        self.tour("zoho_lock_on", f"/odoo/zoho-integrations/{self.integration.id}")
        self.assertIn(LOG_SCOPE, self.integration.scopes_granted)
        self.assertEqual(move.state, "posted")
        self.assertEqual(self.approvals(*USED), ["approved", "approved", "pending"])
        # Somebody has put right what Zoho did not want to be judged.
        self.portal.unjudged_logs.clear()
        self.tour("zoho_lock_back", "/odoo/zoho-errors")
        self.assertFalse(self.errors(code="lock_refused"))
        self.assertEqual(move.reversal_move_ids.state, "posted")
        self.assertEqual(self.approvals(*USED), ["pending", "rejected", "pending"])
        self.assertFalse(self.integration.locked_count)
