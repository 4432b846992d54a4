"""Whatever happens to time and documents, in whatever order: the books balance.

``BILLING_EXAMPLES`` and ``BILLING_STEPS`` make the walk longer than it is by default.
"""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo.tests import tagged

from .billing_machine import BillingMachine
from .native_common import NativeCommon

# The same sequences in each run; a failing one is printed with the failure.
SETTINGS = settings(
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=int(os.environ.get("BILLING_EXAMPLES", "20")),
    stateful_step_count=int(os.environ.get("BILLING_STEPS", "50")),
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, *[Phase.shrink] * ("BILLING_SHRINK" in os.environ)],
    report_multiple_bugs=False,
)


@tagged("post_install", "-at_install")
class TestBillingProperty(NativeCommon):
    def test_books_are_true_after_every_step(self):
        """Time of a project at staff rates, and of one that an order sells."""
        self.tasks = self.design + self.build + self.task
        self.projects = self.project + self.sold
        machine = type("Machine", (BillingMachine,), {"case": self})
        run_state_machine_as_test(machine, settings=SETTINGS)
