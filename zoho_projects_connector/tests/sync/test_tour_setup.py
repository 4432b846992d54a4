"""An administrator sets a portal up in a real browser, against the simulator."""

import threading

from odoo.tests import new_test_user, tagged

from ..keyboard import KeyboardCase
from ..simulator import DIALECTS, Simulator, generate
from ..simulator.oauth_store import CLIENT_ID, CLIENT_SECRET, Client
from ..simulator.server import address, serve

PATH = "/odoo/zoho-integrations"
GUIDE = "/odoo/zoho-set-up"


@tagged("post_install", "-at_install")
class TestSetupTours(KeyboardCase):
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

    def test_the_first_invoice_within_ten_minutes(self):
        """From the sign-in to Odoo on, at the pace of a person who reads every word."""
        groups = ("zoho_manager", "zoho_billing")
        new_test_user(
            self.env,
            "first_hour",
            ",".join(f"zoho_projects_connector.group_{name}" for name in groups)
            + ",base.group_system",
            company_id=self.env.company.id,
            company_ids=self.env.company.ids,
        )
        self.start_tour("/web/login", "zoho_first_hour", timeout=300)
        invoices = self.env["project.billed.time"].search([]).move_id
        self.assertIn("posted", invoices.mapped("state"))

    def test_by_keyboard_alone(self):
        self.by_keys(GUIDE, self.set_up_by_keys, self.manager.login)
        integration = self.finish_sync()
        self.assertTrue(integration.sync_general_timesheets)

    @staticmethod
    def set_up_by_keys(keyboard):
        """Go through all steps of the guide, and tick General Timesheets."""

        def at(step):
            keyboard.wait(f"li[aria-current=step] [data-step={step}]")
            keyboard.wait(f"[name=step_{step}]:focus-within")

        at("sign_in")
        keyboard.reach("[name=client_id] input")
        keyboard.type(CLIENT_ID)
        keyboard.reach("[name=client_secret] input")
        keyboard.type(CLIENT_SECRET)
        keyboard.use("button[name=action_connect]")
        for step in ("portal", "modules", "duplicates", "mapping", "preview"):
            at(step)
            if step == "modules":
                keyboard.use("[name=sync_general_timesheets] input", "Space")
            keyboard.use("button[name=action_setup_next]")
        at("sync")
        keyboard.use("button[name=action_finish_set_up]")
        keyboard.wait(".o_zoho_sync, .o_zoho_first")
