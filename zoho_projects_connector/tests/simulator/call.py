"""One API request on its way to a handler."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .dialect import Dialect
from .entities import User
from .errors import ApiError, bad_value, extra_param, not_found
from .faults import Fault
from .oauth_store import Access
from .portal import Portal
from .voice import Body, Voice

WIDE_PROFILES = ("Portal Owner", "Administrator", "Manager")
DEFAULT_PER_PAGE = 100


@dataclass
class Listing:
    """Rows that an endpoint pages through.

    :param name: name in the bookkeeping.
    :param rows: every row of the query.
    :param render: makes the body of one row.
    :param key: key in the envelope; ``""`` gives a bare array.
    :param group: makes the body of a whole page (time logs).
    """

    name: str
    rows: Sequence[Any]
    render: Callable[[Any], Body]
    key: str = ""
    paged: bool = True
    page_info: bool = True
    count_word: str = "page_count"
    group: Callable[[Sequence[Any]], Body] | None = None


@dataclass(frozen=True)
class Written:
    """What a write is answered with.

    :param body: ``None`` for an answer without a body.
    """

    body: Any = None
    status: int = 200


@dataclass
class Call:
    """What a handler needs to know.

    :param body: decoded JSON of a write, ``None`` for anything else.
    """

    portal: Portal
    portals: dict[str, Portal]
    dialect: Dialect
    access: Access
    params: dict[str, str]
    ids: dict[str, str]
    version: str
    faults: list[Fault] = field(default_factory=list)
    body: Any = None

    def __post_init__(self) -> None:
        self.voice = Voice(self.dialect, self.portal)

    @property
    def viewer(self) -> User | None:
        """The user who owns the token."""
        return self.portal.users.get(self.access.user)

    @property
    def sees_all(self) -> bool:
        """Whether the viewer's profile shows the whole portal.

        :source: section 1.9, the profile bounds what the token may see.
        """
        viewer = self.viewer
        return viewer is None or viewer.profile in WIDE_PROFILES

    def sees_project(self, project_id: str) -> bool:
        """Tell whether the viewer is in a project that exists."""
        project = self.portal.projects.get(project_id)
        if not project:
            return False
        return self.sees_all or self.access.user in project.members

    def project(self) -> Any:
        """Return the project of the path.

        :raise ApiError: when it is gone or not visible.
        """
        if not self.sees_project(self.ids["project"]):
            raise not_found(self.dialect)
        return self.portal.projects[self.ids["project"]]

    def record(self, kind: str, key: str) -> Any:
        """Return a record of the path that lives in a visible project."""
        record = self.portal.table(kind).get(self.ids[key])
        wanted = self.ids.get("project", getattr(record, "project", ""))
        if not record or record.project != wanted or not self.sees_project(wanted):
            raise not_found(self.dialect)
        return record

    def query(self, name: str, build: Callable[[], Iterable[Any]]) -> list[Any]:
        """Return the rows of a query from the portal's cache."""
        asked = {k: v for k, v in self.params.items() if k not in ("page", "per_page")}
        key = (
            name,
            self.access.user if not self.sees_all else "",
            tuple(sorted(self.ids.items())),
            tuple(sorted(asked.items())),
            self.dialect,
        )
        return self.portal.cached(key, build)

    def by_change(self, rows: Iterable[Any]) -> list[Any]:
        """Return rows sorted by change, where the dialect does it and it is asked for.

        :source: section 9.3: of these lists no source says how they can be sorted.
        """
        self.refuse_params("sort_by")
        asked = self.params.get("sort_by", "")
        if self.dialect.list_sort == "ignored" or not asked.startswith("DESC("):
            return list(rows)
        return sorted(rows, key=lambda row: (row.modified, row.id), reverse=True)

    def refuse_params(self, *names: str) -> None:
        """Refuse the parameters that this dialect does not take.

        :raise ApiError: ``EXTRA_PARAM_FOUND``.
        """
        for name in names:
            if name in self.dialect.refused_params and name in self.params:
                raise extra_param(name)

    def whole(self, name: str, default: int) -> int:
        """Return a positive whole number among the parameters.

        :raise ApiError: ``INVALID_PARAMETER_VALUE`` for anything else.
        """
        text = self.params.get(name, "")
        if not text:
            return default
        if not text.isdigit() or not int(text):
            raise bad_value(name, "INVALID_PARAMETER_VALUE")
        return int(text)

    def struck(self, kind: str) -> Fault | None:
        """Return the due fault of a kind."""
        return next((fault for fault in self.faults if fault.kind == kind), None)


__all__ = ["ApiError", "Call", "Listing", "Written"]
