"""A PostgreSQL cluster of the checkout's own, on loopback only."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import socket
from dataclasses import dataclass, replace
from pathlib import Path

from tools.apt import install_missing
from tools.settings import Server, Settings
from tools.shell import ToolError, is_root, run, say, stamp_is, write_stamp

BINARIES = Path("/usr/lib/postgresql")
# Nothing here that cannot be made again: speed comes before safety on power loss.
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 100
shared_buffers = 256MB
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 2GB
"""


def free_port(wanted: int = 0) -> int | None:
    """Return a TCP port of loopback that nobody listens on.

    :param wanted: the port that it must be; then there may be none.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def newest_binaries(folder: Path = BINARIES) -> Path | None:
    """Return the folder of the newest installed server, if there is one."""
    found = [path.parent for path in folder.glob("[0-9]*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def ordinary_user() -> str | None:
    """Return who runs the server when we are root, which PostgreSQL refuses."""
    if not is_root():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise ToolError("PostgreSQL refuses to run as root and there is no other user.")


@dataclass(frozen=True)
class Cluster:
    """The private cluster: made once, started and stopped when asked."""

    folder: Path
    binaries: Path
    user: str | None

    @property
    def data(self) -> Path:
        """Return the folder of the server's files."""
        return self.folder / "data"

    def server(self) -> Server:
        """Return how to connect, as noted when the cluster was made."""
        return Server(**json.loads((self.folder / "access.json").read_text()))

    def exists(self) -> bool:
        """Tell whether the cluster was made completely."""
        return stamp_is(self.folder / "made", self.binaries.parent.name)

    def make(self) -> None:
        """Make the cluster, again when an earlier try was interrupted."""
        say("making a private PostgreSQL cluster")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        server = Server("127.0.0.1", str(free_port()), "odoo", secrets.token_urlsafe())
        password = self.folder / "password"
        password.touch(mode=0o600)
        password.write_text(server.password)
        if self.user:
            shutil.chown(self.folder, self.user)
            shutil.chown(password, self.user)
        choices = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256"]
        choices += [f"--username={server.user}", f"--pwfile={password}"]
        self._run("initdb", *choices, failure="PostgreSQL's initdb failed.")
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        self._note(server)
        write_stamp(self.folder / "made", self.binaries.parent.name)

    def _note(self, server: Server) -> None:
        access = self.folder / "access.json"
        access.touch(mode=0o600)
        access.write_text(json.dumps(vars(server)))

    def start(self) -> None:
        """Start the server unless it runs; take another port when its own is taken."""
        if self.running():
            return
        server = self.server()
        if not free_port(int(server.port)):
            server = replace(server, port=str(free_port()))
            self._note(server)
        say(f"starting PostgreSQL on 127.0.0.1:{server.port}")
        self._control("start", "-w", "-l", self.folder / "log", f"-o-p {server.port}")

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self.running():
            say("stopping PostgreSQL")
            self._control("stop", "-w", "-m", "fast")

    def running(self) -> bool:
        """Tell whether the server of this cluster runs."""
        try:
            pid = (self.data / "postmaster.pid").read_text().split()[0]
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, IndexError):
            return False
        return os.fsencode(self.data) in command

    def _control(self, *words: str | Path) -> None:
        failure = f"PostgreSQL cannot {words[0]}; see {self.folder / 'log'}."
        self._run("pg_ctl", "-s", *words, failure=failure)

    def _run(self, program: str, *words: str | Path, failure: str) -> None:
        command = [self.binaries / program, "-D", self.data, *words]
        run(command, failure=failure, cwd=Path("/"), user=self.user)


def cluster_of(settings: Settings) -> Cluster | None:
    """Return the cluster of a checkout, made or not; none without PostgreSQL."""
    binaries = newest_binaries()
    if binaries is None:
        return None
    user = ordinary_user()
    return Cluster(cluster_folder(settings, user), binaries, user)


def cluster_folder(settings: Settings, user: str | None) -> Path:
    """Return where the cluster lies: beside Odoo, or where its user gets to."""
    above = [path for path in settings.home.parents if path.exists()]
    if user and not all(path.stat().st_mode & 0o001 for path in above):
        return Path("/var/tmp") / f"odoo-{settings.key}"
    return settings.home / "pg"


def ensure_server(settings: Settings) -> Server:
    """Return a PostgreSQL that answers: the one given, or the private one."""
    if settings.server:
        if settings.server.user == "postgres":
            raise ToolError(
                "Odoo refuses to connect as postgres; set PGUSER to another role "
                "that may create databases."
            )
        return settings.server
    if newest_binaries() is None:
        install_missing(["postgresql"], "PostgreSQL is needed")
    cluster = cluster_of(settings)
    if cluster is None:
        raise ToolError("PostgreSQL was installed but its initdb is nowhere.")
    if not cluster.exists():
        cluster.stop()
        cluster.make()
    cluster.start()
    return cluster.server()
