"""How the hours of a time entry are rounded for an invoice, free of the ORM."""

from __future__ import annotations

from math import ceil, floor
from typing import NamedTuple

# Minutes closer than this to a step are on it: the noise of hours as fractions.
SAME_MINUTES = 1e-6


class Rounding(NamedTuple):
    """Up, down or to the nearest step of so many minutes; ``none`` leaves hours."""

    method: str = "none"
    minutes: int = 1

    def apply(self, hours: float) -> float:
        """Return the hours that an invoice shows for an entry; a half rounds up."""
        if self.method == "none":
            return hours
        steps = hours * 60 / self.minutes
        noise = SAME_MINUTES / self.minutes
        whole = {
            "up": ceil(steps - noise),
            "down": floor(steps + noise),
            "nearest": floor(steps + 0.5 + noise),
        }[self.method]
        return whole * self.minutes / 60
