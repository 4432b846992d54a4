"""What a count of the portal's logs may take, of time and of calls."""

from time import monotonic

from ...zoho.errors import ZohoThrottled

# A request of the browser is answered in time, and the first sync, which follows,
# still finds a good part of the hundred calls that Zoho allows in two minutes.
COUNT_SECONDS = 20
COUNT_CALLS = 60


class Enough(Exception):
    """The count has used what it may."""


class BudgetedFetcher:
    """Fetches pages until the time, or the number of calls, is used up.

    :param integration: the budget of whose portal is counted.
    :param ZohoClient client: reads the portal.
    """

    def __init__(self, integration, client):
        self.integration = integration
        self.client = client
        self.deadline = monotonic() + COUNT_SECONDS
        self.calls = 0

    def fetch(self, request):
        """Return a page.

        :raise Enough: instead of a call too many.
        """
        if self.calls >= COUNT_CALLS or monotonic() > self.deadline:
            raise Enough
        # Nobody but code has rights to the quota; the portal was checked.
        quota = self.integration.env["zoho.quota"].sudo()
        try:
            quota._reserve(self.integration, request.listing.pattern)
            self.calls += 1
            return self.client.fetch(request)
        except ZohoThrottled as error:
            raise Enough from error
