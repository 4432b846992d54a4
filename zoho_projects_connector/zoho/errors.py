"""What can go wrong between us and Zoho: one root, four kinds."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

DEFAULT_LOCK = timedelta(minutes=10)


class ZohoError(Exception):
    """Root of every exception that leaves this library.

    :param message: a sentence in English; holds no token, secret or body.
    :param status: HTTP status of the answer, if there was one.
    :param code: stable word for programs.
    :param request_id: Zoho's id of the request, if it named one.
    :param endpoint: URL pattern that was called.
    :param said: Zoho's own words, if it gave any; they hold no token or secret either.
    """

    default_code = "error"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        request_id: str = "",
        endpoint: str = "",
        said: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code or self.default_code
        self.request_id = request_id
        self.endpoint = endpoint
        self.said = said


class ZohoRetryLater(ZohoError):
    """Zoho could not answer now: the same call may succeed later.

    :param retry_at: aware UTC moment before which a retry is useless, if known.
    """

    default_code = "retry_later"

    def __init__(
        self,
        message: str,
        *,
        retry_at: datetime | None = None,
        **where: Any,
    ) -> None:
        super().__init__(message, **where)
        self.retry_at = retry_at


class ZohoThrottled(ZohoRetryLater):
    """Too many calls; ``retry_at`` is always set."""

    default_code = "throttled"
    retry_at: datetime

    def __init__(
        self,
        message: str,
        *,
        retry_at: datetime | None = None,
        **where: Any,
    ) -> None:
        super().__init__(
            message,
            retry_at=retry_at or datetime.now(timezone.utc) + DEFAULT_LOCK,
            **where,
        )


class ZohoSignInAgain(ZohoError):
    """The sign-in is dead or was never right; ``code`` is Zoho's own word."""

    default_code = "sign_in_again"


class ZohoTokenRejected(ZohoSignInAgain):
    """The API refused the access token: refresh it once and retry once."""

    default_code = "token_rejected"


class ZohoRefused(ZohoError):
    """Zoho understood and said no.

    ``code`` is one of ``scope_missing access_denied module_disabled licence
    not_found bad_request``.

    :param title: Zoho's own word for the refusal.
    :param field: name of the parameter that Zoho blames, if it names one.
    """

    default_code = "bad_request"

    def __init__(
        self, message: str, *, title: str = "", field: str = "", **where: Any
    ) -> None:
        super().__init__(message, **where)
        self.title = title
        self.field = field


class ZohoUnreadable(ZohoError):
    """The answer has a shape that nobody can read.

    :param field: name of the part that was missing or unreadable.
    """

    default_code = "unreadable"

    def __init__(
        self,
        message: str,
        *,
        field: str = "",
        **where: Any,
    ) -> None:
        super().__init__(message, **where)
        self.field = field
