"""Pages of a listing, whatever envelope they come in.

:source: Zoho Projects API reference, sections 7.3 and 9.1.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .endpoints import PER_PAGE, Endpoint, Listing, PageRequest
from .errors import ZohoUnreadable
from .values import is_missing, parse_bool, whole_number, zoho_id

# That more follow may be said of every page (reference, pitfall 13): no list goes on
# for ever.
PAGE_CAP = 5000
# A server that silently caps per_page does so at a round number.
CAP_STEP = 50
# Gateways before the API wrap its answers once more: reference, section 9.1.
WRAPPERS = ("data", "result", "response", "results")
PAGE_INFO_KEYS = ("page_info", "pageInfo", "page_context", "info")
MORE_KEYS = ("has_next_page", "hasNextPage", "has_more_page", "has_more")
# `id_string` first: above 2^53, an id that went through a parser of floats has lost
# digits (reference, pitfall 1).
ID_KEYS = ("id_string", "id", "zpuid", "client_id", "customer_id", "contact_id")
DEEPEST = 4
LOG_KINDS = {
    "tasklogs": "task",
    "buglogs": "bug",
    "issuelogs": "bug",
    "generallogs": "general",
}

JsonRow = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Rows of one answer.

    :param more: whether Zoho says, or the size of the page suggests, that more
        follow; stop besides on an empty page, on no new id, and at ``PAGE_CAP``.
    :param rate_limit: calls that Zoho announces per two minutes, if it does.
    :param calls: HTTP requests that the page took.
    :param asked: size that was asked for: the pages behind are counted in it.
    """

    rows: list[JsonRow]
    more: bool = False
    number: int = 1
    per_page: int = 0
    rate_limit: int | None = None
    calls: int = 0
    asked: int = 0


class Fetcher(Protocol):
    """What ``iter_rows`` needs of a client."""

    def fetch(self, request: PageRequest) -> Page:
        """Return one page."""


def parse_page(
    payload: object,
    request: PageRequest,
    asked: int = PER_PAGE,
    rate_limit: int | None = None,
    calls: int = 0,
) -> Page:
    """Return the page that an answer holds.

    :param payload: decoded JSON; ``None`` for an answer without a body.
    :param asked: page size that was asked for.
    :raise ZohoUnreadable: when no list can be told from the others.
    """
    listing = request.listing
    if listing.single:
        record = find_record(payload, listing)
        found = [record] if record else []
    else:
        found = find_rows(payload, listing)
    rows = list(_flat(found, listing.groups))
    count = len(rows if listing.groups else found)
    # The size that Zoho has used, not the one asked for: a larger one is cut in
    # silence, and the last page would be seen too early (reference, pitfall 14).
    info = _page_info(payload)
    per_page = whole_number(info.get("per_page")) or asked
    return Page(
        rows=rows,
        more=listing.paged and count > 0 and _more(count, info, per_page),
        number=request.page,
        per_page=per_page,
        rate_limit=rate_limit,
        calls=calls,
    )


def _more(count: int, info: Mapping[str, Any], per_page: int) -> bool:
    # A word of Zoho's is believed, though not alone: whoever pages also stops at a page
    # that brings nothing new.
    for key in MORE_KEYS:
        if not is_missing(info.get(key)):
            return parse_bool(info[key])
    return count >= per_page or count % CAP_STEP == 0


def _page_info(payload: object, depth: int = 0) -> Mapping[str, Any]:
    if not isinstance(payload, dict) or depth > DEEPEST:
        return {}
    for key in PAGE_INFO_KEYS:
        info = payload.get(key)
        # Some answers put it into a list of one: reference, section 9.1.
        if isinstance(info, list) and info:
            info = info[0]
        if isinstance(info, dict):
            return info
    for key in WRAPPERS:
        if info := _page_info(payload.get(key), depth + 1):
            return info
    return {}


def find_rows(payload: object, listing: Endpoint, depth: int = 0) -> list[Any]:
    """Return the list inside an answer; an object without one is empty.

    :raise ZohoUnreadable: for a scalar, or several lists of unknown names.
    """
    # 204, or 200 without a body: how Zoho says that there is nothing.
    if payload is None:
        return []
    if isinstance(payload, list):
        return payload
    if not isinstance(payload, dict) or depth > DEEPEST:
        raise _unreadable(listing)
    if isinstance(listing, Listing) and listing.union:
        return _joined(payload, listing, depth)
    named = [payload[key] for key in (*listing.keys, *WRAPPERS) if key in payload]
    for value in named:
        if isinstance(value, list) and value:
            return value
        if isinstance(value, dict) and value:
            return [value] if row_id(value) else find_rows(value, listing, depth + 1)
    return [] if named else _only_list(payload, listing)


def _only_list(payload: JsonRow, listing: Endpoint) -> list[Any]:
    lists = [
        value
        for key, value in payload.items()
        if key not in PAGE_INFO_KEYS
        and isinstance(value, list)
        and any(isinstance(row, dict) for row in value)
    ]
    # Which of them is meant nobody can tell, and a wrong one would look like a loss of
    # all records.
    if len(lists) > 1:
        raise _unreadable(listing)
    return lists[0] if lists else []


def _joined(payload: JsonRow, listing: Listing, depth: int) -> list[Any]:
    """Join one list per module; each row learns the key it stood under."""
    rows: list[Any] = []
    for key, value in payload.items():
        if key in PAGE_INFO_KEYS:
            continue
        if isinstance(value, dict) and key in (*listing.keys, *WRAPPERS):
            rows += find_rows(value, listing, depth + 1)
        elif isinstance(value, list):
            rows += [
                {"module": key, **row} if isinstance(row, dict) else row
                for row in value
            ]
    return rows


def _unreadable(listing: Endpoint) -> ZohoUnreadable:
    names = ", ".join(listing.keys) or listing.name
    return ZohoUnreadable(
        f"Zoho's answer holds no list that can be read as {listing.name}"
        f" (expected one of: {names}).",
        field=listing.keys[0] if listing.keys else listing.name,
        endpoint=listing.pattern,
    )


def _flat(found: list[Any], groups: tuple[str, ...]) -> Iterator[JsonRow]:
    for row in found:
        if isinstance(row, dict):
            yield from _group_rows(row, groups, {}) if groups else (row,)


def _group_rows(
    row: JsonRow, groups: tuple[str, ...], inherited: JsonRow, depth: int = 0
) -> Iterator[JsonRow]:
    """Yield the rows of a group; they take over its day and, in V2, its type."""
    inside = [
        (key, row[key])
        for key in groups
        if isinstance(row.get(key), (list, dict)) and depth <= DEEPEST
    ]
    if not inside:
        # A day without logs is no row; a log without an id is one, to be reported.
        if inherited or row_id(row) or "log_hour" in row:
            yield _with_inherited(row, inherited) if inherited else row
        return
    # Time logs come in groups, by day in V3 and by kind in V2: reference, section 7.3.
    day = {key: row[key] for key in ("date", "date_long") if _has_value(row, key)}
    for key, value in inside:
        kind = {"type": LOG_KINDS[key]} if key in LOG_KINDS else {}
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, dict):
                passed = {**inherited, **day, **kind}
                yield from _group_rows(child, groups, passed, depth + 1)


def _with_inherited(row: JsonRow, inherited: JsonRow) -> JsonRow:
    """Return the row with what its group says, where it says nothing itself."""
    own = {key: row[key] for key in row if key not in inherited or _has_value(row, key)}
    if _has_value(row, "date") or _has_value(row, "date_long"):
        inherited = {key: inherited[key] for key in inherited if key == "type"}
    return {**inherited, **own}


def _has_value(row: JsonRow, key: str) -> bool:
    return isinstance(row.get(key), (str, int)) and not is_missing(row[key])


def find_record(payload: object, endpoint: Endpoint) -> JsonRow | None:
    """Return the single record of an answer, flat or wrapped; ``None`` if empty.

    :raise ZohoUnreadable: when there is content but no record in it.
    """
    if is_missing(payload):
        return None
    # Whether a single record comes bare or within a list differs from path to path.
    if isinstance(payload, dict) and row_id(payload):
        return payload
    rows = list(_flat(find_rows(payload, endpoint), endpoint.groups))
    if not rows:
        raise _unreadable(endpoint)
    return rows[0]


def row_id(row: Mapping[str, Any]) -> str:
    """Return the id of a row of any listing, ``""`` without one."""
    return next((found for key in ID_KEYS if (found := zoho_id(row.get(key)))), "")


def row_identity(row: Mapping[str, Any], listing: Listing) -> str:
    """Return what tells a row from the others of its listing."""
    found = row_id(row) if listing.identified else ""
    return found or json.dumps(row, sort_keys=True, default=str)


def iter_rows(
    client: Fetcher,
    listing: Listing,
    params: Mapping[str, str] | None = None,
    path_ids: Mapping[str, str] | None = None,
) -> Iterator[JsonRow]:
    """Yield every row of a listing once, over all its pages.

    :raise ZohoUnreadable: when the listing does not end within ``PAGE_CAP`` pages.
    """
    seen: set[str] = set()
    request = PageRequest(listing, 1, params or {}, path_ids or {})
    for number in range(1, PAGE_CAP + 1):
        page = client.fetch(request.at(number))
        fresh = [row for row in page.rows if _is_new(row_identity(row, listing), seen)]
        yield from fresh
        if not fresh or not page.more:
            return
    raise ZohoUnreadable(
        f"The listing {listing.name} does not end.", endpoint=listing.pattern
    )


def _is_new(identity: str, seen: set[str]) -> bool:
    known = identity in seen
    seen.add(identity)
    return not known
