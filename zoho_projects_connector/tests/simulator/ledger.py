"""The server's own bookkeeping of calls and rows.

:source: section 9.6, what a sync should cost.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from .portal import Portal

PAGE = 200
# Six months have no more days.
LONGEST_RANGE = timedelta(days=184)
KINDS = ("task", "issue", "general")
FIELD_MODULES = ("projects", "tasks", "issues", "timelogs")
# Read only by clients that need them: they count when they were called.
OPTIONAL = ("tasks_with_parents", "client_users", "bin")
MAPPING = ("customer_projects", "project_customers")
LISTINGS = (
    "projects",
    "projects_closed",
    "customers",
    "users_active",
    "users_inactive",
    "task_lists",
    "phases",
    "tasks",
    "tasks_with_parents",
    "client_users",
    "issues",
    "timelogs_task",
    "timelogs_issue",
    "timelogs_general",
    "bin",
)


@dataclass
class Ledger:
    """Counts of what was asked for and served since the last reset.

    ``calls`` counts API requests by route name, ``tokens`` those of the accounts
    server, ``rows`` the served rows by listing, ``refusals`` error titles.
    """

    calls: Counter[str] = field(default_factory=Counter)
    tokens: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    used: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """All API requests."""
        return sum(self.calls.values())

    def call(self, name: str, url: str) -> None:
        """Count an API request."""
        self.calls[name] += 1
        self.requests.append(url)

    def served(self, listing: str, count: int) -> None:
        """Count the rows of a page."""
        self.used.add(listing)
        self.rows[listing] += count

    def reset(self) -> None:
        """Begin to count anew."""
        for counter in (self.calls, self.tokens, self.rows, self.refusals):
            counter.clear()
        self.used.clear()
        self.requests.clear()


def listing_rows(portal: Portal) -> dict[str, int]:
    """Return how many rows each portal-wide listing holds."""
    logs = [log for log in portal.logs.values() if portal.log_visible(log)]
    users = list(portal.users.values())
    live = portal.projects
    clients = {user.customer for user in users if user.kind == "client_user"}
    return {
        "projects": len(live),
        "projects_closed": sum(project.closed for project in live.values()),
        "customers": len(portal.customers),
        "users_active": sum(user.active for user in users),
        "users_inactive": sum(not user.active for user in users),
        "task_lists": sum(t.project in live for t in portal.task_lists.values()),
        "phases": sum(p.project in live for p in portal.phases.values()),
        "client_users": len(clients),
        "tasks_with_parents": sum(t.project in live for t in portal.tasks.values()),
        "tasks": sum(t.project in live for t in portal.tasks.values()),
        "issues": sum(i.project in live for i in portal.issues.values()),
        "timelogs_task": sum(log.kind == "task" for log in logs),
        "timelogs_issue": sum(log.kind == "issue" for log in logs),
        "timelogs_general": sum(log.kind == "general" for log in logs),
        "bin": len(portal.bin),
    }


def time_ranges(portal: Portal, kind: str) -> int:
    """Return how many lists of six months hold all logs of a kind, at least.

    :source: section 7.2, the longest range that Zoho takes.
    """
    logs = portal.logs.values()
    days = {log.day for log in logs if log.kind == kind and portal.log_visible(log)}
    count, end = 0, date.min
    for day in sorted(days):
        if day > end:
            count, end = count + 1, day + LONGEST_RANGE
    return count


def lower_bound(portal: Portal, used: set[str] | None = None) -> dict[str, int]:
    """Return the fewest calls that can read the portal, by listing and in ``total``.

    Each listing's rows ÷ 200 rounded up (one call at least; of time, one for each six
    months with time), one call for the fields of each module where these are read, and
    one per customer or per project, whichever is fewer; no list of a customer says
    whether he is the primary one, so a project with several is asked for apart.

    :param used: only these listings; all when None.
    """
    rows = listing_rows(portal)
    bound = {
        name: max(1, -(-rows[name] // PAGE))
        for name in LISTINGS
        if (name in used if used is not None else name not in OPTIONAL)
    }
    for kind in KINDS:
        if f"timelogs_{kind}" in bound:
            ranges = time_ranges(portal, kind)
            bound[f"timelogs_{kind}"] = max(bound[f"timelogs_{kind}"], ranges)
    if used and "fields" in used:
        bound["fields"] = len(FIELD_MODULES)
    if used is None or used.intersection(MAPPING):
        several = sum(len(set(p.customers)) > 1 for p in portal.projects.values())
        by_customer = len(portal.customers) + several
        bound["mapping"] = min(by_customer, len(portal.projects))
    if used and "crm_accounts" in used:
        bound["crm_accounts"] = len(portal.projects)
    if used and "contacts" in used:
        bound["contacts"] = len(portal.customers)
    bound["total"] = sum(bound.values())
    return bound
