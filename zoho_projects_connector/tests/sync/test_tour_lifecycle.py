"""An administrator disables, enables and deletes, and nobody creates projects."""

from datetime import datetime, timezone
from urllib.parse import urlsplit

from freezegun import freeze_time
from freezegun.api import real_time

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..tour_common import TourCase
from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestLifecycleTours(SyncCase, TourCase):
    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if "zoho" in urlsplit(request.url).hostname:
            return super()._request_handler(session, request, **kwargs)
        # The test itself speaks to its browser.
        return super(SyncCase, cls)._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        self.sync()
        new_test_user(
            self.env,
            "tour_administrator",
            "zoho_projects_connector.group_zoho_manager,project.group_project_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def tour(self, name, path=None):
        """Run a tour in the time as it is: a browser does not live in a frozen one."""
        now = datetime.fromtimestamp(real_time(), timezone.utc)
        with freeze_time(now.replace(tzinfo=None), tick=True):
            self.start_tour(
                path or f"/odoo/zoho-integrations/{self.integration.id}",
                name,
                login="tour_administrator",
                timeout=120,
            )
        self.env.invalidate_all()

    def test_disable_and_enable(self):
        lines = self.lines()
        self.tour("zoho_disable_enable")
        self.assertEqual(self.integration.status, "active")
        self.assertTrue(self.integration.run_ids[:1].is_full)
        self.assertEqual(self.lines(), lines)

    def test_delete_and_connect_again(self):
        lines, projects = self.lines(), self.env["project.project"].search([])
        self.tour("zoho_delete")
        self.assertFalse(self.integration.exists())
        self.assertEqual(lines.exists(), lines)
        self.integration = self.connect(name="Again")
        self.sync()
        self.assertEqual(self.lines(), lines)
        self.assertEqual(self.env["project.project"].search([]), projects)

    def test_cutoff_moves_after_it_has_said_what(self):
        """All logs of the portal are older than 2030."""
        unbilled = self.lines().filtered(lambda line: line.billing_state == "unbilled")
        self.assertTrue(unbilled)
        self.tour("zoho_change_cutoff")
        self.assertEqual(set(unbilled.mapped("billing_state")), {"billed_elsewhere"})

    def test_a_restricted_project_is_refused(self):
        self.integration.restrict_project_creation = True
        count = self.env["project.project"].search_count([])
        self.tour("zoho_restricted_project", "/odoo/project")
        self.assertEqual(self.env["project.project"].search_count([]), count)

    def test_every_page_of_an_administrator(self):
        """Nothing is cut, and all has a name and contrast, on a desk and a phone."""
        self.integration.action_reconcile()
        self.tour("zoho_administrator_pages")
        self.browser_size, self.touch_enabled = "400x800", True
        self.tour("zoho_administrator_pages")
