from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common_connect import SECRETS, ConnectCase


@tagged("post_install", "-at_install")
class TestNeutralize(ConnectCase):
    def _neutralize(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["zoho_projects_connector"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_a_copy_holds_no_secret(self):
        self.sign_in()
        self.integration.status = "active"
        self._neutralize()
        self.env.cr.execute("SELECT * FROM zoho_credential")
        self.assertFalse(self.env.cr.fetchall())
        self.assertEqual(self.integration.status, "sign_in_again")
        self.assertIn("copy of the database", self.integration.status_message)
        self.env.cr.execute("SELECT i::text FROM zoho_integration i")
        for secret in SECRETS:
            self.assertNotIn(secret, str(self.env.cr.fetchall()))

    def test_what_was_not_set_up_starts_anew(self):
        self.sign_in()
        self._neutralize()
        self.assertEqual(self.integration.status, "draft")

    def test_disabled_stays_disabled(self):
        self.sign_in()
        self.integration.status = "disabled"
        self._neutralize()
        self.assertEqual(self.integration.status, "disabled")
