"""Pages and envelopes of lists.

:source: sections 9.1 and 10.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Response

from .call import DEFAULT_PER_PAGE, Call, Listing
from .errors import bad_value
from .replies import json_reply
from .voice import Body

SHORT_SHARE = 2


@dataclass
class Page:
    """A cut of a listing."""

    rows: Sequence[Any]
    number: int
    asked: int
    effective: int
    more: bool


def _sizes(call: Call, listing: Listing) -> tuple[int, int]:
    """Return the page size asked for and the one obeyed."""
    asked = call.whole("per_page", DEFAULT_PER_PAGE)
    most = call.dialect.per_page_max
    if listing.name == "users" and call.version == "v3.1":
        most = min(most, call.dialect.users_page_max)
    if asked > most and call.dialect.per_page_excess == "refused":
        raise bad_value("per_page", "INVALID_PARAMETER_VALUE")
    return asked, min(asked, most)


def _window(call: Call, rows: Sequence[Any], number: int, size: int) -> Sequence[Any]:
    """Return the rows of a page, spoiled by the faults on order."""
    last = max(1, -(-len(rows) // size))
    if number > last and call.dialect.past_end == "repeat_last":
        number = last
    start = (number - 1) * size
    if call.struck("duplicate"):
        start = max(0, start - size)
    shift = call.struck("shift")
    if shift:
        start += shift.rows
    cut = rows[start : start + size]
    if call.struck("short"):
        cut = cut[: len(cut) // SHORT_SHARE]
    return [] if call.struck("empty") else cut


def cut(call: Call, listing: Listing) -> Page:
    """Return the page of a listing that a call asks for."""
    number = call.whole("page", 1)
    if not listing.paged:
        rows = [] if call.struck("empty") else listing.rows
        return Page(rows, 1, len(rows), len(rows), False)
    asked, size = _sizes(call, listing)
    rows = _window(call, listing.rows, number, size)
    more = number * size < len(listing.rows) and not call.struck("empty")
    return Page(rows, number, asked, size, more)


def _more(call: Call, listing: Listing, page: Page) -> Body:
    form = call.dialect.has_next_page
    if form == "absent":
        return {}
    always = form == "always_true" or (
        form == "logs_always_true" and listing.name.startswith("timelogs")
    )
    more = always or page.more
    if form == "string":
        return {"has_next_page": "true" if more else "false"}
    return {"has_next_page": more}


def _page_info(call: Call, listing: Listing, page: Page) -> Body:
    dialect = call.dialect
    if dialect.page_info == "absent" or not listing.page_info or not listing.paged:
        return {}
    told = page.effective if dialect.per_page_told == "effective" else page.asked
    count = len(page.rows)
    info: Body = {"page": page.number, "per_page": told, listing.count_word: count}
    if dialect.has_next_page in ("always_true", "logs_always_true"):
        info[listing.count_word] = 100
    if dialect.numbers == "string":
        info = {key: str(value) for key, value in info.items()}
    info.update(_more(call, listing, page))
    return {"page_info": [info] if dialect.page_info == "array" else info}


def _empty(call: Call, listing: Listing, page: Page) -> Response:
    form = call.dialect.empty
    if form == "204":
        return Response(status=204)
    if form == "body":
        return Response("", content_type="application/json;charset=UTF-8")
    if form == "array":
        return json_reply([])
    envelope = _page_info(call, listing, page)
    if form == "empty_list" and listing.key:
        envelope[listing.key] = []
    return json_reply(envelope if envelope or form == "no_key" else [])


def answer(call: Call, listing: Listing) -> tuple[Response, int]:
    """Return the answer to a list call and the number of rows in it."""
    page = cut(call, listing)
    if not page.rows:
        return _empty(call, listing, page), 0
    return json_reply(_envelope(call, listing, page)), len(page.rows)


def _envelope(call: Call, listing: Listing, page: Page) -> Any:
    info = _page_info(call, listing, page)
    if listing.group:
        return {**listing.group(page.rows), **info}
    bodies = [listing.render(row) for row in page.rows]
    if not listing.key:
        return bodies
    if call.dialect.gateway:
        return {"data": {"result": bodies}, **info}
    return {**info, listing.key: bodies}
