"""An administrator sets a portal up in a real browser, against the simulator."""

import threading

from odoo.tests import new_test_user, tagged

from ..simulator import DIALECTS, Simulator, generate
from ..simulator.oauth_store import CLIENT_SECRET, Client
from ..simulator.server import address, serve
from ..tour_common import TourCase

PATH = "/odoo/zoho-integrations"
GUIDE = "/odoo/zoho-set-up"


@tagged("post_install", "-at_install")
class TestSetupTours(TourCase):
    """From an empty list to the first sync; Zoho's pages are those of the simulator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.env.company
        cls.manager = new_test_user(
            cls.env,
            "tour_administrator",
            "base.group_user,zoho_projects_connector.group_zoho_manager",
            company_id=company.id,
            company_ids=[company.id],
        )
        cls.env["zoho.integration"].search([]).unlink()
        cls.known = cls.env["res.partner"].create(
            {"name": "Harbour Authority", "is_company": True, "phone": "+31 1"}
        )

    def setUp(self):
        super().setUp()
        self.sim = Simulator(generate("tiny", seed=1), DIALECTS["default"], limit=0)
        secrets = {self.sim.store.home: CLIENT_SECRET}
        self.sim.store.register(Client(secrets=secrets))
        server = serve(self.sim)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        # What the administrator would type for a server of his own.
        for name, value in (
            ("data_center", "custom"),
            ("accounts_url", address(server)),
            ("api_url", address(server)),
        ):
            self.env["ir.default"].set("zoho.integration", name, value)

    def integration(self):
        return self.env["zoho.integration"].search([])

    def finish_sync(self):
        """Let the schedule finish what the button has started."""
        integration = self.integration()
        self.assertEqual(integration.run_ids.trigger, "setup")
        cron = self.env.ref("zoho_projects_connector.ir_cron_zoho_sync")
        for _slice in range(20):
            if integration.status == "syncing":
                cron.method_direct_trigger()
                self.env.invalidate_all()
        self.assertEqual(integration.status, "active")
        return integration

    def test_from_nothing_to_synced(self):
        self.start_tour(
            PATH, "zoho_setup_from_nothing", login=self.manager.login, timeout=300
        )
        integration = self.finish_sync()
        self.assertEqual(str(integration.timesheet_cutoff_date), "2026-06-01")
        # The preview promised it, and only the sync has done it.
        self.assertNotEqual(self.known.phone, "+31 1")

    def test_wrong_secret(self):
        self.start_tour(PATH, "zoho_setup_wrong_secret", login=self.manager.login)
        self.assertEqual(self.integration().status, "draft")

    def test_by_keyboard_alone(self):
        self.start_tour(
            GUIDE, "zoho_setup_by_keyboard", login=self.manager.login, timeout=300
        )
        integration = self.finish_sync()
        self.assertTrue(integration.sync_general_timesheets)
