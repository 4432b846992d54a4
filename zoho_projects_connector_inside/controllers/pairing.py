from odoo import http
from odoo.http import Response, content_disposition, request
from odoo.models import BaseModel

from ..const import EXTENSION_PATH, GO_PATH, PAIR_PATH
from ..extension_zip import extension_zip
from ..models.zoho_pairing import Claim
from ..pages.form import clean
from ..refusal import InsideRefused
from .headers import open_integrations, respond

TEMPLATES = "zoho_projects_connector_inside"


class PairingController(http.Controller):
    """Where a person signs in to Odoo, and says who acts for him from within Zoho.

    A page of its own window: nothing may frame it, and Odoo's own sign-in comes first.
    """

    @http.route(PAIR_PATH, type="http", auth="user", methods=["GET"], readonly=True)
    def ask(self, origin: str = "", **claims: str) -> Response:
        """Show who asks, and what is allowed by a click."""
        claim = self._claim(claims)
        integrations = self._integrations(claim)
        try:
            for integration in integrations[:1]:
                request.env["zoho.pairing"]._check_may_pair(integration, claim, origin)
            if not integrations:
                raise InsideRefused(self._unknown())
        except InsideRefused as error:
            return self._render("pair_refused", {"sentence": error.args[0]}, 403)
        values = {
            "origin": origin,
            "claim": claim,
            "integrations": integrations,
            "path": PAIR_PATH,
            "csrf_token": request.csrf_token(),
        }
        return self._render("pair_ask", values)

    @http.route(PAIR_PATH, type="http", auth="user", methods=["POST"])
    def confirm(
        self, origin: str = "", integration: str = "", **claims: str
    ) -> Response:
        """Pair, and hand the secret to the page that opened this window."""
        claim = self._claim(claims)
        chosen = self._integrations(claim).filtered(
            lambda one: str(one.id) == integration
        )
        try:
            if not chosen:
                raise InsideRefused(self._unknown())
            secret = request.env["zoho.pairing"]._pair(chosen, claim, origin)
        except InsideRefused as error:
            return self._render("pair_refused", {"sentence": error.args[0]}, 403)
        return self._render("pair_done", {"secret": secret, "origin": origin})

    @http.route(GO_PATH, type="http", auth="user", methods=["GET"], readonly=True)
    def go(self, portal: str = "", project: str = "") -> Response:
        """Open the project in Odoo itself: the way that works in any browser."""
        pairings = request.env["zoho.pairing"]
        for integration in open_integrations():
            if integration.portal_zoho_id == portal:
                link = pairings._link(integration, ("project",), clean(project))
                record = request.env["project.project"].browse(link.res_id).exists()
                if record and record.has_access("read"):
                    return request.redirect(f"/odoo/project/{record.id}")
        sentence = request.env._(
            "This project is not in Odoo, or not yours to see. New projects come with "
            "the next synchronisation."
        )
        return self._render("pair_refused", {"sentence": sentence}, 404)

    @http.route(
        f"{EXTENSION_PATH}/<int:integration_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download_extension(self, integration_id: int) -> Response:
        """Send the extension that is made for this server.

        :raise AccessError: for everybody but administrators of the integration.
        """
        integration = request.env["zoho.integration"].browse(integration_id).exists()
        integration._check_manager()
        return request.make_response(
            extension_zip(integration.get_base_url()),
            [
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition("zoho_extension.zip")),
                ("Cache-Control", "no-store"),
            ],
        )

    def _claim(self, claims: dict[str, str]) -> Claim:
        """Return who the widget says that it is; all of it is shown to the person."""
        names = ("portal", "user", "user_name", "email")
        return Claim(*(clean(claims.get(name, ""))[:200] for name in names))

    def _integrations(self, claim: Claim) -> BaseModel:
        """Return those of the portal, in companies of this user first."""
        found = open_integrations().filtered(
            lambda one: claim.portal and one.portal_zoho_id == claim.portal
        )
        companies = request.env.user.company_ids
        return found.filtered(lambda one: one.company_id in companies) or found[:1]

    def _unknown(self) -> str:
        return request.env._(
            "Odoo does not know this portal of Zoho Projects, or work from within it "
            "is not allowed."
        )

    def _render(self, template: str, values: dict, status: int = 200) -> Response:
        """Return a page that nobody frames."""
        html = request.env["ir.qweb"]._render(f"{TEMPLATES}.{template}", values)
        headers = {"X-Frame-Options": "DENY"}
        return respond(html, [], status, headers)
