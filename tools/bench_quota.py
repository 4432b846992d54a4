"""Syncs under Zoho's own limits, beside the time that these take at least."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tools.bench import verdict, work
from tools.bench_sync import LOGS
from tools.portal_simulator import SimulatedPortal
from tools.portal_summary import table
from tools.settings import Settings
from tools.shell import say
from tools.templates import open_workshop

# What Zoho was seen to refuse at, what the sync keeps to (``SAFE_LIMIT``), and the
# seconds in which calls are counted.
LIMIT, SAFE, WINDOW = 100, 90, 120
PAGE = 200
RATIO_LIMIT = 1.1
GROWTH_LIMIT = 80.0
QUICK_CALLS = 11
# One call for each list beside those of time logs: what has changed is on its first
# page, or nothing has.
LISTS = 7
CHANGED = "one per cent changed"
CHANGED_CALLS, CHANGED_SECONDS = 1.2, 15.0
PROCESSOR_LIMIT = 60.0
BUTTONS = {
    "first sync": "action_save_and_sync",
    "full comparison": "action_full_sync",
    "quick sync": "action_sync",
    CHANGED: "action_sync",
}
# Of a million logs, the simulated portal does not look for each hundredth by itself.
READ_AT_ONCE = 10_000
KINDS = ("timelogs_task", "timelogs_issue", "timelogs_general")


@dataclass(frozen=True)
class Paced:
    """One sync by a clock that leaps over waits.

    :param figures: as ``tools.bench_worker`` tells them.
    :param trips: how often the simulated portal has refused so far.
    """

    name: str
    figures: dict[str, float]
    trips: int


def bench_quota(settings: Settings, size: str) -> bool:
    """Sync a portal that refuses more calls than Zoho allows.

    :return: whether all limits hold.
    """
    workshop = open_workshop(settings)
    say(f"syncing {LOGS[size]:,} time logs under Zoho's limits")
    with (
        workshop.lend() as configuration,
        SimulatedPortal(settings, size, LOGS[size]) as portal,
    ):
        portal.change("dialect", name="default", rate_headers=False)
        portal.change("limit", limit=LIMIT)
        account = [portal.url, portal.client_id, portal.client_secret]
        done, fewest = [], LISTS + len(KINDS)
        for name, button in BUTTONS.items():
            code = portal.read("self_client_code")["code"]
            # The calls of the sync before are no matter of this one.
            portal.change("clock", advance=WINDOW)
            if name == CHANGED:
                fewest = LISTS + change_logs(portal, LOGS[size])
            found = work(settings, configuration, "quota", button, *account, code)
            trips = portal.read("state")["throttle_trips"]
            done.append(Paced(name, found, trips))
        rows = portal.read("state")["rows"]
    bound = least_seconds(sum(rows[kind] for kind in KINDS))
    print(f"\nThe {size} portal under Zoho's limits\n\n{figures(done, bound)}\n")
    return verdict(limits(done, bound, fewest))


def change_logs(portal: SimulatedPortal, logs: int) -> int:
    """Change each hundredth time log in Zoho; return how many calls list them."""
    kinds: Counter[str] = Counter()
    for start in range(0, logs, READ_AT_ONCE):
        limit = min(READ_AT_ONCE, logs - start)
        found = portal.read("records", kind="log", start=start, limit=limit)
        for log in found[::100]:
            portal.change("edit_log", log_id=log["id"], minutes=log["minutes"] + 5)
            kinds[log["kind"]] += 1
    return sum(max(1, -(-count // PAGE)) for count in kinds.values())


def least_seconds(logs: int) -> int:
    """Return how long the calls of so many time logs take at least."""
    calls = -(-logs // PAGE)
    return max(0, calls - 1) // SAFE * WINDOW


def figures(done: list[Paced], bound: int) -> str:
    """Return the figures side by side."""
    columns = [one.figures for one in done]
    rows: dict[str, list[object]] = {
        "records read": [one["records"] for one in columns],
        "API calls": [one["calls"] for one in columns],
        "seconds": [one["seconds"] for one in columns],
        "of them waited": [one["waited"] for one in columns],
        "waits": [one["waits"] for one in columns],
        "processor of Odoo": [one["odoo"] for one in columns],
        "processor of PostgreSQL": [one["postgres"] for one in columns],
        "least seconds": [bound, bound, 0, 0],
        "memory grown by (MB)": [
            one["memory_peak"] - one["memory_before"] for one in columns
        ],
        "refused by Zoho": [one.trips for one in done],
    }
    heads = ["", *(one.name for one in done)]
    return table(heads, [(name, *values) for name, values in rows.items()])


def limits(done: list[Paced], bound: int, fewest: int) -> list[tuple[bool, str]]:
    """Return what must be so, and whether it is.

    :param fewest: calls that list what has changed.
    """
    first, full, quick, changed = (one.figures for one in done)
    seconds, processor = first["seconds"], full["odoo"] + full["postgres"]
    grown = first["memory_peak"] - first["memory_before"]
    return [
        (
            seconds <= max(bound, WINDOW) * RATIO_LIMIT,
            f"the first sync takes {seconds:.0f} s, the limits alone {bound} s",
        ),
        (grown < GROWTH_LIMIT, f"memory grows by {grown:.0f} MB"),
        (done[-1].trips == 0, f"Zoho refused {done[-1].trips} calls for their number"),
        (
            quick["calls"] <= QUICK_CALLS,
            f"a quick sync makes {quick['calls']:.0f} calls, {QUICK_CALLS} allowed",
        ),
        (
            processor <= PROCESSOR_LIMIT,
            f"a full comparison takes {processor:.0f} s of the processor",
        ),
        (
            changed["calls"] <= fewest * CHANGED_CALLS,
            f"{CHANGED}: {changed['calls']:.0f} calls, {fewest} at least",
        ),
        (
            changed["odoo"] + changed["postgres"] <= CHANGED_SECONDS,
            f"{CHANGED}: {changed['odoo'] + changed['postgres']:.0f} s of the"
            " processor",
        ),
    ]
