"""Time logs brought by a sync, beside the same number imported from a file by Odoo."""

from __future__ import annotations

from tools.bench import verdict, work
from tools.portal_simulator import SimulatedPortal
from tools.portal_summary import table
from tools.settings import Settings
from tools.shell import say
from tools.templates import BASE, Workshop, open_workshop

LOGS = {"small": 500, "medium": 4000, "large": 10000, "huge": 10000}
RATIO_LIMIT = 3.0


def bench_load(settings: Settings, size: str) -> bool:
    """Sync a portal twice, the second time with more logs; import as many by Odoo.

    :return: whether the sync is so much faster as it must be.
    """
    workshop, count = open_workshop(settings), LOGS[size]
    less, more = (_sync(workshop, logs) for logs in (count, 2 * count))
    say(f"importing {count:,} timesheets by Odoo, without the addon")
    with workshop.lend(BASE) as configuration:
        loaded = work(settings, configuration, "load", str(count))["processor"]
    # Logs that are not billable are read and counted, and make no timesheet.
    made = more["timesheets"] - less["timesheets"]
    rates = (made / (more["processor"] - less["processor"]), count / loaded)
    print(f"\n{count:,} time logs, of which the sync makes {made:,.0f} timesheets\n")
    print(f"{figures(*rates)}\n")
    return verdict(limits(*rates))


def _sync(workshop: Workshop, logs: int) -> dict[str, float]:
    """Return the figures of the first sync of a portal."""
    settings = workshop.settings
    say(f"syncing {logs:,} time logs into a fresh database")
    with (
        workshop.lend() as configuration,
        SimulatedPortal(settings, "small", logs) as portal,
    ):
        account = [portal.url, portal.client_id, portal.client_secret]
        code = portal.read("self_client_code")["code"]
        words = ("action_save_and_sync", *account, code)
        found: dict[str, float] = work(settings, configuration, "sync", *words)
        return found


def figures(synced: float, loaded: float) -> str:
    """Return the timesheets that each makes in a second of the processor."""
    row = ["timesheets per second of the processor", synced, loaded]
    return table(["", "sync", "import by Odoo"], [row])


def limits(synced: float, loaded: float) -> list[tuple[bool, str]]:
    """Return what must be so, and whether it is."""
    return [
        (
            synced >= loaded * RATIO_LIMIT,
            f"the sync is {synced / loaded:.1f} times as fast as an import by Odoo",
        )
    ]
