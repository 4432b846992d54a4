"""The simulated portal as a process of its own, on loopback."""

from __future__ import annotations

import ctypes
import signal
import subprocess
from typing import Any

import requests

from tools.postgres import free_port
from tools.settings import Settings
from tools.shell import ToolError, tail

# Announced in the answers' headers, so that the product need not wait here.
RATE_LIMIT = 20000
# What the process says, in this order, when it listens.
ANNOUNCED = ("simulator listens on ", "client id ", "client secret ")


class SimulatedPortal:
    """A portal of Zoho Projects to run against; as a context it ends at the end.

    Its data is the same whenever it is started with the same size.

    :param size: how many records; see the simulator.
    :param logs: how many time logs instead of those of the size.
    :param has_terms: whether people and projects have rates and budgets, and show them.
    """

    def __init__(
        self, settings: Settings, size: str, logs: int = 0, has_terms: bool = False
    ) -> None:
        self.settings = settings
        self.has_terms = has_terms
        self.words = [f"--size={size}", f"--logs={logs}", f"--limit={RATE_LIMIT}"]
        self.words += ["--terms"] if has_terms else []
        self.url = self.client_id = self.client_secret = ""
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
        log = self.settings.log("simulator")
        simulator = [str(self.settings.venv_python), "-m", "simulator"]
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [*simulator, f"--port={free_port()}", *self.words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=self.settings.repository / "zoho_projects_connector" / "tests",
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        told = []
        for start in ANNOUNCED:
            line = self._process.stdout.readline() if self._process.stdout else ""
            if not line.startswith(start):
                self.stop()
                said = tail(log.read_text())
                raise ToolError(f"The simulated portal does not start:\n{said}")
            told.append(line.removeprefix(start).strip())
        self.url, self.client_id, self.client_secret = told
        self.change(
            "dialect", name="default", rate_headers=True, rates_shown=self.has_terms
        )

    def stop(self) -> None:
        """End the process."""
        if self._process:
            self._process.terminate()
            self._process.communicate()
            self._process = None

    def read(self, what: str, **arguments: Any) -> Any:
        """Return what the control interface tells."""
        url = f"{self.url}/_control/{what}"
        return self._session.get(url, params=arguments, timeout=120).json()

    def change(self, what: str, **arguments: Any) -> Any:
        """Change something through the control interface."""
        url = f"{self.url}/_control/{what}"
        return self._session.post(url, json=arguments, timeout=120).json()


def _end_with_parent() -> None:
    """Ask Linux to end this process with the one that started it."""
    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)
