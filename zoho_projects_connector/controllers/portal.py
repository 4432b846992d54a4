from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import Response, content_disposition, request
from odoo.models import BaseModel

from odoo.addons.account.controllers.portal import PortalAccount
from odoo.addons.sale.controllers.portal import CustomerPortal


class BillingOrderPortal(CustomerPortal):
    """Orders that collect what projects invoice have no page: nobody ordered them."""

    def _document_check_access(
        self, model_name: str, document_id: int, access_token: str | None = None
    ) -> BaseModel:
        """Know of no such order, whoever asks and whatever token he has.

        :raise MissingError: it is one.
        """
        document = super()._document_check_access(
            model_name, document_id, access_token=access_token
        )
        if model_name == "sale.order" and document.billing_project_id:
            raise MissingError(request.env._("This document does not exist."))
        return document


class BilledTimePortal(PortalAccount):
    """The time behind an invoice, for the customer who may see the invoice."""

    @http.route(
        "/my/invoices/<int:invoice_id>/timesheets",
        type="http",
        auth="public",
        website=True,
    )
    def portal_my_invoice_timesheets(
        self,
        invoice_id: int,
        access_token: str | None = None,
        report_type: str | None = None,
        download: bool = False,
        **query: str,
    ) -> Response:
        """Show the time of a posted document, or its annex.

        :param str access_token: of the invoice, for who may not read it by himself.
        :param str report_type: ``pdf`` or ``html`` for the annex, nothing for the page.
        """
        try:
            invoice = self._document_check_access(
                "account.move", invoice_id, access_token
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        if not invoice._portal_shows_time():
            return request.redirect("/my")
        if report_type in ("html", "pdf"):
            return self._show_billed_time_annex(invoice, report_type, download)
        values = self._invoice_get_page_view_values(invoice, access_token, **query)
        values["annex"] = invoice._billed_time_annex()
        return request.render(
            "zoho_projects_connector.portal_invoice_timesheets", values
        )

    def _show_billed_time_annex(
        self, invoice: BaseModel, report_type: str, download: bool
    ) -> Response:
        """Return the response with the annex, under its own name."""
        response = self._show_report(
            model=invoice,
            report_type=report_type,
            report_ref="zoho_projects_connector.report_billed_time_annex",
            download=download,
        )
        if report_type == "pdf":
            response.headers["Content-Disposition"] = content_disposition(
                f"{invoice._billed_time_annex_name()}.pdf",
                disposition_type="attachment" if download else "inline",
            )
        return response
