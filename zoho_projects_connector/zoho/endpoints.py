"""Which URLs are read, with which scope and parameters: data, no behaviour.

:source: Zoho Projects API reference, sections 1.9, 3 to 9.
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from .errors import ZohoRefused

PER_PAGE = 200


@dataclass(frozen=True)
class Endpoint:
    """One readable URL.

    :param name: our word for it.
    :param path: path after the version, with ``{placeholders}``.
    :param scope: OAuth scope that opens it.
    :param version: ``v3``, or ``v3.1`` for users.
    :param keys: names under which the rows or the record may be wrapped.
    :param optional: Zoho may have switched the module off, which is no mistake.
    """

    name: str
    path: str
    scope: str
    version: str = "v3"
    keys: tuple[str, ...] = ()
    optional: bool = True

    @property
    def pattern(self) -> str:
        """Path with placeholders: the key under which Zoho counts calls."""
        return f"/api/{self.version}{self.path}"


@dataclass(frozen=True)
class Listing(Endpoint):
    """One readable list.

    :param params: query parameters sent with each page.
    :param paged: whether the list has pages at all.
    :param groups: keys of the row lists inside a group, for grouped lists.
    :param union: the answer may hold one list per module: join them.
    :param identified: whether equal ids mean the same row.
    """

    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    paged: bool = True
    per_page: int = PER_PAGE
    groups: tuple[str, ...] = ()
    union: bool = False
    identified: bool = True


@dataclass(frozen=True)
class PageRequest:
    """One page of one listing."""

    listing: Listing
    page: int = 1
    params: Mapping[str, str] = field(default_factory=dict)
    path_ids: Mapping[str, str] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.key, self.page))

    @property
    def key(self) -> str:
        """Stable text of all but the page number."""
        parts = (
            self.listing.name,
            sorted(self.path_ids.items()),
            sorted(self.params.items()),
        )
        return json.dumps(parts, separators=(",", ":"))

    def at(self, page: int) -> PageRequest:
        """Return the request of another page of the same listing."""
        return replace(self, page=page)


def _scope(module: str) -> str:
    return f"ZohoProjects.{module}.READ"


_CUSTOMER_KEYS = ("customers", "clients", "data")
_LOG_KEYS = ("time_logs", "timelogs", "logs", "timelog")
_LOG_GROUPS = ("log_details", "tasklogs", "buglogs", "issuelogs", "generallogs", "date")
_PHASE_KEYS = ("phases", "milestones", "phase", "milestone")
_ISSUE_KEYS = ("issues", "bugs", "issue", "bug")
_TASK_LIST_KEYS = ("tasklists", "task_lists", "all_tasklists", "tasklist")
_BIN_KEYS = (
    "bin",
    "trash",
    "trashed_records",
    "records",
    "items",
    "projects",
    "tasks",
    "issues",
    "bugs",
    "phases",
    "milestones",
    "tasklists",
    "time_logs",
    "timelogs",
)

PORTALS = Listing(
    "portals",
    "/portals",
    _scope("portals"),
    keys=("portals",),
    optional=False,
    paged=False,
)
CUSTOMERS = Listing(
    "customers", "/portal/{portal}/customers", _scope("clients"), keys=_CUSTOMER_KEYS
)
CUSTOMER_PROJECTS = Listing(
    "customer_projects",
    "/portal/{portal}/clients/{customer}/projects",
    _scope("clients"),
    keys=("projects",),
)
PROJECT_CUSTOMERS = Listing(
    "project_customers",
    "/portal/{portal}/projects/{project}/customers",
    _scope("clients"),
    keys=_CUSTOMER_KEYS,
)
CLIENT_USERS = Listing(
    "client_users",
    "/portal/{portal}/clients/users",
    _scope("clients"),
    keys=("users", "client_users", "clients", "customers", "data"),
    identified=False,
)
CUSTOMER_CONTACTS = Listing(
    "customer_contacts",
    "/portal/{portal}/client/{customer}/contacts",
    _scope("users"),
    keys=("contacts", "users", "client_contacts"),
)
PROJECT_CRM_ACCOUNTS = Listing(
    "project_crm_accounts",
    "/portal/{portal}/projects/{project}/crm/accounts",
    _scope("clients"),
    keys=("accounts", "crm_accounts", "data"),
    paged=False,
)
USERS = Listing(
    "users",
    "/portal/{portal}/users",
    _scope("users"),
    version="v3.1",
    keys=("users",),
)
PROJECTS = Listing(
    "projects",
    "/portal/{portal}/projects",
    _scope("projects"),
    keys=("projects",),
    optional=False,
)
TASK_LISTS = Listing(
    "task_lists",
    "/portal/{portal}/all-tasklists",
    _scope("tasklists"),
    keys=_TASK_LIST_KEYS,
)
PHASES = Listing(
    "phases", "/portal/{portal}/phases", _scope("milestones"), keys=_PHASE_KEYS
)
TASKS = Listing(
    "tasks", "/portal/{portal}/tasks", _scope("tasks"), keys=("tasks", "task")
)
ISSUES = Listing("issues", "/portal/{portal}/issues", _scope("bugs"), keys=_ISSUE_KEYS)
TIME_LOGS = Listing(
    "time_logs",
    "/portal/{portal}/timelogs",
    _scope("timesheets"),
    keys=_LOG_KEYS,
    groups=_LOG_GROUPS,
)
PROJECT_TIME_LOGS = replace(
    TIME_LOGS,
    name="project_time_logs",
    path="/portal/{portal}/projects/{project}/timelogs",
)
BIN = Listing(
    "bin",
    "/portal/{portal}/bin",
    _scope("portals"),
    keys=_BIN_KEYS,
    union=True,
    identified=False,
)
MODULE_FIELDS = Listing(
    "module_fields",
    "/portal/{portal}/module/{module}/fields",
    _scope("custom_fields"),
    keys=("fields", "field_details", "module_fields"),
    paged=False,
)

LISTINGS: dict[str, Listing] = {
    listing.name: listing
    for listing in (
        PORTALS,
        CUSTOMERS,
        CUSTOMER_PROJECTS,
        PROJECT_CUSTOMERS,
        CLIENT_USERS,
        CUSTOMER_CONTACTS,
        PROJECT_CRM_ACCOUNTS,
        USERS,
        PROJECTS,
        TASK_LISTS,
        PHASES,
        TASKS,
        ISSUES,
        TIME_LOGS,
        PROJECT_TIME_LOGS,
        BIN,
        MODULE_FIELDS,
    )
}

PORTAL = Endpoint(
    "portal", "/portal/{portal}", _scope("portals"), keys=("portal", "portals")
)
PROJECT = Endpoint(
    "project",
    "/portal/{portal}/projects/{project}",
    _scope("projects"),
    keys=("projects", "project"),
)
TASK_LIST = Endpoint(
    "task_list",
    "/portal/{portal}/projects/{project}/tasklists/{task_list}",
    _scope("tasklists"),
    keys=_TASK_LIST_KEYS,
)
PHASE = Endpoint(
    "phase",
    "/portal/{portal}/projects/{project}/phases/{phase}",
    _scope("milestones"),
    keys=_PHASE_KEYS,
)
TASK = Endpoint(
    "task",
    "/portal/{portal}/projects/{project}/tasks/{task}",
    _scope("tasks"),
    keys=("tasks", "task"),
)
ISSUE = Endpoint(
    "issue",
    "/portal/{portal}/projects/{project}/issues/{issue}",
    _scope("bugs"),
    keys=_ISSUE_KEYS,
)
TIME_LOG = Endpoint(
    "time_log",
    "/portal/{portal}/projects/{project}/logs/{log}",
    _scope("timesheets"),
    keys=("log_details", *_LOG_KEYS, "log"),
)
USER = Endpoint(
    "user",
    "/portal/{portal}/users/{user}",
    _scope("users"),
    version="v3.1",
    keys=("users", "user"),
)
CONTACT = Endpoint(
    "contact",
    "/portal/{portal}/contacts/{contact}",
    _scope("users"),
    keys=("contacts", "contact"),
)

RECORDS: dict[str, Endpoint] = {
    endpoint.name: endpoint
    for endpoint in (
        PORTAL,
        PROJECT,
        TASK_LIST,
        PHASE,
        TASK,
        ISSUE,
        TIME_LOG,
        USER,
        CONTACT,
    )
}

LOG_TYPES = {"task": "task", "issue": "issue", "bug": "issue", "general": "general"}


def time_log_params(
    kind: str, start: date, end: date, by_modified: bool = False
) -> dict[str, str]:
    """Return the query of one pass over time logs.

    :param kind: ``task``, ``issue`` or ``general``: three passes cover everything.
    :param by_modified: the days are days of modification, not of work.
    :source: sections 7.2 and 13, pitfalls 9 to 11.
    """
    if kind not in LOG_TYPES:
        raise ZohoRefused(f"There are no time logs of the type {kind!r}.")
    params = {
        "module": json.dumps({"type": LOG_TYPES[kind]}, separators=(",", ":")),
        "view_type": "customdate",
        "start_date": start.isoformat(),
        "end_date": end.isoformat(),
    }
    if by_modified:
        params["fetch_by_modified_time"] = "true"
    return params


def month_slices(start: date, end: date, months: int = 5) -> list[tuple[date, date]]:
    """Return inclusive slices of at most ``months`` months, without gap or overlap."""
    slices = []
    while start <= end:
        last = min(end, _months_later(start, max(1, months)) - timedelta(days=1))
        slices.append((start, last))
        start = last + timedelta(days=1)
    return slices


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def criterion(
    field_name: str, condition: str, values: Sequence[object]
) -> dict[str, object]:
    """Return one line of a filter; values are always an array of strings."""
    texts = [
        str(value).lower() if isinstance(value, bool) else str(value)
        for value in values
    ]
    return {
        "field_name": field_name,
        "criteria_condition": condition,
        "value": texts,
    }


def criteria(*lines: Mapping[str, object], joined_by: str = "AND") -> dict[str, str]:
    """Return the ``filter`` parameter that joins the lines.

    :source: section 9.2.
    """
    pattern = f" {joined_by} ".join(str(i) for i in range(1, len(lines) + 1))
    body = {"criteria": list(lines), "pattern": pattern}
    return {"filter": json.dumps(body, separators=(",", ":"))}


def project_filter(which: str) -> dict[str, str]:
    """Return the filter of open (``all_open``) or closed (``all_closed``) projects."""
    return criteria(criterion("status", which, [f"${{{which}}}"]))
