"""The ``filter`` and ``sort_by`` parameters.

:source: section 9.2 and the sortable fields of section 6.1.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from .errors import bad_value

Getter = Callable[[Any], Any]
_SORT = re.compile(r"^(ASC|DESC)\((\w+)\)$")


def _truth(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _criterion(criterion: dict[str, Any], getters: dict[str, Getter]) -> Any:
    """Return a predicate of one criterion.

    :raise ApiError: ``FIELDS_VALIDATION_ERROR`` for a field that is not known.
    """
    name = criterion.get("field_name") or criterion.get("api_name") or ""
    condition = criterion.get("criteria_condition", "is")
    values = [_truth(value) for value in criterion.get("value") or []]
    if condition in ("all_open", "all_closed"):
        closed = condition == "all_closed"
        return lambda row: row.closed is closed
    getter = getters.get(name)
    if not getter:
        raise bad_value(name, "FIELDS_VALIDATION_ERROR")
    tests: dict[str, Callable[[Any], bool]] = {
        "is": lambda row: bool(set(_texts(getter(row))) & set(values)),
        "is_not": lambda row: not set(_texts(getter(row))) & set(values),
        "contains": lambda row: any(
            value.lower() in text.lower()
            for text in _texts(getter(row))
            for value in values
        ),
    }
    if condition not in tests:
        raise bad_value("criteria_condition")
    return tests[condition]


def _texts(value: Any) -> list[str]:
    return [_truth(v) for v in value] if isinstance(value, list) else [_truth(value)]


def matcher(text: str, getters: dict[str, Getter]) -> Callable[[Any], bool]:
    """Return a predicate for the JSON of a ``filter`` parameter.

    :raise ApiError: ``JSON_PARSE_ERROR`` when it is not JSON of that form.
    """
    try:
        document = json.loads(text)
        criteria = document["criteria"]
    except (ValueError, KeyError, TypeError) as error:
        raise bad_value("filter", "JSON_PARSE_ERROR") from error
    tests = [_criterion(criterion, getters) for criterion in criteria]
    if " OR " in str(document.get("pattern", "")):
        return lambda row: any(test(row) for test in tests)
    return lambda row: all(test(row) for test in tests)


def ordered(
    rows: Sequence[Any], sort_by: str, getters: dict[str, Getter]
) -> Sequence[Any]:
    """Return rows sorted as ``DESC(last_modified_time)`` asks.

    :raise ApiError: ``PATTERN_NOT_MATCHED`` for another form or field.
    """
    if not sort_by:
        return rows
    match = _SORT.match(sort_by)
    if not match or match[2] not in getters:
        raise bad_value("sort_by")
    key = getters[match[2]]
    return sorted(rows, key=lambda row: (key(row), row.id), reverse=match[1] == "DESC")
