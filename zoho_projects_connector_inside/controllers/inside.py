import time
from collections.abc import Callable
from urllib.parse import urlencode

from odoo import http
from odoo.exceptions import UserError
from odoo.http import Response, request
from odoo.models import BaseModel
from odoo.tools.misc import get_lang

from ..const import ACT_PATH, FILE_PATH, GO_PATH, OPEN_PATH, SHOW_PATH
from ..models.zoho_pairing import ITEM_MODELS, Claim
from ..models.zoho_pairing_proof import Visit
from ..pages.form import Form
from ..pages.page import Page, Reply
from ..refusal import InsideRefused
from .headers import open_integrations, respond

# No cookie is read and none is set: what proves the person is in the form, where no
# other site can put it. So Odoo's own guard against forged forms has nothing to guard.
NO_COOKIES = {
    "type": "http",
    "auth": "none",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    # What people type; nobody is signed in yet when it is read.
    "max_content_length": 1_000_000,
}
# A receipt, and what is typed beside it.
MOST_BYTES_OF_ACT = 16 * 1024 * 1024
STATUSES = {"refused": 403, "expired": 401, "unpaired": 401}


class InsideController(http.Controller):
    """The pages of a project that Zoho shows in a frame."""

    @http.route(OPEN_PATH, **NO_COOKIES)
    def open_page(self, **_form: object) -> Response:
        """Swap the secret of a pairing for the first page of a visit."""
        return self._answer(self._open, Page.show)

    @http.route(SHOW_PATH, **NO_COOKIES)
    def show_page(self, **_form: object) -> Response:
        """Show another page of a visit."""
        return self._answer(self._go_on, Page.show)

    @http.route(ACT_PATH, **{**NO_COOKIES, "max_content_length": MOST_BYTES_OF_ACT})
    def act(self, **_form: object) -> Response:
        """Do what a form was made for, once, and show what became of it."""
        return self._answer(self._go_on, Page.act)

    @http.route(FILE_PATH, **NO_COOKIES)
    def download(self, **_form: object) -> Response:
        """Send the PDF of a document, or a receipt, in a window of its own."""
        return self._answer(self._go_on, Page.file)

    def _answer(
        self, enter: Callable[[Form], Page], answer: Callable[[Page], Reply]
    ) -> Response:
        """Return what a page answers, or one that says why there is nothing."""
        # Nobody's rights until the visit says whose, and his browser's language.
        request.env["ir.http"]._auth_method_public()
        # A browser may prefer a language that is not installed: Odoo refuses those.
        lang = get_lang(request.env, request.best_lang).code
        request.update_env(context={"lang": lang})
        form = Form(request.httprequest.form, request.httprequest.files)
        try:
            page = enter(form)
            reply = answer(page)
        except InsideRefused as error:
            return self._refuse(error.args[0], error.code, form)
        except UserError as error:
            return self._refuse(error.args[0], "refused", form)
        return respond(reply.body, page.ancestors, reply.status, reply.headers)

    def _refuse(self, sentence: str, code: str, form: Form) -> Response:
        """Return a page with one sentence, for whoever works within a portal."""
        html = request.env["ir.qweb"]._render(
            "zoho_projects_connector_inside.refused",
            {"sentence": sentence, "code": code, "odoo_path": self._odoo_path(form)},
        )
        ancestors = open_integrations()._inside_ancestors()
        return respond(html, ancestors, STATUSES[code])

    def _odoo_path(self, form: Form) -> str:
        """Return where Odoo itself shows the project, if the form names one."""
        where = {name: form.text(name) for name in ("portal", "project")}
        return f"{GO_PATH}?{urlencode(where)}" if all(where.values()) else "/odoo"

    def _open(self, form: Form) -> Page:
        """Return the page of the project, task, bug or phase that a widget names."""
        claim = Claim(*(form.text(name) for name in Claim._fields))
        pairing = request.env["zoho.pairing"]._redeem(form.text("secret"), claim)
        self._act_as(pairing)
        integration, entity = pairing.integration_id, form.text("entity")
        project = self._record(integration, ("project",), form.text("project"))
        item = request.env["project.task"]
        if entity in ITEM_MODELS:
            item = self._record(integration, (entity,), form.text("item"))
            project = project or item.project_id
        if not project or (entity in ITEM_MODELS and item.project_id != project):
            raise InsideRefused(
                request.env._(
                    "This is not in Odoo yet: new projects and tasks come with the "
                    "next synchronisation."
                )
            )
        visit = Visit(pairing, project, item, int(time.time()))
        return self._page(visit, form)

    def _record(
        self, integration: BaseModel, entities: tuple[str, ...], zoho_id: str
    ) -> BaseModel:
        """Return the record of this portal with an id of Zoho, empty for none."""
        link = request.env["zoho.pairing"]._link(integration, entities, zoho_id)
        model = ITEM_MODELS.get(entities[0], "project.project")
        return request.env[model].browse(link.res_id).exists()

    def _go_on(self, form: Form) -> Page:
        """Return the page of the visit that a form proves."""
        visit = request.env["zoho.pairing"]._visit_of(form.text("token"))
        self._act_as(visit.pairing)
        return self._page(visit, form)

    def _act_as(self, pairing: BaseModel) -> None:
        """Go on in the name of the user, in the company of the portal alone."""
        request.update_env(user=pairing.user_id.id, su=False)
        context = request.env["res.users"].context_get()
        companies = pairing.company_id.ids
        request.update_env(context={**context, "allowed_company_ids": companies})

    def _page(self, visit: Visit, form: Form) -> Page:
        """Return the page of a visit, if its user may read what it is about.

        :raise AccessError: when he may not.
        """
        own = visit._replace(
            project=visit.project.with_env(request.env),
            item=visit.item.with_env(request.env),
        )
        own.project.check_access("read")
        own.item.check_access("read")
        return Page(own, form)
