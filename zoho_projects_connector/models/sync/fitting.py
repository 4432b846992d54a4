"""Text of Zoho as a field of Odoo takes it: cleaned, or refused."""

import re
from typing import Any

from odoo.tools import email_normalize, email_split, format_date, format_datetime

# No field is made for control characters; half a sign cannot be stored at all.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_BREAK = re.compile(r"\s*[\t\n\x0b\x0c\r\x85\u2028\u2029]+\s*")
# What comes before the colon of an address, but for a host before its port.
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(?!\d+(?:[/?#]|$))")
SAFE_SCHEMES = ("http", "https")
# Which standard fields hold more than words.
KINDS = {"email": "email", "work_email": "email", "website": "url"}
# PostgreSQL refuses to index more, and no name of Zoho is as long.
MOST_BYTES = 2000
# So much of a refused value is shown.
SHOWN = 60


def fit(field: Any, value: Any, kind: str = "") -> Any:
    """Return a value as a field takes it; what is no text is returned as it is.

    :param field: the field object of the ORM.
    :param str kind: ``email``, ``url``, or nothing particular.
    :raise ValueError: when it does not fit, however it is cleaned.
    """
    if not isinstance(value, str):
        return value
    if field.type in ("text", "html"):
        return _CONTROL.sub("", value)
    if field.type != "char":
        return value
    text = one_line(value)
    if kind == "email":
        text = _only_address(text)
    if kind == "url":
        _check_scheme(text)
    # The words of a time log are a text in all but name.
    is_text = field.model_name == "account.analytic.line" and field.name == "name"
    if not is_text and len(text.encode()) > MOST_BYTES:
        raise ValueError(text)
    return text


def one_line(text: str) -> str:
    """Return a text without breaks of line and control characters."""
    return _BREAK.sub(" ", _CONTROL.sub("", text)).strip()


def shown(value: Any) -> str:
    """Return the beginning of a refused value, on one line."""
    text = one_line(str(value))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def readable(env: Any, field: Any, value: Any) -> str:
    """Return a value that was kept as text, as people read it.

    :param odoo.api.Environment env: whose language it is.
    :param field: the field object of the ORM.
    """
    if field.type == "many2one":
        return env[field.comodel_name].browse(value or ()).exists().display_name or ""
    if field.type == "boolean":
        return env._("Yes") if value else env._("No")
    if field.type == "date":
        return format_date(env, value)
    if field.type == "datetime" and value:
        return format_datetime(env, value)
    return str(value or "")


def _only_address(text: str) -> str:
    """Return the one address of a text, as it is written.

    :raise ValueError: when there is none, or several.
    """
    addresses = email_split(text)
    is_only = len(addresses) == 1 and bool(email_normalize(text))
    # Words beside an address belong to a name; anything else is no address.
    if not is_only or (" " in text and "<" not in text) or " " in addresses[0]:
        raise ValueError(text)
    return addresses[0]


def _check_scheme(text: str) -> None:
    """Refuse an address that does not lead to a page.

    :raise ValueError: of ``javascript:``, ``data:`` and all the like.
    """
    found = _SCHEME.match(text)
    if found and found[1].lower() not in SAFE_SCHEMES:
        raise ValueError(text)
