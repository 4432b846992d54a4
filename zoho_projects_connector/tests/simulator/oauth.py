"""The pages of the accounts server.

:source: section 1.
"""

from collections.abc import Callable, Mapping
from html import escape
from urllib.parse import urlencode

from werkzeug.wrappers import Request, Response

from .datacenters import ACCOUNTS, api_domain, data_center
from .dialect import Dialect
from .entities import User
from .oauth_store import Access, Client, Code, OAuthStore, Refresh
from .replies import html_page, json_reply

_THROTTLED = {
    "error": "Access Denied",
    "error_description": "You have made too many requests continuously. "
    "Please try again after some time.",
    "status": "failure",
}


class TokenError(Exception):
    """A refusal of the token endpoint; ``args[0]`` is Zoho's word."""


class AccountsServer:
    """Sign-in, tokens and revocation over an :class:`OAuthStore`.

    ``user`` is who sits at the browser; ``denies`` makes him refuse; ``interactive``
    shows the consent page instead of redirecting at once.

    :param person: finds a user by zpuid.
    """

    def __init__(
        self, store: OAuthStore, user: str, person: Callable[[str], User | None]
    ) -> None:
        self.store = store
        self.person = person
        self.user = user
        self.denies = False
        self.interactive = False
        self.dialect = Dialect()

    def answer(self, request: Request) -> Response:
        """Answer a request below ``/oauth/``."""
        pages = {
            ("GET", "/oauth/v2/auth"): self._authorize,
            ("POST", "/oauth/v2/auth"): self._authorize,
            ("POST", "/oauth/v2/token"): self._token,
            ("POST", "/oauth/v2/token/revoke"): self._revoke,
            ("GET", "/oauth/serverinfo"): self._server_info,
            ("GET", "/oauth/user/info"): self._user_info,
        }
        page = pages.get((request.method, request.path))
        if not page:
            return html_page("Zoho Accounts", "This page does not exist.", 404)
        return page(request)

    def _authorize(self, request: Request) -> Response:
        query = request.args
        client = self.store.clients.get(query.get("client_id", ""))
        problem = self._authorize_problem(query, client)
        if problem or not client:
            return html_page("Zoho Accounts", problem)
        if self.store.code_throttled(client.id):
            return html_page("Access Denied", str(_THROTTLED["error_description"]))
        asks = self.interactive or "interactive" in query
        if request.method == "GET" and asks:
            return self._consent_page(request)
        refused = self.denies or request.form.get("answer") == "reject"
        return self._redirect(request, client, refused)

    def _authorize_problem(
        self, query: Mapping[str, str], client: Client | None
    ) -> str:
        uri = query.get("redirect_uri", "")
        if not client:
            return "Invalid Client ID: it does not exist."
        if not uri or (client.redirect_uris and uri not in client.redirect_uris):
            return "Invalid Redirect Uri: it does not match the configured one."
        if query.get("response_type") != "code":
            return "Invalid Response Type."
        if not self.store.granted(_scopes(query)):
            return "Invalid OAuth Scope: it does not exist."
        return ""

    def _consent_page(self, request: Request) -> Response:
        scopes = "".join(f"<li>{escape(s)}</li>" for s in _scopes(request.args))
        form = (
            f'<form method="post" action="{escape(request.full_path)}">'
            f"<p>The application wants to read:</p><ul>{scopes}</ul>"
            '<button name="answer" value="accept">Accept</button> '
            '<button name="answer" value="reject">Reject</button></form>'
        )
        return html_page("Zoho Accounts (simulated)", form, escape_text=False)

    def _redirect(self, request: Request, client: Client, refused: bool) -> Response:
        query = request.args
        uri = query["redirect_uri"]
        back = {"state": query["state"]} if "state" in query else {}
        if refused:
            back["error"] = "access_denied"
        else:
            back["code"] = self._consent(query, client)
            if self.dialect.callback_location:
                back["location"] = self.store.home
            back["accounts-server"] = self._own_address(request)
        joint = "&" if "?" in uri else "?"
        return Response(status=302, headers={"Location": uri + joint + urlencode(back)})

    def _consent(self, query: Mapping[str, str], client: Client) -> str:
        pair = (client.id, self.user)
        first = pair not in self.store.consents
        self.store.consents.add(pair)
        offline = query.get("access_type") == "offline" and (
            first or query.get("prompt") == "consent"
        )
        return self.store.new_code(
            client.id, _scopes(query), self.user, query["redirect_uri"], offline
        )

    def _own_address(self, request: Request) -> str:
        if data_center(request.host):
            return ACCOUNTS[self.store.home]
        return request.host_url.rstrip("/")

    def _token(self, request: Request) -> Response:
        form = request.values
        dc = data_center(request.host) or self.store.home
        grants = {
            "authorization_code": self._exchange,
            "refresh_token": self._refresh,
            "client_credentials": self._credentials,
        }
        grant = grants.get(form.get("grant_type", ""))
        try:
            if not grant:
                raise TokenError("invalid_grant_type")
            client = self._client(form, dc)
            return json_reply(grant(form, client, dc))
        except TokenError as error:
            if error.args[0] == "Access Denied":
                return json_reply(_THROTTLED, 400)
            return json_reply({"error": error.args[0]})

    def _client(self, form: Mapping[str, str], dc: str) -> Client:
        client = self.store.clients.get(form.get("client_id", ""))
        if not client or dc not in client.secrets:
            raise TokenError("invalid_client")
        if form.get("client_secret") != client.secrets[dc]:
            raise TokenError("invalid_client_secret")
        return client

    def _exchange(
        self, form: Mapping[str, str], client: Client, dc: str
    ) -> dict[str, object]:
        code = self.store.codes.get(form.get("code", ""))
        if not code or code.client != client.id or code.dc != dc:
            raise TokenError("invalid_code")
        if code.redirect_uri and form.get("redirect_uri") != code.redirect_uri:
            raise TokenError("invalid_redirect_uri")
        if code.expires <= self.store.clock():
            raise TokenError("invalid_code")
        if code.offline and self.store.refresh_throttled(client.id, code.user):
            raise TokenError("Access Denied")
        del self.store.codes[code.value]
        refresh = self.store.new_refresh(code) if code.offline else None
        access = self.store.new_access(code, refresh)
        return self._token_body(access, refresh)

    def _refresh(
        self, form: Mapping[str, str], client: Client, dc: str
    ) -> dict[str, object]:
        token = self.store.refresh_tokens.get(form.get("refresh_token", ""))
        if not token or token.client != client.id or token.dc != dc:
            raise TokenError("invalid_code")
        if self.store.access_throttled(token):
            raise TokenError("Access Denied")
        return self._token_body(self.store.new_access(token, token))

    def _credentials(
        self, form: Mapping[str, str], client: Client, dc: str
    ) -> dict[str, object]:
        scopes = self.store.granted(_scopes(form))
        if not scopes:
            raise TokenError("invalid_scope")
        grant = Code("", client.id, dc, scopes, self.user, 0)
        return self._token_body(self.store.new_access(grant, None))

    def _token_body(
        self, access: Access, refresh: Refresh | None = None
    ) -> dict[str, object]:
        """Return a token response; old payloads counted milliseconds.

        :source: section 1.3.
        """
        seconds = self.store.limits.access_seconds
        expires: dict[str, object] = {"expires_in": seconds}
        if self.dialect.expires == "milliseconds":
            expires = {"expires_in": seconds * 1000, "expires_in_sec": seconds}
        return {
            "access_token": access.value,
            **({"refresh_token": refresh.value} if refresh else {}),
            "scope": " ".join(access.scopes),
            "api_domain": api_domain(access.dc),
            "token_type": "Bearer",
            **expires,
        }

    def _revoke(self, request: Request) -> Response:
        if self.store.revoke(request.values.get("token", "")):
            return json_reply({"status": "success"})
        return json_reply({"error": "invalid_token"}, 400)

    def _server_info(self, _request: Request) -> Response:
        return json_reply({"result": "success", "locations": ACCOUNTS})

    def _user_info(self, request: Request) -> Response:
        _kind, _space, value = request.headers.get("Authorization", "").partition(" ")
        access = self.store.valid(value)
        if not access or not access.allows("AaaServer.profile.Read"):
            return json_reply({"error": "invalid_token"}, 401)
        user = self.person(access.user)
        if not user:
            return json_reply({})
        return json_reply(
            {"ZUID": user.zuid, "Email": user.email, "Display_Name": user.full_name}
        )


def _scopes(query: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(s for s in query.get("scope", "").split(",") if s)
