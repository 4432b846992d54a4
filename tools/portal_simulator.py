"""The simulated portal as a process of its own, on loopback."""

from __future__ import annotations

import ctypes
import signal
import subprocess
from pathlib import Path
from typing import IO, Any

import requests

from tools.postgres import free_port, port_is_free
from tools.settings import Settings
from tools.shell import ToolError, write_stamp

# Announced in the answers' headers, so that the product need not wait here.
RATE_LIMIT = 20000
CLIENT_ID = "client id "
CLIENT_SECRET = "client secret "
LISTENS = "simulator listens on "


class SimulatedPortal:
    """A portal of Zoho Projects to run against; as a context it ends at the end.

    Its data is the same whenever it is started with the same size.

    :param size: how many records; see the simulator.
    :param logs: how many time logs instead of those of the size.
    """

    def __init__(self, settings: Settings, size: str, logs: int = 0) -> None:
        self.settings = settings
        self.size = size
        self.logs = logs
        self.url = ""
        self.client_id = ""
        self.client_secret = ""
        self._process: subprocess.Popen[str] | None = None
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> SimulatedPortal:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the process and wait until it listens.

        :raise ToolError: it ends instead.
        """
        tests = self.settings.repository / "zoho_projects_connector" / "tests"
        words = ["--port", str(self._port()), "--size", self.size]
        words += ["--logs", str(self.logs), "--limit", str(RATE_LIMIT)]
        log = self.settings.home / "log" / "simulator.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w") as errors:
            self._process = process = subprocess.Popen(
                [str(self.settings.venv_python), "-m", "simulator", *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=tests,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.url = self._announced(process.stdout, LISTENS)
        self.client_id = self._announced(process.stdout, CLIENT_ID)
        self.client_secret = self._announced(process.stdout, CLIENT_SECRET)
        self.change("dialect", name="default", rate_headers=True)
        write_stamp(self._port_file, self.url.rpartition(":")[2])

    def stop(self) -> None:
        """End the process."""
        if self._process:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def read(self, what: str, **arguments: Any) -> Any:
        """Return what the control interface tells."""
        url = f"{self.url}/_control/{what}"
        return self._session.get(url, params=arguments, timeout=120).json()

    def change(self, what: str, **arguments: Any) -> Any:
        """Change something through the control interface."""
        url = f"{self.url}/_control/{what}"
        return self._session.post(url, json=arguments, timeout=120).json()

    @property
    def _port_file(self) -> Path:
        return self.settings.stamps / "simulator_port"

    def _port(self) -> int:
        """Return the port of the last time, so that what points there goes on."""
        if self._port_file.exists():
            port = int(self._port_file.read_text())
            if port_is_free(port):
                return port
        return free_port()

    def _announced(self, output: IO[str] | None, start: str) -> str:
        """Return the rest of the next line that the process prints.

        :raise ToolError: it says something else, or nothing and ends.
        """
        line = output.readline() if output else ""
        if not line.startswith(start):
            self.stop()
            log = self.settings.home / "log" / "simulator.log"
            said = "\n".join(log.read_text().splitlines()[-15:])
            raise ToolError(f"The simulated portal does not start:\n{said}")
        return line.removeprefix(start).strip()


def _end_with_parent() -> None:
    """Ask Linux to end this process with the one that started it."""
    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)
