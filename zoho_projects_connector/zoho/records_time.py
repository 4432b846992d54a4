"""Time logs, the bin, and the fields of a module."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .errors import ZohoUnreadable
from .reader import KNOWN_KEYS, Row
from .records_base import Person, Record, person_of
from .values import (
    is_missing,
    letters,
    parse_bool,
    parse_minutes,
    whole_number,
    zoho_id,
)

LOG_KINDS = {
    "task": "task",
    "tasks": "task",
    "tasklog": "task",
    "bug": "bug",
    "bugs": "bug",
    "buglog": "bug",
    "issue": "bug",
    "issues": "bug",
    "issuelog": "bug",
    "general": "general",
    "generic": "general",
    "generallog": "general",
}
# More than a century: a slip of the pen, and more than a whole number may hold.
MOST_MINUTES = 999_999 * 60
# Whatever is neither of these is data, but no approval.
APPROVALS = {"approved": "approved", "rejected": "rejected"}
ENTITIES = {
    "project": "project",
    "task": "task",
    "subtask": "task",
    "bug": "bug",
    "issue": "bug",
    "milestone": "phase",
    "phase": "phase",
    "tasklist": "task_list",
    "todolist": "task_list",
    "timelog": "timelog",
    "timesheet": "timelog",
    "log": "timelog",
}
FIELD_TYPES = {
    "text": "singleline singlelinetext text string autonumber",
    "long_text": "multiline multilinetext longtext textarea richtext",
    "number": "numeric number integer int long bigint",
    "decimal": "double decimal float",
    "currency": "currency money",
    "percent": "percent percentage",
    "date": "date",
    "datetime": "datetime dateandtime",
    "boolean": "boolean checkbox bool decisionbox",
    "picklist": "picklist dropdown radio select singleselect",
    "multi_picklist": "multipicklist multiselect multiselectpicklist",
    "user": "user userpicklist",
    "multi_user": "multiuser multiuserpicklist",
    "email": "email",
    "url": "url link website",
    "phone": "phone phonenumber",
}
TYPE_OF_WORD = {
    word: one for one, words in FIELD_TYPES.items() for word in words.split()
}


@dataclass(frozen=True)
class TimeLog(Record):
    """One entry of time.

    :param kind: ``task``, ``bug`` or ``general``.
    :param item_id: the task's or issue's id; ``""`` for general time.
    :param day: calendar day as Zoho shows it, in the portal's time zone.
    :param minutes: exact length.
    :param notes: HTML as it came.
    :param approval: ``approved pending rejected``; ``""`` without approval data.
    """

    project_id: str = ""
    kind: str = ""
    item_id: str = ""
    day: date = date.min
    minutes: int = 0
    notes: str = ""
    title: str = ""
    is_billable: bool = False
    approval: str = ""
    approver: str = ""
    approved_at: datetime | None = None
    owner: Person | None = None


@dataclass(frozen=True)
class TrashItem(Record):
    """A record in the bin, a hint only; ``entity`` may be unknown (``""``)."""

    entity: str = ""
    name: str = ""


@dataclass(frozen=True)
class FieldMeta(Record):
    """A field of a module; ``name`` is its API name, ``type`` our word for its type."""

    name: str = ""
    label: str = ""
    type: str = "other"
    raw_type: str = ""
    is_custom: bool = False
    options: tuple[str, ...] = ()


def parse_time_log(
    row: object, kind: str | None = None, project_id: str = ""
) -> TimeLog:
    """Return a time log.

    :param kind: type that was asked for, used when the row names none.
    :param project_id: project whose list was read, for rows that do not say it.
    :raise ZohoUnreadable: without id, type, day or length; ``field`` names it.
    """
    found = Row(row, "time_log")
    base = found.base()
    log_kind = _log_kind(found, kind)
    return TimeLog(
        **base,
        project_id=found.identifier("project_id") or project_id,
        kind=log_kind,
        item_id=_item_id(found, log_kind),
        day=_day(found),
        minutes=_minutes(found),
        notes=found.text("notes"),
        title=found.text("title"),
        is_billable=_is_billable(found),
        approval=_approval(found),
        approver=found.text("approver"),
        approved_at=found.moment("approved_at"),
        owner=person_of(found, "owner"),
    )


# The word for each part that a time log cannot be without.
UNREADABLE = {
    "module_detail.type": "log_kind",
    "date": "log_day",
    "log_hour": "log_length",
}


def _unreadable(row: Row, field: str, why: str) -> ZohoUnreadable:
    return ZohoUnreadable(
        f"The time log {row.identifier('id')} cannot be read: {why} ({field}).",
        code=UNREADABLE[field],
        field=field,
    )


def _log_kind(row: Row, asked: str | None) -> str:
    # V3 says `bug` where its listing is called `issue` (reference, pitfall 12).
    for word in (*row.texts("kind"), asked):
        if found := LOG_KINDS.get(letters(word)):
            return found
    by_item = {"task": row.identifier("task_id"), "bug": row.identifier("bug_id")}
    if found := next((kind for kind, item in by_item.items() if item), ""):
        return found
    raise _unreadable(row, "module_detail.type", "it names no type")


def _item_id(row: Row, kind: str) -> str:
    if kind == "general":
        return ""
    return row.identifier("item_id") or row.identifier(f"{kind}_id")


def _day(row: Row) -> date:
    # A day and never a moment: shifted to another time zone, work would be billed in
    # another month (reference, pitfall 18).
    day = row.day("day")
    if day is None:
        raise _unreadable(row, "date", "it names no day that can be read")
    return day


def _minutes(row: Row) -> int:
    """Return the length, if a person can have worked so long."""
    minutes = _any_minutes(row)
    if minutes > MOST_MINUTES:
        raise _unreadable(row, "log_hour", "it has more hours than a century")
    return minutes


def _any_minutes(row: Row) -> int:
    """Return the length from the first form that leaves no doubt."""
    for text in row.texts("clock"):
        if ":" in text:
            return _told_minutes(row, text)
    total = whole_number(row.value("total_minutes"))
    if total is not None:
        return total
    hours, minutes = (
        whole_number(row.value("hours")),
        whole_number(row.value("minutes")),
    )
    if hours is not None and minutes is not None:
        return hours * 60 + minutes
    if text := row.text("decimal_hours"):
        return _told_minutes(row, text, decimal=True)
    if text := row.text("clock"):
        return _told_minutes(row, text)
    raise _unreadable(row, "log_hour", "it has no hours")


def _told_minutes(row: Row, text: str, decimal: bool = False) -> int:
    try:
        return parse_minutes(text, decimal)
    except ZohoUnreadable as error:
        why = error.message.rstrip(".")
        raise _unreadable(row, "log_hour", why[0].lower() + why[1:]) from None


def _is_billable(row: Row) -> bool:
    # A word in V3, a yes or no elsewhere.
    said = row.value("billing")
    return letters(said) == "billable" or parse_bool(said)


def _approval(row: Row) -> str:
    # The inner form of an approval is documented nowhere (reference, section 14): what
    # is not known counts as not approved, so that nothing is billed by mistake.
    if word := letters(row.text("approval")):
        return APPROVALS.get(word, "pending")
    return "pending" if _says_anything(row.value("approval")) else ""


def _says_anything(value: object) -> bool:
    if isinstance(value, dict):
        return any(_says_anything(one) for one in value.values())
    return not is_missing(value)


def parse_trash_item(row: object) -> TrashItem:
    """Return a record of the bin."""
    found = Row(row, "trash_item")
    words = (entity_word(text) for text in found.texts("entity"))
    return TrashItem(
        **found.base(),
        entity=next((word for word in words if word), ""),
        name=found.text("name"),
    )


def entity_word(name: str) -> str:
    """Return our word for a module of Zoho, ``""`` for an unknown one."""
    word = letters(name)
    return ENTITIES.get(word) or ENTITIES.get(word.removesuffix("s"), "")


def parse_field_meta(row: object, entity: str = "") -> FieldMeta:
    """Return the description of a field.

    :param entity: alias table of the module's records: where Zoho does not say
        whether a field is custom, one that the records do not have by themselves is.
    """
    found = Row(row, "field_meta")
    raw_type = found.text("type")
    is_default = found.answer("is_default")
    if is_default is None:
        is_default = not entity or found.text("name") in KNOWN_KEYS[entity]
    return FieldMeta(
        **found.base(),
        name=found.text("name"),
        label=found.text("label"),
        type=TYPE_OF_WORD.get(letters(raw_type), "other"),
        raw_type=raw_type,
        is_custom=found.flag("is_custom", default=not is_default),
        options=_options(found.rows("options")),
    )


def _options(rows: Iterable[Any]) -> tuple[str, ...]:
    """Return the texts of a pick list; an option may be a text or an object."""
    texts = []
    for row in rows:
        if isinstance(row, dict):
            keys = ("value", "name", "label", "display_value", "option_name")
            row = next((row[key] for key in keys if row.get(key)), "")
        texts.append(row.strip() if isinstance(row, str) else zoho_id(row))
    return tuple(dict.fromkeys(text for text in texts if text))
