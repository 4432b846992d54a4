"""Typed records: one name for everything that a row of Zoho can become.

Uncertain field names live in ``aliases.ALIASES``, one table per record type.
"""

from __future__ import annotations

from .aliases import ALIASES
from .records_base import Person, Record, parse_people, parse_person
from .records_people import (
    Contact,
    CrmAccount,
    Customer,
    Portal,
    User,
    parse_client_users,
    parse_contact,
    parse_crm_account,
    parse_currency,
    parse_customer,
    parse_customers,
    parse_portal,
    parse_user,
    primary_customer,
)
from .records_time import (
    FieldMeta,
    TimeLog,
    TrashItem,
    entity_word,
    parse_field_meta,
    parse_time_log,
    parse_trash_item,
)
from .records_totals import TimeTotals, parse_time_totals
from .records_work import (
    Issue,
    Phase,
    Project,
    Task,
    TaskList,
    parse_issue,
    parse_phase,
    parse_project,
    parse_task,
    parse_task_list,
)

__all__ = [
    "ALIASES",
    "Contact",
    "CrmAccount",
    "Customer",
    "FieldMeta",
    "Issue",
    "Person",
    "Phase",
    "Portal",
    "Project",
    "Record",
    "Task",
    "TaskList",
    "TimeLog",
    "TimeTotals",
    "TrashItem",
    "User",
    "entity_word",
    "parse_client_users",
    "parse_contact",
    "parse_crm_account",
    "parse_currency",
    "parse_customer",
    "parse_customers",
    "parse_field_meta",
    "parse_issue",
    "parse_people",
    "parse_person",
    "parse_phase",
    "parse_portal",
    "parse_project",
    "parse_task",
    "parse_task_list",
    "parse_time_log",
    "parse_time_totals",
    "parse_trash_item",
    "parse_user",
    "primary_customer",
]
