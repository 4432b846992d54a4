"""Portals, customers and people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from .errors import ZohoUnreadable
from .reader import Row
from .records_base import Record
from .values import letters, parse_bool, zoho_id

ADMIN_ROLES = frozenset({"admin", "administrator", "portaladmin"})
OWNER_ROLES = frozenset({"owner", "portalowner"})
CLIENT_KINDS = ("client", "contact", "customer")
INACTIVE_WORDS = frozenset({"inactive", "deleted", "deactivated", "disabled"})
ADDRESS_FIELDS = (
    "email",
    "phone",
    "website",
    "street",
    "city",
    "state",
    "country",
    "zip_code",
    "currency",
)


# Under which names a currency's code, and that it is the portal's own, may stand.
CODE_KEYS = ("currency_code", "code", "currency", "iso_code", "default_currency")
OWN_KEYS = ("is_default", "is_base_currency", "is_base", "default", "is_home_currency")
DEEPEST = 4


@dataclass(frozen=True)
class Portal(Record):
    """One portal of the signed-in user."""

    name: str = ""
    role: str = ""
    timezone: str = ""
    plan: str = ""
    currency: str = ""
    is_owner: bool = False
    is_admin: bool = False
    url: str = ""


@dataclass(frozen=True)
class Contact(Record):
    """A person of a customer, whether he logs in at Zoho or not."""

    name: str = ""
    email: str = ""
    phone: str = ""
    customer_id: str = ""


@dataclass(frozen=True)
class Customer(Record):
    """A client company.

    :param is_primary: in a project's customers; ``None`` when Zoho does not say.
    :param crm_id: id of its account in Zoho CRM.
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    zip_code: str = ""
    currency: str = ""
    is_primary: bool | None = None
    crm_id: str = ""
    contacts: tuple[Contact, ...] = ()


@dataclass(frozen=True)
class CrmAccount(Record):
    """A CRM account linked to a project."""

    name: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    street: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    zip_code: str = ""
    currency: str = ""


@dataclass(frozen=True)
class User(Record):
    """A user of the portal; ``zuid`` is his account over all of Zoho.

    :param kind: Zoho's word (``portal_user``, ``client_user``, ``contact`` …).
    :param billing_rate: money per hour, when Zoho shows it.
    """

    zuid: str = ""
    name: str = ""
    email: str = ""
    is_active: bool = True
    is_client: bool = False
    kind: str = ""
    customer_id: str = ""
    billing_rate: float | None = None
    cost_rate: float | None = None
    currency: str = ""
    role: str = ""


def parse_portal(row: object) -> Portal:
    """Return a portal.

    :raise ZohoUnreadable: without a usable id, as every function of this kind.
    """
    found = Row(row, "portal")
    role = found.text("role")
    is_owner = found.flag("is_owner") or letters(role) in OWNER_ROLES
    is_admin = found.flag("is_admin") or letters(role) in ADMIN_ROLES
    return Portal(
        **found.base(),
        name=found.text("name"),
        role=role,
        timezone=found.text("timezone"),
        plan=found.text("plan"),
        currency=parse_currency(found.text("currency")),
        is_owner=is_owner,
        is_admin=is_admin or is_owner,
        url=found.text("url"),
    )


def parse_currency(payload: object) -> str:
    """Return the code of the currency that settings, or a text, name; else ``""``.

    Of several currencies the one that is marked as the portal's own.

    :source: Zoho Projects API reference, section 3; its body was not seen.
    """
    named = list(_named_currencies(payload, 0))
    own = {code for code, is_own in named if is_own}
    codes = own or {code for code, _is_own in named}
    return codes.pop() if len(codes) == 1 else ""


def _named_currencies(value: object, depth: int) -> Iterator[tuple[str, bool]]:
    if isinstance(value, str) and re.fullmatch(r"[A-Z]{3}", value.strip()):
        yield value.strip(), False
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for one in value:
            yield from _named_currencies(one, depth + 1)
    if isinstance(value, dict):
        is_own = any(parse_bool(value.get(key)) for key in OWN_KEYS)
        for key, inside in value.items():
            if isinstance(inside, (dict, list)) or key in CODE_KEYS:
                for code, is_marked in _named_currencies(inside, depth + 1):
                    yield code, is_own or is_marked


def parse_customer(row: object) -> Customer:
    """Return a customer with the contacts that came with it."""
    found = Row(row, "customer")
    identifier = found.required_id()
    return Customer(
        **found.base(),
        **_address(found),
        name=found.text("name"),
        is_primary=found.answer("is_primary"),
        crm_id=found.identifier("crm_id"),
        contacts=tuple(_readable_contacts(found.rows("contacts"), identifier)),
    )


def parse_customers(rows: Iterable[object]) -> list[Customer]:
    """Return the customers that can be read."""
    customers = []
    for row in rows:
        try:
            customers.append(parse_customer(row))
        except ZohoUnreadable:
            continue
    return customers


def primary_customer(customers: Iterable[Customer]) -> Customer | None:
    """Return whom Zoho's finance apps bill: the flagged one, else the only one."""
    found = list(customers)
    flagged = [customer for customer in found if customer.is_primary]
    if len(flagged) == 1:
        return flagged[0]
    sole = found[0] if len(found) == 1 else None
    return sole if sole and sole.is_primary is not False else None


def parse_crm_account(row: object) -> CrmAccount:
    """Return a CRM account."""
    found = Row(row, "crm_account")
    return CrmAccount(**found.base(), **_address(found), name=found.text("name"))


def _address(row: Row) -> dict[str, Any]:
    return {field: row.text(field) for field in ADDRESS_FIELDS}


def parse_contact(row: object, customer_id: str = "") -> Contact:
    """Return a contact.

    :param customer_id: customer whose list was read, for rows that do not say it.
    """
    found = Row(row, "contact")
    return Contact(
        **found.base(),
        name=found.full_name(),
        email=found.text("email"),
        phone=found.text("phone"),
        customer_id=found.identifier("customer_id") or customer_id,
    )


def _readable_contacts(rows: Iterable[object], customer_id: str) -> Iterator[Contact]:
    for row in rows:
        try:
            yield parse_contact(row, customer_id)
        except ZohoUnreadable:
            continue


def parse_client_users(rows: Iterable[object]) -> list[Contact]:
    """Return the contacts of a listing, flat or grouped by customer."""
    contacts: list[Contact] = []
    for row in rows:
        group = Row(row, "customer") if isinstance(row, dict) else None
        if group and group.rows("contacts"):
            contacts += _readable_contacts(group.rows("contacts"), _group_id(group))
        elif group and not _is_empty_group(group.raw):
            contacts += _readable_contacts([row], "")
    return contacts


def _group_id(group: Row) -> str:
    """A group may name its customer beside or inside itself."""
    inside = group.raw.get("client") or group.raw.get("customer")
    nested = (
        Row(inside, "customer").identifier("id") if isinstance(inside, dict) else ""
    )
    return nested or zoho_id(group.raw.get("client_id")) or group.identifier("id")


def _is_empty_group(row: dict[str, Any]) -> bool:
    return any(key in row for key in ("users", "client_users", "customer_users"))


def parse_user(row: object) -> User:
    """Return a user, client user or contact of the portal."""
    found = Row(row, "user")
    kind = found.text("kind")
    is_client = found.flag("is_client") or any(
        word in letters(kind) for word in CLIENT_KINDS
    )
    return User(
        **found.base(),
        zuid=found.identifier("zuid"),
        name=found.full_name(),
        email=found.text("email"),
        is_active=_is_active(found),
        is_client=is_client,
        kind=kind,
        customer_id=found.identifier("customer_id"),
        billing_rate=found.number("billing_rate"),
        cost_rate=found.number("cost_rate"),
        currency=found.text("currency"),
        role=found.text("role"),
    )


def _is_active(row: Row) -> bool:
    by_word = letters(row.text("status")) not in INACTIVE_WORDS
    return row.flag("is_active", default=by_word)
