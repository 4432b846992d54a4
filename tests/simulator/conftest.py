"""Fixtures: a simulator on a frozen clock, and a bare caller."""

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import pytest
import requests

from simulator import Clock, Simulator, generate, session_for

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=timezone.utc)
API = "https://projectsapi.zoho.com/api"


class Caller:
    """Calls a simulator as a plain HTTP client would, with a token at hand."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.session = session_for(simulator)
        self.session.trust_env = False
        self.token, self.refresh = simulator.tokens()

    def get(
        self, path: str, version: str = "v3", host: str = "", **params: Any
    ) -> requests.Response:
        """Call a path of the portal, given without its leading slash."""
        base = f"https://{host}/api" if host else API
        url = f"{base}/{version}/portal/{self.simulator.portal.id}"
        return self.raw(f"{url}/{path}" if path else url, **params)

    def raw(self, url: str, **params: Any) -> requests.Response:
        """Call any address."""
        headers = {"Authorization": f"Zoho-oauthtoken {self.token}"}
        return self.session.get(url, params=params, headers=headers, timeout=(5, 30))

    def title(self, path: str, **params: Any) -> tuple[int, str]:
        """Return status and title of a refusal."""
        answer = self.get(path, **params)
        return answer.status_code, answer.json()["error"]["title"]


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock.frozen(NOW)


@pytest.fixture
def sim(clock: Clock) -> Simulator:
    """A small portal without a rate limit."""
    return Simulator(
        generate("small", clock=clock), clock=clock, limit=0, sleep=lambda _: None
    )


@pytest.fixture
def caller(sim: Simulator) -> Caller:
    """A caller of the small portal."""
    return Caller(sim)


@pytest.fixture
def call_for() -> Callable[[Simulator], Caller]:
    """Return a maker of callers."""
    return Caller
