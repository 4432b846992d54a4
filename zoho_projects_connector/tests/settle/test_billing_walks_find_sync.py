"""The walks between syncs find what the mends keep out: with one off, they fail.

Only with ``WALK_PROOFS``, as the others.
"""

import logging
import os
from unittest import skipUnless

from odoo.fields import Domain
from odoo.tests import tagged

from ...models.sync import account_analytic_line
from ..billing.billing_steps import BillingSteps
from ..billing.walk_common import found
from .settle_common import SettleCase
from .test_billing_property_sync import walk_syncs

_logger = logging.getLogger(__name__)


def bills_time(self):
    billed = ("draft", "invoiced", "paid")
    domain = [("project_id", "=", self.id), ("billing_state", "in", billed)]
    return bool(self.env["account.analytic.line"].sudo().search(domain, limit=1))


def follow(self, settlement="credited"):
    self._follow(settlement)


FAULTS = {
    "the customer of invoiced amounts": (
        ("project.project", "_is_invoiced"),
        bills_time,
    ),
    "documents that a refusal stops": (
        ("zoho.difference", "_try_to_follow"),
        follow,
    ),
    "what Zoho said of freed time": (
        ("zoho.difference", "_time_freed"),
        lambda self, timesheets: None,
    ),
    "offers of what is in question": (
        ("zoho.difference", "_held_back_domain"),
        lambda self: Domain.FALSE,
    ),
    "hours that are said to be days": (
        (account_analytic_line, "from_hours"),
        lambda hours, unit: hours,
    ),
}


@tagged("post_install", "-at_install")
@skipUnless("WALK_PROOFS" in os.environ, "a walk for each fault")
class TestBillingWalksFindSync(BillingSteps, SettleCase):
    def test_each_fault(self):
        chosen = os.environ["WALK_PROOFS"]
        for name in FAULTS if chosen == "1" else FAULTS.keys() & {chosen}:
            fault = FAULTS[name]
            with self.subTest(name), self.env.cr.savepoint() as undone:
                said = found(self, walk_syncs, *fault)
                _logger.info("%s: %s", name, said.splitlines()[:1])
                self.assertTrue(said, "not found")
                undone.close(rollback=True)
