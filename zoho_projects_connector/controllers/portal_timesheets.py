from odoo import http
from odoo.fields import Domain
from odoo.http import Response, request
from odoo.models import BaseModel

from odoo.addons.sale_timesheet.controllers.portal import SaleTimesheetCustomerPortal


class BilledTimesheetsPortal(SaleTimesheetCustomerPortal):
    """Odoo's list of timesheets, for who does not look for those of an invoice."""

    @http.route()
    def portal_my_timesheets(
        self,
        *args: object,
        search: str | None = None,
        search_in: str = "all",
        sortby: str | None = None,
        groupby: str | None = None,
        **query: str,
    ) -> Response:
        """Send who looks for one invoice to the time that it bills.

        The e-mail of an invoice links here. Odoo's list has whole entries, each on the
        last invoice that bills it; the annex has what this invoice bills.
        """
        if search and search_in == "invoice":
            invoice = self._find_invoice_of_time(search)
            if invoice.billed_time_hours:
                return request.redirect(f"/my/invoices/{invoice.id}/timesheets")
        # Odoo takes what it is sent for names of fields: also those that it does not
        # offer, by which what is hidden could be guessed.
        if sortby not in self._get_searchbar_sortings():
            sortby = None
        if groupby not in self._get_searchbar_groupby():
            groupby = "project_id"
        return super().portal_my_timesheets(
            *args,
            search=search,
            search_in=search_in,
            sortby=sortby,
            groupby=groupby,
            **query,
        )

    def _get_search_domain(self, search_in: str, search: str) -> Domain:
        """Let nobody find out by searching what he is not shown."""
        domain = super()._get_search_domain(search_in, search)
        if search_in == "employee_id":
            return domain & Domain("company_id.portal_staff", "=", "names")
        if search_in == "name":
            return domain & Domain("company_id.portal_notes", "=", True)
        return domain

    def _find_invoice_of_time(self, name: str) -> BaseModel:
        """Return the posted invoice of this name that the user may read, if it is one.

        :rtype: account.move
        """
        invoices = request.env["account.move"]
        if invoices.has_access("read"):
            posted = [("name", "=", name), ("state", "=", "posted")]
            invoices = invoices.search(posted, limit=2)
        return invoices if len(invoices) == 1 else invoices.browse()
