"""Values of Zoho as fields of Odoo take them: converted and cleaned, or refused."""

import re
from typing import Any

from odoo import Command
from odoo.tools import (
    email_normalize,
    email_split,
    plaintext2html,
)
from odoo.tools.translate import LazyTranslate

from ...clock import say_day, say_moment
from ...zoho.records import parse_people
from ...zoho.values import (
    parse_bool,
    parse_date,
    parse_datetime,
    parse_number,
    plain_text,
)
from .page import SyncPage, person_key

_lt = LazyTranslate(__name__)

ZOHO_TYPES = [
    ("text", "Text"),
    ("long_text", "Long text"),
    ("number", "Whole number"),
    ("decimal", "Decimal number"),
    ("currency", "Currency"),
    ("percent", "Percent"),
    ("date", "Date"),
    ("datetime", "Date and time"),
    ("boolean", "Yes/No"),
    ("picklist", "Pick list"),
    ("multi_picklist", "Multi pick list"),
    ("user", "User"),
    ("multi_user", "Several users"),
    ("email", "Email"),
    ("url", "URL"),
    ("phone", "Phone"),
    ("lookup", "Link to a record"),
    ("other", "Other"),
]

# The first is the type of a field that is created. Odoo has no pick list of several
# values and no type for a person without a login: text holds their names.
ODOO_TYPES = {
    "text": ("char",),
    "long_text": ("text", "html"),
    "number": ("integer",),
    "decimal": ("float",),
    "currency": ("monetary", "float"),
    "percent": ("float",),
    "date": ("date",),
    "datetime": ("datetime",),
    "boolean": ("boolean",),
    "picklist": ("selection", "char"),
    "multi_picklist": ("char", "text"),
    "user": ("char", "many2one"),
    "multi_user": ("char", "text", "many2many"),
    "email": ("char",),
    "url": ("char",),
    "phone": ("char",),
    "lookup": (),
    "other": (),
}

# What a created field is called; whoever prefers another label renames it in Odoo.
PREFIX = "x_zoho_"

# Where a model keeps the currency of its amounts.
CURRENCY_FIELDS = ("invoicing_currency_id", "currency_id")

# Which records stand for a user of Zoho.
USER_MODELS = ("hr.employee", "res.users")

ODOO_WORDS = {
    "char": _lt("Text"),
    "text": _lt("Long text"),
    "html": _lt("Formatted text"),
    "integer": _lt("Whole number"),
    "float": _lt("Decimal number"),
    "monetary": _lt("Currency"),
    "date": _lt("Date"),
    "datetime": _lt("Date and time"),
    "boolean": _lt("Yes/No"),
    "selection": _lt("Pick list"),
    "many2one": _lt("Link to a record"),
    "many2many": _lt("Links to records"),
    "one2many": _lt("Lines"),
    "binary": _lt("File"),
}

# A number with its sign of currency or per cent, and nothing else in words.
_AMOUNT = re.compile(
    r"(?:[A-Z]{3}|[^\w\s,.'-])?\s*-?[0-9][0-9.,'\s]*(?:[A-Z]{3}|[^\w\s,.'-])?"
)

_TAG = re.compile(r"<[a-zA-Z/!]")

NAME_KEYS = ("value", "name", "full_name", "display_name", "label", "email")

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


def fits(zoho_type: str, field: Any) -> bool:
    """Return whether a field of Odoo may hold what Zoho has.

    :param str zoho_type: a key of ``ZOHO_TYPES``.
    :param field: one record of ``ir.model.fields``.
    :rtype: bool
    """
    if field.ttype not in ODOO_TYPES[zoho_type]:
        return False
    return not field.relation or field.relation in USER_MODELS


# Values of custom fields, of whatever kind


def convert(field: Any, value: Any, page: SyncPage) -> Any:
    """Return a value of Zoho as an Odoo field takes it; nothing becomes ``False``.

    :param field: the field object of the ORM.
    :param value: what Zoho has sent.
    :param SyncPage page: the page in hand; it knows who stands for which user.
    :raise ValueError: when the value does not fit.
    """
    if value in (None, "", "-", [], {}):
        return False
    converters = {
        "integer": _integer,
        "float": _amount,
        "monetary": _amount,
        "date": parse_date,
        "datetime": parse_datetime,
        "boolean": lambda one: parse_bool(one, default=None),
        "selection": lambda one: _choice(field, one, page),
        "many2one": lambda one: _only(_people(field, one, page)),
        "many2many": lambda one: [Command.set(_people(field, one, page))],
        "text": lambda one: plain_text(text_of(one)),
        "html": _html,
    }
    converted = converters.get(field.type, text_of)(value)
    if converted is None:
        raise ValueError(value)
    return converted


def text_of(value: Any) -> str:
    """Return the words of a value; of several, all of them.

    :raise ValueError: of an object without a name.
    """
    if isinstance(value, dict):
        value = next((value[key] for key in NAME_KEYS if value.get(key)), None)
        if value is None:
            raise ValueError(value)
    if isinstance(value, list):
        return ", ".join(text_of(item) for item in value)
    return str(value)


def _integer(value: Any) -> int | None:
    number = _amount(value)
    return int(number) if number is not None and number.is_integer() else None


def _amount(value: Any) -> float | None:
    text = text_of(value).strip()
    return parse_number(text) if _AMOUNT.fullmatch(text) else None


def _html(value: Any) -> str:
    text = text_of(value)
    return text if _TAG.search(text) else str(plaintext2html(text))


def _choice(field: Any, value: Any, page: SyncPage) -> str | None:
    """Return the key of the choice that has this name, whatever its case."""
    wanted = text_of(value).strip().casefold()
    for key, label in field._description_selection(page.integration.env):
        if wanted in (str(key).casefold(), label.casefold()):
            return key
    return None


def _people(field: Any, value: Any, page: SyncPage) -> list[int]:
    """Return the ids of the records that stand for users of Zoho."""
    people = parse_people(value)
    ids = [page.refs.get(("user", person_key(person))) for person in people]
    if not ids or not all(ids):
        raise ValueError(value)
    employees = page.integration.env["hr.employee"].browse(ids)
    if field.comodel_name == employees._name:
        return ids
    if not all(employee.user_id for employee in employees):
        raise ValueError(value)
    return employees.user_id.ids


def _only(ids: list[int]) -> int | None:
    return ids[0] if len(ids) == 1 else None


# Text, as a field takes it and as people read it


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
        return say_day(env, value)
    if field.type == "datetime" and value:
        return say_moment(env, value)
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
