"""An administrator watches a sync move, and stops it, in a real browser."""

from datetime import datetime
from urllib.parse import urlsplit

from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..tour_common import TourCase
from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestSyncTour(SyncCase, TourCase):
    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if "zoho" in urlsplit(request.url).hostname:
            return super()._request_handler(session, request, **kwargs)
        # The test itself speaks to its browser.
        return super(SyncCase, cls)._request_handler(session, request, **kwargs)

    def test_instant_sync_moves_and_stops(self):
        """A runner does one page; the tour lets the next one run when it wants it."""
        self.sync()
        new_test_user(
            self.env,
            "tour_administrator",
            "zoho_projects_connector.group_zoho_manager,base.group_system",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        # A browser does not live in a time that stands still.
        flowing = freeze_time(datetime.now(), tick=True)
        with flowing, self.one_page_a_time():
            self.start_tour(
                f"/odoo/zoho-integrations/{self.integration.id}",
                "zoho_instant_sync",
                login="tour_administrator",
            )
        run = self.integration.run_ids[:1]
        self.assertEqual(run.status, "stopped")
        self.assertEqual(run.trigger, "button")
        self.assertEqual(self.integration.status, "active")
