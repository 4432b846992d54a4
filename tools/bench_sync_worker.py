"""One sync in one process, measured from inside; prints its figures as JSON.

Run as ``python -m tools.bench_sync_worker first|second CONF URL ID SECRET CODE``.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import odoo
from odoo import SUPERUSER_ID, api
from odoo.orm.registry import Registry

STATUS = Path("/proc/self/status")
PEAK_RESET = Path("/proc/self/clear_refs")


def main() -> None:
    """Sync and print the figures."""
    which, configuration, *account = sys.argv[1:]
    odoo.tools.config.parse_config(["-c", configuration, "--log-level=error"])
    registry = Registry(odoo.tools.config["db_name"][0])
    with registry.cursor() as cr:
        _sign_in(api.Environment(cr, SUPERUSER_ID, {}), *account)
    PEAK_RESET.write_text("5")
    before, start = _memory("VmRSS"), time.monotonic()
    figures = _sync(registry, is_first=which == "first")
    figures["seconds"] = time.monotonic() - start
    figures["memory_before"] = before
    figures["memory_peak"] = _memory("VmHWM")
    print(json.dumps(figures))
    odoo.sql_db.close_all()


def _sign_in(
    env: Any, url: str, client_id: str, client_secret: str, grant_code: str
) -> None:
    """Sign the integration in by a code of the self client; make it when missing."""
    integration = env["zoho.integration"].search([], limit=1)
    values = {"accounts_url": url, "api_url": url, "grant_code": grant_code}
    if integration:
        integration.write(values)
    else:
        integration = integration.create(
            {
                "data_center": "custom",
                "client_id": client_id,
                "client_secret": client_secret,
                "sync_timesheets": True,
                **values,
            }
        )
    integration.action_sign_in_with_code()


def _sync(registry: Registry, *, is_first: bool) -> dict[str, float]:
    """Start a run and call the scheduled action until it ends.

    :return: the calls of the run and how many records it read.
    :raise SystemExit: the run does not end well.
    """
    with registry.cursor() as cr:
        integration = api.Environment(cr, SUPERUSER_ID, {})["zoho.integration"].search(
            [], limit=1
        )
        if is_first:
            integration.action_save_and_sync()
        else:
            integration.action_full_sync()
    while True:
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            run = env["zoho.sync.run"].search([], limit=1)
            if run.status not in ("queued", "running"):
                return _figures_of(run)
            cron = env.ref("zoho_projects_connector.ir_cron_zoho_sync")
            cron.method_direct_trigger()


def _figures_of(run: Any) -> dict[str, float]:
    if run.status != "done":
        sys.exit(f"The run ended as {run.status}: {run.message}")
    records = sum(run.line_ids.mapped("fetched"))
    return {"calls": run.api_calls, "records": records}


def _memory(name: str) -> float:
    """Return a figure of this process in MB: ``VmRSS`` now, ``VmHWM`` at most."""
    for line in STATUS.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


if __name__ == "__main__":
    main()
