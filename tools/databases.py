"""Databases for development and tests, copied from templates that are made once."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection

from tools.settings import Server
from tools.shell import ToolError


def connect(server: Server, database: str = "postgres") -> connection:
    """Open a connection that commits each statement.

    :raise ToolError: the server does not answer or refuses the user.
    """
    try:
        opened = psycopg2.connect(
            dbname=database,
            host=server.host,
            port=server.port,
            user=server.user,
            password=server.password or None,
        )
    except psycopg2.OperationalError as error:
        raise ToolError(
            f"PostgreSQL at {server.host}:{server.port} does not let "
            f"{server.user} in: {str(error).strip()}"
        ) from error
    opened.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
    return opened


class Databases:
    """The databases of one server, with the filestores beside them."""

    def __init__(self, server: Server, data: Path) -> None:
        self.server = server
        self.filestores = data / "filestore"

    def names(self) -> list[str]:
        """Return the names of all databases."""
        rows = self._query(sql.SQL("SELECT datname FROM pg_database ORDER BY datname"))
        return [name for (name,) in rows]

    def exists(self, name: str) -> bool:
        """Tell whether a database is there."""
        return name in self.names()

    def copy(self, template: str, name: str) -> None:
        """Make a database as a copy of another, with its files."""
        self.drop(name)
        self._end_connections(template)
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}"), name, template)
        if (self.filestores / template).exists():
            shutil.copytree(self.filestores / template, self.filestores / name)

    def rename(self, name: str, wanted: str) -> None:
        """Give a database, and its files, another name.

        The files go first: a database of the wanted name is then complete.
        """
        shutil.rmtree(self.filestores / wanted, ignore_errors=True)
        if (self.filestores / name).exists():
            (self.filestores / name).rename(self.filestores / wanted)
        self._end_connections(name)
        self._execute(sql.SQL("ALTER DATABASE {} RENAME TO {}"), name, wanted)

    def drop(self, name: str) -> None:
        """Remove a database and its files, if they are there."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), name)
        shutil.rmtree(self.filestores / name, ignore_errors=True)

    def _end_connections(self, name: str) -> None:
        ending = sql.SQL(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}"
        )
        self._query(ending.format(sql.Literal(name)))

    def _execute(self, statement: sql.SQL, *names: str) -> None:
        self._query(statement.format(*map(sql.Identifier, names)))

    def _query(self, statement: sql.Composable) -> list[tuple[str, ...]]:
        opened = connect(self.server)
        try:
            with opened.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            opened.close()


def key_of_files(folders: Iterable[Path], extra: Sequence[str] = ()) -> str:
    """Return a short hash over what an installation of addons depends on.

    Tests and caches are left out: changing them changes no database.
    """
    digest = hashlib.sha256("\n".join(extra).encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).parts
            if path.is_file() and not {"tests", "__pycache__"} & set(inside):
                digest.update(f"\n{path.relative_to(folder.parent)}\n".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
