"""What ``make run`` prints at the end: counts, hours, errors, the invoice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tools.portal_browser import Browser, Row

COUNTS = (
    "fetched",
    "created",
    "updated",
    "unchanged",
    "withdrawn",
    "skipped",
    "failed",
)
OUTCOMES = ("created", "updated", "unchanged", "skipped", "failed")
TIMELOGS = [("entity", "=", "timelog")]
OPEN_TIMELOGS = [*TIMELOGS, ("resolved_at", "=", False)]
ERRORS = "zoho.sync.error"
SKIPPED = "zoho.skipped.record"
SYNCED = [("zoho_id", "!=", False)]


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows under heads: text to the left, numbers to the right."""
    cells = [list(heads), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = []
    for row in cells:
        first, *others = zip(row, widths, strict=True)
        line = [first[0].ljust(first[1]), *(text.rjust(size) for text, size in others)]
        lines.append("  " + "  ".join(line).rstrip())
    return "\n".join(lines)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _lines(browser: Browser, run: Row) -> list[Row]:
    """Return the counts of a run, a module each."""
    domain = [("run_id", "=", run["id"])]
    return browser.rows("zoho.sync.run.line", domain, ["entity", *COUNTS])


def describe_run(browser: Browser, run: Row, bound: int) -> str:
    """Return the counts of a run by module, its calls and its duration.

    :param bound: the fewest calls that the listings used need, if it is known.
    """
    labels = browser.labels("zoho.sync.run.line", "entity")
    rows = [
        [labels[line["entity"]], *(line[count] for count in COUNTS)]
        for line in _lines(browser, run)
    ]
    calls = f"{run['api_calls']:,} API calls in {run['duration'] * 60:.0f} s"
    if bound:
        ratio = run["api_calls"] / bound
        calls += f"; the listings used need {bound:,} (x {ratio:.2f})"
    return f"{table(['Module', *COUNTS], rows)}\n  {calls}"


def describe_lost(browser: Browser, run: Row) -> str:
    """Return which modules read more records in a run than they give account of.

    Fewer is no loss: what waited for its parent is tried again without being read.
    """
    lost = [
        f"{line['entity']} {line['fetched'] - done}"
        for line in _lines(browser, run)
        if line["fetched"] > (done := sum(line[name] for name in OUTCOMES))
    ]
    return f"  ✗ records read and then lost: {', '.join(lost)}" if lost else ""


def describe_hours(browser: Browser) -> str:
    """Return the hours by billing state, and what waits in Zoho by reason."""
    lines = "account.analytic.line"
    states = browser.labels(lines, "billing_state")
    billed = browser.groups(
        lines, SYNCED, "billing_state", "unit_amount:sum", "__count"
    )
    reasons = browser.labels(SKIPPED, "reason")
    waiting = browser.groups(SKIPPED, TIMELOGS, "reason", "hours:sum", "__count")
    rows = [(states.get(code, "-"), hours, count) for code, hours, count in billed]
    left = [(reasons[code], hours, count) for code, hours, count in waiting]
    fetched = table(["Time in Odoo", "hours", "logs"], rows)
    return f"{fetched}\n\n{table(['Time left in Zoho', 'hours', 'logs'], left)}"


def describe_errors(browser: Browser) -> str:
    """Return what could not be fetched: how many records for each reason."""
    domain = [("resolved_at", "=", False)]
    groups = browser.groups(ERRORS, domain, "code", "__count", "hours:sum")
    rows = [(code, count, hours or 0.0) for code, count, hours in groups]
    return table(["Not fetched", "records", "hours"], rows) if rows else "  no errors"


def unaccounted(browser: Browser, expected: Mapping[str, Mapping[str, int]]) -> Row:
    """Return ``{project: (listed, accounted)}`` in minutes where the two differ.

    Every log that the portal lists must be a timesheet, or counted with a reason, or
    an error row.

    :param expected: what the simulator lists, by Zoho id of the project.
    """
    listed = {project: sums["total"] for project, sums in expected.items()}
    found = accounted_minutes(browser)
    return {
        project: (listed.get(project, 0), found[project])
        for project in {*listed, *found}
        if listed.get(project, 0) != found[project]
    }


def accounted_minutes(browser: Browser) -> Counter[str]:
    """Return the minutes of each project of Zoho that are in Odoo, for any fate."""
    archived_too = {"active_test": False}
    projects = browser.rows(
        "project.project", SYNCED, ["zoho_id"], context=archived_too
    )
    zoho_ids = {row["id"]: row["zoho_id"] for row in projects}
    minutes: Counter[str] = Counter()
    for project, hours in browser.groups(
        "account.analytic.line", SYNCED, "project_id", "unit_amount:sum"
    ):
        minutes[zoho_ids[project[0]]] += round(hours * 60)
    for project, total in browser.groups(
        SKIPPED, TIMELOGS, "project_zoho_id", "minutes:sum"
    ):
        minutes[project] += total
    for project, hours in browser.groups(
        ERRORS, OPEN_TIMELOGS, "project_zoho_id", "hours:sum"
    ):
        minutes[project] += round(hours * 60)
    return minutes


def describe_check(listed: Mapping[str, Mapping[str, Any]], differing: Row) -> str:
    """Return the line that says whether every hour of the portal is accounted for."""
    total = sum(sums["total"] for sums in listed.values())
    if not differing:
        return f"  ✓ all {total / 60:,.2f} h that the portal lists are accounted for"
    rows = [
        (project, before / 60, after / 60)
        for project, (before, after) in sorted(differing.items())
    ]
    heads = ["✗ Project", "listed", "accounted for"]
    return table(heads, rows)
