"""The diagnostic file: all that support needs, no secret, nothing personal."""

import json

from odoo.tests import BaseCase, HttpCase, new_test_user, tagged

from ...models.sync.causes import note
from ...models.sync.diagnostic import Diagnostic
from ...zoho.redact import KNOWN_KEYS, known_words, shape
from .common_connect import SECRETS
from .sync_common import SyncedCase

PERSONAL = "Quentin Umbridge"
SECRET = "1000.0123456789abcdef.fedcba9876543210"
GROUP = "zoho_projects_connector.group_zoho_"


@tagged("post_install", "-at_install")
class TestShape(BaseCase):
    def test_only_the_structure_is_told(self):
        row = {
            "id_string": "192004000000011111",
            "log_hour": "132:30",
            "log_date": "10-12-2026",
            "notes": PERSONAL,
            "owner": {"email": "q@umbridge.example", "name": PERSONAL},
            "tags": [{"name": PERSONAL}] * 5,
            "cf_nickname": PERSONAL,
            PERSONAL: 1,
            "is_billable": True,
            "budget": 12.5,
            "status": None,
        }
        told = shape(row)
        text = json.dumps(told)
        for part in (PERSONAL, "Quentin", "umbridge", "nickname", "192004", "132"):
            self.assertNotIn(part, text)
        self.assertEqual(told["log_hour"], "999:99")
        self.assertEqual(told["log_date"], "99-99-9999")
        self.assertEqual(told["notes"], "text(16)")
        self.assertEqual(told["owner"]["email"], "text(18)")
        self.assertEqual(told["other_keys"][:2], ["text(16)", "int(1)"])
        self.assertIn("log_hour", KNOWN_KEYS)

    def test_words_of_the_api(self):
        sentence = f"log_hour is missing in quentin_umbridge of {PERSONAL}"
        self.assertEqual(known_words(sentence), ["log_hour"])


@tagged("post_install", "-at_install")
class TestDiagnostic(SyncedCase):
    def setUp(self):
        super().setUp()
        self.content = Diagnostic(self.integration.sudo()).content()

    def test_what_it_tells(self):
        content = self.content
        self.assertEqual(content["versions"]["odoo"][:2], "19")
        self.assertIn("zoho_projects_connector", content["versions"])
        preferences = content["integration"]
        self.assertEqual(preferences["duplicate_customers"], "overwrite")
        self.assertIs(preferences["lock_invoiced"], False)
        self.assertEqual(preferences["figures_written"], [])
        self.assertEqual(len(content["modules"]), 8)
        self.assertEqual(content["runs"][0]["trigger"], "setup")
        self.assertGreater(content["runs"][0]["modules"][0]["fetched"], 0)
        self.assertEqual(sum(content["errors"]["counts"].values()), len(self.errors()))
        self.assertEqual(content["schedule"]["interval_type"], "minutes")
        self.assertEqual(
            sum(content["records"]["links"].values()),
            self.env["zoho.link"].search_count(
                [("integration_id", "=", self.integration.id)]
            ),
        )
        self.assertTrue(content["calls"])
        [project] = [
            error
            for error in content["errors"]["newest"]
            if "has no primary customer" in error["why"]
        ]
        self.assertEqual(project["reason"], "project_without_primary_customer")
        self.assertEqual(project["failed_with_it"], 3)
        self.assertIn("name", project["record"])

    def test_nothing_planted_comes_out(self):
        """Every text behind it is made personal; none of them is in the file."""
        self.plant()
        text = json.dumps(Diagnostic(self.integration.sudo()).content(), default=str)
        for word in (PERSONAL, "Quentin", "Umbridge", SECRET, *SECRETS):
            self.assertNotIn(word, text)
        for word in (self.sim.client_secret, self.sim.client_id, "Northlight"):
            self.assertNotIn(word, text)
        self.assertNotIn("customer at all", text)

    def plant(self):
        """Write a name and a secret into every text that Zoho or a person can fill."""
        poison = {"name": PERSONAL, PERSONAL: SECRET, "rows": [PERSONAL, SECRET]}
        errors = self.errors()
        errors.write(
            {
                "name": PERSONAL,
                "code": "unreadable",
                "details": {"reason": f"{PERSONAL} {SECRET}", "names": PERSONAL},
                "payload": poison,
                "missing_zoho_id": PERSONAL,
                "project_zoho_id": PERSONAL,
            }
        )
        streams, runs = self.integration.stream_ids, self.integration.run_ids
        kept = note("portal_taken", portal=PERSONAL, integration=SECRET)
        streams.write({"note": kept, "cursor": poison})
        runs.write({"note": kept, "mapping_snapshot": poison})
        self.integration.write({"name": PERSONAL, "status_note": kept})
        self.integration.portal_id.write(
            dict.fromkeys(("name", "role", "timezone", "plan", "url"), PERSONAL)
        )
        links = self.env["zoho.link"].search(
            [("integration_id", "=", self.integration.id)]
        )
        links.write({"name": PERSONAL, "values_before": poison})
        skipped = self.env["zoho.skipped.record"].search([])
        skipped.write({"name": PERSONAL})


@tagged("post_install", "-at_install")
class TestDownload(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.integration = cls.env["zoho.integration"].create(
            {"name": PERSONAL, "client_id": SECRET}
        )
        for login in ("manager", "user"):
            new_test_user(cls.env, f"diag_{login}", f"base.group_user,{GROUP}{login}")

    def download(self, login, integration_id=None):
        self.authenticate(login, login)
        number = integration_id or self.integration.id
        return self.url_open(f"/zoho_projects/diagnostic/{number}")

    def test_the_administrator_gets_it(self):
        action = self.integration.action_download_diagnostic()
        self.assertEqual(
            action["url"], f"/zoho_projects/diagnostic/{self.integration.id}"
        )
        answer = self.download("diag_manager")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertEqual(answer.json()["integration"]["status"], "draft")
        self.assertNotIn(PERSONAL, answer.text)

    def test_nobody_else(self):
        self.assertEqual(self.download("diag_user").status_code, 403)
        self.assertNotEqual(self.download("diag_manager", 999999).status_code, 200)
        self.authenticate(None, None)
        answer = self.url_open(f"/zoho_projects/diagnostic/{self.integration.id}")
        self.assertNotIn("versions", answer.text)
