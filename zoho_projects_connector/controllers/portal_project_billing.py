from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.fields import Domain
from odoo.http import Response, request
from odoo.models import BaseModel

from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.addons.project.controllers.portal import ProjectCustomerPortal

from ..groups import MONEY_GROUPS
from ..models.billing.project_page import ProjectPage, shown_hours

ENTRIES_OF_A_PAGE = 50
COUNTER = "project_billing_count"


class ProjectBillingPortal(ProjectCustomerPortal):
    """Hours, budget and invoices of a project, for the customer whose project it is.

    Whoever else it is shared with, such as a subcontractor, sees its tasks alone.
    """

    def _prepare_home_portal_values(self, counters: list[str]) -> dict:
        values = super()._prepare_home_portal_values(counters)
        if COUNTER in counters:
            values[COUNTER] = len(self._own_projects())
        return values

    def _project_get_page_view_values(
        self, project: BaseModel, access_token: str | None, *args: object, **kw: object
    ) -> dict:
        """Link the page of the project from that of its tasks."""
        values = super()._project_get_page_view_values(
            project, access_token, *args, **kw
        )
        has_page = not access_token and self._may_see_billing(project)
        return {**values, "has_billing_page": has_page}

    def _own_projects(self) -> BaseModel:
        """Return the projects of the customer that the user may read.

        :rtype: project.project
        """
        projects = request.env["project.project"]
        if not projects.has_access("read"):
            return projects
        customer = request.env.user.partner_id.commercial_partner_id
        return projects.search(
            Domain("allow_billable", "=", True)
            & Domain("is_template", "=", False)
            & Domain("partner_id", "child_of", customer.id),
            order="name",
        )

    def _may_see_billing(self, project: BaseModel) -> bool:
        """Whether the user is the customer of a project he may read, or bills it."""
        if not project.allow_billable or project.is_template:
            return False
        user = request.env.user
        if user._is_internal():
            return user.has_groups(MONEY_GROUPS)
        # Whose project it is, also where he may not read that contact.
        customer = project.sudo().partner_id.commercial_partner_id
        own = user.partner_id.commercial_partner_id
        return bool(customer) and not user._is_public() and customer == own

    @http.route("/my/projects/billing", type="http", auth="user", website=True)
    def portal_my_projects_billing(self) -> Response:
        """List the projects of the customer; the only one is shown at once."""
        projects = self._own_projects()
        if len(projects) == 1:
            return request.redirect(f"/my/projects/{projects.id}/billing")
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "project_billing",
            # Of his own projects; he has no rights to the time behind the sums.
            "hours_of_projects": shown_hours(projects.sudo()),
        }
        return request.render("zoho_projects_connector.portal_projects_billing", values)

    @http.route(
        [
            "/my/projects/<int:project_id>/billing",
            "/my/projects/<int:project_id>/billing/page/<int:page>",
        ],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_project_billing(
        self, project_id: int, page: int = 1, month: str = "", **_query: str
    ) -> Response:
        """Show hours, budget, invoices and time of a project.

        :param month: as ``2026-01``: whose time is listed, else all.
        """
        try:
            self._document_check_access("project.project", project_id)
        except (AccessError, MissingError):
            return request.redirect("/my")
        # As the user: what is shown depends on whose customer he is.
        project = request.env["project.project"].browse(project_id)
        if not self._may_see_billing(project):
            return request.redirect("/my")
        values = self._prepare_project_page_values(project, page, month)
        return request.render("zoho_projects_connector.portal_project_billing", values)

    def _prepare_project_page_values(
        self, project: BaseModel, page: int, month: str
    ) -> dict:
        """Return what the page of a project shows, which the user may see."""
        # Checked above; he has no rights to the time behind the sums.
        shown = ProjectPage(project.sudo())
        chosen = shown.month(month)
        pager = portal_pager(
            url=f"/my/projects/{project.id}/billing",
            url_args={"month": chosen.key} if chosen else {},
            total=shown.time.count(chosen),
            page=page,
            step=ENTRIES_OF_A_PAGE,
        )
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "project_billing",
            "project": project,
            "shown": shown,
            "chosen": chosen,
            "pager": pager,
            "entries": shown.time.entries(chosen, pager["offset"], ENTRIES_OF_A_PAGE),
            "invoices": self._readable_invoices(shown.invoices()),
            "budgets": shown.budgets(),
            "approvals": request.env["project.time.approval"]._asked_of(
                request.env.user.partner_id, project
            ),
        }

    def _readable_invoices(self, moves: BaseModel) -> BaseModel:
        """Return which of these documents the user may read by himself.

        :rtype: account.move
        """
        # Checked by his own rights; what is shown of them is read with more.
        own = request.env["account.move"].browse(moves.ids)
        return own._filtered_access("read").sudo()
