"""Sign-in with Zoho's accounts server: data centers, scopes, tokens.

:source: Zoho Projects API reference, section 1.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlencode

import requests

from .data_centers import SCOPES
from .errors import (
    ZohoError,
    ZohoRetryLater,
    ZohoSignInAgain,
    ZohoThrottled,
    ZohoUnreadable,
)
from .failures import Refusal, parse_refusal
from .quota import parse_retry_after
from .redact import RedactingFilter, mask
from .transport import Answer, decode, send
from .values import whole_number

TOKEN_PATH = "/oauth/v2/token"
REVOKE_PATH = "/oauth/v2/token/revoke"
AUTHORIZE_PATH = "/oauth/v2/auth"
DEFAULT_LIFE = 3600
# No token lives for a day: a larger number is milliseconds (old payloads).
LONGEST_LIFE = 86400


# Each word says what the person at the screen can do about it.
SENTENCES = {
    "invalid_code": "The sign-in has expired or was revoked: sign in again.",
    "invalid_grant": "The sign-in has expired or was revoked: sign in again.",
    "invalid_client": (
        "Zoho does not know this client id in this data center: check the client id,"
        " and that the client is enabled for the data center."
    ),
    "invalid_client_secret": (
        "The client secret is wrong; it differs from one data center to another."
    ),
    "unauthorized_client": "Zoho does not let this client sign in this way.",
    "invalid_redirect_uri": (
        "The redirect address is not exactly the one registered in Zoho's API console."
    ),
    "redirect_uri_mismatch": (
        "The redirect address is not exactly the one registered in Zoho's API console."
    ),
    "invalid_scope": "Zoho does not know one of the requested scopes.",
    "access_denied": "The sign-in was refused at Zoho.",
    "invalid_token": "The sign-in has expired or was revoked: sign in again.",
}


@dataclass(frozen=True)
class Token:
    """What the accounts server grants.

    :param refresh_token: ``None`` when none was issued (always so on a refresh).
    :param expires_in: life of the access token in seconds.
    :param scopes: granted scopes; empty when the answer does not tell.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_in: int = DEFAULT_LIFE
    scopes: frozenset[str] = frozenset()

    def missing_scopes(self, requested: Iterable[str] = SCOPES) -> tuple[str, ...]:
        """Return the requested scopes that were not granted, in their order."""
        if not self.scopes:
            return ()
        granted = {scope.lower() for scope in self.scopes}
        return tuple(scope for scope in requested if not _covered(scope, granted))


def _covered(scope: str, granted: set[str]) -> bool:
    wanted = scope.lower()
    return wanted in granted or f"{wanted.rpartition('.')[0]}.all" in granted


def authorize_url(
    accounts_url: str,
    client_id: str,
    redirect_uri: str,
    state: str,
    scopes: Iterable[str] = SCOPES,
) -> str:
    """Return the page of Zoho to which the browser is sent.

    :source: section 1.2.
    """
    query = {
        "response_type": "code",
        "client_id": client_id,
        "scope": ",".join(scopes),
        "redirect_uri": redirect_uri,
        "access_type": "offline",
        # Without it Zoho gives a refresh token the first time only, and none to whoever
        # signs in again.
        "prompt": "consent",
        "state": state,
    }
    return f"{accounts_url.rstrip('/')}{AUTHORIZE_PATH}?{urlencode(query)}"


def exchange_code(
    session: requests.Session,
    accounts_url: str,
    client_id: str,
    client_secret: str,
    code: str,
    redirect_uri: str | None = None,
) -> Token:
    """Return the tokens for a code of the callback or of the self client.

    :param redirect_uri: as in the authorization request; not for the self client.
    :raise ZohoSignInAgain: when code, client, secret or redirect address is refused.
    """
    form = {
        "grant_type": "authorization_code",
        "client_id": client_id,
        "client_secret": client_secret,
        "code": code,
    }
    if redirect_uri:
        form["redirect_uri"] = redirect_uri
    return _request_token(session, accounts_url, form)


def refresh_token(
    session: requests.Session,
    accounts_url: str,
    client_id: str,
    client_secret: str,
    refresh_token: str,
) -> Token:
    """Return a new access token.

    :raise ZohoSignInAgain: when the refresh token is dead.
    :raise ZohoThrottled: when too many tokens were asked for.
    """
    form = {
        "grant_type": "refresh_token",
        "client_id": client_id,
        "client_secret": client_secret,
        "refresh_token": refresh_token,
    }
    return _request_token(session, accounts_url, form)


def revoke_token(
    session: requests.Session, accounts_url: str, refresh_token: str
) -> bool:
    """Revoke a refresh token and the access tokens made from it; never raises.

    :return: whether Zoho confirmed it.
    """
    try:
        # Zoho wants the token in the query, which the HTTP library would log.
        with _quiet_urls():
            params = {"token": refresh_token}
            response = send(
                session,
                "POST",
                accounts_url,
                REVOKE_PATH,
                endpoint=REVOKE_PATH,
                params=params,
            )
        payload = decode(response, REVOKE_PATH)
    except ZohoError:
        return False
    refused = parse_refusal(payload, response.status_code)
    return refused is None and response.status_code < 400


@contextmanager
def _quiet_urls() -> Iterator[None]:
    logger = logging.getLogger("urllib3.connectionpool")
    masking = RedactingFilter()
    logger.addFilter(masking)
    try:
        yield
    finally:
        logger.removeFilter(masking)


def _request_token(
    session: requests.Session, accounts_url: str, form: Mapping[str, str]
) -> Token:
    response = send(
        session, "POST", accounts_url, TOKEN_PATH, endpoint=TOKEN_PATH, data=form
    )
    payload = _decode_token_answer(response)
    # Errors come with HTTP 200 as well: the body decides, not the status.
    if refusal := parse_refusal(payload, response.status_code):
        raise _token_error(refusal, response.headers)
    return _parse_token(payload)


def _decode_token_answer(response: Answer) -> Any:
    try:
        return decode(response, TOKEN_PATH)
    except ZohoUnreadable as error:
        if error.status and 300 <= error.status < 400:
            raise
        raise ZohoRetryLater(
            "Zoho's sign-in server answers with a page instead of data.",
            status=error.status,
            code="maintenance",
            endpoint=TOKEN_PATH,
        ) from None


def _token_error(refusal: Refusal, headers: Mapping[str, str]) -> ZohoError:
    # `Access Denied` is the word for a throttle here, and for a refusal in the browser:
    # reference, section 1.6.
    word = refusal.title.lower()
    if _is_throttle(word, refusal):
        now = datetime.now(timezone.utc)
        return ZohoThrottled(
            "Zoho's sign-in server was asked for too many tokens.",
            retry_at=parse_retry_after(headers, refusal.saying, now),
            status=refusal.status,
            endpoint=TOKEN_PATH,
        )
    if word in SENTENCES:
        return ZohoSignInAgain(
            SENTENCES[word], status=refusal.status, code=word, endpoint=TOKEN_PATH
        )
    said = mask(refusal.title) or f"HTTP {refusal.status}"
    return ZohoRetryLater(
        f"Zoho's sign-in server could not answer now: {said}.",
        status=refusal.status,
        endpoint=TOKEN_PATH,
        said=said,
    )


def _is_throttle(word: str, refusal: Refusal) -> bool:
    said = refusal.saying.lower()
    return (
        word in ("access denied", "throttled", "too_many_requests")
        or refusal.status == 429
        or "too many" in said
    )


def _parse_token(payload: object) -> Token:
    answer: Mapping[str, Any] = payload if isinstance(payload, dict) else {}
    access_token = answer.get("access_token")
    if not isinstance(access_token, str) or not access_token:
        raise ZohoUnreadable(
            "Zoho's sign-in server granted no access_token.",
            field="access_token",
            endpoint=TOKEN_PATH,
        )
    renewed = answer.get("refresh_token")
    scopes = answer.get("scope")
    return Token(
        access_token=access_token,
        refresh_token=renewed if isinstance(renewed, str) and renewed else None,
        expires_in=_life(answer),
        # Documented with spaces; commas, as in the request, do no harm.
        scopes=frozenset(
            scopes.replace(",", " ").split() if isinstance(scopes, str) else ()
        ),
    )


def _life(answer: Mapping[str, Any]) -> int:
    """Return seconds: ``expires_in_sec`` first, for ``expires_in`` was once in ms."""
    for key in ("expires_in_sec", "expires_in"):
        if life := whole_number(answer.get(key)):
            return life // 1000 if life > LONGEST_LIFE else life
    return DEFAULT_LIFE
