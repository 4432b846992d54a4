"""Invoicing many timesheets: the project's wizard beside Odoo's own sales order."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.odoo_server import odoo_environment, write_configuration
from tools.portal_summary import table
from tools.settings import Settings
from tools.shell import ToolError, say
from tools.templates import Workshop, open_workshop

TIMESHEETS = {"small": 500, "medium": 5000, "large": 10000}
RUNS = 3
WIZARD, ORDER, PLAIN = "wizard", "order", "order without the addon"


@dataclass(frozen=True)
class Invoicing:
    """One invoice of all timesheets: seconds, statements, and what came of it.

    The processor's seconds are Odoo's without PostgreSQL; other work on the machine
    disturbs them less.
    """

    seconds: float
    processor: float
    queries: int
    hours: float
    amount: float


def bench_billing(settings: Settings, size: str) -> bool:
    """Invoice the same timesheets in each way, in turn, each in a copy of its own.

    :return: whether the wizard takes no longer than Odoo's own invoicing.
    """
    workshop = open_workshop(settings)
    count = TIMESHEETS[size]
    found: dict[str, list[Invoicing]] = {WIZARD: [], ORDER: [], PLAIN: []}
    prepared = f"{workshop.prefix}_bench_{os.getpid()}"
    databases = {True: f"{prepared}_addons", False: f"{prepared}_base"}
    try:
        _prepare(workshop, databases, count)
        for turn in range(RUNS):
            for way, measures in found.items():
                say(f"turn {turn + 1} of {RUNS}: {way}")
                measures.append(_measure(workshop, databases[way != PLAIN], way))
    finally:
        for database in databases.values():
            _drop(workshop, database)
    print(f"\nOne invoice of {count:,} timesheets, medians of {RUNS} runs\n")
    print(f"{figures(found)}\n")
    return verdict(found)


def _prepare(workshop: Workshop, databases: dict[bool, str], count: int) -> None:
    """Make a database with the addons and one without, with the same timesheets."""
    for has_addons, database in databases.items():
        say(f"logging {count:,} timesheets {'with' if has_addons else 'without'} them")
        copy = workshop.copy_of_addons if has_addons else workshop.copy_of_base
        copy(database)
        _work(workshop, database, "prepare", str(count))


def _measure(workshop: Workshop, prepared: str, way: str) -> Invoicing:
    database = f"{prepared}_run"
    workshop.databases.copy(prepared, database)
    try:
        word = "wizard" if way == WIZARD else "order"
        return Invoicing(**json.loads(_work(workshop, database, word)))
    finally:
        _drop(workshop, database)


def _work(workshop: Workshop, database: str, *words: str) -> str:
    """Run the worker in a process of its own; return the last line that it printed."""
    settings = workshop.settings
    configuration = write_configuration(settings, workshop.server, database)
    done = subprocess.run(
        [
            *(str(settings.venv_python), "-m", "tools.bench_billing_worker"),
            *(str(configuration), *words),
        ],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=settings.repository,
        env=odoo_environment(settings),
    )
    if done.returncode:
        raise ToolError(f"The benchmark failed ({words[0]}):\n{done.stderr[-3000:]}")
    return (done.stdout.splitlines() or [""])[-1]


def _drop(workshop: Workshop, database: str) -> None:
    workshop.databases.drop(database)
    configuration: Path = workshop.settings.home / "conf" / f"{database}.conf"
    configuration.unlink(missing_ok=True)


def figures(found: dict[str, list[Invoicing]]) -> str:
    """Return the medians side by side."""
    rows: list[list[object]] = [
        ["seconds", *(_seconds(runs) for runs in found.values())],
        ["of the processor", *(_processor(runs) for runs in found.values())],
        ["fastest run", *(min(run.seconds for run in r) for r in found.values())],
        ["statements", *(runs[0].queries for runs in found.values())],
        ["hours invoiced", *(runs[0].hours for runs in found.values())],
        ["amount invoiced", *(runs[0].amount for runs in found.values())],
    ]
    return table(["", *found], rows)


def _seconds(runs: list[Invoicing]) -> float:
    return statistics.median(run.seconds for run in runs)


def _processor(runs: list[Invoicing]) -> float:
    return statistics.median(run.processor for run in runs)


def verdict(found: dict[str, list[Invoicing]]) -> bool:
    """Print each limit and whether it holds."""
    wizard, order = _seconds(found[WIZARD]), _seconds(found[ORDER])
    sums = {(run.hours, run.amount) for runs in found.values() for run in runs}
    checks = [
        (wizard <= order, f"the wizard takes {wizard:.1f} s, Odoo's own {order:.1f} s"),
        (len(sums) == 1, "all ways invoice the same hours and the same amount"),
    ]
    for holds, sentence in checks:
        print(f"  {'✓' if holds else '✗'} {sentence}")
    return all(holds for holds, _sentence in checks)
