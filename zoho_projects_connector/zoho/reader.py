"""Reads one JSON object through the alias table of its type."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from .aliases import ALIASES
from .errors import ZohoUnreadable
from .standard_keys import STANDARD_KEYS
from .values import (
    is_missing,
    is_storable,
    letters,
    parse_bool,
    parse_date,
    parse_datetime,
    parse_number,
    zoho_id,
)

# What a pick list, a person or a status calls its own text.
LABEL_KEYS = ("value", "name", "full_name", "display_name", "type", "label")
# Beside a date in text, older answers give it in epoch milliseconds.
TWIN = "_long"
# Names under which Zoho says "nobody" and "no phase".
# Zoho tells them as if they were records (reference, pitfall 21); without a usable id
# they are nobody of that name.
NOBODY = frozenset({"none", "unassigned", "unassigneduser", "notassigned"})
NO_PHASE = frozenset({"none"})

# The parser of HTML behind Odoo's fields loses a text of ten megabytes as a whole, and
# nobody opens a list with one of them.
LONGEST_TEXT = 2**20


def is_sentinel(
    name: object,
    words: frozenset[str] = NOBODY,
    identifier: object = "",
    known_ids: Container[str] | None = None,
) -> bool:
    """Return whether a name stands for nobody or nothing.

    :param words: names that do, in lower-case letters.
    :param identifier: id that came with the name; a usable one makes it real.
    :param known_ids: when given, only these ids are usable.
    """
    found = zoho_id(identifier)
    real = bool(found) if known_ids is None else found in known_ids
    return letters(name) in words and not real


Path = tuple[str, ...]
PATHS: dict[str, dict[str, tuple[Path, ...]]] = {
    entity: {
        field: tuple(tuple(name.split(".")) for name in names)
        for field, names in table.items()
    }
    for entity, table in ALIASES.items()
}


# The path of each date's twin.
TWINS = {
    path: (*path[:-1], path[-1] + TWIN)
    for table in PATHS.values()
    for paths in table.values()
    for path in paths
}


class Row:
    """One row of a listing.

    :param entity: name of the alias table.
    :raise ZohoUnreadable: when the row is no object, when no database keeps a number
        of it, or when ``id`` finds no usable id.
    """

    def __init__(self, row: object, entity: str) -> None:
        # A row that is none must not end the page: it becomes one error among its
        # records.
        if not isinstance(row, Mapping):
            raise ZohoUnreadable(
                f"A {_spoken(entity)} is not a JSON object.", code="no_object"
            )
        if not is_storable(row):
            raise ZohoUnreadable(
                f"A {_spoken(entity)} holds a number that is none: NaN or infinity.",
                code="no_number",
            )
        self.raw: dict[str, Any] = dict(row)
        self.entity = entity
        self._paths = PATHS[entity]

    def value(self, field: str) -> Any:
        """Return the first value that says something, else ``None``."""
        return next(self._values(field), None)

    def text(self, field: str) -> str:
        """Return the first readable text; of an object, its label.

        Of a text that is longer than any of Zoho's, the beginning.
        """
        for value in self._values(field):
            if text := _label(value):
                is_long = len(text) > LONGEST_TEXT
                return f"{text[:LONGEST_TEXT]} […]" if is_long else text
        return ""

    def texts(self, field: str) -> tuple[str, ...]:
        """Return every readable text of a field, in the order of its names."""
        labels = (_label(value) for value in self._values(field))
        return tuple(text for text in labels if text)

    def has(self, field: str) -> bool:
        """Return whether the alias table knows the field."""
        return field in self._paths

    def identifier(self, field: str) -> str:
        """Return the first usable id, else ``""``."""
        for value in self._values(field):
            if found := zoho_id(value):
                return found
        return ""

    def required_id(self) -> str:
        """Return the row's own id.

        :raise ZohoUnreadable: when there is none.
        """
        if found := self.identifier("id"):
            return found
        raise ZohoUnreadable(
            f"A {_spoken(self.entity)} without an id cannot be read.",
            code="no_id",
            field="id",
        )

    def flag(self, field: str, default: bool = False) -> bool:
        """Return the first yes or no."""
        return parse_bool(self.value(field), default)

    def answer(self, field: str) -> bool | None:
        """Return yes or no, ``None`` when the row does not say."""
        said = self.value(field)
        return None if said is None else parse_bool(said)

    def number(self, field: str) -> float | None:
        """Return the first readable amount."""
        found = (parse_number(value) for value in self._values(field))
        return next((one for one in found if one is not None), None)

    def day(self, field: str) -> date | None:
        """Return a calendar day; its twin in milliseconds settles doubts."""
        found = (parse_date(value, twin) for value, twin in self._twins(field))
        return next((one for one in found if one is not None), None)

    def moment(self, field: str) -> datetime | None:
        """Return a moment in naive UTC; its twin in milliseconds is more exact."""
        for value, twin in self._twins(field):
            for one in (twin, value):
                if one is not None and (found := parse_datetime(one)) is not None:
                    return found
        return None

    def rows(self, field: str) -> list[Any]:
        """Return a list of items, whether one or many were given."""
        found = self.value(field)
        if found is None:
            return []
        return found if isinstance(found, list) else [found]

    def is_closed(self) -> bool:
        """Return whether the status is of the closed type, whatever its name."""
        # Names of statuses are custom and translated: the type alone tells (reference,
        # pitfall 20).
        if not is_missing(self.value("is_closed")):
            return self.flag("is_closed")
        return letters(self.text("closed_word")) in ("closed", "completed")

    def names(self, field: str) -> tuple[str, ...]:
        """Return the labels of a list such as tags, without repetition."""
        labels = (_label(item) for item in self.rows(field))
        return tuple(dict.fromkeys(label for label in labels if label))

    def full_name(self) -> str:
        """Return a person's name in full, as far as it is told."""
        if whole := self.text("name"):
            return whole
        both = f"{self.text('first_name')} {self.text('last_name')}".strip()
        return both or self.text("short_name")

    def base(self) -> dict[str, Any]:
        """Return what every record has."""
        return {
            "zoho_id": self.required_id(),
            "modified": self.moment("modified"),
            "raw": self.raw,
            "custom": custom_values(self.raw, self.entity),
        }

    def _values(self, field: str) -> Iterator[Any]:
        raw = self.raw
        for path in self._paths[field]:
            # Most names are those of other versions of Zoho's interface.
            if path[0] in raw:
                value = _step(raw, path)
                if not is_missing(value):
                    yield value

    def _twins(self, field: str) -> Iterator[tuple[Any, Any]]:
        raw = self.raw
        for path in self._paths[field]:
            twin_path = TWINS[path]
            if path[0] in raw or twin_path[0] in raw:
                value, twin = _step(raw, path), _step(raw, twin_path)
                if value is not None or twin is not None:
                    yield value, twin


def _spoken(entity: str) -> str:
    return entity.replace("_", " ")


def _step(value: Any, path: Path) -> Any:
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _label(value: object) -> str:
    if isinstance(value, Mapping):
        found = (_label(value.get(key)) for key in LABEL_KEYS)
        return next((text for text in found if text), "")
    if is_missing(value) or isinstance(value, (bool, list)):
        return ""
    return str(value).strip()


def _known_keys(entity: str) -> frozenset[str]:
    paths = (path for paths in PATHS[entity].values() for path in paths)
    keys = {path[0] for path in paths} | STANDARD_KEYS[entity]
    return frozenset(keys | {f"{key}{TWIN}" for key in keys})


KNOWN_KEYS = {entity: _known_keys(entity) for entity in ALIASES}


def custom_values(row: Mapping[str, Any], entity: str) -> dict[str, object]:
    """Return the values of the fields that Zoho's own model does not have.

    V3 puts custom fields at the top level; V2 lists them in ``custom_fields``.
    """
    # Keys of custom fields have no fixed prefix (reference, pitfall 30): what our
    # tables do not know is one.
    known = KNOWN_KEYS[entity]
    values: dict[str, object] = {}
    listed = row.get("custom_fields")
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, Mapping):
            name = _label(
                item.get("api_name")
                or item.get("column_name")
                or item.get("label_name")
            )
            if name:
                values[name] = item.get("value")
    values |= {key: value for key, value in row.items() if key not in known}
    return values
