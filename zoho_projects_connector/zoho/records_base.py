"""What all records share, and the people inside them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .reader import NO_PHASE, Row, is_sentinel
from .values import is_missing, zoho_id


@dataclass(frozen=True)
class Record:
    """One object of Zoho.

    :param zoho_id: identifier, always text.
    :param modified: last change at Zoho, naive UTC.
    :param raw: the JSON object as it came.
    :param custom: values of custom fields by API name.
    """

    zoho_id: str
    modified: datetime | None = field(default=None, kw_only=True)
    raw: dict[str, Any] = field(
        default_factory=dict, kw_only=True, repr=False, compare=False
    )
    custom: dict[str, object] = field(default_factory=dict, kw_only=True, hash=False)

    def field_value(self, api_name: str) -> object:
        """Return the value under an API name, custom or not."""
        return self.custom.get(api_name, self.raw.get(api_name))


@dataclass(frozen=True)
class Person(Record):
    """Somebody named inside a record; ``zoho_id`` is the user's id in the portal."""

    name: str = ""
    email: str = ""


def parse_person(value: object) -> Person | None:
    """Return the person that an object, a list or a bare name stands for.

    A person without an id is kept only for the e-mail by which he may be known.

    :return: ``None`` for nobody.
    """
    if isinstance(value, list):
        people = parse_people(value)
        return people[0] if people else None
    if not isinstance(value, dict):
        return None
    row = Row(value, "person")
    found, name, email = row.identifier("id"), row.full_name(), row.text("email")
    if is_sentinel(name, identifier=found) or not (found or email):
        return None
    return Person(found, name=name, email=email, raw=row.raw)


def parse_people(values: object) -> tuple[Person, ...]:
    """Return the people of a list, nobody left out but nobodies."""
    listed = values if isinstance(values, list) else [values]
    people = (parse_person(value) for value in listed)
    return tuple(person for person in people if person is not None)


def person_of(row: Row, field_name: str) -> Person | None:
    """Return the person of a field, given as an object or as flat V2 keys."""
    if person := parse_person(row.value(field_name)):
        return person
    flat = {
        key: row.value(f"{field_name}_{key}")
        for key in ("id", "name", "email")
        if row.has(f"{field_name}_{key}")
    }
    return parse_person({key: one for key, one in flat.items() if not is_missing(one)})


def phase_id_of(row: Row, phase_ids: Container[str] | None) -> str:
    """Return the id of the row's phase, ``""`` for the phase called "None".

    Zoho sends that phase with an id of its own, so only an id known to be a
    phase's (``phase_ids``) makes a phase of this name real.
    """
    found = zoho_id(row.identifier("phase_id"))
    name = row.text("phase_name")
    known: Container[str] = () if phase_ids is None else phase_ids
    return "" if is_sentinel(name, NO_PHASE, found, known) else found
