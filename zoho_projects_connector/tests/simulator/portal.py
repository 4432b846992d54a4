"""A portal whose data tests change between two syncs."""

from collections.abc import Callable
from typing import Any

from .changes_logs import LogChanges
from .changes_people import PeopleChanges
from .changes_work import WorkChanges


class Portal(LogChanges, WorkChanges, PeopleChanges):
    """The store with every change that people make in Zoho Projects.

    Each method changes the modified times as Zoho would and raises ``version``.
    """


CHANGES = (
    "add_customer",
    "add_user",
    "add_contact",
    "add_project",
    "add_task_list",
    "add_phase",
    "add_task",
    "add_issue",
    "add_log",
    "edit",
    "rename",
    "edit_log",
    "approve_log",
    "reject_log",
    "withdraw_log",
    "set_billable",
    "move_log",
    "delete_log",
    "set_customers",
    "set_primary",
    "add_project_customer",
    "set_crm_account",
    "close_project",
    "reopen_project",
    "archive_project",
    "activate_project",
    "close_task",
    "reopen_task",
    "close_phase",
    "move_task",
    "trash",
    "restore",
    "purge",
    "user_leaves",
    "user_returns",
    "user_removed",
    "set_profile",
    "disable_issues",
    "rename_custom_field",
    "remove_custom_field",
)


def change(portal: Portal, name: str, arguments: dict[str, Any]) -> Any:
    """Make one change by its name, as the control interface does.

    :raise KeyError: when no such change exists.
    """
    if name not in CHANGES:
        raise KeyError(name)
    method: Callable[..., Any] = getattr(portal, name)
    return method(**arguments)
