"""The paths of the API, with scope and handler.

:source: sections 3 to 9; scopes of section 1.9.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import views_logs as logs
from . import views_meta as meta
from . import views_people as people
from . import views_work as work
from . import views_writes as writes
from .call import Call

_PORTAL = "/portal/{portal}"
_PROJECT = f"{_PORTAL}/projects/{{project}}"


@dataclass(frozen=True)
class Route:
    """One path.

    :param scope: module of the scope.
    :param methods: the methods that the path takes.
    :param verb: what the scope allows.
    """

    name: str
    path: str
    scope: str
    handler: Callable[[Call], Any]
    versions: tuple[str, ...] = ("v3",)
    methods: tuple[str, ...] = ("GET",)
    verb: str = "READ"

    @property
    def full_scope(self) -> str:
        """The scope as a token carries it."""
        return f"ZohoProjects.{self.scope}.{self.verb}"


_BOTH = ("v3", "v3.1")
_WRITES = ("POST", "PATCH", "DELETE")

ROUTES: tuple[Route, ...] = (
    Route("portals", "/portals", "portals", people.portals),
    Route("portal", _PORTAL, "portals", people.portal),
    Route("projects", f"{_PORTAL}/projects", "projects", work.projects),
    Route("project", _PROJECT, "projects", work.project),
    Route("customers", f"{_PORTAL}/customers", "clients", people.customers),
    Route("clients", f"{_PORTAL}/clients", "clients", people.clients),
    Route("client_users", f"{_PORTAL}/clients/users", "clients", people.client_users),
    Route(
        "customer_projects",
        f"{_PORTAL}/clients/{{client}}/projects",
        "clients",
        people.customer_projects,
    ),
    Route(
        "project_customers",
        f"{_PROJECT}/customers",
        "clients",
        people.project_customers,
    ),
    Route("project_clients", f"{_PROJECT}/clients", "clients", people.project_clients),
    Route(
        "project_client_users",
        f"{_PROJECT}/clients/users",
        "clients",
        people.project_client_users,
    ),
    Route(
        "contacts", f"{_PORTAL}/client/{{client}}/contacts", "users", people.contacts
    ),
    Route(
        "project_contacts",
        f"{_PROJECT}/client/{{client}}/contacts",
        "users",
        people.contacts,
    ),
    Route("contact", f"{_PORTAL}/contacts/{{contact}}", "users", people.contact),
    Route("crm_accounts", f"{_PROJECT}/crm/accounts", "clients", people.crm_accounts),
    Route("users", f"{_PORTAL}/users", "users", people.users, _BOTH),
    Route("user", f"{_PORTAL}/users/{{user}}", "users", people.user, _BOTH),
    Route("project_users", f"{_PROJECT}/users", "users", people.project_users, _BOTH),
    Route(
        "user_projects",
        f"{_PORTAL}/users/{{user}}/projects",
        "users",
        work.user_projects,
    ),
    Route(
        "permissions",
        f"{_PORTAL}/users/me/{{area}}/permissions",
        "portals",
        meta.permissions,
    ),
    Route("task_lists", f"{_PORTAL}/all-tasklists", "tasklists", work.task_lists),
    Route("project_task_lists", f"{_PROJECT}/tasklists", "tasklists", work.task_lists),
    Route(
        "task_list",
        f"{_PROJECT}/tasklists/{{task_list}}",
        "tasklists",
        work.task_list,
    ),
    Route("phases", f"{_PORTAL}/phases", "milestones", work.phases, _BOTH),
    Route("project_phases", f"{_PROJECT}/phases", "milestones", work.phases, _BOTH),
    Route("phase", f"{_PROJECT}/phases/{{phase}}", "milestones", work.phase, _BOTH),
    Route("tasks", f"{_PORTAL}/tasks", "tasks", work.tasks),
    Route("project_tasks", f"{_PROJECT}/tasks", "tasks", work.tasks),
    Route("task", f"{_PROJECT}/tasks/{{task}}", "tasks", work.task),
    Route("issues", f"{_PORTAL}/issues", "bugs", work.issues),
    Route("project_issues", f"{_PROJECT}/issues", "bugs", work.issues),
    Route("issue", f"{_PROJECT}/issues/{{issue}}", "bugs", work.issue),
    Route(
        "issue_description",
        f"{_PROJECT}/issues/{{issue}}/description",
        "bugs",
        work.issue_description,
    ),
    Route("timelogs", f"{_PORTAL}/timelogs", "timesheets", logs.timelogs),
    Route("project_timelogs", f"{_PROJECT}/timelogs", "timesheets", logs.timelogs),
    Route("project_timesheet", f"{_PROJECT}/timesheet", "timesheets", logs.timelogs),
    Route("timelog", f"{_PROJECT}/logs/{{log}}", "timesheets", logs.timelog),
    Route(
        "timelog_new", f"{_PROJECT}/logs/new/{{log}}", "timesheets", logs.new_timelog
    ),
    Route("timelog_report", f"{_PORTAL}/timelogs/report", "timesheets", logs.report),
    Route(
        "project_timelog_report",
        f"{_PROJECT}/timelogs/report",
        "timesheets",
        logs.report,
    ),
    Route(
        "timelog_write",
        f"{_PORTAL}/logs",
        "timesheets",
        writes.logs,
        methods=("PATCH",),
        verb="UPDATE",
    ),
    Route(
        "project_write",
        _PROJECT,
        "projects",
        writes.project,
        methods=("PATCH",),
        verb="UPDATE",
    ),
    Route(
        "timelog_add",
        f"{_PROJECT}/log",
        "timesheets",
        writes.never_read,
        methods=("POST",),
    ),
    Route("bin", f"{_PORTAL}/bin", "portals", meta.trash),
    Route(
        "portal_currency",
        f"{_PORTAL}/settings/currency",
        "portals",
        meta.portal_currency,
    ),
    Route("modules", f"{_PORTAL}/settings/modules", "custom_fields", meta.modules),
    Route(
        "module_fields",
        f"{_PORTAL}/module/{{module}}/fields",
        "custom_fields",
        meta.module_fields,
    ),
    Route(
        "settings_fields",
        f"{_PORTAL}/settings/fields",
        "custom_fields",
        meta.settings_fields,
    ),
    Route(
        "statuses",
        f"{_PORTAL}/settings/global-statuses",
        "custom_fields",
        meta.statuses,
    ),
    Route(
        "timelog_settings",
        f"{_PORTAL}/settings/timelog",
        "timesheets",
        meta.timelog_settings,
    ),
    Route("profiles", f"{_PORTAL}/profiles", "portals", meta.profiles),
)


def _regex(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path) + "$")


_COMPILED = tuple((route, _regex(route.path)) for route in ROUTES)
# Fixed words win over placeholders: ``clients/users`` is no client named "users".
_ORDER = sorted(_COMPILED, key=lambda pair: pair[0].path.count("{"))


def find(
    version: str, path: str, method: str = "GET"
) -> tuple[Route, dict[str, str]] | None:
    """Return the route of a path below ``/api/<version>`` with its placeholders.

    A path that does not take the method is found all the same, to be refused.
    """
    other = None
    for route, regex in _ORDER:
        match = regex.match(path)
        if match and version in route.versions:
            found = route, match.groupdict()
            if method in route.methods:
                return found
            other = other or found
    return other
