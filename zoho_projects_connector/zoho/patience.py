"""A session whose answers come within a total time, however slowly they drip.

The time-out of ``requests`` begins anew with every byte. So each read from the line,
of headers as of body, gets no more than what is left of the whole answer's time.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

# Zoho's slowest answers are said to take 60 seconds; a full page of 200 records is
# below a megabyte, which a line of 1 Mbit/s carries in eight. Odoo ends a scheduled
# action after two minutes, with what it did since its last commit.
LONGEST_ANSWER = 75.0


class _TimedLine(io.RawIOBase):
    """Reads a socket until a moment."""

    def __init__(self, line: socket.socket, patience: float) -> None:
        self._line = line
        self._raw: io.RawIOBase = line.makefile("rb", buffering=0)
        self._pause = line.gettimeout()
        self._end = time.monotonic() + patience

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("The answer is not complete in time.")
        self._line.settimeout(left if self._pause is None else min(left, self._pause))
        count: int | None = self._raw.readinto(buffer)
        return count

    def close(self) -> None:
        self._raw.close()
        return super().close()


class PatientAdapter(HTTPAdapter):
    """Opens connections whose answers end in time.

    :param patience: seconds for the headers and the body of one answer.
    """

    def __init__(self, patience: float = LONGEST_ANSWER) -> None:
        self._pools = _pools(patience)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        # `requests` makes the manager within `__init__`, which is why the pools are set
        # before it.
        made = super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools
        return made

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


def _pools(patience: float) -> dict[str, type]:
    """Return the pools of urllib3 with connections that read timed answers."""

    class Answer(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
            super().__init__(sock, *args, **kwargs)
            # `http.client` offers no other place to give a response its own reader.
            self.fp.close()
            self.fp = io.BufferedReader(_TimedLine(sock, patience))

    class Connection(urllib3.connection.HTTPConnection):
        response_class = Answer

    class SecureConnection(urllib3.connection.HTTPSConnection):
        response_class = Answer

    class Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = Connection

    class SecurePool(urllib3.HTTPSConnectionPool):
        ConnectionCls = SecureConnection

    return {"http": Pool, "https": SecurePool}


def new_session(patience: float = LONGEST_ANSWER) -> requests.Session:
    """Return a session for calls to Zoho.

    :param patience: seconds for the headers and the body of one answer.
    """
    session = requests.Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, PatientAdapter(patience))
    return session
