"""What our pages tell a browser: who may show them, and that nothing is kept."""

from odoo.http import Response, request
from odoo.models import BaseModel

# Scripts, styles and pictures are files of this addon; nothing is written in a page.
CONTENT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)


def open_integrations() -> BaseModel:
    """Return the integrations that people work inside of now."""
    # Their addresses alone are told; nobody is signed in who could read them.
    integrations = request.env["zoho.integration"].sudo()
    return integrations.search([("inside_enabled", "=", True)])


def respond(
    body: str | bytes,
    ancestors: list[str],
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """Return a response that only some pages may frame.

    :param ancestors: addresses of all frames around it; none forbids any.
    """
    allowed = " ".join(ancestors) or "'none'"
    return request.make_response(
        body,
        {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": f"{CONTENT}; frame-ancestors {allowed}",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Robots-Tag": "noindex",
            **(headers or {}),
        }.items(),
        status=status,
    )
