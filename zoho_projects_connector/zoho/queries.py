"""Query parameters of listings: periods, passes, filters.

:source: Zoho Projects API reference, sections 7.2 and 9.2.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from .errors import ZohoRefused

# Zoho takes six months (reference, section 7.2), and may cut what is longer in silence:
# no more than five.
LONGEST_DAYS = 153
LOG_TYPES = {"task": "task", "issue": "issue", "bug": "issue", "general": "general"}


def time_log_params(
    kind: str, start: date, end: date, by_modified: bool = False, item_id: str = ""
) -> dict[str, str]:
    """Return the query of one pass over time logs.

    :param kind: ``task``, ``issue`` or ``general``: three passes cover everything.
    :param by_modified: the days are days of modification, not of work.
    :param item_id: task or issue, for a portal that insists on one.
    :source: sections 7.2 and 13, pitfalls 9 to 11.
    """
    if kind not in LOG_TYPES:
        raise ZohoRefused(f"There are no time logs of the type {kind!r}.")
    module = {"type": LOG_TYPES[kind]} | ({"id": item_id} if item_id else {})
    params = {
        "module": json.dumps(module, separators=(",", ":")),
        "view_type": "customdate",
        "start_date": start.isoformat(),
        "end_date": end.isoformat(),
    }
    if by_modified:
        params["fetch_by_modified_time"] = "true"
    return params


def day_slices(start: date, end: date) -> list[tuple[date, date]]:
    """Return inclusive slices without gap or overlap: few, and about equally long."""
    days = (end - start).days + 1
    count = -(-days // LONGEST_DAYS)
    starts = [start + timedelta(days=days * no // count) for no in range(count)]
    ends = [one - timedelta(days=1) for one in starts[1:]]
    return list(zip(starts, [*ends, end], strict=True)) if count > 0 else []


def criterion(
    field_name: str, condition: str, values: Sequence[object]
) -> dict[str, object]:
    """Return one line of a filter; values are always an array of strings."""
    texts = [
        str(value).lower() if isinstance(value, bool) else str(value)
        for value in values
    ]
    return {
        "field_name": field_name,
        "criteria_condition": condition,
        "value": texts,
    }


def criteria(*lines: Mapping[str, object], joined_by: str = "AND") -> dict[str, str]:
    """Return the ``filter`` parameter that joins the lines.

    :source: section 9.2.
    """
    pattern = f" {joined_by} ".join(str(i) for i in range(1, len(lines) + 1))
    body = {"criteria": list(lines), "pattern": pattern}
    return {"filter": json.dumps(body, separators=(",", ":"))}


def project_filter(which: str) -> dict[str, str]:
    """Return the filter of open (``all_open``) or closed (``all_closed``) projects."""
    return criteria(criterion("status", which, [f"${{{which}}}"]))
