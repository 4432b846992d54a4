"""The first sync of a portal measured: calls, memory, speed, and a second sync."""

from __future__ import annotations

from dataclasses import dataclass

from tools.bench import verdict, work
from tools.databases import select
from tools.portal_simulator import SimulatedPortal
from tools.portal_summary import table
from tools.settings import Settings
from tools.shell import say
from tools.templates import Workshop, open_workshop

LOGS = {"small": 600, "medium": 12000, "large": 100000, "huge": 1000000}
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
WRITES = """SELECT relname, n_tup_ins + n_tup_upd FROM pg_stat_user_tables
             WHERE relname IN %s"""


@dataclass(frozen=True)
class Measure:
    """What one process needed for one portal; memory in MB, time in seconds.

    :param first: the figures of the first sync, as ``tools.bench_worker`` tells them.
    :param bound: the fewest calls that the listings used need.
    :param writes: how many rows of each table the second sync has written.
    """

    logs: int
    first: dict[str, float]
    second: dict[str, float]
    bound: int
    writes: dict[str, int]

    @property
    def growth(self) -> float:
        """Return by how much the process grew in the first sync."""
        return self.first["memory_peak"] - self.first["memory_before"]

    @property
    def ratio(self) -> float:
        """Return the calls of the first sync beside the fewest."""
        return self.first["calls"] / self.bound


def bench_sync(settings: Settings, size: str) -> bool:
    """Sync a portal, and one with half the time logs, in a process each.

    :return: whether all limits hold.
    """
    workshop = open_workshop(settings)
    half, whole = (
        _measure(workshop, size, logs) for logs in (LOGS[size] // 2, LOGS[size])
    )
    print(f"\nFirst sync of the {size} portal\n\n{figures([half, whole])}\n")
    return verdict(limits(half, whole, few=size not in ("large", "huge")))


def _measure(workshop: Workshop, size: str, logs: int) -> Measure:
    """Sync a fresh database twice with a portal of so many logs."""
    settings = workshop.settings
    say(f"syncing {logs:,} time logs into a fresh database")
    with (
        workshop.lend() as configuration,
        SimulatedPortal(settings, size, logs) as portal,
    ):
        account = [portal.url, portal.client_id, portal.client_secret]
        done, bounds, writes = [], [], []
        for button in ("action_save_and_sync", "action_full_sync"):
            code = portal.read("self_client_code")["code"]
            done.append(work(settings, configuration, "sync", button, *account, code))
            bounds.append(portal.read("lower_bound", used_only=1)["total"])
            # The process has ended: PostgreSQL has its counts.
            found = select(workshop.server, configuration.stem, WRITES, BUSINESS_TABLES)
            writes.append(dict(found))
    written = {name: count - writes[0][name] for name, count in writes[1].items()}
    return Measure(logs, done[0], done[1], bounds[0], written)


def figures(measures: list[Measure]) -> str:
    """Return the figures side by side."""
    rows: dict[str, list[object]] = {
        "records read": [m.first["records"] for m in measures],
        "seconds": [m.first["seconds"] for m in measures],
        "records per second": [
            m.first["records"] / m.first["seconds"] for m in measures
        ],
        "API calls": [m.first["calls"] for m in measures],
        "lower bound of the listings used": [m.bound for m in measures],
        "calls / lower bound": [m.ratio for m in measures],
        "memory at start (MB)": [m.first["memory_before"] for m in measures],
        "memory at most (MB)": [m.first["memory_peak"] for m in measures],
        "growth (MB)": [m.growth for m in measures],
        "second sync: API calls": [m.second["calls"] for m in measures],
        "second sync: seconds": [m.second["seconds"] for m in measures],
        "second sync: rows written": [sum(m.writes.values()) for m in measures],
    }
    heads = ["", *(f"{measure.logs:,} logs" for measure in measures)]
    return table(heads, [(name, *values) for name, values in rows.items()])


def limits(half: Measure, whole: Measure, *, few: bool) -> list[tuple[bool, str]]:
    """Return what must be so, and whether it is.

    :param few: too few records for the calls to be judged: the empty listings of the
        days and kinds without time logs outweigh the full pages.
    """
    more = whole.growth - half.growth
    written = {name: count for name, count in whole.writes.items() if count}
    return [
        (
            few or whole.ratio <= CALLS_LIMIT,
            f"calls are {whole.ratio:.2f} x the bound, {CALLS_LIMIT} allowed",
        ),
        (
            whole.growth < GROWTH_LIMIT,
            f"memory grows by {whole.growth:.0f} MB, {GROWTH_LIMIT:.0f} allowed",
        ),
        (more < NOISE, f"twice the logs need {more:.0f} MB more, {NOISE:.0f} allowed"),
        (not written, f"the second sync writes {written or 'nothing'}"),
    ]
