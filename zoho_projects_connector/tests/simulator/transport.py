"""A ``requests`` adapter that calls the simulator in process: no socket, no wait."""

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.response import HTTPResponse
from werkzeug.test import EnvironBuilder, run_wsgi_app

from .app import Simulator
from .datacenters import ACCOUNTS, HOSTS, api_domain
from .errors import ConnectionFault, TimeoutFault

ZOHO_HOSTS = tuple(HOSTS) + tuple(urlsplit(api_domain(dc)).netloc for dc in ACCOUNTS)
LOOPBACK = "zoho.test"


def _patience(timeout: Any) -> float | None:
    """Return the read time-out of a request, in seconds."""
    read = timeout[1] if isinstance(timeout, tuple) else timeout
    return None if read is None else float(getattr(read, "read_timeout", read) or 0)


class SimulatorAdapter(BaseAdapter):
    """Sends prepared requests to a simulator.

    Connection faults become the exceptions that ``requests`` raises; a body that is
    shorter than announced breaks while it is read, as over a real line.
    """

    def __init__(self, simulator: Simulator) -> None:
        super().__init__()
        self.simulator = simulator
        self._builder = HTTPAdapter()

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Answer a request."""
        try:
            raw = self._call(request, timeout)
        except TimeoutFault as error:
            raise requests.ReadTimeout(str(error), request=request) from error
        except ConnectionFault as error:
            raise requests.ConnectionError(str(error), request=request) from error
        return self._builder.build_response(request, raw)

    def _call(self, request: requests.PreparedRequest, timeout: Any) -> HTTPResponse:
        url = urlsplit(str(request.url))
        body = request.body or b""
        builder = EnvironBuilder(
            path=url.path,
            query_string=url.query,
            base_url=f"{url.scheme}://{url.netloc}",
            method=request.method or "GET",
            headers=list(request.headers.items()),
            data=body.encode() if isinstance(body, str) else body,
        )
        environ = builder.get_environ()
        environ["simulator.patience"] = _patience(timeout)
        chunks, status, headers = run_wsgi_app(self.simulator, environ, buffered=True)
        return HTTPResponse(
            body=io.BytesIO(b"".join(chunks)),
            headers=dict(headers.items()),
            status=int(status.split(" ", 1)[0]),
            reason=status.partition(" ")[2],
            preload_content=False,
            request_method=request.method,
        )

    def close(self) -> None:
        """Nothing stays open."""


def mount(
    session: requests.Session,
    simulator: Simulator,
    hosts: tuple[str, ...] = (*ZOHO_HOSTS, LOOPBACK),
) -> requests.Session:
    """Let a session reach the simulator under these hosts, http and https."""
    adapter = SimulatorAdapter(simulator)
    for host in hosts:
        for scheme in ("https", "http"):
            session.mount(f"{scheme}://{host}", adapter)
    return session


def session_for(simulator: Simulator) -> requests.Session:
    """Return a new session that reaches the simulator as every Zoho host."""
    return mount(requests.Session(), simulator)
