"""One HTTP call, and the decoding of its body; every failure is a ZohoError."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
import urllib3
from requests.auth import AuthBase

from .addresses import parse_origin
from .errors import ZohoError, ZohoRetryLater, ZohoUnreadable
from .failures import html_error
from .values import whole_number

# One number, for the connection and for each read: the shape that every wrapper of
# ``requests`` understands.
TIMEOUT = 30.0
# A page holds 200 records of some kilobytes; here each may have 160 of them.
LARGEST_BODY = 32 * 1024 * 1024
# Each object and list of JSON takes memory by far beyond its two characters.
MOST_PARTS = 1_000_000
READ_AT_ONCE = 64 * 1024
WRONG_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
    requests.exceptions.URLRequired,
    urllib3.exceptions.LocationValueError,
    UnicodeError,
)
BROKEN_OFF = (
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
    urllib3.exceptions.ProtocolError,
    gzip.BadGzipFile,
    EOFError,
    zlib.error,
)

# Characters that JSON can name and no database stores: NUL, and halves of a pair.
_UNSTORABLE = re.compile(r"\\u(?:0000|d[89a-f])", re.I)


class ZohoAuth(AuthBase):
    """Signs a request; given explicitly, so that no ``.netrc`` entry replaces it."""

    def __init__(self, access_token: str = "") -> None:
        self._access_token = access_token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._access_token:
            header = f"Zoho-oauthtoken {self._access_token}"
            request.headers["Authorization"] = header
        return request


@dataclass(frozen=True)
class Answer:
    """What came back, read to its end and unpacked."""

    status_code: int
    content: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def send(
    session: requests.Session,
    method: str,
    server: str,
    path: str,
    *,
    endpoint: str,
    auth: AuthBase | None = None,
    params: Mapping[str, str] | None = None,
    data: Mapping[str, str] | None = None,
    json: Any = None,
    timeout: float = TIMEOUT,
) -> Answer:
    """Return the answer; a redirect is refused, lest a token travel elsewhere.

    :raise ZohoRetryLater: on every failure of the network.
    :raise ZohoUnreadable: when the address cannot be one of Zoho's, or the answer is
        larger than any of Zoho's.
    """
    try:
        parse_origin(server)
    except ZohoUnreadable:
        raise _wrong_address(endpoint) from None
    # The library's own messages may hold the URL or a header: never quote them.
    try:
        response = session.request(
            method,
            server.rstrip("/") + path,
            params=params,
            data=data,
            json=json,
            auth=auth or ZohoAuth(),
            headers={"Accept": "application/json", "Accept-Encoding": "gzip"},
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        )
        with response:
            body = _read_body(response, endpoint)
    except WRONG_ADDRESS:
        raise _wrong_address(endpoint) from None
    except BROKEN_OFF:
        raise _cut(None, endpoint) from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise _network_error(error, endpoint) from None
    return Answer(response.status_code, body, response.headers)


class _Packed:
    """The bytes of an answer as they travel."""

    def __init__(self, response: requests.Response) -> None:
        self._raw = response.raw

    # The class has no parent: nothing is overridden here.
    def read(self, size: int) -> bytes:  # pylint: disable=method-required-super
        """Return at most so many bytes, none at the end."""
        some: bytes = self._raw.read(size, decode_content=False)
        return some


def _read_body(response: requests.Response, endpoint: str) -> bytes:
    """Return the body, unpacked piece by piece: a small answer may unpack to much.

    :raise ZohoUnreadable: as soon as it is larger than any answer of Zoho's.
    """
    source: Any = _Packed(response)
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing in ("gzip", "x-gzip"):
        source = gzip.GzipFile(fileobj=source)
    elif packing not in ("", "identity"):
        raise _wrong_address(endpoint, response.status_code)
    body, parts = bytearray(), 0
    while some := source.read(READ_AT_ONCE):
        body += some
        parts += some.count(b"{") + some.count(b"[")
        if len(body) > LARGEST_BODY or parts > MOST_PARTS:
            raise ZohoUnreadable(
                "Zoho's answer is larger than any of its pages: the rest was not read.",
                status=response.status_code,
                code="too_large",
                endpoint=endpoint,
            )
    return bytes(body)


def _wrong_address(endpoint: str, status: int | None = None) -> ZohoError:
    return ZohoUnreadable(
        "The address of Zoho's server may be wrong: nothing there answers as Zoho.",
        status=status,
        code="wrong_address",
        endpoint=endpoint,
    )


def _network_error(error: Exception, endpoint: str) -> ZohoError:
    read_timeout = (
        requests.exceptions.ReadTimeout,
        urllib3.exceptions.ReadTimeoutError,
    )
    if isinstance(error, (*read_timeout, TimeoutError)):
        return ZohoRetryLater(
            "Zoho took too long to answer.", code="timeout", endpoint=endpoint
        )
    return ZohoRetryLater(
        f"The connection to Zoho failed ({type(error).__name__}).",
        code="connection",
        endpoint=endpoint,
    )


def decode(response: Answer, endpoint: str) -> Any:
    """Return the JSON of an answer, ``None`` when it has no body.

    :raise ZohoRetryLater: for a body cut in the middle, or a maintenance page.
    :raise ZohoUnreadable: for a web page, a redirect, or text that is no JSON.
    """
    status = response.status_code
    if 300 <= status < 400:
        raise _wrong_address(endpoint, status)
    if _is_short(response):
        raise _cut(status, endpoint)
    text = response.content.decode("utf-8-sig", errors="replace").strip()
    if not text:
        return None
    # A page of a wrong host, of maintenance or of a login: its status says little.
    if text.startswith("<"):
        raise html_error(status, text, endpoint)
    try:
        payload = json.loads(text)
        return _storable(payload) if _UNSTORABLE.search(text) else payload
    except (ValueError, RecursionError) as error:
        failed_at = getattr(error, "pos", 0)
    if _is_cut(text, failed_at):
        raise _cut(status, endpoint)
    if status >= 400:
        return None
    raise ZohoUnreadable("Zoho's answer is not JSON.", status=status, endpoint=endpoint)


def _storable(value: Any) -> Any:
    """Return the value without NUL, and with U+FFFD for half a pair of surrogates."""
    if isinstance(value, str):
        pairs = value.replace("\0", "").encode("utf-16", "surrogatepass")
        return pairs.decode("utf-16", "replace")
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def _is_short(response: Answer) -> bool:
    announced = whole_number(response.headers.get("Content-Length"))
    if announced is None or response.headers.get("Content-Encoding"):
        return False
    return response.status_code != 204 and len(response.content) < announced


def _is_cut(text: str, failed_at: int) -> bool:
    """JSON that breaks at its very end, or does not close, was cut on the way."""
    closing = {"{": "}", "[": "]"}.get(text[0])
    return closing is not None and (failed_at >= len(text) or text[-1] != closing)


def _cut(status: int | None, endpoint: str) -> ZohoError:
    return ZohoRetryLater(
        "Zoho's answer broke off in the middle.",
        status=status,
        code="cut",
        endpoint=endpoint,
    )
