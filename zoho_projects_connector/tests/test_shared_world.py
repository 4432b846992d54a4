"""Classes of tests that share a world find it as it was built."""

from unittest.mock import patch

from odoo.tests import BaseCase, tagged

from . import shared_world
from .billing.billing_common import BillingCommon
from .tour_common import TourCase


@tagged("post_install", "-at_install")
class TestSharedWorld(BaseCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(shared_world.end)
        self.enterContext(patch.object(shared_world, "ENABLED", True))

    def begin(self, *ancestors):
        """Return a class whose tests may begin now."""
        case = type("Case", ancestors, {"__module__": __name__})
        self.addCleanup(case.doClassCleanups)
        case.setUpClass()
        return case

    def test_what_a_class_has_done_is_undone(self):
        first = self.begin(BillingCommon)
        first._log(1)
        first.project.name = "Renamed"
        first.env = first.env(context={"lang": "fr_FR"})
        first.doClassCleanups()
        second = self.begin(BillingCommon)
        self.assertEqual(second.project.id, first.project.id)
        self.assertEqual(second.project.name, "Golden Project")
        self.assertFalse(second.project.timesheet_ids)
        self.assertNotEqual(second.env.context.get("lang"), "fr_FR")
        self.assertTrue(shared_world.OPEN)
        second.doClassCleanups()
        shared_world.end()
        self.assertTrue(second.cr.closed)

    def test_who_needs_more_shares_nothing(self):
        """What a browser is for needs more below it than the world is built with."""
        tour = type("Tour", (BillingCommon, TourCase), {"__module__": __name__})
        self.assertFalse(shared_world.can_share(tour, BillingCommon))
        with patch.object(shared_world, "freeze_factories", [None]):
            self.assertFalse(shared_world.can_share(BillingCommon, BillingCommon))
        self.assertTrue(shared_world.can_share(BillingCommon, BillingCommon))
