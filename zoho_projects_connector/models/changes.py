"""Whether writing would change a record, and how, said in one way everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from odoo import Command


def changed_values(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of the values that differs from what the record holds.

    :param record: one Odoo record.
    :param values: values as `write` takes them; many2many as commands.
    """
    return {
        name: value
        for name, value in values.items()
        if would_change(record, name, value)
    }


def would_change(record: Any, name: str, value: Any) -> bool:
    """Return whether writing a value would change the field of a record."""
    field, stored = record._fields[name], record[name]
    # Mostly nothing has changed, and what is the same needs no conversion.
    if type(stored) is type(value) and stored == value and not field.relational:
        return False
    if field.type == "json":
        return bool((stored or False) != (value or False))
    if field.type == "many2many":
        return _would_relate(set(stored.ids), value)
    # As the cache holds it, a date is no text and an amount is rounded.
    cached = field.convert_to_cache(value, record)
    return bool(cached != field.convert_to_cache(stored, record))


def _would_relate(ids: set[int], commands: list[Any]) -> bool:
    """Return whether commands, of which we use two kinds, change what is related."""
    return any(
        ids != set(command[2]) if command[0] == Command.SET else command[1] not in ids
        for command in commands
    )


def label_changes(
    record: Any, changes: list[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """Return changes with the labels of their fields, for whoever reads them.

    :param changes: ``(field, before, after)``; what he may not see is left out.
    """
    labels = record.fields_get([name for name, *_values in changes], ["string"])
    return [
        (labels[name]["string"], before, after)
        for name, before, after in changes
        if name in labels
    ]


def say_changes(changes: list[tuple[str, str, str]]) -> str:
    """Return changes in one line.

    :param changes: ``(label, before, after)``.
    """
    return "; ".join(
        f"{label} {before or '–'} → {after or '–'}" for label, before, after in changes
    )
