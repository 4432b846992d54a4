"""The line to Zoho of one runner: it fetches the next page while one is written."""

from concurrent.futures import ThreadPoolExecutor

from odoo import models

from ...zoho.endpoints import PORTAL_CURRENCY
from ...zoho.errors import ZohoRefused, ZohoThrottled, ZohoUnreadable


class SyncSession:
    """One client and at most one page fetched ahead.

    The background thread knows the client only: no cursor, no environment.

    :ivar ZohoClient client: reads the portal with the token that it was given; set
        before the first page.
    :ivar bool may_fetch_ahead: False when the runner's time ends: a page that nobody
        will write is a call wasted.
    """

    def __init__(self):
        self.client = None
        self.may_fetch_ahead = True
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="zoho")
        self._request = None
        self._future = None
        self._counted = 0

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self._pool.shutdown(wait=True, cancel_futures=True)
        if self.client:
            self.client.session.close()

    def has_ahead(self, request=None):
        """Return whether this page, or any, is being fetched already."""
        if request is None:
            return self._request is not None
        return self._request == request

    def fetch_ahead(self, request):
        """Fetch a page in the background."""
        self._request = request
        self._future = self._pool.submit(self.client.fetch, request)

    def fetch(self, request):
        """Return a page, fetched ahead or now.

        :raise ZohoError: as the client does.
        """
        future, ahead = self._future, self.has_ahead(request)
        self._request = self._future = None
        if future is None:
            return self.client.fetch(request)
        if ahead:
            return future.result()
        # Two threads never use the client at once.
        future.exception()
        return self.client.fetch(request)

    def take_calls(self):
        """Return how many calls were sent since this was asked last."""
        calls = self.client.calls - self._counted
        self._counted = self.client.calls
        return calls


class ZohoIntegration(models.Model):
    """Every call to the portal's API: budget, token and count around it."""

    _inherit = "zoho.integration"

    def _portal_key(self):
        """Return what names the portal for Zoho's limits, whoever asks."""
        return f"{self.api_url}|{self.portal_zoho_id}"

    def _fetch_page(self, session, run, request):
        """Return one page of a listing.

        :param SyncSession session: the line to Zoho.
        :param PageRequest request: which page.
        :rtype: Page
        :raise ZohoError: when Zoho does not give it, or the budget is used up.
        """
        if not session.has_ahead(request):
            self.env["zoho.quota"]._reserve(self, request.listing.pattern)
        page = self._with_token(session, run, lambda: session.fetch(request))
        if run.failures_in_row:
            run.failures_in_row = 0
        if page.rate_limit:
            self.env["zoho.quota"]._announce(
                self, request.listing.pattern, page.rate_limit
            )
        return page

    def _read_record(self, session, run, endpoint, ids):
        """Return one record as Zoho wrote it.

        :rtype: dict | None
        """
        self.env["zoho.quota"]._reserve(self, endpoint.pattern)
        return self._with_token(
            session, run, lambda: session.client.get(endpoint, **ids)
        )

    def _read_portal_currency(self, session, run):
        """Keep the portal's own currency; what Zoho does not tell stays as it was.

        :raise ZohoRetryLater: when Zoho does not answer; nothing was written then.
        """
        self.env["zoho.quota"]._reserve(self, PORTAL_CURRENCY.pattern)
        try:
            code = self._with_token(session, run, session.client.portal_currency)
        except (ZohoRefused, ZohoUnreadable):
            return
        if code and code != self.portal_id.currency:
            self.portal_id.currency = code

    def _budgeted_call(self, pattern, call):
        """Return what a call outside of a synchronisation returns.

        :param str pattern: the endpoint, by which calls are counted.
        :param call: a function of a :class:`ZohoClient`.
        :raise ZohoError: when Zoho refuses, or the budget is used up.
        """
        self.env["zoho.quota"]._reserve(self, pattern)
        return self._zoho_call(call)

    def _with_token(self, session, run, call):
        """Return what a call returns; a refused token is renewed once.

        :raise ZohoError: as the call does.
        """
        try:
            return self._with_renewed(session.client, call)
        finally:
            run.api_calls += session.take_calls()

    def _may_call(self, pattern):
        """Count a call ahead of time; False when the budget does not allow it."""
        try:
            self.env["zoho.quota"]._reserve(self, pattern)
        except ZohoThrottled:
            return False
        return True
