import json

from odoo import SUPERUSER_ID, http
from odoo.http import Response, request

from ..const import HINT_PATH
from ..pages.form import clean

MOST_BYTES = 10_000
# Beyond this, not even a form is read: nobody has proved anything yet.
MOST_BYTES_OF_FORM = 64_000


class HintController(http.Controller):
    """Where Zoho says that a record has changed."""

    @http.route(
        HINT_PATH,
        type="http",
        auth="none",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
        max_content_length=MOST_BYTES_OF_FORM,
    )
    def receive_hint(self, **form: object) -> Response:
        """Note a hint; nothing is fetched before this is answered.

        Whatever was sent, the answer is the same: it tells nobody which tokens there
        are, and gives Zoho no reason to send again.
        """
        values = {**form, **self._json()}
        texts = {
            # The database takes no NUL, and no fault may tell a token that is right.
            name: clean(str(values[name]))[:200]
            for name in ("token", "module", "id", "project", "type")
            if values.get(name)
        }
        # Zoho has no user here: the token alone lets a hint in.
        request.update_env(user=SUPERUSER_ID)
        request.env["zoho.hint"]._receive(texts)
        return request.make_response(
            "Odoo listens to hints of Zoho Projects here.",
            [
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Cache-Control", "no-store"),
            ],
        )

    def _json(self) -> dict:
        """Return what a body of JSON says, nothing for any other."""
        asked = request.httprequest
        if asked.mimetype != "application/json":
            return {}
        if (asked.content_length or MOST_BYTES) >= MOST_BYTES:
            return {}
        try:
            found = json.loads(asked.get_data())
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}
