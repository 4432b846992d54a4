"""The scopes of a read-only sync.

:source: section 1.9.
"""

READ_SCOPES = tuple(
    f"ZohoProjects.{module}.READ"
    for module in (
        "portals",
        "projects",
        "projectgroups",
        "milestones",
        "tasklists",
        "tasks",
        "bugs",
        "timesheets",
        "users",
        "clients",
        "custom_fields",
        "tags",
    )
)
