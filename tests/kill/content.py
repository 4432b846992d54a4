"""What a sync has left in a database, read by SQL and told by the ids of Zoho."""

from collections.abc import Sequence
from typing import Any

from psycopg2.extensions import connection

Row = tuple[Any, ...]

# Of each table: its model, what must be the same, and what it refers to.
TABLES: dict[str, tuple[str, str, dict[str, str]]] = {
    "res_partner": ("res.partner", "name, email, phone, city, active", {}),
    "hr_employee": ("hr.employee", "name, work_email, zoho_staff, active", {}),
    "project_project": (
        "project.project",
        "name::text, active, date_start, date, allow_billable",
        {"partner_id": "res.partner"},
    ),
    "project_milestone": (
        "project.milestone",
        "name, deadline, is_reached",
        {"project_id": "project.project"},
    ),
    "zoho_task_list": (
        "zoho.task.list",
        "name, is_closed, active",
        {"project_id": "project.project", "milestone_id": "project.milestone"},
    ),
    "project_task": (
        "project.task",
        "name, state, priority, allocated_hours, date_deadline, zoho_kind, active",
        {
            "project_id": "project.project",
            "parent_id": "project.task",
            "zoho_task_list_id": "zoho.task.list",
        },
    ),
    "account_analytic_line": (
        "account.analytic.line",
        "date, name, unit_amount, billing_state, billed_elsewhere, active",
        {
            "project_id": "project.project",
            "task_id": "project.task",
            "employee_id": "hr.employee",
        },
    ),
}
REASONS = {
    "left out": """SELECT entity, zoho_id, reason, minutes FROM zoho_skipped_record
                    WHERE TRUE""",
    "errors": """SELECT entity, zoho_id, code, hours FROM zoho_sync_error
                  WHERE resolved_at IS NULL""",
}


def content_of(database: connection, integration: int = 0) -> dict[str, list[Row]]:
    """Return the records behind all links, the counts of all, and what is missing.

    :param integration: the one whose records are told, those of no other beside them.
    """
    links: dict[tuple[str, int], list[str]] = {}
    query = "SELECT res_model, res_id, entity, zoho_id FROM zoho_link WHERE TRUE"
    own = f" AND integration_id = {integration}" if integration else ""
    rows = _select(database, query + own)
    for model, res_id, entity, zoho_id in rows:
        links.setdefault((model, res_id), []).append(f"{entity} {zoho_id}")
    content = {name: sorted(_select(database, q + own)) for name, q in REASONS.items()}
    for table, (model, columns, relations) in TABLES.items():
        names = "".join(f", {name}" for name in relations)
        told = []
        found = _select(database, f"SELECT id, {columns}{names} FROM {table}")
        for record_id, *values in found:
            linked = sorted(links.get((model, record_id), []))
            if integration and not linked:
                continue
            at = len(values) - len(relations)
            related = zip(relations.values(), values[at:], strict=True)
            told.append(
                (linked, *values[:at], *(sorted(links.get(one, [])) for one in related))
            )
        content[table] = sorted(told, key=str)
    return content


def _select(database: connection, query: str) -> Sequence[Row]:
    with database.cursor() as cursor:
        cursor.execute(query)
        rows: list[Row] = cursor.fetchall()
        return rows
