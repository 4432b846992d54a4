"""Random walks: their length, and the world that they are walked in."""

import os
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.stateful import run_state_machine_as_test

from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .billing_machine_returns import ReturnMachine
from .billing_machine_terms import TermsMachine
from .billing_machine_world import WorldMachine
from .native_common import NativeCommon

# What is to find a fault goes on for longer than what is run with each change.
LONGER = 8 if "WALK_PROOFS" in os.environ else 1


def walk(case, steps, name="BILLING", examples=1, count=50, **options):
    """Do steps at random, in the same sequences in each run.

    A failing one is printed with the failure; ``BILLING_SHRINK`` makes it short first.

    :param case: the test, whose database it is.
    :param type steps: the machine.
    :param str name: what the names of the two variables of its length begin with.
    :param options: further settings of hypothesis.
    """
    environ = os.environ.get
    phases = [Phase.generate, *[Phase.shrink] * ("BILLING_SHRINK" in os.environ)]
    # It would try the numbers of all sources that are loaded, and read Odoo's for them:
    # half a minute, and other sequences where other modules are.
    with patch.object(providers, "_get_local_constants", Constants):
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
    walk(case, ReturnMachine, examples=2, **options)


def walk_terms(case, **options):
    """Rounded, by the day, at a price, at a fixed cost, and quoted."""
    case.tasks = case.design + case.build
    case.projects = case.project
    case.env.company.resource_calendar_id.hours_per_day = 7.6
    walk(case, TermsMachine, "BILLING_TERMS", **options)


def walk_worlds(case, **options):
    """In two companies and two currencies, while customers, people and days change."""
    other, before = case.setup_other_company()["company"], case.env
    case.env.user.company_ids |= other
    both = (case.env.company + other).ids
    case.env = case.env(context={**case.env.context, "allowed_company_ids": both})
    case.dan = case.env["hr.employee"].create({"name": "Dan", "company_id": other.id})
    case.abroad = case._project("Abroad", billing_currency_id=case.other_currency.id)
    case.foreign = case._project("Foreign", company_id=other.id)
    for project in case.abroad + case.foreign:
        case._flat_rate(90, project)
    case.tasks = (
        case.design
        + case.task
        + case.env["project.task"].concat(
            *(case._task("Work", project) for project in case.abroad + case.foreign)
        )
    )
    case.projects = case.project + case.sold + case.abroad + case.foreign
    try:
        walk(case, WorldMachine, "BILLING_WORLDS", **options)
    finally:
        # The proofs undo what was made here, and walk elsewhere then.
        case.env = before


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
