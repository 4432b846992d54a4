"""Which URLs are read or written, with which scope and parameters: data, no behaviour.

:source: Zoho Projects API reference, sections 1.9, 3 to 9.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .data_centers import LOG_SCOPE, PROJECT_SCOPE

PER_PAGE = 200


@dataclass(frozen=True)
class Endpoint:
    """One URL.

    :param name: our word for it.
    :param path: path after the version, with ``{placeholders}``.
    :param scope: OAuth scope that opens it.
    :param version: ``v3``, or ``v3.1`` for users.
    :param keys: names under which the rows or the record may be wrapped.
    :param groups: keys of the row lists inside a group, where rows come grouped.
    :param optional: Zoho may have switched the module off, which is no mistake.
    """

    name: str
    path: str
    scope: str
    version: str = "v3"
    keys: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
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
    :param union: the answer may hold one list per module: join them.
    :param identified: whether equal ids mean the same row.
    :param single: the answer is one record, read by its id.
    """

    params: Mapping[str, str] = field(default_factory=dict, hash=False)
    paged: bool = True
    per_page: int = PER_PAGE
    union: bool = False
    identified: bool = True
    single: bool = False


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


def _in_portal(path: str) -> str:
    return f"/portal/{{portal}}{path}"


_CUSTOMER_KEYS = ("customers", "clients", "data")
_LOG_KEYS = ("time_logs", "timelogs", "logs", "timelog")
_LOG_GROUPS = ("log_details", "tasklogs", "buglogs", "issuelogs", "generallogs", "date")
_PHASE_KEYS = ("phases", "milestones", "phase", "milestone")
_ISSUE_KEYS = ("issues", "bugs", "issue", "bug")
_TASK_KEYS = ("tasks", "task")
_TASK_LIST_KEYS = ("tasklists", "task_lists", "all_tasklists", "tasklist")
_BIN_KEYS = tuple(
    "bin trash trashed_records records items projects tasks issues bugs phases"
    " milestones tasklists time_logs timelogs".split()
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
    "customers", _in_portal("/customers"), _scope("clients"), keys=_CUSTOMER_KEYS
)
CUSTOMER_PROJECTS = Listing(
    "customer_projects",
    _in_portal("/clients/{customer}/projects"),
    _scope("clients"),
    keys=("projects",),
)
PROJECT_CUSTOMERS = Listing(
    "project_customers",
    _in_portal("/projects/{project}/customers"),
    _scope("clients"),
    keys=_CUSTOMER_KEYS,
)
CLIENT_USERS = Listing(
    "client_users",
    _in_portal("/clients/users"),
    _scope("clients"),
    keys=("users", "client_users", "clients", "customers", "data"),
    identified=False,
)
CUSTOMER_CONTACTS = Listing(
    "customer_contacts",
    _in_portal("/client/{customer}/contacts"),
    _scope("users"),
    keys=("contacts", "users", "client_contacts"),
)
PROJECT_CRM_ACCOUNTS = Listing(
    "project_crm_accounts",
    _in_portal("/projects/{project}/crm/accounts"),
    _scope("clients"),
    keys=("accounts", "crm_accounts", "data"),
    paged=False,
)
USERS = Listing(
    "users",
    _in_portal("/users"),
    _scope("users"),
    version="v3.1",
    keys=("users",),
    per_page=50,
)
PROJECTS = Listing(
    "projects",
    _in_portal("/projects"),
    _scope("projects"),
    keys=("projects",),
    optional=False,
)
PROJECT_ALONE = Listing(
    "project_alone",
    _in_portal("/projects/{project}"),
    _scope("projects"),
    keys=("projects", "project"),
    paged=False,
    single=True,
)
TASK_LISTS = Listing(
    "task_lists",
    _in_portal("/all-tasklists"),
    _scope("tasklists"),
    keys=_TASK_LIST_KEYS,
)
PHASES = Listing(
    "phases", _in_portal("/phases"), _scope("milestones"), keys=_PHASE_KEYS
)
TASKS = Listing("tasks", _in_portal("/tasks"), _scope("tasks"), keys=_TASK_KEYS)
ISSUES = Listing("issues", _in_portal("/issues"), _scope("bugs"), keys=_ISSUE_KEYS)
TIME_LOGS = Listing(
    "time_logs",
    _in_portal("/timelogs"),
    _scope("timesheets"),
    keys=_LOG_KEYS,
    groups=_LOG_GROUPS,
)
PROJECT_TIME_LOGS = replace(
    TIME_LOGS,
    name="project_time_logs",
    path=_in_portal("/projects/{project}/timelogs"),
)
BIN = Listing(
    "bin",
    _in_portal("/bin"),
    _scope("portals"),
    keys=_BIN_KEYS,
    union=True,
    identified=False,
)
MODULE_FIELDS = Listing(
    "module_fields",
    _in_portal("/module/{module}/fields"),
    _scope("custom_fields"),
    keys=("fields", "field_details", "module_fields"),
    paged=False,
)
SETTINGS_FIELDS = replace(
    MODULE_FIELDS, name="settings_fields", path=_in_portal("/settings/fields")
)

PORTAL = Endpoint(
    "portal",
    _in_portal(""),
    _scope("portals"),
    keys=("portal", "portals"),
    optional=False,
)
PORTAL_CURRENCY = Endpoint(
    "portal_currency", _in_portal("/settings/currency"), _scope("portals")
)
PROJECT = Endpoint(
    "project",
    _in_portal("/projects/{project}"),
    _scope("projects"),
    keys=("projects", "project"),
    optional=False,
)
TASK_LIST = Endpoint(
    "task_list",
    _in_portal("/projects/{project}/tasklists/{task_list}"),
    _scope("tasklists"),
    keys=_TASK_LIST_KEYS,
)
PHASE = Endpoint(
    "phase",
    _in_portal("/projects/{project}/phases/{phase}"),
    _scope("milestones"),
    keys=_PHASE_KEYS,
)
TASK = Endpoint(
    "task",
    _in_portal("/projects/{project}/tasks/{task}"),
    _scope("tasks"),
    keys=_TASK_KEYS,
)
ISSUE = Endpoint(
    "issue",
    _in_portal("/projects/{project}/issues/{issue}"),
    _scope("bugs"),
    keys=_ISSUE_KEYS,
)
TIME_LOG = Endpoint(
    "time_log",
    _in_portal("/projects/{project}/logs/{log}"),
    _scope("timesheets"),
    keys=(*_LOG_KEYS, "log_details", "log"),
    groups=_LOG_GROUPS,
)
USER = Endpoint(
    "user",
    _in_portal("/users/{user}"),
    _scope("users"),
    version="v3.1",
    keys=("users", "user"),
)
CONTACT = Endpoint(
    "contact",
    _in_portal("/contacts/{contact}"),
    _scope("users"),
    keys=("contacts", "contact"),
)

# What is written, only where somebody has switched it on.
LOG_UPDATE = Endpoint("log_update", _in_portal("/logs"), LOG_SCOPE)
PROJECT_UPDATE = replace(PROJECT, name="project_update", scope=PROJECT_SCOPE)

_CURRENT = (
    *(PORTALS, CUSTOMERS, CUSTOMER_PROJECTS, PROJECT_CUSTOMERS, CLIENT_USERS),
    *(CUSTOMER_CONTACTS, PROJECT_CRM_ACCOUNTS, USERS, PROJECTS, PROJECT_ALONE),
    *(
        TASK_LISTS,
        PHASES,
        TASKS,
        ISSUES,
        TIME_LOGS,
        PROJECT_TIME_LOGS,
        BIN,
        MODULE_FIELDS,
    ),
    SETTINGS_FIELDS,
)
PHASES_31 = replace(PHASES, name="phases_31", version="v3.1")
# What to read instead where Zoho does not know a listing, or no longer.
INSTEAD: dict[str, Listing] = {
    "customers": replace(
        CUSTOMERS, name="customers_older", path=_in_portal("/clients")
    ),
    "project_customers": replace(
        PROJECT_CUSTOMERS,
        name="project_customers_older",
        path=_in_portal("/projects/{project}/clients"),
    ),
    "users": replace(USERS, name="users_older", version="v3", per_page=PER_PAGE),
    "phases": PHASES_31,
    "phases_31": replace(
        PHASES_31, name="project_phases", path=_in_portal("/projects/{project}/phases")
    ),
}
# The forms in which one record may be read; nobody knows which of them a portal has.
FORMS: dict[str, tuple[Endpoint, ...]] = {
    "project": (PROJECT,),
    "task_list": (TASK_LIST,),
    "phase": (PHASE, replace(PHASE, name="phase_31", version="v3.1")),
    "task": (TASK,),
    "bug": (ISSUE,),
    "timelog": (
        TIME_LOG,
        replace(
            TIME_LOG,
            name="time_log_new",
            path=_in_portal("/projects/{project}/logs/new/{log}"),
        ),
    ),
}
_RECORDS = (
    *(PORTAL, PORTAL_CURRENCY, PROJECT, TASK_LIST, PHASE, TASK, ISSUE, TIME_LOG),
    *(USER, CONTACT),
)
LISTINGS: dict[str, Listing] = {one.name: one for one in (*_CURRENT, *INSTEAD.values())}
RECORDS: dict[str, Endpoint] = {
    one.name: one for forms in ((*_RECORDS,), *FORMS.values()) for one in forms
}
