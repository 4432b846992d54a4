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
        offered = self._get_searchbar_groupby()
        if groupby not in offered:
            groupby = "so_line" if "so_line" in offered else "project_id"
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
        if search_in == "so":
            return domain & Domain("so_line.order_id.billing_project_id", "=", False)
        return domain

    def _get_searchbar_inputs(self) -> dict:
        return self._without_orders(super()._get_searchbar_inputs())

    def _get_searchbar_groupby(self) -> dict:
        return self._without_orders(super()._get_searchbar_groupby())

    def _get_searchbar_sortings(self) -> dict:
        return self._without_orders(super()._get_searchbar_sortings())

    def _task_get_searchbar_sortings(self, *args: object, **options: object) -> dict:
        """Leave out what sorts by hours that the customer is not shown."""
        sortings = super()._task_get_searchbar_sortings(*args, **options)
        return {
            name: sorting
            for name, sorting in sortings.items()
            if not name.startswith("progress")
        }

    def _without_orders(self, choices: dict) -> dict:
        """Leave orders out of what is offered to who has none."""
        timesheets = request.env["account.analytic.line"]
        ordered = Domain("so_line", "!=", False) & Domain(
            "so_line.order_id.billing_project_id", "=", False
        )
        domain = Domain(timesheets._timesheet_get_portal_domain()) & ordered
        # What the portal shows him, he may know; Odoo's page reads it likewise.
        if timesheets.sudo().search_count(domain, limit=1):
            return choices
        return {
            name: choice
            for name, choice in choices.items()
            if name not in ("so", "so_line")
        }

    def _find_invoice_of_time(self, name: str) -> BaseModel:
        """Return the posted invoice of this name that the user may read, if it is one.

        :rtype: account.move
        """
        invoices = request.env["account.move"]
        if invoices.has_access("read"):
            posted = [("name", "=", name), ("state", "=", "posted")]
            invoices = invoices.search(posted, limit=2)
        return invoices if len(invoices) == 1 else invoices.browse()
