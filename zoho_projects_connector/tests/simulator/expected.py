"""What a correct sync must find: minutes per project by fate.

:source: sections 7.3 and 7.4; fates as the product counts them.
"""

from datetime import date

from .entities import Log
from .portal import Portal

FATES = (
    "billable_approved",
    "general",
    "waiting",
    "rejected",
    "non_billable",
)


def fate(log: Log) -> str:
    """Return the one fate of a log; not billable goes before not approved.

    ``general`` are billable and approved logs without a task or issue.
    """
    if not log.billable:
        return "non_billable"
    if log.approval == "rejected":
        return "rejected"
    if log.approval != "approved":
        return "waiting"
    return "general" if log.kind == "general" else "billable_approved"


def expected(
    portal: Portal, cut_off: date | None = None, hide_trashed: bool = True
) -> dict[str, dict[str, int]]:
    """Return ``{project id: {fate: minutes}}`` with ``total`` and ``logs``.

    :param cut_off: with it, ``elsewhere`` holds the part of ``billable_approved`` and
        ``general`` that was worked before that day.
    """
    result: dict[str, dict[str, int]] = {}
    for log in portal.logs.values():
        if not portal.log_visible(log, hide_trashed):
            continue
        sums = result.setdefault(
            log.project, dict.fromkeys((*FATES, "elsewhere", "total", "logs"), 0)
        )
        found = fate(log)
        sums[found] += log.minutes
        sums["total"] += log.minutes
        sums["logs"] += 1
        if cut_off and log.day < cut_off and found in FATES[:2]:
            sums["elsewhere"] += log.minutes
    return result


def expected_cells(portal: Portal) -> dict[str, int]:
    """Return ``{"project|kind|billable|approval": minutes}``, nothing folded."""
    cells: dict[str, int] = {}
    for log in portal.logs.values():
        if portal.log_visible(log):
            paid = "billable" if log.billable else "non_billable"
            key = f"{log.project}|{log.kind}|{paid}|{log.approval}"
            cells[key] = cells.get(key, 0) + log.minutes
    return cells
