from odoo.tests import tagged

from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestSyncFirst(SyncCase):
    def test_first_sync_accounts_for_every_minute(self):
        run = self.sync()
        self.assertEqual(run.status, "done", run.message)
        self.assertEqual(self.integration.status, "active")
        self.assertEqual(self.accounted_minutes(), self.listed_minutes())
