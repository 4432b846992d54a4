"""How ordered faults spoil a request.

:source: sections 1.6, 9.1, 10.1 and 10.2.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from .errors import (
    ApiError,
    ConnectionFault,
    TimeoutFault,
    module_disabled,
    no_rule,
    not_found,
)
from .replies import html_page, json_reply

if TYPE_CHECKING:
    from .app import Simulator
    from .call import Call
    from .faults import Fault
    from .routes import Route
    from .throttle import Throttle


def before_answer(
    simulator: Simulator, faults: list[Fault], request: Request
) -> Response | None:
    """Return the answer that comes in the place of the real one, if any.

    :raise ConnectionFault: when nothing at all is answered.
    """
    kinds = {fault.kind: fault for fault in faults}
    if "meanwhile" in kinds:
        kinds["meanwhile"].happens()
    if "reset" in kinds:
        raise ConnectionFault("Connection reset by peer")
    if "timeout" in kinds:
        if "simulator.patience" not in request.environ:
            simulator.faults.sleep(kinds["timeout"].seconds)
        raise TimeoutFault("Read timed out")
    if "drip" in kinds and "simulator.patience" in request.environ:
        raise TimeoutFault("Read timed out")
    if "slow" in kinds:
        _wait(simulator, kinds["slow"], request)
    if "token_revoked" in kinds:
        simulator.store.revoke_all()
    if "token_expired" in kinds:
        simulator.store.expire_access()
    if "error_500" in kinds:
        error = ApiError("INTERNAL_SERVER_ERROR", 500)
        body = error.body(simulator.dialect, request.method, request.path)
        return json_reply(body, 500)
    if "html_503" in kinds:
        return html_page("Zoho", "We are down for maintenance. Back soon.", 503)
    if "html_200" in kinds:
        return html_page("Zoho", "Please sign in to continue.")
    if "html_429" in kinds:
        return html_page("Zoho", "Too many requests.", 429)
    return None


def _wait(simulator: Simulator, fault: Fault, request: Request) -> None:
    patience = request.environ.get("simulator.patience")
    if patience is not None and fault.seconds > patience:
        raise TimeoutFault("Read timed out")
    simulator.faults.sleep(fault.seconds)


def refuse(call: Call, route: Route, faults: list[Fault], throttle: Throttle) -> None:
    """Refuse the request in the way of an ordered fault.

    :raise ApiError: when one is due.
    """
    for fault in faults:
        if fault.kind in ("throttle", "throttle_untold"):
            throttle.lock(f"{call.version} {route.path}")
            told = fault.kind == "throttle" and throttle.lock_minutes * 60
            raise throttle.refusal(call.dialect, told)
        if fault.kind in ("portal_gone", "gone"):
            raise not_found(call.dialect)
        if fault.kind == "scope_missing":
            raise ApiError("INVALID_OAUTHSCOPE", 401)
        if fault.kind == "unauthorized":
            raise ApiError("UNAUTHORIZED", 401)
        if fault.kind == "module_disabled":
            raise module_disabled(route.name)
        if fault.kind == "licence":
            raise ApiError("LICENSE_REQUIRED", 402)
        if fault.kind == "bad_rule":
            raise no_rule()


# What fills a list, and how many megabytes of it.
BOMBS = {"bomb": (b" ", 256), "dense": (b"{},[],{},", 24)}
_IDENTITY = re.compile(rb'("id(?:_string)?":)"?\d+"?')
_NUMBER = re.compile(rb'(":)-?\d+(?:\.\d+)?(?=[,}\]])')


@cache
def _bomb(kind: str) -> bytes:
    """Return a small answer that unpacks to much."""
    filling, megabytes = BOMBS[kind]
    piece = filling * (2**20 // len(filling))
    pack = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    parts = [
        pack.compress(b"["),
        *(pack.compress(piece) for _ in range(megabytes)),
    ]
    return b"".join([*parts, pack.compress(b"{}]"), pack.flush()])


def _drops(simulator: Simulator, seconds: float, body: bytes) -> Iterator[bytes]:
    for number in range(len(body)):
        simulator.faults.sleep(seconds)
        yield body[number : number + 1]


def spoil(simulator: Simulator, faults: list[Fault], response: Response) -> Response:
    """Return the answer as it is sent: packed, cut or in drops, as a fault says."""
    kinds = {fault.kind: fault for fault in faults}
    for kind in BOMBS.keys() & kinds:
        response.set_data(_bomb(kind))
        response.headers["Content-Encoding"] = "gzip"
    body = response.get_data()
    if "nan" in kinds:
        response.set_data(_NUMBER.sub(rb"\1NaN", body))
    if "broken_row" in kinds:
        response.set_data(_IDENTITY.sub(rb"\1[]", body, count=1))
    if "malformed" in kinds:
        middle = len(body) // 2
        response.set_data(b"[" + body[:middle] + b'"}{"' + body[middle:] + b"]")
    if "drip" in kinds:
        response.response = _drops(simulator, kinds["drip"].seconds, body)
        response.headers["Connection"] = "close"
    if "cut_json" in kinds:
        response.set_data(body[: len(body) // 2])
    if "cut_body" in kinds:
        response.set_data(body[: len(body) // 2])
        # The header still promises the whole: the caller waits for more and the
        # line ends.
        response.headers["Content-Length"] = str(len(body))
        response.headers["Connection"] = "close"
    return response
