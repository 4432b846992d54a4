"""The Projects API: path, token, scope, limit, portal, then the handler.

:source: sections 1.8, 2, 9 and 10.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from .call import Call, Listing, Written
from .datacenters import data_center
from .errors import ApiError, no_rule, not_found
from .paging import answer as list_answer
from .replies import json_reply
from .routes import Route, find
from .spoil import before_answer, refuse, spoil

if TYPE_CHECKING:
    from .app import Simulator
    from .oauth_store import Access


class Api:
    """Answers everything below ``/api/``."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator

    def answer(self, request: Request) -> Response:
        """Answer one request and keep the books."""
        try:
            return self._answer(request)
        except ApiError as error:
            self.simulator.ledger.refusals[error.title] += 1
            body = error.body(self.simulator.dialect, request.method, request.path)
            return json_reply(body, error.status, error.headers)

    def _answer(self, request: Request) -> Response:
        sim = self.simulator
        version, path = self._path(request)
        found = find(version, path, request.method)
        sim.ledger.call(found[0].name if found else "unknown", request.full_path)
        if not found:
            raise no_rule()
        route, ids = found
        if request.method not in route.methods:
            raise ApiError("INVALID_METHOD", 400)
        faults = sim.faults.due(route.name, request.args.to_dict())
        early = before_answer(sim, faults, request)
        if early:
            return early
        call = self._call(request, route, version, ids)
        refuse(call, route, faults, sim.throttle)
        call.faults = faults
        response = spoil(sim, faults, self._respond(call, route))
        if sim.dialect.rate_headers:
            response.headers.update(sim.throttle.headers(f"{version} {route.path}"))
        return response

    def _path(self, request: Request) -> tuple[str, str]:
        """Return the API version and the rest of the path.

        :raise ApiError: for a trailing slash, as V3 wants none.
        """
        version, _slash, rest = request.path.removeprefix("/api/").partition("/")
        if rest.endswith("/"):
            if self.simulator.dialect.trailing_slash == "refused":
                raise no_rule()
            rest = rest.rstrip("/")
        return version, f"/{rest}"

    def _call(
        self, request: Request, route: Route, version: str, ids: dict[str, str]
    ) -> Call:
        sim = self.simulator
        access = self._access(request)
        if not access.allows(route.full_scope):
            raise ApiError("INVALID_OAUTHSCOPE", 401)
        sim.throttle.check(f"{version} {route.path}", sim.dialect)
        if "portal" in ids and ids["portal"] not in sim.portals:
            raise not_found(sim.dialect)
        portal = sim.portals[ids["portal"]] if "portal" in ids else sim.portal
        return Call(
            portal,
            sim.portals,
            sim.dialect,
            access,
            request.args.to_dict(),
            {key: value for key, value in ids.items() if key != "portal"},
            version,
            body=request.get_json(silent=True) if request.method != "GET" else None,
        )

    def _access(self, request: Request) -> Access:
        """Return the access token.

        :raise ApiError: ``INVALID_TICKET`` without one, ``INVALID_OAUTHTOKEN`` when
            it is unknown, revoked or expired.
        """
        header = request.headers.get("Authorization", "")
        kind, _space, value = header.partition(" ")
        if kind not in ("Zoho-oauthtoken", "Bearer") or not value:
            raise ApiError("INVALID_TICKET", 401)
        access = self.simulator.store.valid(value)
        dc = data_center(request.host)
        if not access or dc not in ("", access.dc):
            status = self.simulator.dialect.token_status
            raise ApiError("INVALID_OAUTHTOKEN", status)
        return access

    def _respond(self, call: Call, route: Route) -> Response:
        with call.portal.lock:
            result: Any = route.handler(call)
            if isinstance(result, Written):
                empty = result.body is None
                return Response("", 204) if empty else json_reply(*_parts(result))
            if not isinstance(result, Listing):
                return json_reply(_wrapped(call, route, result))
            response, count = list_answer(call, result)
        self.simulator.ledger.served(result.name, count)
        return response


def _parts(written: Written) -> tuple[Any, int]:
    return written.body, written.status


_RECORDS = {
    "project": "projects",
    "task": "tasks",
    "issue": "issues",
    "phase": "phases",
    "user": "users",
    "timelog": "timelogs",
}


def _wrapped(call: Call, route: Route, body: Any) -> Any:
    """Return a single record, maybe in one of the wrappers that were seen.

    :source: section 2.1, "Success bodies".
    """
    form = call.dialect.record_wrapper
    if route.name not in _RECORDS or not form:
        return body
    wrapped: dict[str, Any] = {
        "single": {route.name: body},
        "list": {_RECORDS[route.name]: [body]},
        "result": {"result": body},
    }
    return wrapped[form]
