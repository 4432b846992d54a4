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


def checkout_key(repository: Path) -> str:
    """Return the short name that keeps the databases of two clones apart."""
    return hashlib.sha256(str(repository).encode()).hexdigest()[:8]


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server and who connects to it."""

    host: str
    port: str
    user: str
    password: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """Return the variables that libpq reads."""
        named = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
        }
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
        """Return the key of the checkout."""
        return checkout_key(self.repository)

    @property
    def venv(self) -> Path:
        """Return the folder of the virtual environment."""
        return self.home / "venv"

    @property
    def venv_python(self) -> Path:
        """Return the interpreter that runs Odoo."""
        return self.venv / "bin" / "python"

    @property
    def oca(self) -> Path:
        """Return the folder that the OCA's packages are installed in."""
        return self.home / "oca"

    @property
    def oca_addons(self) -> Path:
        """Return the folder of the OCA's addons."""
        return self.oca / "odoo" / "addons"

    @property
    def stamps(self) -> Path:
        """Return the folder with a file for each finished step."""
        return self.home / "stamps"

    @property
    def data(self) -> Path:
        """Return Odoo's data folder: filestore and sessions."""
        return self.home / "data"


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the variables a person may set.

    ``ODOO_HOME``, ``ODOO_PATH``, ``PYTHON``, ``HTTP_PORT`` and ``PGHOST`` with
    its companions; an empty variable counts as not set.

    :raise ToolError: a variable holds what it cannot.
    """
    given = {name: value for name, value in environment.items() if value}
    path = given.get("ODOO_PATH")
    return Settings(
        repository=REPOSITORY,
        home=Path(given.get("ODOO_HOME", REPOSITORY / ".odoo")).resolve(),
        python=given.get("PYTHON", getattr(sys, "_base_executable", sys.executable)),
        odoo_path=Path(path).resolve() if path else None,
        server=_given_server(given),
        http_port=_port(given.get("HTTP_PORT", "8069")),
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ToolError(f"HTTP_PORT={text} is not a port; give a number up to 65535.")
    return int(text)


def _given_server(given: Mapping[str, str]) -> Server | None:
    """Return the server of the ``PG…`` variables, when one is named."""
    if "PGHOST" not in given:
        return None
    return Server(
        host=given["PGHOST"],
        port=given.get("PGPORT", "5432"),
        user=given.get("PGUSER", "odoo"),
        password=given.get("PGPASSWORD", ""),
    )
