from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import Response, request
from odoo.models import BaseModel

from ..const import CALLBACK_PATH
from ..models.sync.causes import note_of
from ..models.sync.zoho_integration import SET_UP_STATUSES
from ..zoho.errors import ZohoError

FORM_URL = "/odoo/zoho-integrations"
GUIDE_URL = "/odoo/zoho-set-up"


class ZohoOauthController(http.Controller):
    """Where Zoho sends the browser back to after the sign-in."""

    @http.route(CALLBACK_PATH, type="http", auth="user", methods=["GET"])
    def return_from_zoho(self, **query: str) -> Response:
        """Finish the sign-in and show the integration, which says why not.

        :param query: ``code``, ``state``, ``location``, ``accounts-server``, ``error``.
        :source: Zoho Projects API reference, section 1.2.
        """
        # The id is nobody's secret, and proves nothing: the token is checked against
        # the row, the user and the clock.
        integration_id, _dot, token = query.get("state", "").partition(".")
        try:
            integration = self._find_integration(integration_id)
        except UserError as error:
            return self._refuse(error.args[0])
        try:
            credential = request.env["zoho.credential"]._get_for(integration)
            credential._use_state(token)
            credential._sign_in_from_callback(query)
        except UserError as error:
            # Shown where the button is that tries again. What is no answer of Zoho's
            # is told to who has just tried: in his words.
            cause = error.__cause__
            kept = (
                note_of(cause, signing_in=True)
                if isinstance(cause, ZohoError)
                else {"text": error.args[0]}
            )
            integration._keep_failure(kept, dead=False)
        is_set_up = integration.status not in SET_UP_STATUSES
        return request.redirect(
            f"{FORM_URL if is_set_up else GUIDE_URL}/{integration.id}"
        )

    def _find_integration(self, integration_id: str) -> BaseModel:
        """Return the integration of a state, if this user may sign it in.

        :raise UserError: when there is none, or it is not his.
        """
        integration = request.env["zoho.integration"]
        if integration_id.isdecimal() and len(integration_id) < 10:
            integration = integration.browse(int(integration_id)).exists()
        try:
            integration._check_manager()
        except (AccessError, ValueError) as error:
            raise UserError(
                request.env._(
                    "This sign-in does not belong to an integration of yours: open the"
                    " integration and press Connect again."
                )
            ) from error
        return integration

    def _refuse(self, sentence: str) -> Response:
        """Return a page for whoever has no integration that could show the sentence."""
        return request.render(
            "zoho_projects_connector.oauth_refused",
            {"sentence": sentence, "back_url": FORM_URL},
            status=400,
        )
