"""When a sync runs, who runs it, and what makes it wait."""

from odoo.tests import tagged

from .sync_common import SyncCase


@tagged("post_install", "-at_install")
class TestSyncCounts(SyncCase):
    def test_history_adds_up(self):
        run = self.sync()
        for line in run.line_ids:
            became = line.created + line.updated + line.unchanged
            became += line.skipped + line.failed
            self.assertEqual(line.fetched, became, line.entity)
