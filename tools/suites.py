"""``make suites``: Odoo's own tests with the addons installed, and without.

Each suite runs twice, in a copy of each template. A test counts as a new failure
when it fails with the addons only; what fails without them is Odoo's own affair.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tools.browser import ensure_browser
from tools.odoo_server import odoo_environment, write_configuration
from tools.portal_summary import table
from tools.settings import Settings, read_settings
from tools.shell import ToolError, say
from tools.templates import Workshop, open_workshop

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


@dataclass(frozen=True)
class Outcome:
    """Which tests of a suite ran, and which of them failed."""

    ran: frozenset[str]
    failed: frozenset[str]


@dataclass(frozen=True)
class Comparison:
    """One suite with the addons and without."""

    suite: str
    without: Outcome
    with_addons: Outcome

    @property
    def new_failures(self) -> list[str]:
        """Return the tests that fail with the addons only."""
        return sorted(self.with_addons.failed - self.without.failed)

    @property
    def missing(self) -> list[str]:
        """Return the tests that only ran without the addons."""
        return sorted(self.without.ran - self.with_addons.ran)

    @property
    def holds(self) -> bool:
        """Whether as many tests ran with the addons, and no more failed."""
        return bool(self.without.ran) and not (self.new_failures or self.missing)


def main() -> int:
    """Run the suites of ``SUITES``, or all, and print the comparison.

    :return: the exit code; 1 when a test fails that does not fail without the addons.
    """
    try:
        names = chosen(os.environ.get("SUITES", ""))
        settings = read_settings()
        workshop = open_workshop(settings)
        ensure_browser()
        comparisons = [_compare(workshop, name) for name in names]
    except ToolError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
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


def _compare(workshop: Workshop, suite: str) -> Comparison:
    without = _run(workshop, suite, "without")
    return Comparison(suite, without, _run(workshop, suite, "with"))


def _run(workshop: Workshop, suite: str, variant: str) -> Outcome:
    """Run a suite in a database of its own; its output goes to a log."""
    settings = workshop.settings
    database = f"{workshop.prefix}_suite_{os.getpid()}"
    say(f"{suite} {variant} the addons")
    copy = workshop.copy_of_addons if variant == "with" else workshop.copy_of_base
    copy(database)
    configuration = write_configuration(settings, workshop.server, database)
    environment = {
        **odoo_environment(settings),
        **workshop.server.environment(),
        "ODOO_RC": str(configuration),
    }
    try:
        return _pytest(settings, f"suite-{suite}-{variant}", suite, environment)
    finally:
        workshop.databases.drop(database)
        configuration.unlink()


def _pytest(
    settings: Settings, name: str, suite: str, environment: dict[str, str]
) -> Outcome:
    """Run the files of a suite with pytest.

    :raise ToolError: it ended without a report.
    """
    found = settings.home / f"{name}.xml"
    log = settings.home / "log" / f"{name}.log"
    found.unlink(missing_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    words = ["-q", "--tb=short", "--odoo-http", f"--junit-xml={found}", *files(suite)]
    with log.open("w") as output:
        subprocess.run(
            [str(settings.venv_python), "-m", "pytest", "-p", "no:cacheprovider"]
            + words,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=settings.repository,
            env=environment,
        )
    if not found.exists():
        raise ToolError(f"The tests of {suite} ended without a report, see {log}.")
    return outcome_of(found)


def files(suite: str) -> list[str]:
    """Return the test files of a suite, from the Odoo that is installed."""
    spec = importlib.util.find_spec("odoo.addons")
    for addons in (spec and spec.submodule_search_locations) or ():
        folder = Path(addons) / suite / "tests"
        found = {path for glob in SUITES[suite] for path in folder.glob(glob)}
        if found:
            return sorted(str(p) for p in found if not p.name.endswith(LEFT_OUT))
    raise ToolError(f"Odoo has no tests of {suite}.")


def outcome_of(found: Path) -> Outcome:
    """Read a JUnit report; a test of which a subtest fails has failed."""
    ran, failed = set(), set()
    for case in ElementTree.parse(found).iter("testcase"):
        name = f"{case.get('classname', '').split('.tests.')[-1]}::{case.get('name')}"
        if case.find("skipped") is None or case.find("failure") is not None:
            ran.add(name)
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(name)
    return Outcome(frozenset(ran), frozenset(failed))


def report(comparisons: Iterable[Comparison]) -> str:
    """Return the figures of all suites, and the tests to look at."""
    heads = ["suite", "tests", "failed without", "failed with", "new failures"]
    rows: list[list[object]] = []
    names = []
    for one in comparisons:
        figures = [len(one.without.failed), len(one.with_addons.failed)]
        rows.append(
            [one.suite, len(one.with_addons.ran), *figures, len(one.new_failures)]
        )
        names += [f"  ✗ {one.suite} {name}" for name in one.new_failures]
        names += [f"  ✗ {one.suite} {name} did not run" for name in one.missing]
    return "\n".join([table(heads, rows), *names])


if __name__ == "__main__":
    sys.exit(main())
