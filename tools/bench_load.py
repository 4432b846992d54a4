"""Time logs brought by a sync, beside the same number imported from a file by Odoo."""

from __future__ import annotations

from tools.bench import verdict, work
from tools.portal_simulator import SimulatedPortal
from tools.portal_summary import table
from tools.settings import Settings
from tools.shell import say
from tools.templates import Workshop, open_workshop

LOGS = {"small": 500, "medium": 4000, "large": 10000, "huge": 10000}
RATIO_LIMIT = 3.0


def bench_load(settings: Settings, size: str) -> bool:
    """Sync a portal twice, the second time with more logs; import as many by Odoo.

    :return: whether the sync is so much faster as it must be.
    """
    workshop, count = open_workshop(settings), LOGS[size]
    less, more = (_sync(workshop, logs) for logs in (count, 2 * count))
    say(f"importing {count:,} timesheets by Odoo, without the addon")
    with workshop.lend(addons=False) as configuration:
        loaded = work(settings, configuration, "load", str(count))["processor"]
    synced = more - less
    print(f"\n{count:,} time logs, seconds of the processor\n")
    print(f"{figures(count, synced, loaded)}\n")
    return verdict(limits(synced, loaded))


def _sync(workshop: Workshop, logs: int) -> float:
    """Return what the first sync of a portal takes of the processor."""
    settings = workshop.settings
    say(f"syncing {logs:,} time logs into a fresh database")
    with (
        workshop.lend() as configuration,
        SimulatedPortal(settings, "small", logs) as portal,
    ):
        account = [portal.url, portal.client_id, portal.client_secret]
        code = portal.read("self_client_code")["code"]
        words = ("action_save_and_sync", *account, code)
        processor: float = work(settings, configuration, "sync", *words)["processor"]
        return processor


def figures(count: int, synced: float, loaded: float) -> str:
    """Return the figures side by side."""
    rows: list[list[object]] = [
        ["seconds of the processor", synced, loaded],
        ["rows per second", count / synced, count / loaded],
    ]
    return table(["", "sync", "import by Odoo"], rows)


def limits(synced: float, loaded: float) -> list[tuple[bool, str]]:
    """Return what must be so, and whether it is."""
    return [
        (
            loaded >= synced * RATIO_LIMIT,
            f"the sync is {loaded / synced:.1f} times as fast as an import by Odoo",
        )
    ]
