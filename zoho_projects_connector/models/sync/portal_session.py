"""The line to Zoho of one runner: it fetches ahead while a page is written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar, cast

from ...zoho.client import ZohoClient
from ...zoho.endpoints import PORTAL, PORTAL_CURRENCY, Endpoint, PageRequest
from ...zoho.errors import (
    ZohoError,
    ZohoRefused,
    ZohoRetryLater,
    ZohoThrottled,
    ZohoTokenRejected,
    ZohoUnreadable,
)
from ...zoho.paging import PAGE_CAP, JsonRow, Page
from ...zoho.records import Portal
from .stream_cursor import Cursor

_Answer = TypeVar("_Answer")
Calls = list[tuple[str, datetime]]  # Of which endpoint, and when (naive UTC).
# A portal with a list of so many pages is worth reading ahead in.
LONG_LIST = 3
# So many pages are kept at most, of 200 records each.
PAGES_AHEAD = 400


class PortalSession:
    """What one runner asks of a portal, with budget, token and count around it.

    One page of the module in hand is fetched ahead, and one of a later module. The
    background thread knows the client only: no cursor, no environment.

    :param integration: the ``zoho.integration`` whose portal is read.
    :param run: the ``zoho.sync.run`` that counts the calls; the flow gives the next
        one when a run has ended.
    :ivar bool may_fetch_ahead: False when the runner's time ends: a page that nobody
        will write is a call wasted.
    :ivar Calls asked: those that were counted since the last commit.
    :ivar int pages: so many may be written at once: one more with each step, so that a
        runner that dies soon comes further all the same.
    """

    def __init__(self, integration: Any, run: Any = None) -> None:
        self.integration = integration
        self.run = run
        self.may_fetch_ahead, self.asked, self.pages = True, Calls(), 1
        self._client: ZohoClient | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="zoho")
        self._next: PageRequest | None = None
        self._sent: dict[PageRequest, Future[Page]] = {}
        self._counted = 0
        self.ahead = ReadAhead(self)

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
        if self._next and self._next != request:
            # Nobody asks for it any more.
            self._sent.pop(self._next, None)
        self._next = None
        # A page that was fetched ahead was counted when it was sent.
        if request not in self._sent:
            self._reserve(pattern)
        page = self.answer(request)
        if self.run.failures_in_row:
            self.run.failures_in_row = 0
        return page

    def answer(self, request: PageRequest) -> Page:
        """Return the page that a request brings, whenever it was sent.

        :raise ZohoError: when Zoho does not give it.
        """
        page = self._counting(lambda: self._fetch(request))
        if page.rate_limit:
            quota, pattern = self.integration.env["zoho.quota"], request.listing.pattern
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
        quota = self.integration.env["zoho.quota"]
        self.asked.append((pattern, quota._reserve(self.integration, pattern)))

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

    def has_ahead(self) -> bool:
        """Return whether a page is being fetched already."""
        return bool(self._next or self.ahead.is_under_way())

    def fetch_ahead(self, request: PageRequest) -> None:
        """Fetch a page in the background, if time and budget allow it."""
        if self.may_fetch_ahead:
            with suppress(ZohoThrottled):
                self.send(request)
                self._next = request

    def send(self, request: PageRequest) -> None:
        """Send a request in the background.

        :raise ZohoThrottled: when the budget does not allow it.
        """
        self._reserve(request.listing.pattern)  # The thread has no cursor to count.
        self._submit(request)

    def sent(self, request: PageRequest) -> Future[Page] | None:
        """Return what a request that was sent will bring, None without one."""
        return self._sent.get(request)

    def _submit(self, request: PageRequest) -> Future[Page]:
        # Two threads never use the client at once: there is one only.
        future = self._pool.submit(self.connect().fetch, request)
        self._sent[request] = future
        return future

    def _fetch(self, request: PageRequest) -> Page:
        future = self._sent.get(request) or self._submit(request)
        try:
            return future.result()
        finally:
            del self._sent[request]


class ReadAhead:
    """Reads the lists of later modules while one is written, or has to wait.

    Zoho counts each kind of request for itself, so that no kind need wait for another.
    What is read is kept in the database until its module asks for the same page; what
    it never asks for has cost a call, and nothing else. Where Zoho refuses a list, it
    is left to the module, which knows its way around.

    :param session: the line to Zoho.
    :ivar datetime | None since: when the page taken last was asked for, if it was kept.
    :ivar datetime | None retry_at: when a list may go on that the budget has stopped.
    """

    def __init__(self, session: PortalSession) -> None:
        self.session = session
        self.since: datetime | None = None
        self.retry_at: datetime | None = None
        # The module, where it stands, what was asked for, and when.
        self._asked: tuple[Any, Cursor, PageRequest, datetime] | None = None

    def is_under_way(self) -> bool:
        """Return whether a page of a later module is being fetched."""
        return self._asked is not None

    def page(self, record: Any, request: PageRequest) -> Page:
        """Return a page of a module: one that was kept, or one that Zoho gives now.

        :param record: its ``zoho.stream``.
        :raise ZohoError: as Zoho's answer does.
        """
        self.since = None
        if request.page >= LONG_LIST and not self.session.run.reads_ahead:
            self.session.run.reads_ahead = True
        if not record.ahead:
            return self.session.page(request)
        if kept := record.env["zoho.page"]._take(record, request):
            page, self.since = kept
            return cast("Page", page)
        # The module has come up with what was read ahead, or goes another way.
        self._end(record)
        return self.session.page(request)

    def fetch_next(self, record: Any, request: PageRequest | None) -> None:
        """Fetch the next page of the module in hand, unless it is there or coming."""
        if not request or self.session.sent(request):
            return
        if not record.ahead or not record.env["zoho.page"]._is_kept(record, request):
            self.session.fetch_ahead(request)

    def overtaken(self, record: Any, zoho_ids: set[str], records: Any) -> set[str]:
        """Return the ids of what Odoo knows newer than the page taken last says it."""
        if not self.since:
            return set()
        found: set[str] = record.env["zoho.page"]._overtaken(
            record, [one for one in records if one.zoho_id in zoho_ids], self.since
        )
        return found

    def work(self, is_idle: bool = False) -> bool:
        """Keep what has come, and ask for one more page.

        :param is_idle: nothing else is done meanwhile, so time is no matter.
        :return: whether a page is under way.
        """
        self.keep()
        run, self.retry_at = self.session.run, None
        if is_idle and not run.reads_ahead:
            run.reads_ahead = True
        may_ask = is_idle or (self.session.may_fetch_ahead and run.reads_ahead)
        if self._asked or not may_ask or run.status != "running":
            return self.is_under_way()
        streams = self.session.integration._enabled_streams()
        if streams.env["zoho.page"]._count(streams) < PAGES_AHEAD:
            # The last is the longest as a rule: it takes the most windows of the quota.
            for record in streams.sorted("sequence", reverse=True):
                if self._ask(record):
                    break
        return self.is_under_way()

    def goes_on(self, error: ZohoRetryLater) -> bool:
        """Read a page of another list where only the budget of one kind is used up.

        :param error: why the module in hand cannot go on.
        :return: whether there was one to read.
        """
        # A lock of Zoho's own is not tried at, and a server that is down not asked.
        if error.code != "own_budget" or not self.work(is_idle=True):
            return False
        self.keep(is_idle=True)
        return True

    def keep(self, is_idle: bool = False) -> None:
        """Keep the page that was asked for, once it has come.

        :param is_idle: wait for it.
        """
        if not self._asked:
            return
        record, cursor, request, since = self._asked
        answer = self.session.sent(request)
        if answer and not is_idle and not answer.done():
            return
        self._asked = None
        # Without one, the module itself has taken it.
        if not answer or not record.ahead:
            return
        error = answer.exception()
        if error and not isinstance(error, ZohoTokenRejected):
            # The module hears of it when it asks for the same.
            self._end(record)
            return
        try:
            page = self.session.answer(request)
        except (ZohoRefused, ZohoRetryLater, ZohoUnreadable):
            self._end(record)
            return
        is_new = record.env["zoho.page"]._keep(record, request, page, since)
        ends = not page.more or not is_new or cursor.page >= PAGE_CAP
        record.ahead = (
            replace(cursor, index=cursor.index + 1, page=1, size=None)
            if ends
            else replace(cursor, page=cursor.page + 1, size=page.asked)
        ).to_json()

    def sooner(self, error: ZohoRetryLater) -> ZohoRetryLater:
        """Return why the module in hand waits, until a later one may go on at most."""
        if error.code == "own_budget" and error.retry_at and self.retry_at:
            error.retry_at = min(error.retry_at, self.retry_at)
        return error

    def _ask(self, record: Any) -> bool:
        """Ask for the next page of a list.

        :return: whether there is one, and the budget allows it.
        """
        if not record.ahead and not self._plan(record):
            return False
        cursor = Cursor.from_json(record.ahead)
        request = cursor.request(self.session.integration.portal_id.zoho_id)
        # On its way it is where the module itself has come so far.
        if not request or self.session.sent(request):
            return False
        since = record.env.cr.now()
        try:
            self.session.send(request)
        except ZohoThrottled as error:
            moments = [one for one in (error.retry_at, self.retry_at) if one]
            self.retry_at = min(moments, default=None)
            return False
        self._asked = record, cursor, request, since
        return True

    def _plan(self, record: Any) -> bool:
        """Let the lists of a module be read ahead, if they are known already."""
        if record.state != "waiting" or not record._is_full(self.session.run):
            return False
        passes = record._plan_ahead(self.session)
        if passes:
            record.ahead = Cursor(passes=tuple(passes)).to_json()
        return bool(passes)

    def _end(self, record: Any) -> None:
        """Read no further ahead in a module; what is kept stays."""
        record.ahead = Cursor().to_json()


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
