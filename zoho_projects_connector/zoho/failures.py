"""From an answer of Zoho that is no success to the error it means.

:source: Zoho Projects API reference, sections 1.6, 10.1 and 10.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from .endpoints import Endpoint
from .errors import (
    ZohoError,
    ZohoRefused,
    ZohoRetryLater,
    ZohoThrottled,
    ZohoTokenRejected,
    ZohoUnreadable,
)
from .quota import parse_retry_after
from .redact import mask
from .values import letters, whole_number

REQUEST_ID_HEADERS = ("X-Request-Id", "X-Zoho-Request-Id", "Request-Id")
FIELD_KEYS = ("field_name", "field", "param")
LONGEST_SAYING = 300
FAILURE_WORDS = frozenset({"error", "failure", "failed"})

# Documented as status 429, seen as HTTP 400 with this title: reference, section 10.1.
THROTTLE_TITLES = frozenset({"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"})
# A scope that is missing comes as 401 or 403; a new token would not help, only a new
# sign-in: reference, section 10.2.
SCOPE_TITLES = frozenset({"INVALID_OAUTHSCOPE", "7103", "7218", "2945"})
TOKEN_TITLES = frozenset({"INVALID_OAUTHTOKEN", "INVALID_TICKET", "6890"})
LICENCE_TITLES = frozenset({"6403"})
# The first also says that a path is wrong: only of a module that a portal may do
# without it is believed to mean that it does.
MODULE_TITLES = frozenset({"URL_RULE_NOT_CONFIGURED", "6500"})
FORBIDDEN_TITLES = frozenset({"FORBIDDEN", "ACCESS_DENIED"})
ZOHO_SIDE_TITLES = frozenset({"INTERNAL_SERVER_ERROR"})

# The wording was seen, and is documented nowhere.
_TOO_MANY = re.compile(r"cannot execute more than|too many requests", re.I)
_MODULE_OFF = re.compile(
    r"\benable the\b|\bdisabled\b|not (been )?enabled"
    r"|module.*(not available|unavailable|inactive|(switched|turned) off)",
    re.I,
)
_LICENCE = re.compile(r"licen[cs]e|\bupgrade\b|\byour (current )?plan\b", re.I)
# How Zoho says that a record is gone was not established (reference, section 14): all
# that it may say, and still a deletion needs two signals.
_GONE = re.compile(
    r"not[ _]?found|not[ _]exist|n't exist|no[ _]such|no longer|been (deleted|trashed)",
    re.I,
)
_SCOPE = re.compile(r"scope", re.I)
_MAINTENANCE = re.compile(
    r"maintenance|temporarily (unavailable|down)|be back (soon|shortly)", re.I
)


@dataclass(frozen=True)
class Refusal:
    """What an error body says, in whatever form it came.

    :param title: Zoho's word or number for the error.
    :param saying: Zoho's sentence.
    :param status: HTTP status, or the body's when HTTP claims success.
    :param field: parameter that the body blames.
    """

    title: str
    saying: str
    status: int
    field: str = ""


def parse_refusal(payload: object, status: int) -> Refusal | None:
    """Return what the error body says, ``None`` when the answer is a success."""
    # A string of the accounts server, an object of V3, `code` and `message` of V2.
    error = payload.get("error") if isinstance(payload, dict) else None
    if status < 400 and not _is_error(payload, error):
        return None
    body = error if error and not isinstance(error, bool) else payload
    if isinstance(body, list):
        body = body[0] if body else ""
    if not isinstance(body, dict):
        described = payload if isinstance(payload, dict) else {}
        return Refusal(_text(body), _saying(described), status)
    title = _first(body, ("title", "code", "error_code", "error", "error_type"))
    if status < 400:
        # HTTP claims success: the body has its own idea of the status, as a number or
        # as a text.
        status = whole_number(body.get("status_code")) or 400
    return Refusal(title.upper(), _saying(body), status, _blamed(body))


def _is_error(payload: object, error: object) -> bool:
    """Tell an error that came as a success from data; a list or an id is data."""
    if not isinstance(payload, dict) or "id" in payload:
        return False
    if any(_is_rows(value) for key, value in payload.items() if key != "error"):
        return False
    return bool(error) or letters(payload.get("status")) in FAILURE_WORDS


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(row, dict) for row in value)


def _text(value: object) -> str:
    simple = isinstance(value, (str, int)) and not isinstance(value, bool)
    return str(value).strip() if simple else ""


def _first(body: Mapping[str, Any], keys: Iterable[str]) -> str:
    return next((text for key in keys if (text := _text(body.get(key)))), "")


def _saying(body: Mapping[str, Any]) -> str:
    """Return Zoho's own sentence, from ``details`` in its three forms."""
    parts = [_detail(detail) for detail in _details(body)]
    parts.append(_first(body, ("message", "error_description", "description")))
    unique = dict.fromkeys(part for part in parts if part)
    return mask("; ".join(unique))[:LONGEST_SAYING]


def _details(body: Mapping[str, Any]) -> list[Any]:
    # A list, an object or nothing at all: reference, section 10.2.
    details = body.get("details")
    return details if isinstance(details, list) else [details]


def _blamed(body: Mapping[str, Any]) -> str:
    fields = (
        _first(detail, FIELD_KEYS)
        for detail in _details(body)
        if isinstance(detail, Mapping)
    )
    return next((field for field in fields if field), "")


def _detail(detail: object) -> str:
    if not isinstance(detail, Mapping):
        return _text(detail)
    message = _first(detail, ("message", "reason", "error"))
    field = _first(detail, FIELD_KEYS)
    return f"{message} ({field})" if message and field else message or field


def request_id(headers: Mapping[str, str]) -> str:
    """Return Zoho's id of the request, if the answer names one."""
    return next((headers[key] for key in REQUEST_ID_HEADERS if headers.get(key)), "")


def html_error(status: int, text: str, endpoint: str) -> ZohoError:
    """Return the error behind a web page where JSON was expected."""
    if status >= 500 or status == 408 or (status == 200 and _MAINTENANCE.search(text)):
        return ZohoRetryLater(
            "Zoho answers with a maintenance page; its service seems to be down.",
            status=status,
            code="maintenance",
            endpoint=endpoint,
        )
    if status == 429:
        return ZohoThrottled(
            "Zoho received too many calls.", status=status, endpoint=endpoint
        )
    return ZohoUnreadable(
        "A web page came back instead of data: the API address may be wrong.",
        status=status,
        code="wrong_address",
        endpoint=endpoint,
    )


def error_of(
    refusal: Refusal, endpoint: Endpoint, headers: Mapping[str, str]
) -> ZohoError:
    """Return the error that a refusal of the Projects API means.

    The title is read before the status, for a throttle comes as HTTP 400 and an
    error may come as HTTP 200.
    """
    known: dict[str, Any] = {
        "status": refusal.status,
        "request_id": request_id(headers),
        "endpoint": endpoint.pattern,
        "said": _said(refusal),
    }
    if _is_throttle(refusal):
        return ZohoThrottled(
            _sentence("Zoho received too many calls and pauses us", refusal),
            retry_at=_retry_at(refusal, headers),
            **known,
        )
    if _names_scope(refusal):
        return _refused("scope_missing", refusal, endpoint, known)
    if _refuses_token(refusal):
        word = refusal.title.lower()
        return ZohoTokenRejected(
            "Zoho does not accept the access token.", code=word, **known
        )
    if code := _refused_code(refusal, endpoint):
        return _refused(code, refusal, endpoint, known)
    return ZohoRetryLater(
        _sentence("Zoho could not answer now", refusal),
        retry_at=_retry_at(refusal, headers) if headers.get("Retry-After") else None,
        **known,
    )


def _retry_at(refusal: Refusal, headers: Mapping[str, str]) -> datetime:
    return parse_retry_after(headers, refusal.saying, datetime.now(timezone.utc))


def _is_throttle(refusal: Refusal) -> bool:
    return (
        refusal.title in THROTTLE_TITLES
        or "THROTTLE" in refusal.title
        or refusal.status == 429
        or bool(_TOO_MANY.search(refusal.saying))
    )


def _names_scope(refusal: Refusal) -> bool:
    """Return whether the sign-in is alive but does not open this module."""
    if refusal.title in SCOPE_TITLES or "OAUTHSCOPE" in refusal.title:
        return True
    said = f"{refusal.title} {refusal.saying}"
    unclear = refusal.status == 401 and refusal.title not in TOKEN_TITLES
    return unclear and bool(_SCOPE.search(said))


def _refuses_token(refusal: Refusal) -> bool:
    """Return whether the token may be the reason; the sign-in itself may live."""
    unclear = refusal.status == 401 and refusal.title not in FORBIDDEN_TITLES
    return unclear or refusal.title in TOKEN_TITLES


def _refused_code(refusal: Refusal, endpoint: Endpoint) -> str:
    """Return the code of a refusal, ``""`` when a retry may help."""
    title, saying, status = refusal.title, refusal.saying, refusal.status
    # From what is certain to what is guessed from the words.
    if status == 402 or title in LICENCE_TITLES:
        return "licence"
    if title in MODULE_TITLES and endpoint.optional:
        return "module_disabled"
    if status >= 500 or status == 408 or title in ZOHO_SIDE_TITLES:
        return ""
    if status == 403 or title in FORBIDDEN_TITLES:
        return _forbidden_code(saying)
    if status in (404, 410) or _GONE.search(title) or _GONE.search(saying):
        return "not_found"
    return "bad_request"


def _forbidden_code(saying: str) -> str:
    if _MODULE_OFF.search(saying):
        return "module_disabled"
    return "licence" if _LICENCE.search(saying) else "access_denied"


_REFUSED = {
    "scope_missing": "The sign-in lacks the scope {scope}; sign in again to grant it",
    "licence": "The Zoho plan does not include {name}",
    "module_disabled": "The module {name} is not switched on in Zoho",
    "access_denied": "The Zoho profile of the signed-in user may not read {name}",
    "not_found": "Zoho does not find this ({name})",
    "bad_request": "Zoho refused the request for {name}",
}


def _refused(
    code: str, refusal: Refusal, endpoint: Endpoint, known: Mapping[str, Any]
) -> ZohoRefused:
    name = endpoint.name.replace("_", " ")
    start = _REFUSED[code].format(name=name, scope=endpoint.scope)
    return ZohoRefused(
        _sentence(start, refusal),
        code=code,
        title=refusal.title,
        field=refusal.field,
        **known,
    )


def _sentence(start: str, refusal: Refusal) -> str:
    return f"{start}: {_said(refusal).rstrip('.')}."


def _said(refusal: Refusal) -> str:
    return refusal.saying or mask(refusal.title) or f"HTTP {refusal.status}"
