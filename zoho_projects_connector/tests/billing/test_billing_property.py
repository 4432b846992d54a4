"""Whatever happens to time and documents, in whatever order: the books balance.

``BILLING_EXAMPLES`` and ``BILLING_STEPS`` make the walk longer than it is by default,
``BILLING_TERMS_…`` and ``BILLING_SYNC_…`` the others.
"""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo.tests import tagged

from .billing_machine_lines import LineMachine
from .billing_machine_terms import TermsMachine
from .native_common import NativeCommon


def walk(case, steps, name="BILLING", examples=8, count=50):
    """Do steps at random, in the same sequences in each run.

    A failing one is printed with the failure; ``BILLING_SHRINK`` makes it short first.

    :param case: the test, whose database it is.
    :param type steps: the machine.
    :param str name: what the names of the two variables of its length begin with.
    """
    environ = os.environ.get
    phases = [Phase.generate, *[Phase.shrink] * ("BILLING_SHRINK" in os.environ)]
    run_state_machine_as_test(
        type("Machine", (steps,), {"case": case}),
        settings=settings(
            database=None,
            deadline=None,
            derandomize=True,
            max_examples=int(environ(f"{name}_EXAMPLES", examples)),
            stateful_step_count=int(environ(f"{name}_STEPS", count)),
            suppress_health_check=list(HealthCheck),
            phases=phases,
            report_multiple_bugs=False,
        ),
    )


@tagged("post_install", "-at_install")
class TestBillingProperty(NativeCommon):
    def test_books_are_true_after_every_step(self):
        """Time of a project at staff rates, and of one that an order sells."""
        self.tasks = self.design + self.build + self.task
        self.projects = self.project + self.sold
        walk(self, LineMachine)

    def test_books_are_true_on_other_terms(self):
        """Rounded, by the day, at a price, at a fixed cost, and quoted."""
        self.tasks = self.design + self.build
        self.projects = self.project
        self.env.company.resource_calendar_id.hours_per_day = 7.6
        walk(self, TermsMachine, "BILLING_TERMS", examples=5)
