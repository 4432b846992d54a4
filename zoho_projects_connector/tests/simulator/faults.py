"""Faults on order: the n-th call of an endpoint goes wrong in a chosen way.

:source: sections 1.6, 9.1, 10.1 and 10.2.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatch

KINDS = (
    "error_500",  # 500 INTERNAL_SERVER_ERROR
    "html_503",  # maintenance page
    "html_200",  # an HTML page where JSON is expected
    "html_429",  # too many calls, says a gateway, and nothing of a time
    "malformed",  # a complete answer that is no JSON
    "broken_row",  # one record of the answer has no readable id
    "nan",  # NaN in the place of every number
    "cut_body",  # the connection ends in the middle of the body
    "cut_json",  # a complete answer with half of the JSON
    "reset",  # connection reset, no answer
    "timeout",  # no answer in time
    "slow",  # an answer after `seconds`
    "drip",  # one byte after another, with `seconds` between them
    "bomb",  # a small answer that unpacks to a quarter of a gigabyte
    "dense",  # a small answer that unpacks to millions of empty records
    "token_expired",  # every access token expires before this call
    "token_revoked",  # the refresh tokens are revoked as well
    "portal_gone",  # the portal is not found
    "scope_missing",  # 401 INVALID_OAUTHSCOPE
    "unauthorized",  # 401 that names neither the token nor a scope
    "module_disabled",  # 403 FORBIDDEN
    "licence",  # 402
    "throttle",  # locks the endpoint
    "throttle_untold",  # the same, without a word of how long
    "gone",  # the record is not found
    "bad_rule",  # 400 URL_RULE_NOT_CONFIGURED
    "empty",  # a listing without rows
    "short",  # half of a page is missing
    "duplicate",  # the page before comes again
    "shift",  # rows have moved: the page starts some rows later
    "meanwhile",  # something happens just before the answer: see `happens`
)


@dataclass
class Fault:
    """One order.

    :param kind: one of ``KINDS``.
    :param endpoint: name of a route, with wildcards; ``oauth.token`` is one too.
    :param nth: the first call (from 1, counted since the order) that goes wrong.
    :param times: how many calls go wrong; 0 means for ever.
    :param happens: what a ``meanwhile`` does, in Zoho or to a clock.
    """

    kind: str
    endpoint: str = "*"
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    rows: int = 1
    where: dict[str, str] = field(default_factory=dict)
    happens: Callable[[], object] = str
    seen: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind}")

    def strikes(self, endpoint: str, params: dict[str, str]) -> bool:
        """Count a call and tell whether it goes wrong.

        ``where`` restricts the order to calls with these parameters.
        """
        if not fnmatch(endpoint, self.endpoint):
            return False
        if any(value not in params.get(key, "") for key, value in self.where.items()):
            return False
        self.seen += 1
        hit = self.seen >= self.nth and (
            not self.times or self.seen < self.nth + self.times
        )
        self.struck += hit
        return hit


class FaultBook:
    """The faults on order.

    :param sleep: waits for slow answers; tests give one that does not.
    """

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self.sleep = sleep
        self.orders: list[Fault] = []

    def order(self, kind: str, endpoint: str = "*", **options: object) -> Fault:
        """Order a fault."""
        fault = Fault(kind, endpoint, **options)  # type: ignore[arg-type]
        self.orders.append(fault)
        return fault

    def due(self, endpoint: str, params: dict[str, str]) -> list[Fault]:
        """Count a call against every order; return those that strike."""
        return [fault for fault in self.orders if fault.strikes(endpoint, params)]

    def clear(self) -> None:
        """Forget every order."""
        self.orders.clear()

    def unmet(self) -> list[Fault]:
        """Return the orders that never struck: a test may assert there are none."""
        return [fault for fault in self.orders if not fault.struck]
