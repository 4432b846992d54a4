"""Portals side by side: on two of Odoo's cron workers, and on one."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack

from tools.bench import verdict, work
from tools.databases import select
from tools.odoo_server import OdooServer
from tools.portal_simulator import SimulatedPortal
from tools.portal_summary import table
from tools.postgres import free_port
from tools.settings import Settings
from tools.shell import ToolError, say
from tools.templates import Workshop, open_workshop

PORTALS = 4
LOGS = {"small": 600, "medium": 1500, "large": 3000}
# How long Zoho takes for a page.
SECONDS_OF_AN_ANSWER = 0.3
WALL_LIMIT = 0.6
PATIENCE_SECONDS = 3600
OPEN = """SELECT count(*) FILTER (WHERE status NOT IN ('done', 'failed')),
                 count(*) FILTER (WHERE status = 'failed') FROM zoho_sync_run"""


def bench_portals(settings: Settings, size: str) -> bool:
    """Sync the same portals by one cron worker and by two, in a fresh database each.

    :return: whether the limit holds.
    """
    workshop = open_workshop(settings)
    one, two = (_measure(workshop, LOGS[size], workers) for workers in (1, 2))
    print(f"\nFirst sync of {PORTALS} portals with {LOGS[size]:,} logs each\n")
    rows = [("seconds", one, two), ("beside one after another", 1, two / one)]
    print(table(["", "1 cron worker", "2 cron workers"], rows), end="\n\n")
    return verdict(limits(one, two, os.cpu_count() or 1))


def limits(one: float, two: float, cores: int) -> list[tuple[bool, str]]:
    """Return what must be so, and whether it is.

    :param cores: with fewer than two workers, PostgreSQL and portals need, they wait
        for the processor and not for Zoho: then the figure is only told.
    """
    said = f"two workers take {two / one:.2f} x the time of one, {WALL_LIMIT} allowed"
    if cores < PORTALS:
        return [(True, f"{said} where there are {PORTALS} cores; here are {cores}")]
    return [(two / one <= WALL_LIMIT, said)]


def _measure(workshop: Workshop, logs: int, workers: int) -> float:
    """Return in how many seconds so many cron workers sync all portals."""
    settings = workshop.settings
    say(f"syncing {PORTALS} portals, cron workers: {workers}")
    with ExitStack() as lent:
        configuration = lent.enter_context(workshop.lend())
        portals = [
            lent.enter_context(SimulatedPortal(settings, "small", logs))
            for _number in range(PORTALS)
        ]
        accounts = []
        for portal in portals:
            code = portal.read("self_client_code")["code"]
            accounts += [portal.url, portal.client_id, portal.client_secret, code]
        work(settings, configuration, "queue", *accounts)
        for portal in portals:
            seconds = SECONDS_OF_AN_ANSWER
            portal.change("fault", kind="slow", times=0, seconds=seconds)
        words = [f"--max-cron-threads={workers}", f"--gevent-port={free_port()}"]
        # Each worker is a process of its own, as on a real server.
        words.append("--workers=1")
        port = free_port() or settings.http_port
        server = OdooServer(settings, configuration, port, words)
        start = time.monotonic()
        lent.enter_context(server)
        while (left := select(workshop.server, configuration.stem, OPEN)[0])[0]:
            if time.monotonic() - start > PATIENCE_SECONDS:
                raise ToolError(f"{left[0]} portals are not synced; see {server.log}.")
            time.sleep(0.5)
        if left[1]:
            raise ToolError(f"{left[1]} portals could not be synced; see {server.log}.")
        return time.monotonic() - start
