"""The simulator's clock: real, frozen, or moved by hand."""

import time
from collections.abc import Callable
from datetime import date, datetime, timezone

UTC = timezone.utc


class Clock:
    """A clock that tests move instead of waiting.

    :param base: returns seconds since the epoch; ``time.time`` by default.
    """

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self._offset = 0.0

    @classmethod
    def frozen(cls, at: datetime) -> "Clock":
        """Return a clock that stands still at an aware date-time."""
        stamp = at.timestamp()
        return cls(lambda: stamp)

    def __call__(self) -> float:
        return self._base() + self._offset

    def advance(self, seconds: float) -> None:
        """Move the clock forward (or back) by some seconds."""
        self._offset += seconds

    def now(self) -> datetime:
        """Return the moment as an aware UTC date-time, in whole milliseconds."""
        moment = datetime.fromtimestamp(self(), UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)

    def today(self) -> date:
        """Return the UTC day."""
        return self.now().date()
