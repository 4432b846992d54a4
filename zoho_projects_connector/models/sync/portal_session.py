"""The line to Zoho of one runner: it fetches the next page while one is written."""

from concurrent.futures import ThreadPoolExecutor


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
