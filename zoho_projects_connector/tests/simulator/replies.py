"""Small builders of HTTP answers."""

import json
from html import escape
from typing import Any

from werkzeug.wrappers import Response


def json_reply(
    body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    """Return a JSON answer."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(
        text, status, headers or {}, content_type="application/json;charset=UTF-8"
    )


def html_page(
    title: str, text: str, status: int = 200, escape_text: bool = True
) -> Response:
    """Return an HTML page, as Zoho shows for mistakes and during maintenance."""
    inner = f"<p>{escape(text)}</p>" if escape_text else text
    page = (
        f"<!DOCTYPE html><html><head><title>{escape(title)}</title></head>"
        f"<body><h1>{escape(title)}</h1>{inner}</body></html>"
    )
    return Response(page, status, content_type="text/html;charset=UTF-8")
