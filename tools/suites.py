"""``make suites``: Odoo's own tests with the addons installed, and without.

Each suite runs twice, in a copy of each template. A test counts as a new failure
when it fails with the addons only; what fails without them is Odoo's own affair.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.browser import ensure_browser
from tools.outcomes import ITSELF, run_pytest
from tools.portal_summary import table
from tools.settings import Settings
from tools.shell import ToolError, say
from tools.templates import ADDONS, BASE, Workshop, open_workshop

# Files of each suite, the quick ones first. Of the accounting tests those of what the
# addons extend: customer invoices and credit notes, their lines, taxes and payments.
SUITES: dict[str, tuple[str, ...]] = {
    "hr_timesheet": ("test_*.py",),
    "sale_timesheet": ("test_*.py",),
    "sale_project": ("test_*.py",),
    "hr_expense": ("test_*.py",),
    "project": ("test_*.py",),
    "account": (
        "test_account_invoice_report.py",
        "test_account_move_date_algorithm.py",
        "test_account_move_duplicate.py",
        "test_account_move_out_invoice.py",
        "test_account_move_out_refund.py",
        "test_account_move_payments_widget.py",
        "test_account_payment_register.py",
        "test_account_section_and_subsection.py",
        "test_early_payment_discount.py",
        "test_invoice_taxes.py",
        "test_payment_term.py",
        "test_portal_invoice.py",
        "test_taxes_downpayment.py",
        "test_taxes_global_discount.py",
    ),
}
# Tours in a browser fail by the load of the machine, not by the addons.
LEFT_OUT = ("_tour.py", "_ui.py")


def ran(outcomes: dict[str, str]) -> set[str]:
    """Return the tests that were not skipped."""
    return {name for name, ended in outcomes.items() if ended != "skipped"}


def failed(outcomes: dict[str, str]) -> set[str]:
    """Return the tests that failed."""
    return {name for name, ended in outcomes.items() if ended == "failed"}


@dataclass(frozen=True)
class Comparison:
    """How the tests of a suite ended without the addons and with them."""

    suite: str
    without: dict[str, str]
    with_addons: dict[str, str]

    @property
    def new_failures(self) -> list[str]:
        """Return the tests that fail with the addons only."""
        return sorted(failed(self.with_addons) - failed(self.without))

    @property
    def missing(self) -> list[str]:
        """Return the tests that only ran without the addons."""
        return sorted(ran(self.without) - ran(self.with_addons))

    @property
    def holds(self) -> bool:
        """Whether as many tests ran with the addons, and no more failed."""
        return bool(ran(self.without)) and not (self.new_failures or self.missing)


def run_suites(settings: Settings) -> int:
    """Run the suites of ``SUITES``, or all, and print the comparison.

    :return: the exit code; 1 when a test fails that does not fail without the addons.
    """
    names = chosen(os.environ.get("SUITES", ""))
    workshop = open_workshop(settings)
    ensure_browser()
    comparisons = [
        Comparison(
            name,
            _run(workshop, name, addons=False),
            _run(workshop, name, addons=True),
        )
        for name in names
    ]
    print(f"\n{report(comparisons)}")
    return 0 if all(comparison.holds for comparison in comparisons) else 1


def chosen(names: str) -> list[str]:
    """Return the suites that were asked for, all of them by default.

    :raise ToolError: a name is not known.
    """
    wanted = names.split() or list(SUITES)
    for name in wanted:
        if name not in SUITES:
            raise ToolError(f"SUITES={name} is not known; choose {', '.join(SUITES)}.")
    return wanted


def _run(workshop: Workshop, suite: str, *, addons: bool) -> dict[str, str]:
    """Run a suite in a database of its own; its output goes to a log.

    :raise ToolError: it ended without a report.
    """
    variant = "with" if addons else "without"
    say(f"{suite} {variant} the addons")
    log = workshop.settings.log(f"suite-{suite}-{variant}")
    words = ["-q", "--tb=short", "--odoo-http", "-p", "no:cacheprovider"]
    kind = ADDONS if addons else BASE
    with workshop.lend(kind) as configuration, log.open("w") as output:
        outcomes = run_pytest(
            workshop.settings,
            [*words, *files(suite)],
            workshop.environment(configuration),
            output,
        )
    if ITSELF in outcomes:
        raise ToolError(f"The tests of {suite} ended without a report, see {log}.")
    return outcomes


def files(suite: str) -> list[str]:
    """Return the test files of a suite, from the Odoo that is installed."""
    spec = importlib.util.find_spec("odoo.addons")
    for addons in (spec and spec.submodule_search_locations) or ():
        folder = Path(addons) / suite / "tests"
        found = {path for glob in SUITES[suite] for path in folder.glob(glob)}
        if found:
            return sorted(str(p) for p in found if not p.name.endswith(LEFT_OUT))
    raise ToolError(f"Odoo has no tests of {suite}.")


def report(comparisons: Iterable[Comparison]) -> str:
    """Return the figures of all suites, and the tests to look at."""
    heads = ["suite", "tests", "failed without", "failed with", "new failures"]
    rows: list[list[object]] = []
    names = []
    for one in comparisons:
        figures = [len(failed(one.without)), len(failed(one.with_addons))]
        new = len(one.new_failures)
        rows.append([one.suite, len(ran(one.with_addons)), *figures, new])
        names += [f"  ✗ {one.suite} {name}" for name in one.new_failures]
        names += [f"  ✗ {one.suite} {name} did not run" for name in one.missing]
    return "\n".join([table(heads, rows), *names])
