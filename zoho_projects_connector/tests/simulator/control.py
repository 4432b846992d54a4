"""The control interface: what tests do in process, over HTTP.

Everything is JSON. ``GET /_control/<what>`` reads, ``POST`` changes; the body holds
the arguments by name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, is_dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from .dialects import DIALECTS
from .expected import expected_cells
from .ledger import listing_rows
from .portal import CHANGES, change
from .replies import json_reply

if TYPE_CHECKING:
    from .app import Simulator

Arguments = dict[str, Any]


class Control:
    """Answers everything below ``/_control``."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self._reads: dict[str, Callable[[Arguments], Any]] = {
            "state": self._state,
            "ledger": self._ledger,
            "expected": self._expected,
            "expected_cells": lambda _: expected_cells(simulator.portal),
            "lower_bound": self._lower_bound,
            "records": self._records,
            "dialects": lambda _: sorted(DIALECTS),
            "hooks": lambda _: {"sent": simulator.hooks.sent},
            "self_client_code": lambda _: {"code": simulator.self_client_code()},
        }
        self._writes: dict[str, Callable[[Arguments], Any]] = {
            "reset_ledger": lambda _: simulator.ledger.reset(),
            "dialect": self._dialect,
            "fault": self._fault,
            "clear_faults": lambda _: simulator.faults.clear(),
            "hook": lambda arguments: simulator.hooks.add(**arguments),
            "clock": self._clock,
            "limit": self._limit,
            "oauth": self._oauth,
            "expire_tokens": lambda _: simulator.store.expire_access(),
            "revoke_tokens": lambda _: simulator.store.revoke_all(),
        }

    def answer(self, request: Request) -> Response:
        """Answer one request; mistakes are 400 with the reason."""
        name = request.path.removeprefix("/_control").strip("/") or "state"
        reading = request.method == "GET"
        arguments = (
            request.args.to_dict() if reading else request.get_json(silent=True) or {}
        )
        try:
            with self.simulator.portal.lock:
                return json_reply(plain(self._run(name, reading, arguments)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            reason = f"{type(error).__name__}: {error}"
            return json_reply({"error": reason}, 400)

    def _run(self, name: str, reading: bool, arguments: Arguments) -> Any:
        if reading:
            return self._reads[name](arguments)
        if name in CHANGES:
            return change(self.simulator.portal, name, arguments)
        return self._writes[name](arguments)

    def _state(self, _arguments: Arguments) -> Arguments:
        sim = self.simulator
        return {
            "portal": sim.portal.id,
            "rows": listing_rows(sim.portal),
            "golden_project": sim.portal.golden_project,
            "client_id": sim.client_id,
            "client_secret": sim.client_secret,
            "now": sim.clock.now(),
            "dialect": asdict(sim.dialect),
            "throttle_trips": sim.throttle.trips,
        }

    def _ledger(self, _arguments: Arguments) -> Arguments:
        ledger = self.simulator.ledger
        return {
            "total": ledger.total,
            "calls": dict(ledger.calls),
            "tokens": dict(ledger.tokens),
            "rows": dict(ledger.rows),
            "refusals": dict(ledger.refusals),
        }

    def _expected(self, arguments: Arguments) -> Any:
        text = arguments.get("cut_off", "")
        return self.simulator.expected(
            cut_off=date.fromisoformat(text) if text else None
        )

    def _lower_bound(self, arguments: Arguments) -> Any:
        return self.simulator.lower_bound(bool(arguments.get("used_only")))

    def _records(self, arguments: Arguments) -> list[Any]:
        """Return records of a ``kind``, from ``start``, ``limit`` of them."""
        start, limit = int(arguments.get("start", 0)), int(arguments.get("limit", 50))
        rows = list(self.simulator.portal.table(arguments["kind"]).values())
        wanted = arguments.get("project", "")
        rows = [r for r in rows if not wanted or getattr(r, "project", "") == wanted]
        return rows[start : start + limit]

    def _dialect(self, arguments: Arguments) -> Any:
        """Choose a dialect by ``name`` and flip switches of it."""
        base = DIALECTS[arguments.pop("name", "default")]
        if "refused_params" in arguments:
            arguments["refused_params"] = frozenset(arguments["refused_params"])
        self.simulator.dialect = replace(base, **arguments)
        return asdict(self.simulator.dialect)

    def _fault(self, arguments: Arguments) -> Any:
        return self.simulator.fault(**arguments)

    def _clock(self, arguments: Arguments) -> Any:
        self.simulator.clock.advance(float(arguments["advance"]))
        return {"now": self.simulator.clock.now()}

    def _limit(self, arguments: Arguments) -> Any:
        self.simulator.throttle.limit = int(arguments["limit"])
        return {"limit": self.simulator.throttle.limit}

    def _oauth(self, arguments: Arguments) -> Any:
        """Set ``user``, ``denies``, ``interactive``, ``dropped_scopes``."""
        server = self.simulator.oauth
        if "dropped_scopes" in arguments:
            dropped = frozenset(arguments.pop("dropped_scopes"))
            self.simulator.store.dropped_scopes = dropped
        for name, value in arguments.items():
            if name not in ("user", "denies", "interactive"):
                raise KeyError(name)
            setattr(server, name, value)
        return {"user": server.user, "denies": server.denies}


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value
