"""What the environment says about where things are."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.shell import ToolError

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server and who connects to it."""

    host: str
    port: str
    user: str
    password: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """Return the variables that libpq reads."""
        named = {f"PG{name.upper()}": value for name, value in vars(self).items()}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Settings:
    """Folders, the own Odoo and the own PostgreSQL of this checkout."""

    repository: Path
    home: Path
    python: str
    odoo_path: Path | None = None
    server: Server | None = None
    http_port: int = 8069

    @property
    def key(self) -> str:
        """Return the short name that keeps the databases of two clones apart."""
        return hashlib.sha256(str(self.repository).encode()).hexdigest()[:8]

    @property
    def venv(self) -> Path:
        """Return the folder of the virtual environment."""
        return self.home / "venv"

    @property
    def venv_python(self) -> Path:
        """Return the interpreter that runs Odoo."""
        return self.venv / "bin" / "python"

    @property
    def stamps(self) -> Path:
        """Return the folder with a file for each finished step."""
        return self.home / "stamps"

    @property
    def data(self) -> Path:
        """Return Odoo's data folder: filestore and sessions."""
        return self.home / "data"

    def log(self, name: str) -> Path:
        """Return the file that a process writes its log to."""
        path = self.home / "log" / f"{name}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the variables a person may set.

    ``ODOO_HOME``, ``ODOO_PATH``, ``PYTHON``, ``HTTP_PORT`` and ``PGHOST`` with
    its companions; an empty variable counts as not set.

    :raise ToolError: a variable holds what it cannot.
    """
    given = {name: value for name, value in environment.items() if value}
    path, port = given.get("ODOO_PATH"), given.get("HTTP_PORT", "8069")
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ToolError(f"HTTP_PORT={port} is not a port; give a number up to 65535.")
    server = None
    if "PGHOST" in given:
        usual = {"PGPORT": "5432", "PGUSER": "odoo", "PGPASSWORD": "", **given}
        names = ("PGHOST", "PGPORT", "PGUSER", "PGPASSWORD")
        server = Server(*(usual[name] for name in names))
    return Settings(
        repository=REPOSITORY,
        home=Path(given.get("ODOO_HOME", REPOSITORY / ".odoo")).resolve(),
        python=given.get("PYTHON", getattr(sys, "_base_executable", sys.executable)),
        odoo_path=Path(path).resolve() if path else None,
        server=server,
        http_port=int(port),
    )
