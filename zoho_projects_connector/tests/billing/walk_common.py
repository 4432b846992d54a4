"""Random walks: their length, and the world that they are walked in."""

import os
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .billing_machine_returns import ReturnMachine
from .billing_machine_terms import TermsMachine
from .native_common import NativeCommon

# What is to find a fault goes on for longer than what is run with each change.
LONGER = 4 if "WALK_PROOFS" in os.environ else 1


def walk(case, steps, name="BILLING", examples=4, count=50, **options):
    """Do steps at random, in the same sequences in each run.

    A failing one is printed with the failure; ``BILLING_SHRINK`` makes it short first.

    :param case: the test, whose database it is.
    :param type steps: the machine.
    :param str name: what the names of the two variables of its length begin with.
    :param options: further settings of hypothesis.
    """
    environ = os.environ.get
    phases = [Phase.generate, *[Phase.shrink] * ("BILLING_SHRINK" in os.environ)]
    run_state_machine_as_test(
        type("Machine", (steps,), {"case": case}),
        settings=settings(
            database=None,
            deadline=None,
            derandomize=True,
            max_examples=int(environ(f"{name}_EXAMPLES", examples * LONGER)),
            stateful_step_count=int(environ(f"{name}_STEPS", count)),
            suppress_health_check=list(HealthCheck),
            phases=phases,
            report_multiple_bugs=False,
            **options,
        ),
    )


def found(case, walk, mend, fault):
    """Walk without a mend: it must fail, and says by what.

    :param mend: ``(what has it, name)``; a model by its name.
    """
    holder, name = mend
    if isinstance(holder, str):
        holder = case.registry[holder]
    with patch.object(holder, name, fault):
        try:
            walk(case, verbosity=Verbosity.quiet)
        except (AssertionError, UserError) as error:
            return str(error)
    return ""


def walk_projects(case, **options):
    """Time of a project at staff rates, and of one that an order sells."""
    case.tasks = case.design + case.build + case.task
    case.projects = case.project + case.sold
    walk(case, ReturnMachine, **options)


def walk_terms(case, **options):
    """Rounded, by the day, at a price, at a fixed cost, and quoted."""
    case.tasks = case.design + case.build
    case.projects = case.project
    case.env.company.resource_calendar_id.hours_per_day = 7.6
    walk(case, TermsMachine, "BILLING_TERMS", examples=3, **options)


class WalkCommon(NativeCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.forger = new_test_user(
            cls.env,
            "forger",
            groups="hr_timesheet.group_timesheet_manager,"
            "zoho_projects_connector.group_zoho_billing",
        )
