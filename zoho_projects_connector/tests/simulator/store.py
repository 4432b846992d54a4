"""The records of one portal, with ids, indexes and a version that counts changes."""

import itertools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from .clock import Clock
from .entities import (
    Customer,
    CustomField,
    Issue,
    Log,
    Phase,
    Project,
    Record,
    Task,
    TaskList,
    Trashed,
    User,
)

FIRST_ID = 192004000000011000  # 18 digits, beyond 2**53 as in the samples
CACHED_QUERIES = 64


class Store:
    """Tables of records by id; every change raises ``version``.

    :param portal_id: the ``{p}`` of the paths.
    :param clock: gives the modified times.
    """

    def __init__(
        self,
        portal_id: str = "60118842377",
        name: str = "northlight",
        currency: str = "USD",
        timezone: str = "Europe/Amsterdam",
        clock: Clock | None = None,
        first_id: int = FIRST_ID,
    ) -> None:
        self.id = portal_id
        self.name = name
        self.org_name = f"{name.title()} Studio BV"
        self.currency = currency
        self.timezone = timezone
        self.plan = "Enterprise"
        self.clock = clock or Clock()
        self.owner = ""
        self.golden_project = ""
        self.version = 0
        self.customers: dict[str, Customer] = {}
        self.users: dict[str, User] = {}
        self.ghosts: dict[str, User] = {}
        self.projects: dict[str, Project] = {}
        self.phases: dict[str, Phase] = {}
        self.task_lists: dict[str, TaskList] = {}
        self.tasks: dict[str, Task] = {}
        self.issues: dict[str, Issue] = {}
        self.logs: dict[str, Log] = {}
        self.bin: dict[str, Trashed] = {}
        self.custom_fields: list[CustomField] = []
        # Logs that a rule of the portal lets nobody judge.
        self.unjudged_logs: set[str] = set()
        # A threaded server answers and changes at the same time.
        self.lock = threading.RLock()
        # Who is told of each record that people change, make or delete.
        self.listeners: list[Callable[[Any], None]] = []
        self._ids = itertools.count(first_id)
        self._cache: OrderedDict[Any, list[Any]] = OrderedDict()
        self._cache_version = -1

    def new_id(self) -> str:
        """Return the next id as text."""
        return str(next(self._ids))

    def now(self) -> datetime:
        """Return the portal's moment."""
        return self.clock.now()

    def table(self, kind: str) -> dict[str, Any]:
        """Return the table of a kind: ``customer``, ``user``, ``project``, ``phase``,
        ``task_list``, ``task``, ``issue`` or ``log``."""
        tables: dict[str, dict[str, Any]] = {
            "customer": self.customers,
            "user": self.users,
            "project": self.projects,
            "phase": self.phases,
            "task_list": self.task_lists,
            "task": self.tasks,
            "issue": self.issues,
            "log": self.logs,
        }
        return tables[kind]

    def person(self, user_id: str) -> User | None:
        """Return a user, or one whom the users' list does not show any more."""
        return self.users.get(user_id) or self.ghosts.get(user_id)

    def touch(self, *records: Record) -> None:
        """Set the modified time of records that changed now."""
        self.version += 1
        moment = self.now()
        for record in records:
            record.modified = moment
            self.tell(record)

    def tell(self, record: Any) -> None:
        """Tell whoever listens that a record was changed, made or deleted."""
        for listener in self.listeners:
            listener(record)

    def put(self, kind: str, record: Any) -> Any:
        """Store a record as it is."""
        self.table(kind)[record.id] = record
        self.version += 1
        return record

    def cached(self, key: Any, build: Callable[[], Iterable[Any]]) -> list[Any]:
        """Return the rows of a query, built once for each version of the data."""
        if self._cache_version != self.version:
            self._cache.clear()
            self._cache_version = self.version
        if key not in self._cache:
            self._cache[key] = list(build())
            while len(self._cache) > CACHED_QUERIES:
                self._cache.popitem(last=False)
        return self._cache[key]

    def log_item(self, log: Log) -> Task | Issue | None:
        """Return the live task or issue of a log."""
        if log.kind == "task":
            return self.tasks.get(log.item)
        return self.issues.get(log.item) if log.kind == "issue" else None

    def log_visible(self, log: Log, trashed_hides: bool = True) -> bool:
        """Tell whether lists still show a log: its project and item are alive.

        :source: section 9.4, logs of a trashed task vanish with it ``[guess]``.
        """
        if log.project not in self.projects:
            return False
        if not trashed_hides or log.kind == "general":
            return True
        return self.log_item(log) is not None
