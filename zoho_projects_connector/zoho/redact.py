"""Keeps tokens and secrets out of logs."""

from __future__ import annotations

import logging
import re

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
)


def mask(text: object) -> str:
    """Return the text with every token, secret and authorization code hidden."""
    masked = str(text)
    for pattern, replacement in _PATTERNS:
        masked = pattern.sub(replacement, masked)
    return masked


class RedactingFilter(logging.Filter):
    """Masks the message, the arguments and the traceback of log records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Mask one record in place; never drop it."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError, KeyError):
            message = f"{record.msg} {record.args}"
        record.msg, record.args = mask(message), ()
        if record.exc_info:
            formatter = logging.Formatter()
            record.exc_text = mask(formatter.formatException(record.exc_info))
        return True
