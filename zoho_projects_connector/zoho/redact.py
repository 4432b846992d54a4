"""Keeps tokens and secrets out of logs, and all content out of diagnostic files."""

from __future__ import annotations

import logging
import re

from .aliases import ALIASES

HIDDEN = "***"
_SECRET_KEYS = "client_secret|refresh_token|access_token|grant_code|token"
_PATTERNS = (
    (re.compile(r"1000\.[\w-]+\.[\w-]+"), HIDDEN),
    (
        re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*['\"]?)[^'\"\r\n,}]+"),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"(?i)\b(zoho-oauthtoken|bearer)\s+[\w.~+/=-]+"), rf"\1 {HIDDEN}"),
    (
        re.compile(rf"(?i)\b({_SECRET_KEYS})(['\"]?\s*[:=]\s*['\"]?)[^\s'\"&,}}]+"),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"(?i)([?&\s'\"]code=)[^\s'\"&]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)^(code=)[^\s'\"&]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)([?&\s'\"]state=)[^\s'\"&]+"), rf"\1{HIDDEN}"),
    # An address within another one: where the login page leads back to.
    (re.compile(r"(?i)((?:%3F|%26)(?:code|state)%3D)[^\s'\"&%]+"), rf"\1{HIDDEN}"),
)
_LITERAL = re.compile(r"'(?:[^'\\]|\\.|'')*'", re.S)

# Longer texts tell their length only; shorter ones without a letter their pattern.
PATTERN_LENGTH = 24
# Of long lists the first rows tell the structure.
SHOWN_ROWS = 3
KNOWN_KEYS = frozenset(
    part
    for table in ALIASES.values()
    for names in table.values()
    for name in names
    for part in name.split(".")
)


def shape(value: object) -> object:
    """Return the structure of a value: keys of the API, types and lengths.

    ``{"log_hour": "132:30", "notes": "Plans"}`` becomes
    ``{"log_hour": "999:99", "notes": "text(5)"}``. Keys that are not of the API, such
    as those of custom fields, are counted and not told.
    """
    if isinstance(value, dict):
        known = {key: shape(value[key]) for key in value if key in KNOWN_KEYS}
        others = [shape(value[key]) for key in value if key not in KNOWN_KEYS]
        return {**known, **({"other_keys": others} if others else {})}
    if isinstance(value, (list, tuple)):
        rows = [shape(item) for item in value[:SHOWN_ROWS]]
        return rows if len(value) <= SHOWN_ROWS else [*rows, f"list({len(value)})"]
    if value is None or isinstance(value, bool):
        return value
    text = str(value)
    if not isinstance(value, str):
        return f"{type(value).__name__}({len(text)})"
    if len(text) <= PATTERN_LENGTH and not any(sign.isalpha() for sign in text):
        return re.sub(r"\d", "9", text)
    return f"text({len(text)})"


def known_words(text: object) -> list[str]:
    """Return the names of the API that a sentence mentions, and nothing else of it."""
    words = re.findall(r"[a-z]+(?:_[a-z]+)+", str(text))
    return sorted(KNOWN_KEYS.intersection(words))


def mask(text: object) -> str:
    """Return the text with every token, secret and authorization code hidden."""
    masked = str(text)
    for pattern, replacement in _PATTERNS:
        masked = pattern.sub(replacement, masked)
    return masked


class RedactingFilter(logging.Filter):
    """Masks the message, the arguments and the traceback of log records.

    :param about: on a logger that others use, too: only what mentions this is masked.
    """

    def __init__(self, about: str = "") -> None:
        super().__init__()
        self._about = about

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask one record in place; never drop it."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = f"{record.msg} {record.args}"
        if self._about not in message:
            return True
        record.msg, record.args = mask(message), ()
        if record.exc_info:
            formatter = logging.Formatter()
            record.exc_text = mask(formatter.formatException(record.exc_info))
        return True


class StatementFilter(logging.Filter):
    """Hides every value of the SQL statements that concern one table.

    A secret that somebody chose himself looks like any other text.
    """

    def __init__(self, table: str) -> None:
        super().__init__()
        self._table = table

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask one record in place; never drop it."""
        message = record.getMessage()
        if self._table in message:
            record.msg, record.args = _LITERAL.sub(f"'{HIDDEN}'", message), ()
        return True
