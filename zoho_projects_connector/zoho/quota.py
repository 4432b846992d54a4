"""Arithmetic of Zoho's rate limits; counts live with the caller.

:source: Zoho Projects API reference, section 10.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from .errors import DEFAULT_LOCK

# Documented are 200 calls in two minutes, seen were refusals at 100, and other programs
# on the same portal may count, too: reference, section 10.1.
SAFE_LIMIT = 90
WINDOW_SECONDS = 120
# What a header says beyond that is a mistake, and the sync would not come back by
# itself.
LONGEST_LOCK = timedelta(days=1)

_TRY_AGAIN = re.compile(
    r"try again (?:after|in)\s+(\d{1,6})\s*(second|minute|hour)", re.I
)
_UNIT_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


@dataclass(frozen=True)
class Quota:
    """Rolling window over the calls of one URL pattern.

    :param limit: calls allowed in a window while Zoho announces nothing.
    :param window: length of the window in seconds.
    """

    limit: int = SAFE_LIMIT
    window: int = WINDOW_SECONDS

    def budget(self, rate_limit_header: int | None = None) -> int:
        """Return the calls allowed in a window: 90 % of what Zoho announces."""
        if not rate_limit_header or rate_limit_header < 0:
            return self.limit
        return max(1, rate_limit_header * 9 // 10)

    def used(self, now: datetime, counts: Iterable[tuple[datetime, int]]) -> int:
        """Return the calls inside the window that ends now.

        :param counts: pairs of the moment and the number of calls made then.
        """
        start = now - timedelta(seconds=self.window)
        return sum(calls for moment, calls in counts if moment > start)

    def left(
        self,
        now: datetime,
        counts: Iterable[tuple[datetime, int]],
        rate_limit: int | None = None,
    ) -> int:
        """Return how many calls may still be made now."""
        return max(0, self.budget(rate_limit) - self.used(now, counts))

    def retry_at(
        self,
        now: datetime,
        counts: Iterable[tuple[datetime, int]],
        rate_limit: int | None = None,
    ) -> datetime | None:
        """Return when one more call fits, ``None`` when it fits now."""
        start = now - timedelta(seconds=self.window)
        inside = sorted(pair for pair in counts if pair[0] > start)
        excess = sum(calls for _moment, calls in inside) - self.budget(rate_limit) + 1
        for moment, calls in inside:
            if excess <= 0:
                break
            excess -= calls
            if excess <= 0:
                return moment + timedelta(seconds=self.window)
        return None


def parse_retry_after(
    headers: Mapping[str, str], message: str, now: datetime
) -> datetime:
    """Return when a throttled caller may come back.

    :param message: Zoho's sentence, which often names the wait.
    :param now: aware moment of the answer.
    :return: aware UTC moment; ten minutes from now when nothing is said.
    """
    # The header is documented, and not in every answer; the sentence names the minutes.
    wait = _header_wait(headers.get("Retry-After", ""), now) or _message_wait(message)
    if wait is None or wait <= timedelta(0):
        wait = DEFAULT_LOCK
    return now.astimezone(timezone.utc) + min(wait, LONGEST_LOCK)


def announced_limit(headers: Mapping[str, str]) -> int | None:
    """Return the calls that Zoho allows in two minutes, as its headers say."""
    limit = _first_number(headers.get("RateLimit", ""))
    window = _first_number(headers.get("RateLimit-Window", ""))
    if not limit or not window:
        return limit or None
    # Documented without its words: the first letters tell them apart.
    unit = headers.get("RateLimit-Window-Unit", "second").strip().lower()
    seconds = window * next(
        (size for word, size in _UNIT_SECONDS.items() if unit.startswith(word[:3])), 1
    )
    # A shorter window is safe as it is; a longer one must be spread.
    return limit if seconds <= WINDOW_SECONDS else limit * WINDOW_SECONDS // seconds


def _first_number(text: str) -> int | None:
    found = re.search(r"\d{1,9}", text)
    return int(found[0]) if found else None


def _header_wait(value: str, now: datetime) -> timedelta | None:
    value = value.strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", value):
        return timedelta(seconds=float(value)) or None
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment - now if moment > now else None


def _message_wait(message: str) -> timedelta | None:
    found = _TRY_AGAIN.search(message)
    if not found:
        return None
    return timedelta(seconds=int(found[1]) * _UNIT_SECONDS[found[2].lower()])
