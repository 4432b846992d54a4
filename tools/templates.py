"""Template databases: Odoo's modules once, the addons once for each state."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools.databases import Databases, key_of_files
from tools.odoo_server import (
    bring_modules,
    odoo_environment,
    run_odoo,
    write_configuration,
)
from tools.postgres import ensure_server
from tools.settings import Server, Settings
from tools.shell import locked, say
from tools.venv import OCA

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
    "queue_job",
)
# Odoo makes the assets of its pages before its own tests, too: a test takes back
# what it writes, and the next one with a browser would make them again. So would it
# those that no template names, as each page loads them later on.
LATER_ASSETS = ("bus.websocket_worker_assets", "web.assets_emoji")
MAKE_ASSETS = f"""
qweb = env['ir.qweb']
qweb._pregenerate_assets_bundles()
for name in {LATER_ASSETS}:
    qweb._get_asset_bundle(name, css=False).js()
env.cr.commit()
"""
# What a database begins with: Odoo alone, the addons as their files are now, and with
# the assets of their pages besides.
BASE, ADDONS, ASSETS = "base", "addons", "assets"
NUMBERS = itertools.count()


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
        return f"zpc_{self.settings.key}_"

    def copy(self, name: str, kind: str = ADDONS) -> Path:
        """Make a database from a template, replacing one of the same name.

        :param kind: ``BASE``, ``ADDONS`` or ``ASSETS``.
        :return: the configuration of Odoo for it.
        """
        makers = {BASE: self._base, ADDONS: self._addons, ASSETS: self._assets}
        with self._lock():
            self.databases.copy(makers[kind](), name)
        return write_configuration(self.settings, self.server, name)

    @contextmanager
    def lend(self, kind: str = ADDONS) -> Iterator[Path]:
        """Lend a database by its configuration; both are gone afterwards."""
        self._drop("test_", of_the_living=False)
        name = f"{self.prefix}test_{os.getpid()}-{next(NUMBERS)}"
        try:
            yield self.copy(name, kind)
        finally:
            self.databases.drop(name)
            (self.settings.home / "conf" / f"{name}.conf").unlink(missing_ok=True)
            self.settings.log(name).unlink(missing_ok=True)

    def prepare(self) -> None:
        """Make the templates that are missing."""
        with self._lock():
            self._assets()

    def environment(self, configuration: Path) -> dict[str, str]:
        """Return the variables of pytest in Odoo."""
        variables = {"ODOO_RC": str(configuration), **self.server.environment()}
        # pytest-odoo starts a server, to which the job queue would add its runner.
        variables["ODOO_QUEUE_JOB_CHANNELS"] = "root:0"
        return {**odoo_environment(self.settings), **variables}

    def drop_all(self) -> None:
        """Remove every database of this checkout."""
        self._drop("")

    def _lock(self) -> AbstractContextManager[None]:
        return locked(self.settings.home / "templates.lock")

    def _base(self) -> str:
        """Return the template with Odoo's modules, made when it is missing."""
        pins = (self.settings.repository / "tools" / OCA).read_text()
        content = " ".join([*BASE_MODULES, pins])
        key = hashlib.sha256(content.encode()).hexdigest()[:8]
        said = "making the base template with Odoo's modules: about a minute"
        return self._made(BASE, key, said, None, partial(self._install, BASE_MODULES))

    def _addons(self) -> str:
        """Return the template with the addons, made when their files changed."""
        base, folders = self._base(), addons_of(self.settings.repository)
        names = [folder.name for folder in folders]
        key, said = key_of_files(folders, [base]), f"installing {', '.join(names)}"
        return self._made(ADDONS, key, said, base, partial(self._install, names))

    def _assets(self) -> str:
        """Return the template with the assets of the pages, made when it is missing."""
        addons = self._addons()
        key, said = addons.rpartition("_")[2], "making the assets of the pages"
        return self._made(ASSETS, key, said, addons, self._make_assets)

    def _install(self, modules: Sequence[str], configuration: Path) -> None:
        failure = f"Odoo cannot install {', '.join(modules)}."
        bring_modules(self.settings, configuration, modules, failure)

    def _make_assets(self, configuration: Path) -> None:
        run_odoo(
            self.settings,
            configuration,
            "--no-http",
            failure="Odoo cannot make the assets of its pages.",
            command=["shell"],
            typed=MAKE_ASSETS,
        )

    def _made(
        self,
        kind: str,
        key: str,
        said: str,
        base: str | None,
        fill: Callable[[Path], None],
    ) -> str:
        """Return a template: another one, or nothing, and what is done to it."""
        name, fresh = f"{self.prefix}{kind}_{key}", f"{self.prefix}making_{kind}"
        if name not in self.databases.names():
            say(said)
            self._drop(f"{kind}_")
            # Odoo makes a database as it wants it.
            self.databases.copy(base, fresh) if base else self.databases.drop(fresh)
            configuration = write_configuration(self.settings, self.server, fresh)
            fill(configuration)
            configuration.unlink()
            self.databases.rename(fresh, name)
        return name

    def _drop(self, kind: str, *, of_the_living: bool = True) -> None:
        """Remove the databases of one kind.

        :param of_the_living: those of runs too that have not ended yet.
        """
        start = f"{self.prefix}{kind}"
        for name in self.databases.names():
            if name.startswith(start):
                pid = name.removeprefix(start).partition("-")[0]
                if of_the_living or not Path(f"/proc/{pid}").exists():
                    self.databases.drop(name)


def open_workshop(settings: Settings) -> Workshop:
    """Return the databases of this checkout, the server started when needed."""
    with locked(settings.home / "lock"):
        server = ensure_server(settings)
    return Workshop(settings, server, Databases(server, settings.data))
