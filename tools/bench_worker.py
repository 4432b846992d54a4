"""What a benchmark does inside Odoo; its figures are printed as JSON.

Run as ``python -m tools.bench_worker CONF WAY WORD …``; the ways are named at the end.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import requests

import odoo
from odoo import SUPERUSER_ID, Command, api
from odoo.orm.registry import Registry
from odoo.tools import SQL

from tools.bench_clock import ProcessorClock
from tools.bench_quota import WINDOW

NAME = "Benchmark"
RATE = 100
TASKS = 20
PEOPLE = 5
STATUS = Path("/proc/self/status")
PEAK_RESET = Path("/proc/self/clear_refs")
OPEN = ("queued", "running", "waiting")
LOADED_AT_ONCE = 2000


def main() -> None:
    """Do it and print the figures."""
    configuration, way, *words = sys.argv[1:]
    odoo.tools.config.parse_config(["-c", configuration, "--log-level=error"])
    registry = Registry(odoo.tools.config["db_name"][0])
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        print(json.dumps(WAYS[way](env, *words)))
    odoo.sql_db.close_all()


def _prepare(env: Any, count: str) -> None:
    """Log timesheets of a quarter of an hour to two hours on a project."""
    env["account.chart.template"].try_loading("generic_coa", env.company, False)
    partner = env["res.partner"].create({"name": NAME})
    project = env["project.project"].create(
        {
            "name": NAME,
            "partner_id": partner.id,
            "company_id": env.company.id,
            "allow_billable": True,
        }
    )
    if "billing_method" in project:
        project.write({"billing_method": "project_hours", "billing_rate": RATE})
    vals = {"project_id": project.id, "user_ids": []}
    tasks = env["project.task"].create(
        [{**vals, "name": f"Task {number}"} for number in range(TASKS)]
    )
    people = env["hr.employee"].create(
        [{"name": f"Person {number}"} for number in range(PEOPLE)]
    )
    env["account.analytic.line"].create(
        [
            {
                "name": f"Entry {number}",
                "project_id": project.id,
                "task_id": tasks[number % TASKS].id,
                "employee_id": people[number % PEOPLE].id,
                "date": f"2026-01-{number % 28 + 1:02}",
                "unit_amount": (number % 8 + 1) / 4,
            }
            for number in range(int(count))
        ]
    )


def _project(env: Any) -> Any:
    """Return the project that was prepared last."""
    named = [("name", "=", NAME)]
    return env["project.project"].search(named, order="id desc", limit=1)


def _order(env: Any) -> Callable[[], Any]:
    """Sell the time by an ordinary order; return what invoices it."""
    project = _project(env)
    product = env["product.product"].create(
        {
            "name": "Hours",
            "type": "service",
            "service_policy": "delivered_timesheet",
            "service_tracking": "no",
            "list_price": RATE,
            "uom_id": env.ref("uom.product_uom_hour").id,
            "taxes_id": False,
        }
    )
    order = env["sale.order"].create(
        {
            "partner_id": project.partner_id.id,
            "order_line": [Command.create({"product_id": product.id})],
        }
    )
    order.action_confirm()
    project.task_ids.sale_line_id = order.order_line
    project.sale_line_id = order.order_line
    return lambda: order._create_invoices()


def _wizard(env: Any) -> Callable[[], Any]:
    """Return what makes the same invoice from the project, one line as well."""
    project = _project(env)
    vals = {"project_ids": project.ids, "group_by": "project"}
    return lambda: env["project.invoice.create"].create(vals).action_create_invoice()


def _measure(env: Any, invoice: Callable[[], Any]) -> dict[str, float]:
    """Invoice, post and credit, each with an empty cache; return the figures."""
    queries, start = env.cr.sql_log_count, time.perf_counter()
    processor = _processor(env, invoice)
    seconds, queries = time.perf_counter() - start, env.cr.sql_log_count - queries
    move, said = _last(env)
    return {
        "seconds": seconds,
        "processor": processor,
        "queries": queries,
        **said,
        "posting": _processor(env, move.action_post),
        "crediting": _processor(env, lambda: _credit(move)),
    }


def _credit(move: Any) -> None:
    """Credit an invoice as people do, which frees its time in Odoo, too."""
    note = move._reverse_moves()
    note.action_post()
    if note.state != "posted":
        sys.exit("The credit note is not posted.")


def _invoice(env: Any, invoice: Callable[[], Any]) -> dict[str, float]:
    """Invoice, and leave the draft as it is; return its figures."""
    invoice()
    return _last(env)[1]


def _last(env: Any) -> tuple[Any, dict[str, float]]:
    """Return the last document and its figures."""
    move = env["account.move"].search([], limit=1, order="id desc")
    line = move.invoice_line_ids
    hours, amount = sum(line.mapped("quantity")), sum(line.mapped("price_subtotal"))
    return move, {"hours": hours, "amount": amount}


def _processor(env: Any, act: Callable[[], Any]) -> float:
    """Do something with an empty cache; return what it takes of the processor."""
    env.flush_all()
    env.invalidate_all()
    clock = ProcessorClock(env.cr.dbname)
    act()
    env.flush_all()
    return clock.seconds()


def _load(env: Any, count: str) -> dict[str, float]:
    """Import timesheets as people import a file; return the figures."""
    _prepare(env, "0")
    names = ["name", "project_id", "task_id", "employee_id", "date", "unit_amount"]
    rows = [
        [
            *(f"Entry {number}", NAME, f"Task {number % TASKS}"),
            *(f"Person {number % PEOPLE}", f"2026-01-{number % 28 + 1:02}"),
            str((number % 8 + 1) / 4),
        ]
        for number in range(int(count))
    ]
    said: list[Any] = []

    def load() -> None:
        # The web client sends a file in parts.
        for first in range(0, len(rows), LOADED_AT_ONCE):
            part = rows[first : first + LOADED_AT_ONCE]
            found = env["account.analytic.line"].load(names, part)
            said.extend(found["messages"])

    processor = _processor(env, load)
    if said:
        sys.exit(f"The import says: {said[0]}")
    return {"processor": processor}


def _sync(env: Any, button: str, *account: str) -> dict[str, float]:
    """Sign in, press a button and sync until the run ends.

    :param account: URL, client id, client secret and a code of the self client.
    :raise SystemExit: the run does not end well.
    """
    integration = _signed_in(env, *account)
    env.cr.commit()
    PEAK_RESET.write_text("5")
    before, start = _memory("VmRSS"), time.monotonic()
    clock = ProcessorClock(env.cr.dbname)
    run = _run_to_end(env, integration, button)
    return {
        "calls": run.api_calls,
        "processor": clock.seconds(),
        "timesheets": sum(
            line.created for line in run.line_ids if line.entity == "timelog"
        ),
        "records": sum(run.line_ids.mapped("fetched")),
        "seconds": time.monotonic() - start,
        "memory_before": before,
        "memory_peak": _memory("VmHWM"),
    }


def _run_to_end(
    env: Any, integration: Any, button: str, wait: Callable[[], None] | None = None
) -> Any:
    """Press a button and call the scheduled action until the run ends; return the run.

    :param wait: what is done before each call.
    :raise SystemExit: the run does not end well.
    """
    getattr(integration, button)()
    # The button queues the run in a cursor of its own, which this one does not see yet.
    env.cr.commit()
    cron = env.ref("zoho_projects_connector.ir_cron_zoho_sync")
    while (run := env["zoho.sync.run"].search([], limit=1)).status in OPEN:
        if wait:
            wait()
        env.cr.commit()
        cron.method_direct_trigger()
        env.cr.commit()
        env.invalidate_all()
    if run.status != "done":
        sys.exit(f"The run ended as {run.status}: {run.message}")
    return run


def _quota(env: Any, button: str, url: str, *account: str) -> dict[str, float]:
    """Sync as Zoho's limits allow it, by a clock that leaps over what is waited.

    :param account: as for a sync, behind the URL.
    """
    integration = _signed_in(env, url, *account)
    # The sync before has leapt ahead: its calls shall not count in this one.
    [[newest]] = env.execute_query(SQL("SELECT max(bucket) FROM zoho_quota"))
    env.cr.commit()
    PEAK_RESET.write_text("5")
    window = timedelta(seconds=WINDOW)
    moments = [datetime.now(), *([newest + 2 * window] if newest else [])]
    before, clock = _memory("VmRSS"), ProcessorClock(env.cr.dbname, max(moments))
    clock.rule()
    start = time.process_time()

    def wait() -> None:
        left = integration.retry_at and integration.retry_at - clock.now()
        if left and left.total_seconds() > 0:
            seconds = left.total_seconds() + 1
            clock.leap(seconds)
            requests.post(f"{url}/_control/clock", json={"advance": seconds}, timeout=9)

    run = _run_to_end(env, integration, button, wait)
    seconds = clock.seconds()
    return {
        "seconds": seconds,
        "waited": clock.leapt,
        "waits": clock.leaps,
        "odoo": time.process_time() - start,
        "postgres": seconds - clock.leapt - (time.process_time() - start),
        "calls": run.api_calls,
        "records": sum(run.line_ids.mapped("fetched")),
        "memory_before": before,
        "memory_peak": _memory("VmHWM"),
    }


def _signed_in(env: Any, url: str, client_id: str, secret: str, code: str) -> Any:
    """Return the integration; it is made and signed in by a code when there is none."""
    integration = env["zoho.integration"].search([], limit=1)
    if not integration:
        values = {"accounts_url": url, "api_url": url, "data_center": "custom"}
        values |= {"client_id": client_id, "client_secret": secret}
        integration = integration.create(
            {**values, "grant_code": code, "sync_timesheets": True}
        )
        integration.action_sign_in_with_code()
    return integration


def _queue(env: Any, *accounts: str) -> dict[str, int]:
    """Connect a portal for each account, in a company each, and queue its first sync.

    Nothing is synced here: what this transaction has made, no other can see.
    """
    integrations = env["zoho.integration"]
    for number in range(0, len(accounts), 4):
        url, client_id, secret, code = accounts[number : number + 4]
        company = env["res.company"].create({"name": f"{NAME} {number}"})
        env.user.company_ids += company
        values = {"accounts_url": url, "api_url": url, "data_center": "custom"}
        values |= {"client_id": client_id, "client_secret": secret}
        integration = integrations.create(
            {**values, "company_id": company.id, "grant_code": code}
        )
        integration.action_sign_in_with_code()
        integration.action_save_and_sync()
        integrations += integration
    return {"portals": len(integrations)}


def _memory(name: str) -> float:
    """Return a figure of this process in MB: ``VmRSS`` now, ``VmHWM`` at most."""
    (line,) = (one for one in STATUS.read_text().splitlines() if one.startswith(name))
    return int(line.split()[1]) / 1024


WAYS: dict[str, Callable[..., Any]] = {
    "prepare": _prepare,
    "order": lambda env: _measure(env, _order(env)),
    "wizard": lambda env: _measure(env, _wizard(env)),
    "draft of order": lambda env: _invoice(env, _order(env)),
    "draft of wizard": lambda env: _invoice(env, _wizard(env)),
    "load": _load,
    "queue": _queue,
    "sync": _sync,
    "quota": _quota,
}

if __name__ == "__main__":
    main()
