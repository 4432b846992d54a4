"""One way to invoice all timesheets of a database; prints its figures as JSON.

Run as ``python -m tools.bench_billing_worker CONF prepare COUNT|wizard|order``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import odoo
from odoo import SUPERUSER_ID, Command, api
from odoo.orm.registry import Registry

NAME = "Benchmark"
RATE = 100
TASKS = 20
PEOPLE = 5


def main() -> None:
    """Prepare the timesheets, or invoice them and print the figures."""
    configuration, way, *count = sys.argv[1:]
    odoo.tools.config.parse_config(["-c", configuration, "--log-level=error"])
    registry = Registry(odoo.tools.config["db_name"][0])
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        if way == "prepare":
            _prepare(env, int(count[0]))
        else:
            print(json.dumps(_measure(env, WAYS[way])))
    odoo.sql_db.close_all()


def _prepare(env: Any, count: int) -> None:
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
            for number in range(count)
        ]
    )


def _order(env: Any) -> Callable[[], Any]:
    """Sell the time by an ordinary order; return what invoices it."""
    project = env["project.project"].search([("name", "=", NAME)])
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
    project = env["project.project"].search([("name", "=", NAME)])
    vals = {"project_ids": project.ids, "group_by": "project"}
    return lambda: env["project.invoice.create"].create(vals).action_create_invoice()


WAYS = {"order": _order, "wizard": _wizard}


def _measure(env: Any, way: Callable[[Any], Callable[[], Any]]) -> dict[str, float]:
    """Invoice with an empty cache; return the figures."""
    invoice = way(env)
    env.flush_all()
    env.invalidate_all()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    processor = time.process_time()
    invoice()
    env.flush_all()
    seconds = time.perf_counter() - start
    processor = time.process_time() - processor
    line = env["account.move"].search([], limit=1, order="id desc").invoice_line_ids
    return {
        "seconds": seconds,
        "processor": processor,
        "queries": env.cr.sql_log_count - queries,
        "hours": sum(line.mapped("quantity")),
        "amount": sum(line.mapped("price_subtotal")),
    }


if __name__ == "__main__":
    main()
