from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.http import Response, request
from odoo.models import BaseModel

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.approval.project_time_approval_answer import MAX_ID

PATH = "/my/time-approvals/<int:approval_id>"
# A link that answers for a customer is nothing for search engines, caches, or the
# pages that it leads to.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
REASON = "reason_"
LONGEST_ID = len(str(MAX_ID))


class TimeApprovalPortal(CustomerPortal):
    """The page on which a customer approves time, without a login.

    To look at it changes nothing: programs that read e-mails follow links, too.
    """

    @http.route(
        PATH, type="http", auth="public", website=True, methods=["GET"], sitemap=False
    )
    def portal_time_approval(
        self, approval_id: int, access_token: str = "", **_query: str
    ) -> Response:
        """Show what the customer is asked, or that nothing is left to answer."""
        approval = self._find_time_approval(approval_id, access_token)
        return self._show_time_approval(approval)

    @http.route(
        f"{PATH}/answer",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_answer_time_approval(
        self, approval_id: int, access_token: str = "", name: str = "", **posted: str
    ) -> Response:
        """Take the answer: what has a reason is objected to, the rest is approved."""
        approval = self._find_time_approval(approval_id, access_token)
        if not approval:
            return self._show_time_approval(approval)
        reasons = {
            int(number): text
            for key, text in posted.items()
            if key.startswith(REASON)
            and (number := key.removeprefix(REASON)).isdecimal()
            # A form can send any number, and a file in place of any text.
            and len(number) <= LONGEST_ID
            and isinstance(text, str)
        }
        name = name if isinstance(name, str) else ""
        try:
            approval._answer(name, reasons)
        except UserError as error:
            return self._show_time_approval(
                approval, error=str(error), name=name, reasons=reasons
            )
        return request.redirect(approval._answer_path())

    def _find_time_approval(self, approval_id: int, token: str) -> BaseModel:
        """Return the request that the link opens, none when it opens nothing.

        What is done is done by the system; who did it is told by the answer.
        """
        approvals = request.env["project.time.approval"].with_user(SUPERUSER_ID)
        approval = approvals._find_by_token(approval_id, token)
        if approval and request.env.user._is_public():
            # Who has no login has no language of his own.
            request.update_context(lang=approval.approver_id.lang or request.env.lang)
        return approval.with_env(approval.env(context=request.env.context))

    def _show_time_approval(
        self, approval: BaseModel, error: str = "", name: str = "", reasons: object = ()
    ) -> Response:
        is_open = bool(approval) and approval._can_be_answered()
        lines = approval._open_lines() if is_open else approval.line_ids.browse()
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "time_approval",
            "approval": approval,
            "projects": lines.grouped("project_name"),
            "lines": lines,
            "error": error,
            "signed": name or approval.approver_id.name or "",
            "reasons": dict(reasons),
            "no_breadcrumbs": True,
        }
        response = request.render(
            "zoho_projects_connector.portal_time_approval",
            values,
            headers=HEADERS,
            status=200 if approval else 404,
        )
        return response
