"""``make test``: linters, tests without Odoo, tests in Odoo, one summary."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tools.browser import ensure_browser
from tools.lint import lint
from tools.odoo_server import odoo_environment, write_configuration
from tools.settings import Settings
from tools.shell import ToolError, say
from tools.suites import main as compare_suites
from tools.templates import Workshop, addons_of, open_workshop

NO_TESTS = 5
# The plugin says what there is to say.
WORDS = [
    "-qq",
    "--tb=short",
    "--no-summary",
    "--continue-on-collection-errors",
    *("-p", "tools.pytest_progress"),
]
# Each process needs a database, a registry and half a gigabyte of memory.
MOST_PROCESSES = 4
DISTRIBUTION = ["--dist", "loadscope", "--no-loadscope-reorder"]
# What makes the tests long that can be short, unless it is set already.
LONG = {
    "BILLING_EXAMPLES": "40",
    "BILLING_STEPS": "80",
    "BILLING_TERMS_EXAMPLES": "20",
    "BILLING_SYNC_EXAMPLES": "6",
    "BILLING_SYNC_STEPS": "20",
    "EACH_DIALECT": "1",
    "KILLS": "5",
}


@dataclass(frozen=True)
class Counts:
    """How many tests ended how."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
        )

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def counts_of(report: Path) -> Counts:
    """Read the counts of a JUnit report; the subtests of a test are one test."""
    cases = list(ElementTree.parse(report).iter("testcase"))
    failed = sum(_has(case, "failure", "error") for case in cases)
    skipped = sum(_has(case, "skipped") and not _has(case, "failure") for case in cases)
    return Counts(len(cases) - failed - skipped, failed, skipped)


def _has(case: ElementTree.Element, *outcomes: str) -> bool:
    return any(case.find(outcome) is not None for outcome in outcomes)


def run_tests(settings: Settings, paths: Sequence[str], expression: str) -> int:
    """Run all checks, or the tests below some paths, and print the counts.

    :param paths: files or folders; without them everything, linters too.
    :param expression: what ``pytest -k`` narrows to.
    :return: the exit code.
    """
    return _end(_run(settings, paths, expression))


def run_all_tests(settings: Settings) -> int:
    """Run all checks at length, then Odoo's own suites, and print the counts.

    :return: the exit code.
    """
    for name, value in LONG.items():
        os.environ.setdefault(name, value)
    total = _run(settings, (), "")
    return _end(total + Counts(failed=compare_suites()))


def _end(total: Counts) -> int:
    print(total, flush=True)
    return 1 if total.failed else 0


def _run(settings: Settings, paths: Sequence[str], expression: str) -> Counts:
    """Run the linters and tests that are asked for."""
    narrowed = bool(paths or expression)
    pure, odoo = split(paths or _all_paths(settings), _folders_of_addons(settings))
    words = ["-k", expression] if expression else []
    with ThreadPoolExecutor(max_workers=1) as beside:
        # Addons are installed by one process: a good time for the linters.
        prepared = beside.submit(_prepare, settings) if odoo else None
        total = Counts() if narrowed else Counts(failed=len(lint(settings)))
        if pure:
            say("tests without Odoo")
            parts = [*side_by_side(pure, expression), *words, *pure]
            total += _pytest(settings, "pure", parts, odoo_environment(settings))
    if prepared:
        try:
            parts = [*side_by_side(odoo, expression), *words, *odoo]
            total += _in_odoo(settings, prepared.result(), parts)
        except ToolError as error:
            print(f"✗ {error}", flush=True)
            total += Counts(failed=1)
    return total


def _prepare(settings: Settings) -> Workshop:
    """Bring the browser and the database that the tests are run in copies of."""
    ensure_browser()
    workshop = open_workshop(settings)
    workshop.prepare()
    return workshop


def split(paths: Sequence[str], addons: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part paths into those that need no Odoo and those below an addon."""
    odoo = [path for path in paths if Path(path).parts[0] in addons]
    return [path for path in paths if path not in odoo], odoo


def _folders_of_addons(settings: Settings) -> list[str]:
    return [folder.name for folder in addons_of(settings.repository)]


def _all_paths(settings: Settings) -> list[str]:
    folders = ["tests", *(f"{name}/tests" for name in _folders_of_addons(settings))]
    return [name for name in folders if (settings.repository / name).is_dir()]


def _in_odoo(settings: Settings, workshop: Workshop, words: Sequence[str]) -> Counts:
    """Run tests in a database of their own, with the addons installed.

    Each of several processes works in a further copy of it, which pytest-odoo makes.
    """
    with workshop.test_database() as database:
        say("tests in Odoo")
        configuration = write_configuration(settings, workshop.server, database)
        environment = {
            **odoo_environment(settings),
            **workshop.server.environment(),
            "ODOO_RC": str(configuration),
        }
        try:
            return _pytest(settings, "odoo", ["--odoo-http", *words], environment)
        finally:
            configuration.unlink()


def side_by_side(paths: Sequence[str], expression: str) -> list[str]:
    """Return what makes pytest use several processes: ``JOBS`` of them, if set.

    One is the quickest for a few tests: each process loads a registry.
    """
    few = bool(expression) or all(
        path.partition("::")[0].endswith(".py") for path in paths
    )
    usual = 1 if few else min(os.cpu_count() or 1, MOST_PROCESSES)
    jobs = os.environ.get("JOBS") or str(usual)
    return [] if jobs == "1" else ["-n", jobs, *DISTRIBUTION]


def _pytest(
    settings: Settings, name: str, words: Sequence[str], environment: Mapping[str, str]
) -> Counts:
    """Run pytest; an end without a report counts as one failure."""
    report = settings.home / f"report-{name}-{os.getpid()}.xml"
    python = str(settings.venv_python)
    ended = subprocess.run(
        [python, "-m", "pytest", *WORDS, f"--junit-xml={report}", *words],
        check=False,
        stdin=subprocess.DEVNULL,
        stderr=sys.stdout,
        cwd=settings.repository,
        env=dict(environment),
    )
    if not report.exists():
        return Counts(failed=1)
    counts = counts_of(report)
    report.unlink()
    if ended.returncode not in (0, NO_TESTS) and not counts.failed:
        counts += Counts(failed=1)
    return counts
