"""Zoho's data centers, the scopes we ask for, and the servers that may get secrets.

:source: Zoho Projects API reference, sections 1.1, 1.2 and 1.9.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True)
class DataCenter:
    """Where one of Zoho's data centers answers."""

    code: str
    accounts_url: str
    api_url: str
    console_url: str


def _data_center(code: str, domain: str) -> DataCenter:
    return DataCenter(
        code,
        f"https://accounts.{domain}",
        f"https://projectsapi.{domain}",
        f"https://api-console.{domain}",
    )


DATA_CENTERS: dict[str, DataCenter] = {
    code: _data_center(code, domain)
    for code, domain in (
        ("us", "zoho.com"),
        ("eu", "zoho.eu"),
        ("in", "zoho.in"),
        ("au", "zoho.com.au"),
        ("jp", "zoho.jp"),
        ("ca", "zohocloud.ca"),
        ("sa", "zoho.sa"),
        ("cn", "zoho.com.cn"),
        ("uk", "zoho.uk"),
        ("ae", "zoho.ae"),
        ("sg", "zoho.sg"),
    )
}

SCOPES: tuple[str, ...] = tuple(
    f"ZohoProjects.{module}.READ"
    for module in (
        "portals",
        "projects",
        "projectgroups",
        "milestones",
        "tasklists",
        "tasks",
        "bugs",
        "timesheets",
        "users",
        "clients",
        "custom_fields",
        "tags",
    )
)


def allowed_accounts_server(url: str, extra: Iterable[str] = ()) -> bool:
    """Return whether a callback's accounts server is one that may get the secret.

    :param extra: servers that the administrator entered himself.
    """
    wanted = _origin(url)
    known = [center.accounts_url for center in DATA_CENTERS.values()]
    return wanted is not None and wanted in {_origin(one) for one in (*known, *extra)}


def _origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port, ``None`` when the URL says anything more."""
    if not isinstance(url, str) or any(char <= " " or char == "\\" for char in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or _says_more(parts):
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]


def _says_more(parts: SplitResult) -> bool:
    return bool(
        parts.username is not None
        or parts.password is not None
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    )
