"""Scalar values as Zoho writes them, turned into Python's.

:source: Zoho Projects API reference, sections 2.1 and 14 (general rules 2 to 6).
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from html import unescape
from html.parser import HTMLParser

from .errors import ZohoUnreadable

MISSING_TEXTS = frozenset({"", "-"})
NO_IDS = frozenset({"", "-", "0", "-1", "null", "none", "undefined"})
TRUE_WORDS = frozenset({"true", "1", "yes", "y", "on"})
FALSE_WORDS = frozenset({"false", "0", "no", "n", "off"})
EPOCH = datetime(1970, 1, 1)
# Eleven digits of milliseconds are 1973: shorter numbers are something else.
SMALLEST_EPOCH_MS = 10**11
LARGEST_EPOCH_MS = 10**14
LARGEST_EXACT_FLOAT = 2**53

_CLOCK = re.compile(r"(\d{1,6}):([0-5]\d)(?::([0-5]\d)(?:\.\d+)?)?")
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?"
    r"\s*(Z|z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_MONTH_FIRST = re.compile(
    r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})"
    r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp][Mm])?)?"
)
_TAG = re.compile(r"<[A-Za-z/!]")


def is_missing(value: object) -> bool:
    """Return whether the value says nothing; ``False`` and ``0`` say something."""
    if isinstance(value, str):
        return value.strip() in MISSING_TEXTS
    return value is None or (isinstance(value, (list, dict, tuple)) and not value)


def zoho_id(value: object) -> str:
    """Return an identifier as text, ``""`` when there is no usable one."""
    if isinstance(value, float):
        if not value.is_integer() or abs(value) > LARGEST_EXACT_FLOAT:
            return ""
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    text = str(value).strip()
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
    return "".join(char for char in str(value).lower() if char.isalpha())


def parse_number(value: object) -> float | None:
    """Return an amount, written plainly or with currency sign and separators."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = re.sub(r"[^\d.,-]", "", str(value)).strip(".,")
    if text.rfind(",") > text.rfind("."):
        thousands = re.fullmatch(r"-?\d{1,3}(,\d{3})+", text)
        text = text.replace(".", "").replace(",", "" if thousands else ".")
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return number if isinstance(value, str) or number == value else float(value)


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
    if found := _CLOCK.fullmatch(text):
        half_up = 1 if int(found[3] or 0) >= 30 else 0
        return int(found[1]) * 60 + int(found[2]) + half_up
    if decimal and not isinstance(value, bool):
        return _decimal_minutes(text)
    if re.fullmatch(r"\d+([.,]\d+)?", text):
        raise ZohoUnreadable("A bare number may be hours or minutes.")
    raise ZohoUnreadable("This is not a duration in hours and minutes.")


def _decimal_minutes(text: str) -> int:
    try:
        hours = Decimal(text.replace(",", "."))
        minutes = int((hours * 60).to_integral_value(ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        raise ZohoUnreadable("This is not a number of hours.") from None
    if minutes < 0:
        raise ZohoUnreadable("A number of hours cannot be negative.")
    return minutes


def _epoch_ms(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, str, float)):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return number if SMALLEST_EPOCH_MS <= number < LARGEST_EPOCH_MS else None


def _epoch_day(value: object) -> date | None:
    """A day in milliseconds is midnight somewhere on Earth: take the nearest one."""
    milliseconds = _epoch_ms(value)
    if milliseconds is None:
        return None
    return (EPOCH + timedelta(milliseconds=milliseconds, hours=12)).date()


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _month_first_day(found: re.Match[str], twin: date | None) -> date | None:
    month_first = _day(found[3], found[1], found[2])
    day_first = _day(found[3], found[2], found[1])
    if twin and day_first and month_first:
        return min(month_first, day_first, key=lambda day: abs(day - twin))
    return month_first or day_first


def _iso_moment(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(found[i] or 0) for i in range(1, 7))
    micro = int((found[7] or "0").ljust(6, "0")[:6])
    moment = datetime(year, month, day, hour, minute, second, micro)
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


def plain_text(html: object) -> str:
    """Return the readable text of rich text: breaks kept, entities unescaped."""
    text = html if isinstance(html, str) else ""
    if _TAG.search(text):
        reader = _TextReader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.parts)
    else:
        text = unescape(text)
    lines = (
        re.sub(r"[ \t\r\f\v\xa0]+", " ", line).strip() for line in text.split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _TextReader(HTMLParser):
    """Collects text; each block element starts on a line of its own."""

    BLOCKS = frozenset(
        "address article blockquote dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header"
        " hr li ol p pre section table td th tr ul".split()
    )
    SILENT = frozenset({"script", "style", "head", "title", "template"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in self.SILENT:
            self._silent += 1
        if tag == "br":
            self.parts.append("\n")
        elif tag in self.BLOCKS:
            self._new_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT and self._silent:
            self._silent -= 1
        if tag in self.BLOCKS:
            self._new_line()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _new_line(self) -> None:
        if self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append("\n")
