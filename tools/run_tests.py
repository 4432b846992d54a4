"""``make test``: linters, tests without Odoo, tests in Odoo, one summary."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.browser import ensure_axe, ensure_browser
from tools.lint import count_complaints
from tools.mutants import run_mutants
from tools.odoo_server import odoo_environment
from tools.outcomes import run_pytest
from tools.settings import Settings
from tools.shell import ToolError, say
from tools.suites import run_suites
from tools.templates import ASSETS, Workshop, addons_of, open_workshop

WORDS = [
    *("-q", "--tb=short", "--instafail", "--continue-on-collection-errors"),
    *("--durations=8", "--durations-min=5", "-p", "tools.pytest_order"),
]
# Each process needs a database, a registry and half a gigabyte of memory.
MOST_PROCESSES = 4
DISTRIBUTION = ["--dist", "loadscope", "--no-loadscope-reorder"]
# Tests without Odoo in their process that start its servers beside it.
SERVED = ("tests/inside", "tests/jobs", "tests/kill", "tests/update")
# What makes the tests long that can be short, unless it is set already.
LONG = {
    "BILLING_EXAMPLES": "40",
    "BILLING_STEPS": "80",
    "BILLING_TERMS_EXAMPLES": "20",
    "BILLING_WORLDS_EXAMPLES": "20",
    "BILLING_SYNC_EXAMPLES": "6",
    "BILLING_SYNC_STEPS": "20",
    "WALK_PROOFS": "1",
    "EACH_DIALECT": "1",
    "FAULT_MATRIX": "6",
    "DELETION_RUNS": "10000",
    "DELETION_SYNCS": "100",
    "KILLS": "5",
    "JOB_WORKERS": "1",
    "CRASHES": "100",
    "UPDATE": "1",
}


def run_tests(settings: Settings, paths: Sequence[str], expression: str) -> int:
    """Run all checks, or the tests below some paths, and print the counts.

    :param paths: files or folders; without them everything, linters too.
    :param expression: what ``pytest -k`` narrows to.
    :return: the exit code.
    """
    return _end(_run(settings, paths, expression))


def run_all_tests(settings: Settings) -> int:
    """Run all checks at length, the mutants and Odoo's own suites; print the counts.

    :return: the exit code.
    """
    for name, value in LONG.items():
        os.environ.setdefault(name, value)
    total = _run(settings, (), "")
    for also in (run_mutants, run_suites):
        try:
            total["failed"] += also(settings)
        except ToolError as error:
            print(f"✗ {error}", flush=True)
            total["failed"] += 1
    return _end(total)


def _end(total: Counter[str]) -> int:
    counts = [f"{total[name]} {name}" for name in ("passed", "failed", "skipped")]
    print(", ".join(counts), flush=True)
    return 1 if total["failed"] else 0


def _run(settings: Settings, paths: Sequence[str], expression: str) -> Counter[str]:
    """Run the linters and tests that are asked for."""
    total: Counter[str] = Counter()
    addons = [folder.name for folder in addons_of(settings.repository)]
    everything = ["tests", *(f"{name}/tests" for name in addons)]
    pure, served, odoo = split(paths or everything, addons)
    with ThreadPoolExecutor(max_workers=1) as beside:
        # Addons are installed by one process: a good time for the linters.
        prepared = beside.submit(_prepare, settings) if served or odoo else None
        if not (paths or expression):
            total["failed"] += count_complaints(settings)
        if pure:
            say("tests without Odoo")
            words = [
                *_words(pure, expression),
                *(f"--ignore={path}" for path in SERVED),
            ]
            environment = odoo_environment(settings)
            total.update(run_pytest(settings, words, environment).values())
        try:
            workshop = prepared.result() if prepared else None
        except ToolError as error:
            print(f"✗ {error}", flush=True)
            total["failed"] += 1
            return total
        # They wait for their servers more than they work.
        waited = beside.submit(_run_served, settings, served, expression)
        if workshop and odoo:
            total.update(_run_in_odoo(settings, workshop, odoo, expression))
        total.update(waited.result())
    return total


def _run_served(
    settings: Settings, paths: Sequence[str], expression: str
) -> Sequence[str]:
    """Return how the tests ended that start servers of their own."""
    if not paths:
        return []
    say("tests of servers")
    words = [*WORDS, *_narrowed(expression), *paths]
    return [*run_pytest(settings, words, odoo_environment(settings)).values()]


def _run_in_odoo(
    settings: Settings, workshop: Workshop, paths: Sequence[str], expression: str
) -> Sequence[str]:
    """Return how the tests ended that are part of an addon."""
    try:
        # Each of several processes works in a further copy: pytest-odoo makes it.
        with workshop.lend(ASSETS) as configuration:
            say("tests in Odoo")
            words = ["--odoo-http", *_words(paths, expression)]
            environment = workshop.environment(configuration)
            return [*run_pytest(settings, words, environment).values()]
    except ToolError as error:
        print(f"✗ {error}", flush=True)
        return ["failed"]


def _prepare(settings: Settings) -> Workshop:
    """Bring the browser and the database that the tests are run in copies of."""
    ensure_browser()
    ensure_axe(settings)
    workshop = open_workshop(settings)
    workshop.prepare()
    return workshop


def split(
    paths: Sequence[str], addons: Sequence[str]
) -> tuple[list[str], list[str], list[str]]:
    """Part paths into those without Odoo, with servers of Odoo, and below an addon."""
    odoo = [path for path in paths if Path(path).parts[0] in addons]
    served = [path for path in paths if path.startswith(SERVED)]
    pure = [path for path in paths if path not in (*odoo, *served)]
    return pure, [*served, *(SERVED if "tests" in pure else ())], odoo


def _words(paths: Sequence[str], expression: str) -> list[str]:
    parallel = side_by_side(paths, expression)
    return [*WORDS, *parallel, *_narrowed(expression), *paths]


def _narrowed(expression: str) -> list[str]:
    return ["-k", expression] if expression else []


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
