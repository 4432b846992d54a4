"""A PostgreSQL cluster of the checkout's own, on loopback only."""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.apt import install_missing
from tools.settings import Server, Settings
from tools.shell import ToolError, is_root, run, say, stamp_is, write_stamp

BINARIES = Path("/usr/lib/postgresql")
USER = "odoo"
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


def free_port() -> int:
    """Return a TCP port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Tell whether a TCP port of loopback can be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def everybody_enters(folder: Path) -> bool:
    """Tell whether another user gets to a folder: every parent lets him pass."""
    existing = [path for path in (folder, *folder.parents) if path.exists()]
    return all(path.stat().st_mode & 0o001 for path in existing)


def newest_binaries(folder: Path = BINARIES) -> Path | None:
    """Return the folder of the newest installed server, if there is one."""
    versions = [
        path.parent.parent
        for path in folder.glob("*/bin/initdb")
        if path.parent.parent.name.isdigit()
    ]
    if versions:
        return max(versions, key=lambda path: int(path.name)) / "bin"
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def ordinary_user() -> str | None:
    """Return who runs the server when we are root, which PostgreSQL refuses."""
    if not is_root():
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
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

    @property
    def _access(self) -> Path:
        return self.folder / "access.json"

    def server(self) -> Server:
        """Return how to connect, as noted when the cluster was made."""
        return Server(**json.loads(self._access.read_text()))

    def exists(self) -> bool:
        """Tell whether the cluster was made completely."""
        return stamp_is(self.folder / "made", self.binaries.parent.name)

    def make(self) -> None:
        """Make the cluster, again when an earlier try was interrupted."""
        say("making a private PostgreSQL cluster")
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        password = secrets.token_urlsafe(24)
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        if self.user:
            shutil.chown(self.folder, self.user)
            shutil.chown(secret, self.user)
        initdb = [self.binaries / "initdb", "-D", self.data, "-U", USER]
        choices = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256"]
        self._run([*initdb, *choices, f"--pwfile={secret}"], "initdb failed.")
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
        self._note(Server("127.0.0.1", str(free_port()), USER, password))
        write_stamp(self.folder / "made", self.binaries.parent.name)

    def _note(self, server: Server) -> None:
        self._access.touch(mode=0o600)
        self._access.write_text(json.dumps(vars(server)))

    def start(self) -> None:
        """Start the server unless it runs; take another port when its own is taken."""
        if self.running():
            return
        server = self.server()
        if not port_is_free(int(server.port)):
            server = Server(server.host, str(free_port()), server.user, server.password)
            self._note(server)
        say(f"starting PostgreSQL on 127.0.0.1:{server.port}")
        self._control(
            "start", "-w", "-l", self.folder / "log", "-o", f"-p {server.port}"
        )

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self.data.exists() and self.running():
            say("stopping PostgreSQL")
            self._control("stop", "-m", "fast", "-w")

    def running(self) -> bool:
        """Tell whether the server of this cluster runs."""
        try:
            pid = (self.data / "postmaster.pid").read_text().split()[0]
        except (OSError, IndexError):
            return False
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
        return b"postgres" in command and os.fsencode(self.data) in command

    def _control(self, *words: str | Path) -> None:
        command = [self.binaries / "pg_ctl", "-D", self.data, "-s", *words]
        self._run(command, f"PostgreSQL cannot {words[0]}; see {self.folder / 'log'}.")

    def _run(self, command: Sequence[object], failure: str) -> None:
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
    if user and not everybody_enters(settings.home.parent):
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
    cluster = cluster_of(settings)
    if cluster is None:
        install_missing(["postgresql"], "PostgreSQL is needed")
        cluster = cluster_of(settings)
    if cluster is None:
        raise ToolError("PostgreSQL was installed but its initdb is nowhere.")
    if not cluster.exists():
        cluster.stop()
        cluster.make()
    cluster.start()
    return cluster.server()


def stop_cluster(settings: Settings) -> None:
    """Stop the private cluster, if there is one."""
    cluster = cluster_of(settings)
    if cluster:
        cluster.stop()


def remove_cluster(settings: Settings) -> None:
    """Remove the files of the private cluster."""
    cluster = cluster_of(settings)
    if cluster:
        shutil.rmtree(cluster.folder, ignore_errors=True)
