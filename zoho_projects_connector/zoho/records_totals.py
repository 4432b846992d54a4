"""The totals of time logs, as Zoho's own reports tell them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import ZohoUnreadable
from .values import is_missing, parse_minutes

# Nobody has recorded a report: these are the names in the head of a list of logs.
TOTAL_KEYS = ("total_hours", "totalhours", "grandtotal", "grand_total", "log_hours")
BILLABLE_KEYS = ("billable_hours", "billablehours", "billable")
NON_BILLABLE_KEYS = ("non_billable_hours", "nonbillable_hours", "non_billable")
DEEPEST = 4


@dataclass(frozen=True)
class TimeTotals:
    """Whole minutes of a period."""

    billable: int
    non_billable: int


def parse_time_totals(payload: object) -> TimeTotals:
    """Return the totals of an answer; one without a body is nothing logged.

    Two of the three figures are enough.

    :raise ZohoUnreadable: when there are less.
    :source: Zoho Projects API reference, sections 7.1 and 7.3.
    """
    if is_missing(payload):
        return TimeTotals(0, 0)
    found = _totals(payload, 0)
    if found is None:
        raise ZohoUnreadable(
            "Zoho's report holds no total of billable and non-billable hours.",
            field="log_hours",
        )
    return found


def _totals(value: object, depth: int) -> TimeTotals | None:
    """Return the first totals of an object or of what is inside."""
    if depth > DEEPEST or not isinstance(value, (Mapping, list)):
        return None
    if isinstance(value, Mapping):
        if found := _own_totals(value):
            return found
        value = list(value.values())
    inside = (_totals(one, depth + 1) for one in value)
    return next((one for one in inside if one is not None), None)


def _own_totals(row: Mapping[str, Any]) -> TimeTotals | None:
    total = _minutes(row, TOTAL_KEYS)
    billable = _minutes(row, BILLABLE_KEYS)
    other = _minutes(row, NON_BILLABLE_KEYS)
    if billable is not None and other is not None:
        return TimeTotals(billable, other)
    if total is None or (billable is None and other is None):
        return None
    if billable is None:
        billable = total - (other or 0)
    return TimeTotals(billable, total - billable)


def _minutes(row: Mapping[str, Any], keys: tuple[str, ...]) -> int | None:
    for key in keys:
        value = row.get(key)
        if not is_missing(value) and not isinstance(value, (Mapping, list)):
            return parse_minutes(value, decimal=True)
    return None
