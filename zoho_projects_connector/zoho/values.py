"""Scalar values as Zoho writes them, turned into Python's.

:source: Zoho Projects API reference, sections 2.1 and 14 (general rules 2 to 6).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import Any

from .errors import ZohoUnreadable
from .rich_text import plain_text

__all__ = [
    "is_missing",
    "is_storable",
    "letters",
    "parse_bool",
    "parse_date",
    "parse_datetime",
    "parse_minutes",
    "parse_number",
    "plain_text",
    "storable",
    "whole_number",
    "zoho_id",
]

MISSING_TEXTS = frozenset({"", "-"})
NO_IDS = frozenset({"", "-", "0", "-1", "null", "none", "undefined"})
TRUE_WORDS = frozenset({"true", "1", "yes", "y", "on"})
FALSE_WORDS = frozenset({"false", "0", "no", "n", "off"})
EPOCH = datetime(1970, 1, 1)
# Eleven digits of milliseconds are 1973: shorter numbers are something else.
SMALLEST_EPOCH_MS = 10**11
LARGEST_EPOCH_MS = 10**14
# A parser that reads numbers as floats may have rounded what is larger: such an id
# names another record, or none.
LARGEST_EXACT_FLOAT = 2**53 - 1
# An identifier of Zoho has 18 digits; what is longer fits no index of a database.
LONGEST_ID = 100
# What is said to be older is no date, but a way to say that there is none.
EARLIEST_YEAR = 1900

_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?")
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*(Z|z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
# Month or day first: only the twin in milliseconds settles it (reference, section 14,
# rule 4).
_MONTH_FIRST = re.compile(
    r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?"
)
_DECIMAL_HOURS = re.compile(r"[0-9]{1,6}([.,][0-9]{0,20})?")
_DIGITS = re.compile(r"[0-9]{1,18}")
_PLAIN_NUMBER = re.compile(r"-?([0-9]{1,18}(\.[0-9]{0,18})?|\.[0-9]{1,18})")
_MONEY = re.compile(r"-?[0-9][0-9.,'\s]{0,30}")


def is_missing(value: object) -> bool:
    """Return whether the value says nothing; ``False`` and ``0`` say something."""
    if isinstance(value, str):
        return value.strip() in MISSING_TEXTS
    return value is None or (isinstance(value, (list, dict, tuple)) and not value)


def is_storable(value: object) -> bool:
    """Return whether a database keeps the value as JSON: no NaN and no infinity."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return True
    # Each value of each row is asked: what holds no number is not called for.
    for one in value:
        if isinstance(one, (float, dict, list)) and not is_storable(one):
            return False
    return True


def storable(value: Any) -> Any:
    """Return the value with a text in the place of what is not storable."""
    if isinstance(value, dict):
        return {key: storable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [storable(one) for one in value]
    return value if is_storable(value) else str(value)


def zoho_id(value: object) -> str:
    """Return an identifier as text, ``""`` when there is no usable one."""
    if isinstance(value, float):
        if not value.is_integer() or abs(value) > LARGEST_EXACT_FLOAT:
            return ""
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    # Text from here on: what is a number in one answer is a text in the next
    # (reference, pitfall 2).
    text = str(value).strip()
    if len(text) > LONGEST_ID or not text.isprintable():
        return ""
    return "" if text.lower() in NO_IDS else text


def parse_bool(value: object, default: bool = False) -> bool:
    """Return a yes or no; ``default`` when the value is neither."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in TRUE_WORDS:
        return True
    return False if word in FALSE_WORDS else default


def letters(value: object) -> str:
    """Return the lower-case letters of a value: ``Non-Billable`` = ``nonbillable``."""
    if value is None:
        return ""
    text = str(value).lower()
    return text if text.isalpha() else "".join(filter(str.isalpha, text))


def whole_number(value: object) -> int | None:
    """Return a number without sign or fraction, given as such or as digits."""
    text = str(value).strip()
    return int(text) if _DIGITS.fullmatch(text) else None


def parse_number(value: object) -> float | None:
    """Return an amount, written plainly or with currency sign and separators."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if not isinstance(value, str):
        return _finite(value)
    # Amounts may come as people write them: their forms are documented nowhere.
    text = value.strip()
    if not _PLAIN_NUMBER.fullmatch(text):
        text = _plain(text)
    return float(text) if text else None


def _finite(value: float) -> float | None:
    try:
        return float(value) if isfinite(value) else None
    except OverflowError:
        return None


def _plain(text: str) -> str:
    """Return an amount without sign of currency and separators of thousands."""
    found = _MONEY.search(text)
    digits = re.sub(r"[\s']", "", found[0]).rstrip(".,") if found else ""
    decimal = max(digits.rfind("."), digits.rfind(","))
    if decimal == -1 or _is_thousands(digits):
        return re.sub(r"[.,]", "", digits)
    whole = re.sub(r"[.,]", "", digits[:decimal])
    return f"{whole}.{digits[decimal + 1 :]}"


def _is_thousands(digits: str) -> bool:
    """A separator that comes twice, or a comma before three digits, groups digits."""
    separators = re.sub(r"[^.,]", "", digits)
    if len(separators) > 1:
        return len(set(separators)) == 1
    return re.fullmatch(r"-?[0-9]{1,3},[0-9]{3}", digits) is not None


def parse_date(value: object, twin: object = None) -> date | None:
    """Return the calendar day as written: no time zone ever shifts it.

    :param twin: the same day in epoch milliseconds (Zoho's ``*_long`` keys); it
        decides between month-first and day-first.
    :return: ``None`` when the value is missing or unreadable.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    by_twin = _epoch_day(twin)
    text = str(value).strip() if isinstance(value, (str, int)) else ""
    if found := _ISO.fullmatch(text):
        return _day(found[1], found[2], found[3])
    if found := _MONTH_FIRST.fullmatch(text):
        return _month_first_day(found, by_twin)
    return _epoch_day(value) or by_twin


def parse_datetime(value: object) -> datetime | None:
    """Return a moment in naive UTC; a moment without an offset is taken as UTC.

    :return: ``None`` when the value is missing or unreadable.
    """
    if isinstance(value, datetime):
        return _naive_utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if (milliseconds := _epoch_ms(value)) is not None:
        return EPOCH + timedelta(milliseconds=milliseconds)
    text = value.strip() if isinstance(value, str) else ""
    try:
        if found := _ISO.fullmatch(text):
            return _iso_moment(found)
        if found := _MONTH_FIRST.fullmatch(text):
            return _month_first_moment(found)
    except (ValueError, OverflowError):
        return None
    return None


def parse_minutes(value: object, decimal: bool = False) -> int:
    """Return whole minutes of ``HH:MM`` (hours may exceed 24) or ``HH:MM:SS``.

    :param decimal: the key says that the value is hours as a decimal number.
    :raise ZohoUnreadable: when the text is no duration, or a bare number could be
        hours as well as minutes.
    """
    text = str(value).strip() if isinstance(value, (str, int, float)) else ""
    # No parser of clocks: a log may have more than 24 hours, and `06:15` is no decimal
    # number (reference, pitfalls 16 and 17).
    if found := _CLOCK.fullmatch(text):
        half_up = 1 if found[3] and int(found[3]) >= 30 else 0
        return int(found[1]) * 60 + int(found[2]) + half_up
    if decimal and not isinstance(value, bool):
        return _decimal_minutes(text)
    # Not guessed: the wrong one would be sixty times too much on an invoice.
    if re.fullmatch(r"\d+([.,]\d+)?", text):
        raise ZohoUnreadable("A bare number may be hours or minutes.")
    raise ZohoUnreadable("This is not a duration in hours and minutes.")


def _decimal_minutes(text: str) -> int:
    if not _DECIMAL_HOURS.fullmatch(text):
        raise ZohoUnreadable("This is not a number of hours.")
    # As a decimal: a float of hours loses minutes that are billed.
    minutes = Decimal(text.replace(",", ".")) * 60
    return int(minutes.to_integral_value(ROUND_HALF_UP))


def _epoch_ms(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    number = whole_number(value)
    if number is None or not SMALLEST_EPOCH_MS <= number < LARGEST_EPOCH_MS:
        return None
    return number


def _epoch_day(value: object) -> date | None:
    """A day in milliseconds is midnight somewhere on Earth: take the nearest one."""
    milliseconds = _epoch_ms(value)
    if milliseconds is None:
        return None
    return (EPOCH + timedelta(milliseconds=milliseconds, hours=12)).date()


def _day(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= EARLIEST_YEAR else None


def _month_first_day(found: re.Match[str], twin: date | None) -> date | None:
    month_first = _day(found[3], found[1], found[2])
    day_first = _day(found[3], found[2], found[1])
    if twin and day_first and month_first:
        return min(month_first, day_first, key=lambda day: abs(day - twin))
    return month_first or day_first


def _iso_moment(found: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second = (int(found[i] or 0) for i in range(1, 7))
    micro = int(f"{found[7] or '':0<6}"[:6])
    moment = datetime(year, month, day, hour, minute, second, micro)
    if year < EARLIEST_YEAR:
        return None
    return moment - _offset(found[8] or "")


def _offset(text: str) -> timedelta:
    digits = text[1:].replace(":", "")
    if not digits.isdigit():
        return timedelta(0)
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -size if text[0] == "-" else size


def _month_first_moment(found: re.Match[str]) -> datetime | None:
    day = _month_first_day(found, None)
    hour = int(found[4] or 0)
    if found[7]:
        hour = hour % 12 + (12 if found[7].lower() == "pm" else 0)
    if day is None:
        return None
    clock = (hour, int(found[5] or 0), int(found[6] or 0))
    return datetime(day.year, day.month, day.day, *clock)


def _naive_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
