"""The simulated Zoho: accounts server, Projects API and control interface."""

import socket
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from werkzeug.wrappers import Request, Response

from .api import Api
from .clock import Clock
from .control import Control
from .datacenters import served_by
from .dialect import Dialect
from .entities import User
from .errors import ConnectionFault
from .expected import expected
from .faults import Fault, FaultBook
from .hooks import Hooks
from .ledger import Ledger, lower_bound
from .oauth import AccountsServer
from .oauth_store import CLIENT_ID, CLIENT_SECRET, OAuthStore
from .portal import Portal
from .replies import html_page, json_reply
from .scopes import READ_SCOPES
from .spoil import before_answer, spoil
from .throttle import Throttle


class Simulator:
    """A WSGI app that behaves as Zoho Accounts and Zoho Projects.

    :param portals: the data; the first one is :attr:`portal`.
    :param dialect: how it speaks.
    :param clock: shared with the portals.
    :param limit: requests per URL pattern in two minutes; 0 for no limit.
    :param home: the data center of the account.
    :param sleep: waits for slow answers.
    """

    def __init__(
        self,
        portals: Portal | Sequence[Portal],
        dialect: Dialect | None = None,
        clock: Clock | None = None,
        limit: int = 100,
        home: str = "us",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        rows = [portals] if isinstance(portals, Portal) else list(portals)
        self.clock = clock or rows[0].clock
        self.portals = {portal.id: portal for portal in rows}
        self.hooks = Hooks()
        for portal in rows:
            portal.clock = self.clock
            portal.listeners.append(self.hooks.changed)
        self.ledger = Ledger()
        self.faults = FaultBook(sleep)
        self.throttle = Throttle(self.clock, limit)
        self.store = OAuthStore(self.clock, home)
        self.oauth = AccountsServer(self.store, rows[0].owner, self._person)
        self.dialect = dialect or Dialect()
        self.api = Api(self)
        self.control = Control(self)

    @property
    def portal(self) -> Portal:
        """The first portal."""
        return next(iter(self.portals.values()))

    @property
    def dialect(self) -> Dialect:
        """How the portal speaks; may be replaced at any time."""
        return self._dialect

    @dialect.setter
    def dialect(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.oauth.dialect = dialect
        for portal in self.portals.values():
            portal.approval_bumps = dialect.approval_bumps
            portal.moved_log_keeps_id = dialect.moved_log_keeps_id
            portal.customer_bumps_project = dialect.customer_bumps_project

    @property
    def client_id(self) -> str:
        """The id of the client that is registered from the start."""
        return CLIENT_ID

    @property
    def client_secret(self) -> str:
        """Its secret in the home data center."""
        return CLIENT_SECRET

    def _person(self, user_id: str) -> User | None:
        found = (portal.users.get(user_id) for portal in self.portals.values())
        return next((user for user in found if user), None)

    def fault(self, kind: str, endpoint: str = "*", **options: object) -> Fault:
        """Order a fault; see :mod:`.faults`."""
        return self.faults.order(kind, endpoint, **options)

    def self_client_code(
        self, scopes: Sequence[str] = READ_SCOPES, seconds: int = 180
    ) -> str:
        """Return a code as the API console's *Self Client* tab gives it.

        :source: section 1.4.
        """
        return self.store.new_code(
            CLIENT_ID, tuple(scopes), self.oauth.user, seconds=seconds
        )

    def tokens(self, scopes: Sequence[str] = READ_SCOPES, user: str = "") -> Any:
        """Return ``(access token, refresh token)`` without the sign-in.

        :param user: zpuid of another user, whose profile then bounds what is seen.
        """
        code = self.store.new_code(CLIENT_ID, tuple(scopes), user or self.oauth.user)
        grant = self.store.codes.pop(code)
        refresh = self.store.new_refresh(grant)
        return self.store.new_access(grant, refresh).value, refresh.value

    def expected(self, **options: Any) -> dict[str, dict[str, int]]:
        """Return minutes per project by fate; see :func:`.expected.expected`."""
        hides = self.dialect.trashed_hides_logs
        return expected(self.portal, hide_trashed=hides, **options)

    def lower_bound(self, used_only: bool = False) -> dict[str, int]:
        """Return the fewest calls; see :func:`.ledger.lower_bound`."""
        return lower_bound(self.portal, self.ledger.used if used_only else None)

    def answer(self, request: Request) -> Response:
        """Answer any request."""
        if request.path.startswith("/_control"):
            return self.control.answer(request)
        server = served_by(request.host)
        if request.path.startswith("/oauth/") and server in ("accounts", ""):
            return self._accounts(request)
        if request.path.startswith("/api/") and server in ("projects", ""):
            return self.api.answer(request)
        if request.path in ("/", "/health"):
            return json_reply(
                {"simulator": "Zoho Projects", "portals": [*self.portals]}
            )
        return html_page("Zoho", "The page you are looking for is not here.", 404)

    def _accounts(self, request: Request) -> Response:
        name = f"oauth.{request.path.rpartition('/')[2]}"
        self.ledger.tokens[name] += 1
        faults = self.faults.due(name, request.values.to_dict())
        early = before_answer(self, faults, request)
        return early or spoil(self, faults, self.oauth.answer(request))

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        try:
            response = self.answer(Request(environ))
        except ConnectionFault:
            _hang_up(environ)
            raise
        return response(environ, start_response)


def _hang_up(environ: dict[str, Any]) -> None:
    """Shut the line of a real server down, so that the caller gets no answer."""
    line = environ.get("werkzeug.socket")
    if line is not None:
        line.shutdown(socket.SHUT_RDWR)
