"""Whatever happens in Zoho and to documents, in whatever order: the books balance."""

from odoo.tests import tagged

from ..billing.billing_steps import BillingSteps
from ..billing.walk_common import walk
from .billing_machine_sync import SyncMachine
from .settle_common import SettleCase


def walk_syncs(case, **options):
    case.projects = case.project
    walk(case, SyncMachine, "BILLING_SYNC", examples=1, count=8, **options)


@tagged("post_install", "-at_install")
class TestBillingPropertySync(BillingSteps, SettleCase):
    def test_books_are_true_and_a_second_sync_writes_nothing(self):
        walk_syncs(self)
