"""The first sync of a portal measured: calls, memory, speed, and a second sync."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.databases import connect
from tools.odoo_server import odoo_environment, write_configuration
from tools.portal_simulator import SimulatedPortal
from tools.portal_summary import table
from tools.settings import Settings
from tools.shell import ToolError, say
from tools.templates import Workshop, open_workshop

LOGS = {"small": 600, "medium": 12000, "large": 100000}
CALLS_LIMIT = 1.1
GROWTH_LIMIT = 300.0
# Twice the logs may not need more memory than the noise of the allocator.
NOISE = 30.0
BUSINESS_TABLES = (
    "account_analytic_line",
    "account_move",
    "hr_employee",
    "project_billed_time",
    "project_milestone",
    "project_project",
    "project_tags",
    "project_task",
    "project_task_type",
    "res_partner",
    "sale_order",
    "zoho_task_list",
)


@dataclass(frozen=True)
class Measure:
    """What one process needed for one portal; memory in MB, time in seconds."""

    logs: int
    records: int
    calls: int
    bound: int
    seconds: float
    memory_before: float
    memory_peak: float
    second_calls: int
    second_seconds: float
    second_writes: dict[str, int]

    @property
    def growth(self) -> float:
        """Return by how much the process grew in the first sync."""
        return self.memory_peak - self.memory_before


def bench_sync(settings: Settings, size: str) -> bool:
    """Sync a portal, and one with half the time logs, in a process each.

    :return: whether all limits hold.
    """
    workshop = open_workshop(settings)
    measures = [
        _measure(workshop, size, logs) for logs in (LOGS[size] // 2, LOGS[size])
    ]
    print(f"\nFirst sync of the {size} portal\n\n{_figures(measures)}\n")
    return _verdict(*measures, few=size != "large")


def _measure(workshop: Workshop, size: str, logs: int) -> Measure:
    """Sync a fresh database twice with a portal of so many logs."""
    settings = workshop.settings
    database = f"{workshop.prefix}_bench_{os.getpid()}"
    say(f"syncing {logs:,} time logs into a fresh database")
    workshop.copy_of_addons(database)
    configuration = write_configuration(settings, workshop.server, database)
    try:
        with SimulatedPortal(settings, size, logs) as portal:
            first = _work(settings, configuration, portal, "first")
            bound = portal.read("lower_bound", used_only=1)["total"]
            before = _writes(workshop, database)
            second = _work(settings, configuration, portal, "second")
            after = _writes(workshop, database)
    finally:
        workshop.databases.drop(database)
        configuration.unlink()
    return Measure(
        logs,
        int(first["records"]),
        int(first["calls"]),
        bound,
        first["seconds"],
        first["memory_before"],
        first["memory_peak"],
        int(second["calls"]),
        second["seconds"],
        {name: after[name] - before[name] for name in after},
    )


def _work(
    settings: Settings, configuration: Path, portal: SimulatedPortal, which: str
) -> dict[str, float]:
    """Run one sync in a process of its own; when it ends, PostgreSQL has its counts."""
    words = [str(configuration), portal.url, portal.client_id, portal.client_secret]
    words.append(portal.read("self_client_code")["code"])
    done = subprocess.run(
        [str(settings.venv_python), "-m", "tools.bench_sync_worker", which, *words],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=settings.repository,
        env=odoo_environment(settings),
    )
    if done.returncode:
        raise ToolError(f"The {which} sync failed:\n{done.stderr[-3000:]}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _writes(workshop: Workshop, database: str) -> dict[str, int]:
    """Return the INSERT and UPDATE statements' rows of each business table so far."""
    opened = connect(workshop.server, database)
    try:
        with opened.cursor() as cursor:
            cursor.execute(
                """SELECT relname, n_tup_ins + n_tup_upd FROM pg_stat_user_tables
                    WHERE relname IN %s""",
                [BUSINESS_TABLES],
            )
            return dict(cursor.fetchall())
    finally:
        opened.close()


def _figures(measures: list[Measure]) -> str:
    """Return the figures side by side."""
    rows: list[tuple[str, list[object]]] = [
        ("records read", [m.records for m in measures]),
        ("seconds", [m.seconds for m in measures]),
        ("records per second", [m.records / m.seconds for m in measures]),
        ("API calls", [m.calls for m in measures]),
        ("lower bound of the listings used", [m.bound for m in measures]),
        ("calls / lower bound", [m.calls / m.bound for m in measures]),
        ("memory at start (MB)", [m.memory_before for m in measures]),
        ("memory at most (MB)", [m.memory_peak for m in measures]),
        ("growth (MB)", [m.growth for m in measures]),
        ("second sync: API calls", [m.second_calls for m in measures]),
        ("second sync: seconds", [m.second_seconds for m in measures]),
        ("second sync: rows written", [_total(m.second_writes) for m in measures]),
    ]
    heads = ["", *(f"{measure.logs:,} logs" for measure in measures)]
    return table(heads, [(name, *values) for name, values in rows])


def _total(writes: dict[str, int]) -> int:
    return sum(writes.values())


def _verdict(half: Measure, whole: Measure, *, few: bool) -> bool:
    """Print each limit and whether it holds.

    :param few: too few records for the calls to be judged: the empty listings of the
        days and kinds without time logs outweigh the full pages.
    """
    ratio = whole.calls / whole.bound
    more = whole.growth - half.growth
    written = {name: count for name, count in whole.second_writes.items() if count}
    checks = [
        (
            few or ratio <= CALLS_LIMIT,
            f"calls are {ratio:.2f} x the bound, {CALLS_LIMIT} allowed",
        ),
        (
            whole.growth < GROWTH_LIMIT,
            f"memory grows by {whole.growth:.0f} MB, {GROWTH_LIMIT:.0f} allowed",
        ),
        (more < NOISE, f"twice the logs need {more:.0f} MB more, {NOISE:.0f} allowed"),
        (not written, f"the second sync writes {written or 'nothing'}"),
    ]
    for holds, sentence in checks:
        print(f"  {'✓' if holds else '✗'} {sentence}")
    return all(holds for holds, _sentence in checks)
