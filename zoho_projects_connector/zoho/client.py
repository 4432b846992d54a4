"""The Zoho Projects API as calls that return pages and records."""

from __future__ import annotations

import logging
import string
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote

import requests

from .endpoints import PORTAL_CURRENCY, PORTALS, Endpoint, PageRequest
from .errors import ZohoRefused, ZohoRetryLater, ZohoTokenRejected, ZohoUnreadable
from .failures import MODULE_TITLES, error_of, parse_refusal
from .paging import JsonRow, Page, find_record, parse_page
from .patience import new_session
from .quota import announced_limit
from .records import Portal, TimeTotals, parse_currency, parse_portal, parse_time_totals
from .reports import PROJECT_TIME_REPORT, TIME_REPORT, report_params
from .transport import TIMEOUT, ZohoAuth, decode, send
from .values import whole_number

_logger = logging.getLogger(__name__)
_Read = TypeVar("_Read")
# The same call may succeed at once; a time-out has cost enough already.
RETRIED_AT_ONCE = frozenset({"connection", "cut"})
# What took longer than this (seconds) has cost enough, too.
LONGEST_STUMBLE = 15
# Some listings refuse pages of 200, some more than 50: the size is halved until then.
SMALLEST_PAGE = 50
# Refusals of the address itself, whatever it is asked for.
ADDRESS_TITLES = MODULE_TITLES | {"INVALID_METHOD"}


class ZohoClient:
    """Reads and writes one portal; knows no token but the one it was given.

    :param api_url: API host of the data center.
    :param session: HTTP session; give one to share connections or to test.
    :param timeout: seconds to connect, and between bytes.
    """

    def __init__(
        self,
        api_url: str,
        portal_id: str = "",
        access_token: str = "",
        session: requests.Session | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self.api_url = api_url.strip().rstrip("/")
        self.portal_id = portal_id
        self.access_token = access_token
        self.session = session or new_session()
        self.timeout = timeout
        self.calls = 0
        # The page ahead is fetched in a thread of its own: `calls += 1` is no single
        # step.
        self._counting = threading.Lock()
        self._largest_pages: dict[str, int] = {}

    def __repr__(self) -> str:
        return f"ZohoClient({self.api_url!r}, {self.portal_id!r})"

    def fetch(self, request: PageRequest) -> Page:
        """Return one page of a listing.

        A size that Zoho refuses is halved, and so is one that a refusal without a
        reason may be about; the listing is asked for the size that was taken since.

        :raise ZohoError: of the kind that tells the caller what to do next.
        """
        pattern = request.listing.pattern
        asked = whole_number(request.params.get("per_page"))
        size = min(
            asked or request.listing.per_page,
            self._largest_pages.get(pattern, request.listing.per_page),
        )
        refused = 0
        while True:
            try:
                page = self._fetch(request, size)
                break
            except (ZohoRefused, ZohoUnreadable) as error:
                if size <= SMALLEST_PAGE or not _may_be_size(error, request):
                    raise
            size, refused = max(size // 2, SMALLEST_PAGE), refused + 1
        # Real maxima are not established (reference, section 14): what was refused is
        # not tried again by this client.
        if refused:
            self._largest_pages[pattern] = size
        return replace(page, asked=size, calls=page.calls + refused)

    def _fetch(self, request: PageRequest, size: int) -> Page:
        listing = request.listing
        params = {**listing.params, **request.params}
        # Always, also for the first one: a listing of issues refuses to be asked
        # without (reference, pitfall 23).
        if listing.paged:
            params |= {"page": str(request.page), "per_page": str(size)}

        def read(payload: Any, headers: Mapping[str, str], calls: int) -> Page:
            return parse_page(payload, request, size, announced_limit(headers), calls)

        return self._read(listing, request.path_ids, params, read)

    def get(self, endpoint: Endpoint, **path_ids: str) -> JsonRow | None:
        """Return one record, ``None`` when Zoho answers without a body.

        :param path_ids: values of the path's placeholders; others join the query.
        :raise ZohoRefused: with code ``not_found`` when the record is gone.
        """
        named = _placeholders(endpoint)
        params = {key: value for key, value in path_ids.items() if key not in named}

        def read(payload: Any, _headers: object, _calls: int) -> JsonRow | None:
            return find_record(payload, endpoint)

        return self._read(endpoint, path_ids, params, read)

    def portals(self) -> list[Portal]:
        """Return the portals that the signed-in user can see."""
        portals = []
        for row in self.fetch(PageRequest(PORTALS)).rows:
            try:
                portals.append(parse_portal(row))
            except ZohoUnreadable as error:
                _logger.warning("Skipped a portal: %s", error.message)
        return portals

    def portal_currency(self) -> str:
        """Return the code of the portal's own currency, ``""`` if it is not told."""

        def read(payload: Any, _headers: object, _calls: int) -> str:
            return parse_currency(payload)

        return self._read(PORTAL_CURRENCY, {}, {}, read)

    def time_totals(
        self, start: date, end: date, project: str = "", kind: str = ""
    ) -> TimeTotals:
        """Return the hours that Zoho's own report has for a period.

        :param project: only this one's; else the whole portal's.
        :param kind: only this kind of time logs.
        """

        def read(payload: Any, _headers: object, _calls: int) -> TimeTotals:
            return parse_time_totals(payload)

        endpoint = PROJECT_TIME_REPORT if project else TIME_REPORT
        params = report_params(start, end, kind)
        return self._read(endpoint, {"project": project}, params, read)

    def update(self, endpoint: Endpoint, body: Any, **path_ids: str) -> Any:
        """Write to a record, or to many, and return what Zoho answers.

        The same body may be sent again: it says how something shall be, not what is to
        be added to it.

        :param body: what becomes JSON; only what is to change.
        :return: decoded JSON, ``None`` for an answer without a body.
        :raise ZohoError: of the kind that tells the caller what to do next.
        """

        def read(payload: Any, _headers: object, _calls: int) -> Any:
            return payload

        return self._read(endpoint, path_ids, {}, read, body)

    def _read(
        self,
        endpoint: Endpoint,
        path_ids: Mapping[str, str],
        params: Mapping[str, str],
        read: Callable[[Any, Mapping[str, str], int], _Read],
        body: Any = None,
    ) -> _Read:
        """Call once, and once more at once when the line or Zoho stumbled."""
        path = self._path(endpoint, path_ids)
        began = time.monotonic()
        try:
            payload, headers = self._call(endpoint, path, params, body)
            return read(payload, headers, 1)
        except ZohoRetryLater as error:
            is_slow = time.monotonic() - began > LONGEST_STUMBLE
            if is_slow or not _is_stumble(error):
                raise
        payload, headers = self._call(endpoint, path, params, body)
        return read(payload, headers, 2)

    def _call(
        self,
        endpoint: Endpoint,
        path: str,
        params: Mapping[str, str],
        body: Any = None,
    ) -> tuple[Any, Mapping[str, str]]:
        pattern = endpoint.pattern
        auth = ZohoAuth(self._sendable_token(pattern))
        with self._counting:
            self.calls += 1
        response = send(
            self.session,
            "GET" if body is None else "PATCH",
            self.api_url,
            path,
            endpoint=pattern,
            auth=auth,
            params=params,
            json=body,
            timeout=self.timeout,
        )
        # The body is asked before the status: errors come with HTTP 200 as well
        # (reference, pitfall 7).
        payload = decode(response, pattern)
        if refusal := parse_refusal(payload, response.status_code):
            raise error_of(refusal, endpoint, response.headers)
        return payload, response.headers

    def _sendable_token(self, pattern: str) -> str:
        """Return the token, if it can stand in a header at all."""
        token = self.access_token
        if not token.isascii() or any(char <= " " for char in token):
            raise ZohoTokenRejected(
                "The stored access token is none that Zoho gives.", endpoint=pattern
            )
        return token

    def _path(self, endpoint: Endpoint, path_ids: Mapping[str, str]) -> str:
        ids = {"portal": self.portal_id, **path_ids}
        missing = [name for name in _placeholders(endpoint) if not ids.get(name)]
        if missing:
            raise ZohoRefused(
                f"To read {endpoint.name} one must name: {', '.join(missing)}.",
                endpoint=endpoint.pattern,
            )
        quoted = {name: quote(str(value), safe="@") for name, value in ids.items()}
        return endpoint.pattern.format_map(quoted)


def _is_stumble(error: ZohoRetryLater) -> bool:
    status = error.status or 0
    if error.retry_at:
        return False
    return error.code in RETRIED_AT_ONCE or status >= 500 or status == 408


def _may_be_size(error: ZohoRefused | ZohoUnreadable, request: PageRequest) -> bool:
    """Return whether a smaller page may be given.

    Behind the first page the same number of a smaller page holds other rows: there, a
    refusal without a reason is no longer tried around.
    """
    is_first = request.page == 1 and request.listing.paged
    if isinstance(error, ZohoUnreadable):
        return is_first and error.code == "too_large"
    if error.code != "bad_request" or error.title in ADDRESS_TITLES:
        return False
    return error.field == "per_page" or (is_first and not error.field)


def _placeholders(endpoint: Endpoint) -> list[str]:
    parsed = string.Formatter().parse(endpoint.pattern)
    return [name for _text, name, _spec, _conversion in parsed if name]
