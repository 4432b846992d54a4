"""An administrator maps a field in a real browser, and the sync fills it."""

from urllib.parse import urlsplit

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..tour_common import TourCase
from .mapping_common import MappingCase
from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestMappingTour(MappingCase, TourCase):
    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Let the browser be reached; everything else is Zoho's."""
        if urlsplit(request.url).hostname in ("127.0.0.1", "localhost"):
            return super(SyncCase, cls)._request_handler(session, request, **kwargs)
        return super()._request_handler(session, request, **kwargs)

    def test_what_does_not_fit_is_not_offered(self):
        """1002 is the gate code of the task *Level 2*."""
        self.integration.action_fetch_fields()
        new_test_user(
            self.env,
            "tour_administrator",
            "base.group_user,zoho_projects_connector.group_zoho_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.start_tour(
            "/odoo/zoho-mapping", "zoho_field_mapping", login="tour_administrator"
        )
        self.browser_size, self.touch_enabled = "400x800", True
        self.start_tour(
            "/odoo/zoho-mapping", "zoho_field_mapping_phone", login="tour_administrator"
        )
        self.assertFalse(self.mapping("cf_work_package").active)
        row = self.mapping("gate_code_cf_0001")
        self.assertEqual(row.field_id.name, "x_zoho_gate_code")
        self.sync()
        task = self.record("task", self.zoho("task", name="Level 2").id)
        self.assertEqual(task.x_zoho_gate_code, 1002)
