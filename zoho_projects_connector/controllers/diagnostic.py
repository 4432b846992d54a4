import json

from odoo import fields, http
from odoo.http import Response, content_disposition, request

from ..models.sync.diagnostic import Diagnostic
from ..zoho.redact import mask


class ZohoDiagnosticController(http.Controller):
    """Where an administrator downloads what support needs to know."""

    @http.route(
        "/zoho_projects/diagnostic/<int:integration_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download_diagnostic(self, integration_id: int) -> Response:
        """Send the diagnostic file of an integration.

        :raise AccessError: for everybody but its administrators.
        """
        integration = request.env["zoho.integration"].browse(integration_id).exists()
        integration._check_manager()
        text = json.dumps(
            Diagnostic(integration.sudo()).content(),
            indent=2,
            ensure_ascii=False,
            default=str,
        )
        name = f"zoho-diagnostic-{fields.Date.today()}.json"
        return request.make_response(
            # Whatever gets into it by mistake: no token and no secret.
            mask(text),
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )
