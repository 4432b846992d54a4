"""The line to Zoho of one runner: it fetches the next page while one is written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from ...zoho.client import ZohoClient
from ...zoho.endpoints import PORTAL, PORTAL_CURRENCY, Endpoint, PageRequest
from ...zoho.errors import ZohoError, ZohoThrottled
from ...zoho.paging import JsonRow, Page
from ...zoho.records import Portal

_Answer = TypeVar("_Answer")


class PortalSession:
    """What one runner asks of a portal, with budget, token and count around it.

    It holds at most one page fetched ahead. The background thread knows the client
    only: no cursor, no environment.

    :param integration: the ``zoho.integration`` whose portal is read.
    :param run: the ``zoho.sync.run`` that counts the calls; the flow gives the next
        one when a run has ended.
    :ivar bool may_fetch_ahead: False when the runner's time ends: a page that nobody
        will write is a call wasted.
    """

    def __init__(self, integration: Any, run: Any = None) -> None:
        self.integration = integration
        self.run = run
        self.may_fetch_ahead = True
        self._client: ZohoClient | None = None
        # A cursor, and the cache of its records, are for one thread: what the second
        # one gets is a plain request, and what it gives back is a plain page.
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="zoho")
        self._request: PageRequest | None = None
        self._future: Future[Page] | None = None
        self._counted = 0

    def __enter__(self) -> PortalSession:
        return self

    def __exit__(self, *exc_info: object) -> None:
        # What is on its way cannot be called back, and nothing of it is lost: the
        # cursor of its module has not moved.
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self._client:
            self._client.session.close()

    @property
    def is_connected(self) -> bool:
        """Return whether the sign-in was good for a client."""
        return self._client is not None

    def connect(self) -> ZohoClient:
        """Return the client, opened now unless it is open.

        :raise ZohoError: when there is no sign-in, or it is no longer worth anything.
        """
        if self._client is None:
            self._client = self._credential()._client()
        return self._client

    def _credential(self) -> Any:
        """Return what signs the calls; it may have been made anew meanwhile."""
        return self.integration.env["zoho.credential"]._get_for(self.integration)

    # What is asked

    def page(self, request: PageRequest) -> Page:
        """Return one page of a listing, fetched ahead or now.

        :raise ZohoError: when Zoho does not give it, or the budget is used up.
        """
        pattern = request.listing.pattern
        # A page that was fetched ahead was counted when it was sent.
        if request != self._request:
            self._reserve(pattern)
        page = self._counting(lambda: self._fetch(request))
        if self.run.failures_in_row:
            self.run.failures_in_row = 0
        if page.rate_limit:
            quota = self.integration.env["zoho.quota"]
            quota._announce(self.integration, pattern, page.rate_limit)
        return page

    def record(self, endpoint: Endpoint, ids: dict[str, str]) -> JsonRow | None:
        """Return one record as Zoho wrote it, None when it answers without one.

        :param ids: values of the placeholders of the path.
        :raise ZohoError: when Zoho does not give it, or the budget is used up.
        """
        self._reserve(endpoint.pattern)
        client = self.connect()
        return self._counting(lambda: client.get(endpoint, **ids))

    def portal_currency(self) -> str:
        """Return the code of the portal's own currency, "" when it is not told.

        :raise ZohoError: when Zoho does not give it, or the budget is used up.
        """
        self._reserve(PORTAL_CURRENCY.pattern)
        return self._counting(self.connect().portal_currency)

    def portals(self) -> list[Portal]:
        """Return the portals that the signed-in user can see.

        :raise ZohoError: when Zoho does not tell them.
        """
        return self._counting(self.connect().portals)

    def is_portal_gone(self) -> bool:
        """Return whether Zoho no longer has the portal, for this user at least.

        Both the portal and the list of all portals are asked: either path may be
        withdrawn one day, as any other.
        """
        portal = self.integration.portal_zoho_id
        try:
            self.record(PORTAL, {"portal": portal})
            return False
        except ZohoError as error:
            if error.code != "not_found":
                return False
        try:
            listed = self.portals()
        except ZohoError as error:
            return error.code == "not_found"
        return portal not in {one.zoho_id for one in listed}

    def _reserve(self, pattern: str) -> None:
        """Count a call that is about to be sent.

        :raise ZohoThrottled: when the budget does not allow it.
        """
        self.integration.env["zoho.quota"]._reserve(self.integration, pattern)

    def _counting(self, call: Callable[[], _Answer]) -> _Answer:
        """Return what a call returns; a refused token is renewed once.

        :raise ZohoError: as the call does.
        """
        client = self.connect()
        try:
            answer: _Answer = self._credential()._with_renewed(client, call)
            return answer
        finally:
            # Of a call that failed, too: Zoho has counted it.
            self.run.api_calls += client.calls - self._counted
            self._counted = client.calls

    # One page ahead

    def has_ahead(self) -> bool:
        """Return whether a page is being fetched already."""
        return self._request is not None

    def fetch_ahead(self, request: PageRequest) -> None:
        """Fetch a page in the background, if time and budget allow it."""
        if not self.may_fetch_ahead:
            return
        # Counted here and not in the thread, which has no cursor to count with.
        try:
            self._reserve(request.listing.pattern)
        except ZohoThrottled:
            return
        self._request = request
        self._future = self._pool.submit(self.connect().fetch, request)

    def _fetch(self, request: PageRequest) -> Page:
        future, ahead = self._future, request == self._request
        self._request = self._future = None
        if future is None:
            return self.connect().fetch(request)
        if ahead:
            return future.result()
        # Two threads never use the client at once.
        future.exception()
        return self.connect().fetch(request)


def budgeted_call(
    integration: Any, pattern: str, call: Callable[[ZohoClient], _Answer]
) -> _Answer:
    """Return what a call outside of a synchronisation returns.

    :param pattern: the endpoint, by which calls are counted.
    :raise ZohoError: when Zoho refuses, or the budget is used up.
    """
    integration.env["zoho.quota"]._reserve(integration, pattern)
    credential = integration.env["zoho.credential"]._get_for(integration)
    answer: _Answer = credential._call(call)
    return answer
