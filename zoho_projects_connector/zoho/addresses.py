"""Addresses that may be given a secret, read by the very library that sends to them.

What two parsers read differently (``https://one\\@other/``) is the way to send a secret
elsewhere: so only the plainest form is an address at all.
"""

from __future__ import annotations

import ipaddress
import re
from contextlib import suppress
from dataclasses import dataclass

import requests
import urllib3

from .errors import ZohoUnreadable

DEFAULT_PORTS = {"https": 443, "http": 80}
# Scheme, name or number of a server, port, and at most the slash behind them.
_PLAIN = re.compile(
    r"https?://[a-z0-9.-]+(:[0-9]+)?/?|https?://\[[0-9a-f:]+\](:\d+)?/?"
)


@dataclass(frozen=True)
class Origin:
    """A server as the sending library sees it."""

    scheme: str
    host: str
    port: int

    @property
    def is_private_enough(self) -> bool:
        """Whether nobody on the way can read along."""
        return self.scheme == "https" or _is_loopback(self.host)


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    return host == "localhost"


def parse_origin(url: object) -> Origin:
    """Return the server that an address names.

    :raise ZohoUnreadable: code ``address_form`` when it is not the plain address of a
        server, ``address_insecure`` when others could read along.
    """
    origin = _parsed(url) if isinstance(url, str) else None
    if not origin:
        raise ZohoUnreadable(
            "This is not the address of a server.", code="address_form"
        )
    if not origin.is_private_enough:
        raise ZohoUnreadable(
            "A secret is sent over https only.", code="address_insecure"
        )
    return origin


def _parsed(url: str) -> Origin | None:
    if not _PLAIN.fullmatch(url.lower()) or not url.isascii():
        return None
    try:
        sent_to = requests.Request("GET", url).prepare().url
        parts = urllib3.util.parse_url(str(sent_to))
    except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError):
        return None
    if not parts.scheme or not parts.host or parts.auth:
        return None
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    return Origin(parts.scheme, parts.host.lower(), port)
