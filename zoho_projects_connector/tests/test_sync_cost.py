"""What a sync costs: calls within Zoho's limits, and few more than the lists need."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..zoho.errors import ZohoThrottled
from .simulator import Counts, generate
from .sync_common import SyncCase

SAFE_CALLS = 90


@tagged("post_install", "-at_install")
class TestSyncQuota(SyncCase):
    def reserve(self, integration, pattern, calls):
        """Make calls until the budget is used up.

        :return: how many were allowed, and when the next one is.
        """
        for number in range(calls):
            try:
                self.env["zoho.quota"]._reserve(integration, pattern)
            except ZohoThrottled as error:
                return number, error.retry_at.replace(tzinfo=None)
        return calls, None

    def test_two_integrations_share_the_budget_of_a_portal(self):
        company = self.env["res.company"].create({"name": "Southlight"})
        other = self.connect(company_id=company.id)
        self.assertEqual(self.reserve(self.integration, "a", 50), (50, None))
        allowed, retry_at = self.reserve(other, "a", 50)
        self.assertEqual(allowed, SAFE_CALLS - 50)
        now = fields.Datetime.now()
        self.assertGreaterEqual(retry_at, now + timedelta(seconds=120))
        self.assertLessEqual(retry_at, now + timedelta(seconds=131))
        self.assertEqual(self.reserve(other, "b", SAFE_CALLS), (SAFE_CALLS, None))
        self.advance(seconds=(retry_at - now).total_seconds())
        self.assertEqual(self.reserve(self.integration, "a", 10), (10, None))

    def test_announced_limit_is_used(self):
        self.env["zoho.quota"]._announce(self.integration, "a", 200)
        self.assertEqual(self.reserve(self.integration, "a", 200)[0], 180)


@tagged("post_install", "-at_install")
class TestSyncCost(SyncCase):
    """One first sync of a portal with some pages of each kind of record."""

    def make_portal(self):
        counts = Counts(20, 8, 12, 40, 60, 500, 60, 1600)
        return generate(counts, seed=1, clock=self.clock)

    def test_calls(self):
        self.sim.ledger.reset()
        run = self.sync()
        self.assertEqual(run.status, "done", run.message)
        bound = self.sim.lower_bound(used_only=True)["total"]
        self.assertLessEqual(self.sim.ledger.total, bound * 1.1 + 30)
        self.assertEqual(run.api_calls, self.sim.ledger.total)
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
