"""What is written to Zoho, and what its answers say: bodies and results, no calls.

:source: Zoho Projects API reference, sections 7.5 and 11.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .endpoints import Endpoint
from .errors import ZohoError, ZohoRefused
from .failures import error_of, parse_refusal
from .paging import DEEPEST, ID_KEYS, JsonRow, row_id
from .queries import LOG_TYPES
from .values import letters, zoho_id

# What Zoho is told, by the approval that a log shall have. The word for one that waits
# is documented as `Unapproved`, and shown as `Pending`: reference, section 7.3.
APPROVAL_WORDS = {
    "approved": ("Approved",),
    "rejected": ("Rejected",),
    "pending": ("Unapproved", "Pending"),
}
# Lists of an answer that name what was not taken.
FAILED_KEYS = frozenset({"failed", "failures", "failure", "errors"})


def approval_body(logs: Iterable[tuple[str, str]], word: str) -> list[dict[str, str]]:
    """Return the body of one call that gives logs an approval.

    :param logs: id and kind of each.
    :param word: one of ``APPROVAL_WORDS``.
    """
    # Here the module is a plain string, unlike everywhere else: an object is refused.
    return [
        {"id": log_id, "module": LOG_TYPES[kind], "approval_status": word}
        for log_id, kind in logs
    ]


def refused_rows(payload: object, endpoint: Endpoint) -> dict[str, ZohoError]:
    """Return why rows of a bulk call were not taken, by their ids.

    The answer has no documented form: it may hold the rows, groups of them, two lists,
    a sentence, or nothing. What it says nothing of was taken.
    """
    refused: dict[str, ZohoError] = {}
    for row, is_failed in _told(payload):
        found = row_id(row)
        # With an id, an object is data for whoever reads whole answers.
        said = {key: value for key, value in row.items() if key not in ID_KEYS}
        refusal = parse_refusal(said, 200)
        if found and refusal:
            refused[found] = error_of(refusal, endpoint, {})
        elif found and is_failed:
            refused[found] = ZohoRefused(
                "Zoho has not taken it.", endpoint=endpoint.pattern
            )
    return refused


def _told(
    value: object, is_failed: bool = False, depth: int = 0
) -> Iterator[tuple[JsonRow, bool]]:
    """Yield every object of an answer, and whether it stands among what failed."""
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _told(one, is_failed, depth)
    elif isinstance(value, dict):
        yield value, is_failed
        for key, child in value.items():
            if isinstance(child, (dict, list)):
                is_list = isinstance(child, list)
                failed = is_failed or (is_list and letters(key) in FAILED_KEYS)
                yield from _told(child, failed, depth + 1)
    elif is_failed and (found := zoho_id(value)):
        yield {"id": found}, True


def amount_text(amount: float, digits: int) -> str:
    """Return an amount as Zoho's fields of amounts take it.

    :param digits: decimals of its currency.
    """
    # No "-0.00": half a cent is nothing.
    return f"{round(amount, digits) or 0:.{digits}f}"


def changed_fields(wanted: Mapping[str, str], known: Mapping[str, Any]) -> JsonRow:
    """Return those values that are not what was written last."""
    return {name: value for name, value in wanted.items() if known.get(name) != value}
