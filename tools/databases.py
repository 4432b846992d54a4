"""Databases for development and tests, copied from templates that are made once."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection

from tools.settings import Server
from tools.shell import ToolError


def connect(server: Server, database: str = "postgres") -> connection:
    """Open a connection that commits each statement.

    :raise ToolError: the server does not answer or refuses the user.
    """
    try:
        # An empty password counts as none given.
        opened = psycopg2.connect(
            dbname=database, **{**vars(server), "password": server.password or None}
        )
    except psycopg2.OperationalError as error:
        raise ToolError(
            f"PostgreSQL at {server.host}:{server.port} does not let "
            f"{server.user} in: {str(error).strip()}"
        ) from error
    opened.autocommit = True
    return opened


def select(server: Server, database: str, query: str, *values: Any) -> list[Any]:
    """Return the rows that a query finds in a database."""
    with closing(connect(server, database)) as opened, opened.cursor() as cursor:
        cursor.execute(query, values or None)
        return list(cursor.fetchall())


class Databases:
    """The databases of one server, with the filestores beside them."""

    def __init__(self, server: Server, data: Path) -> None:
        self.server = server
        self.filestores = data / "filestore"

    def names(self) -> list[str]:
        """Return the names of all databases."""
        rows = select(self.server, "postgres", "SELECT datname FROM pg_database")
        return sorted(name for (name,) in rows)

    def copy(self, template: str, name: str) -> None:
        """Make a database as a copy of another, with its files."""
        self.drop(name)
        self._end_connections(template)
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, template)
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
        self._execute("ALTER DATABASE {} RENAME TO {}", name, wanted)

    def drop(self, name: str) -> None:
        """Remove a database and its files, if they are there."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        shutil.rmtree(self.filestores / name, ignore_errors=True)

    def _end_connections(self, name: str) -> None:
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        select(self.server, "postgres", f"{query} WHERE datname = %s", name)

    def _execute(self, statement: str, *names: str) -> None:
        quoted = sql.SQL(statement).format(*map(sql.Identifier, names))
        with closing(connect(self.server)) as opened, opened.cursor() as cursor:
            cursor.execute(quoted)


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
