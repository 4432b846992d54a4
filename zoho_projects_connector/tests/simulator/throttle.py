"""The rate limit: so many requests per URL pattern in two minutes, then a lock.

:source: section 10.1.
"""

from collections import deque
from collections.abc import Callable

from .dialect import Dialect
from .errors import ApiError

WINDOW_SECONDS = 120


class Throttle:
    """Counts requests by URL pattern.

    :param limit: requests allowed in the window; 0 switches the limit off.
    :param lock_minutes: how long a pattern stays locked.
    """

    def __init__(
        self, clock: Callable[[], float], limit: int = 100, lock_minutes: int = 10
    ) -> None:
        self.clock = clock
        self.limit = limit
        self.lock_minutes = lock_minutes
        self.trips = 0
        self._times: dict[str, deque[float]] = {}
        self._locked: dict[str, float] = {}

    def check(self, pattern: str, dialect: Dialect) -> None:
        """Count one request.

        :raise ApiError: the throttle answer, while the pattern is locked.
        """
        if not self.limit:
            return
        now = self.clock()
        times = self._times.setdefault(pattern, deque())
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if self._locked.get(pattern, 0) > now:
            if dialect.lock_prolonged:
                self._locked[pattern] = now + self.lock_minutes * 60
            raise self.refusal(dialect, self._locked[pattern] - now)
        if len(times) >= self.limit:
            self.lock(pattern)
            raise self.refusal(dialect, self.lock_minutes * 60)
        times.append(now)

    def lock(self, pattern: str) -> None:
        """Lock a pattern from now on."""
        self.trips += 1
        self._times.pop(pattern, None)
        self._locked[pattern] = self.clock() + self.lock_minutes * 60

    def headers(self, pattern: str) -> dict[str, str]:
        """Return the headers that announce the limit."""
        used = len(self._times.get(pattern, ()))
        return {
            "RateLimit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - used)),
            "RateLimit-Window": "2",
            "RateLimit-Window-Unit": "MINUTES",
        }

    def refusal(self, dialect: Dialect, seconds: float) -> ApiError:
        """Return the throttle answer, which is a 400 as seen live.

        :param seconds: how long the lock lasts; 0 to say nothing of it.
        """
        minutes = max(1, -(-int(seconds) // 60))
        message = (
            f"Cannot execute more than {self.limit or 100} requests per API in "
            "2 minutes."
        )
        headers = {}
        if seconds:
            message += f" Try again after {minutes} minutes."
            headers = {"Retry-After": str(minutes * 60)} if dialect.retry_after else {}
        return ApiError(
            "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",
            dialect.throttle_status,
            [{"message": message}],
            headers=headers,
            details_form=dialect.throttle_details,
        )
