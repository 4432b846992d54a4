"""Template databases: Odoo's modules once, the addons once for each state."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.databases import Databases, key_of_files
from tools.oca import oca_pins
from tools.odoo_server import install_modules
from tools.postgres import ensure_server
from tools.settings import Server, Settings
from tools.shell import locked, say

# What the addons build on, of Odoo and the OCA: installed once, which takes a minute.
BASE_MODULES = (
    "sale_timesheet",
    "sale_project",
    "project_account",
    "hr_expense",
    "project_hr_expense",
    "sale_expense",
    "project_sale_expense",
    "contract",
)


def addons_of(repository: Path) -> list[Path]:
    """Return the folders of the project's addons."""
    return sorted(path.parent for path in repository.glob("*/__manifest__.py"))


@dataclass(frozen=True)
class Workshop:
    """The databases of this checkout, on a server that answers."""

    settings: Settings
    server: Server
    databases: Databases

    @property
    def prefix(self) -> str:
        """Return what the names of this checkout's databases begin with."""
        return f"zpc_{self.settings.key}"

    def copy_of_base(self, name: str) -> None:
        """Make a database with Odoo's modules, replacing one of the same name."""
        with self._lock():
            self.databases.copy(self._base(), name)

    def copy_of_addons(self, name: str) -> None:
        """Make a database with the addons as their files are now."""
        with self._lock():
            self.databases.copy(self._addons(), name)

    def prepare(self) -> None:
        """Make the templates that are missing."""
        with self._lock():
            self._addons()

    @contextmanager
    def test_database(self) -> Iterator[str]:
        """Lend a database with the addons; it is dropped afterwards."""
        self._drop_abandoned()
        name = f"{self.prefix}_test_{os.getpid()}"
        try:
            self.copy_of_addons(name)
            yield name
        finally:
            self.databases.drop(name)

    def drop_all(self) -> None:
        """Remove every database of this checkout."""
        for name in self._named(""):
            self.databases.drop(name)

    def _lock(self) -> AbstractContextManager[None]:
        return locked(self.settings.home / "templates.lock")

    def _base(self) -> str:
        """Return the template with Odoo's modules, made when it is missing."""
        content = " ".join([*BASE_MODULES, oca_pins(self.settings)])
        wanted = f"{self.prefix}_base_{_short(content)}"
        if not self.databases.exists(wanted):
            say("making the base template with Odoo's modules: about a minute")
            self._drop_named("base_")
            fresh = f"{self.prefix}_making_base"
            self.databases.drop(fresh)
            install_modules(self.settings, self.server, fresh, BASE_MODULES)
            self.databases.rename(fresh, wanted)
        return wanted

    def _addons(self) -> str:
        """Return the template with the addons, made when their files changed."""
        base = self._base()
        folders = addons_of(self.settings.repository)
        wanted = f"{self.prefix}_addons_{key_of_files(folders, [base])}"
        if not self.databases.exists(wanted):
            names = [folder.name for folder in folders]
            say(f"installing {', '.join(names)}")
            self._drop_named("addons_")
            fresh = f"{self.prefix}_making_addons"
            self.databases.copy(base, fresh)
            install_modules(self.settings, self.server, fresh, names)
            self.databases.rename(fresh, wanted)
        return wanted

    def _drop_named(self, kind: str) -> None:
        """Remove the databases of one kind."""
        for name in self._named(kind):
            self.databases.drop(name)

    def _drop_abandoned(self) -> None:
        """Remove the test databases of runs that were killed."""
        for name in self._named("test_"):
            pid = name.removeprefix(f"{self.prefix}_test_").partition("-")[0]
            if not Path(f"/proc/{pid}").exists():
                self.databases.drop(name)

    def _named(self, kind: str) -> list[str]:
        start = f"{self.prefix}_{kind}"
        return [name for name in self.databases.names() if name.startswith(start)]


def open_workshop(settings: Settings) -> Workshop:
    """Return the databases of this checkout, the server started when needed."""
    with locked(settings.home / "lock"):
        server = ensure_server(settings)
    return Workshop(settings, server, Databases(server, settings.data))


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
