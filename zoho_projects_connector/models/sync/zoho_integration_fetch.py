from odoo import models

from ...zoho.endpoints import PORTAL_CURRENCY
from ...zoho.errors import ZohoRefused, ZohoThrottled, ZohoUnreadable


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
