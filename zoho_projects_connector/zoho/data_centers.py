"""Zoho's data centers, the scopes we ask for, and the servers that may get secrets.

:source: Zoho Projects API reference, sections 1.1, 1.2 and 1.9.
"""

from __future__ import annotations

from dataclasses import dataclass

from .addresses import parse_origin
from .errors import ZohoUnreadable


@dataclass(frozen=True)
class DataCenter:
    """Where one of Zoho's data centers answers."""

    code: str
    label: str
    accounts_url: str
    api_url: str
    console_url: str


def _data_center(code: str, place: str, domain: str) -> DataCenter:
    return DataCenter(
        code,
        f"{place} ({domain})",
        f"https://accounts.{domain}",
        f"https://projectsapi.{domain}",
        f"https://api-console.{domain}",
    )


DATA_CENTERS: dict[str, DataCenter] = {
    code: _data_center(code, place, domain)
    for code, place, domain in (
        ("us", "United States", "zoho.com"),
        ("eu", "Europe", "zoho.eu"),
        ("in", "India", "zoho.in"),
        ("au", "Australia", "zoho.com.au"),
        ("jp", "Japan", "zoho.jp"),
        ("ca", "Canada", "zohocloud.ca"),
        ("sa", "Saudi Arabia", "zoho.sa"),
        ("cn", "China", "zoho.com.cn"),
        ("uk", "United Kingdom", "zoho.uk"),
        ("ae", "United Arab Emirates", "zoho.ae"),
        ("sg", "Singapore", "zoho.sg"),
    )
}

# Servers of Zoho's own: what is secret may move from one of them to another.
ORIGINS = frozenset(
    parse_origin(url)
    for center in DATA_CENTERS.values()
    for url in (center.accounts_url, center.api_url)
)

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

# What is asked for besides, only where somebody has switched on what needs it.
LOG_SCOPE = "ZohoProjects.timesheets.UPDATE"
PROJECT_SCOPE = "ZohoProjects.projects.UPDATE"


def is_same_server(url: object, other: object) -> bool:
    """Return whether two addresses name the same server: scheme, host and port."""
    try:
        return parse_origin(url) == parse_origin(other)
    except ZohoUnreadable:
        return False


def allowed_accounts_server(url: object) -> bool:
    """Return whether a callback's accounts server is one of Zoho's own."""
    return any(
        is_same_server(url, center.accounts_url) for center in DATA_CENTERS.values()
    )
