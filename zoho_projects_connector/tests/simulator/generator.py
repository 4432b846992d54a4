"""Deterministic portals of any size: the same seed gives the same portal."""

from dataclasses import dataclass
from datetime import date, datetime, timezone

from .bulk import Bulk
from .clock import Clock
from .golden import add_golden
from .portal import Portal
from .specimens import CUT_OFF, Specimens

TODAY = date(2026, 10, 31)


@dataclass(frozen=True)
class Counts:
    """How many records a generated portal has, the awkward ones included."""

    projects: int
    customers: int
    users: int
    phases: int
    task_lists: int
    tasks: int
    issues: int
    logs: int


SIZES = {
    "tiny": Counts(0, 0, 0, 0, 0, 0, 0, 0),
    "small": Counts(26, 12, 16, 30, 50, 180, 40, 600),
    "medium": Counts(80, 30, 25, 160, 240, 2500, 400, 12000),
    "large": Counts(500, 100, 60, 1000, 1500, 20000, 2500, 100000),
    "huge": Counts(2000, 400, 200, 4000, 6000, 100000, 10000, 1000000),
}


def generate(
    size: str | Counts = "small",
    seed: int = 1,
    clock: Clock | None = None,
    currency: str = "USD",
    other_currency: str = "EUR",
    today: date = TODAY,
    portal_id: str = "60118842377",
) -> Portal:
    """Return a portal with all the awkward data, the golden project and a crowd.

    :param size: a name of :data:`SIZES` (``tiny`` has the awkward data only).
    :param clock: what the portal lives by afterwards; real by default.
    :param other_currency: of the customer who does not use the portal's.
    :param today: the last day with logs; everything is dated before its evening.
    """
    counts = size if isinstance(size, Counts) else SIZES[size]
    evening = datetime(today.year, today.month, today.day, 18, tzinfo=timezone.utc)
    portal = Portal(portal_id, currency=currency, clock=Clock.frozen(evening))
    portal.add_user(
        "Mila", "Koster", "mila@example.eu", profile="Portal Owner", cost_rate="60.00"
    )
    add_golden(portal)
    Specimens(portal, other_currency).add()
    Bulk(portal, counts, seed, today).add()
    portal.clock = clock or Clock()
    return portal


__all__ = ["CUT_OFF", "SIZES", "TODAY", "Counts", "generate"]
