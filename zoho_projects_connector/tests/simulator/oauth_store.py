"""What the accounts server remembers: clients, codes, tokens, and their limits.

:source: sections 1.3 to 1.7.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

CLIENT_ID = "1000.SIMULATORCLIENT0000000000000000"
CLIENT_SECRET = "simulated-secret"
OTHER_SCOPES = ("AaaServer.profile.Read", "ZohoSearch.securesearch.READ")
SCOPE_MODULES = (
    "portals projects projectgroups milestones tasklists tasks bugs timesheets users "
    "clients custom_fields tags bulk status leave teams events forums documents "
    "integrations extensions custom_functions"
).split()
SCOPE_VERBS = ("READ", "CREATE", "UPDATE", "DELETE", "ALL")


@dataclass
class Client:
    """A client of the API console.

    An empty ``redirect_uris`` takes any address: the simulator's convenience, for a
    server whose address is not known before it runs. ``secrets`` differ per data
    center; a data center that is not in it is not enabled for the client.
    """

    id: str = CLIENT_ID
    secrets: dict[str, str] = field(default_factory=dict)
    redirect_uris: frozenset[str] = frozenset()


@dataclass
class Code:
    """A grant code; a self client's has no ``redirect_uri``."""

    value: str
    client: str
    dc: str
    scopes: tuple[str, ...]
    user: str
    expires: float
    redirect_uri: str = ""
    offline: bool = True


@dataclass
class Refresh:
    """A refresh token with the moments at which access tokens were made from it."""

    value: str
    client: str
    dc: str
    scopes: tuple[str, ...]
    user: str
    made: list[float] = field(default_factory=list)


@dataclass
class Access:
    """An access token."""

    value: str
    client: str
    dc: str
    scopes: tuple[str, ...]
    user: str
    expires: float
    refresh: str = ""

    def allows(self, scope: str) -> bool:
        """Tell whether the token has a scope, or the ``ALL`` of its module."""
        wide = f"{scope.rpartition('.')[0]}.ALL"
        return not scope or scope in self.scopes or wide in self.scopes


@dataclass
class Limits:
    """The limits of the token endpoint; zero switches one off.

    :source: section 1.7.
    """

    code_seconds: int = 120
    access_seconds: int = 3600
    access_per_refresh: int = 10  # in window_seconds
    simultaneous: int = 10
    refresh_tokens: int = 20
    refresh_per_minute: int = 5
    codes: int = 10  # in window_seconds
    window_seconds: int = 600


def known_scope(scope: str) -> bool:
    """Tell whether Zoho knows a scope."""
    service, _dot, rest = scope.partition(".")
    module, _dot, verb = rest.partition(".")
    if scope in OTHER_SCOPES:
        return True
    known = module in SCOPE_MODULES or rest == "custom_functions.custom"
    return service == "ZohoProjects" and known and verb in (*SCOPE_VERBS, "custom")


class OAuthStore:
    """Codes and tokens, given out and taken back.

    :param clock: seconds since the epoch.
    """

    def __init__(self, clock: Callable[[], float], home: str = "us") -> None:
        self.clock = clock
        self.home = home
        self.limits = Limits()
        self.clients: dict[str, Client] = {}
        self.codes: dict[str, Code] = {}
        self.refresh_tokens: dict[str, Refresh] = {}
        self.access_tokens: dict[str, Access] = {}
        self.dropped_scopes: frozenset[str] = frozenset()
        self.consents: set[tuple[str, str]] = set()
        self._code_times: dict[str, list[float]] = {}
        self._refresh_times: dict[tuple[str, str], list[float]] = {}
        self._serial = 0
        self.register(Client(secrets={home: CLIENT_SECRET}))

    def register(self, client: Client) -> Client:
        """Add or replace a client."""
        self.clients[client.id] = client
        return client

    def secret_text(self, kind: str) -> str:
        """Return a new token, shaped like Zoho's: ``1000.<32 hex>.<32 hex>``."""
        self._serial += 1
        stem = f"{kind.encode().hex():0<24}{self._serial:08x}"
        return f"1000.{stem[:32]}.{self._serial * 2654435761:032x}"

    def granted(self, scopes: tuple[str, ...]) -> tuple[str, ...]:
        """Return the scopes that a consent really gives."""
        return tuple(
            s for s in scopes if known_scope(s) and s not in self.dropped_scopes
        )

    def recent(self, times: list[float], window: int) -> int:
        """Count the moments within the last seconds, forgetting older ones."""
        times[:] = [moment for moment in times if moment > self.clock() - window]
        return len(times)

    def code_throttled(self, client: str) -> bool:
        """Count one more grant code; tell whether that is too many."""
        times = self._code_times.setdefault(client, [])
        recent = self.recent(times, self.limits.window_seconds)
        if self.limits.codes and recent >= self.limits.codes:
            return True
        times.append(self.clock())
        return False

    def new_code(
        self,
        client: str,
        scopes: tuple[str, ...],
        user: str,
        redirect_uri: str = "",
        offline: bool = True,
        seconds: int = 0,
        dc: str = "",
    ) -> str:
        """Give out a grant code; without ``redirect_uri`` it is a self client's."""
        value = self.secret_text("code")
        expires = self.clock() + (seconds or self.limits.code_seconds)
        granted = self.granted(scopes)
        self.codes[value] = Code(
            value,
            client,
            dc or self.home,
            granted,
            user,
            expires,
            redirect_uri,
            offline,
        )
        return value

    def refresh_throttled(self, client: str, user: str) -> bool:
        """Tell whether too many refresh tokens were made within a minute."""
        times = self._refresh_times.setdefault((client, user), [])
        recent = self.recent(times, 60)
        return bool(self.limits.refresh_per_minute) and (
            recent >= self.limits.refresh_per_minute
        )

    def new_refresh(self, code: Code) -> Refresh:
        """Give out a refresh token; the 21st silently deletes the oldest."""
        self._refresh_times.setdefault((code.client, code.user), []).append(
            self.clock()
        )
        token = Refresh(
            self.secret_text("refresh"), code.client, code.dc, code.scopes, code.user
        )
        self.refresh_tokens[token.value] = token
        same = [
            t.value
            for t in self.refresh_tokens.values()
            if (t.client, t.user) == (token.client, token.user)
        ]
        if self.limits.refresh_tokens and len(same) > self.limits.refresh_tokens:
            self.revoke(same[0])
        return token

    def access_throttled(self, token: Refresh) -> bool:
        """Tell whether too many access tokens were made from a refresh token."""
        recent = self.recent(token.made, self.limits.window_seconds)
        return bool(self.limits.access_per_refresh) and (
            recent >= self.limits.access_per_refresh
        )

    def new_access(self, grant: Code | Refresh, refresh: Refresh | None) -> Access:
        """Give out an access token; beyond ten valid ones the oldest is dropped."""
        token = Access(
            self.secret_text("access"),
            grant.client,
            grant.dc,
            grant.scopes,
            grant.user,
            self.clock() + self.limits.access_seconds,
            refresh.value if refresh else "",
        )
        self.access_tokens[token.value] = token
        if refresh:
            refresh.made.append(self.clock())
            self._drop_oldest(refresh.value)
        return token

    def _drop_oldest(self, refresh: str) -> None:
        valid = [
            t.value
            for t in self.access_tokens.values()
            if t.refresh == refresh and t.expires > self.clock()
        ]
        if self.limits.simultaneous and len(valid) > self.limits.simultaneous:
            del self.access_tokens[valid[0]]

    def revoke(self, refresh: str) -> bool:
        """Kill a refresh token and the access tokens made from it."""
        known = self.refresh_tokens.pop(refresh, None) is not None
        for token in [t for t in self.access_tokens.values() if t.refresh == refresh]:
            del self.access_tokens[token.value]
        return known

    def revoke_all(self) -> None:
        """Kill every token, as when the user withdraws his consent."""
        self.refresh_tokens.clear()
        self.access_tokens.clear()
        self.consents.clear()

    def expire_access(self) -> None:
        """Let every access token expire now."""
        for token in self.access_tokens.values():
            token.expires = self.clock() - 1

    def valid(self, value: str) -> Access | None:
        """Return an access token that has not expired."""
        token = self.access_tokens.get(value)
        return token if token and token.expires > self.clock() else None
