"""The modules of Zoho Projects: one row for each, with all that is a fact about it.

Reading this table is reading the API. A new module is a row here, a stream in
``zoho_stream.STREAMS`` and a mapping on the Odoo model.

:source: product.md, sections 2 to 5; Zoho Projects API reference, sections 3 to 9.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from odoo.tools.translate import LazyTranslate

from ...zoho import queries, records
from ...zoho.records import Record

# Marked for translation here, translated where they are shown: a module is imported
# once, and read in many languages.
_lt = LazyTranslate(__name__)

# In the error summary, a field of a module has this and its name for an id.
FIELD_KEY = "field:"
# The same for what could not be written to Zoho.
WRITE_KEY = "write:"
# What is no record of Zoho, for LIKE.
NO_RECORD = [f"{FIELD_KEY}%", f"{WRITE_KEY}%"]

JsonRow = dict[str, Any]
Parser = Callable[[JsonRow], list[Record]]


class StandardField(NamedTuple):
    """A field of Zoho that arrives by itself: one locked row of the field mapping.

    :ivar zoho_field: API name in Zoho; a dot leads to a part of one that Zoho nests.
    :ivar label: what Zoho calls it.
    :ivar zoho_type: our word for its type.
    :ivar field: the Odoo field that receives it.
    :ivar is_required: the synchronisation cannot do without it.
    """

    zoho_field: str
    label: object
    zoho_type: str
    field: str
    is_required: bool = False


@dataclass(frozen=True)
class Entity:
    """The facts about one module.

    :param label: what Zoho calls it.
    :param model: the Odoo model that receives its records.
    :param record: the library's name for one of its records.
    :param parse: makes records of one row of a listing.
    :param listing: the listing that holds all of them: a name of
        ``endpoints.LISTINGS``.
    :param path_name: the placeholder for one of them in ``endpoints.FORMS``.
    :param is_of_project: each belongs to one project, or to none that is known.
    :param is_of_time: there are some only where time is synced.
    :param field_modules: what Zoho may call it where its custom fields are told.
    :param usual_pages: of its listings, in a portal of which nothing is known yet.
    :param page: where one is shown in Zoho; without a page of its own, its project.
    :param fields: what arrives by itself.
    :param mappable: where its custom fields may go, beside fields that people made
        themselves. What is not named is a secret, a right, private to somebody, says
        who a record belongs to, or is kept by the connector, the billing or Odoo.
    """

    label: str
    model: str
    record: str
    parse: Parser
    listing: str
    path_name: str = ""
    is_of_project: bool = False
    is_of_time: bool = False
    field_modules: tuple[str, ...] = ()
    usual_pages: int = 1
    page: str = "#zp/projects/{project}"
    fields: tuple[StandardField, ...] = ()
    mappable: frozenset[str] = frozenset()


def _one(parse: Callable[[object], Record]) -> Parser:
    """Return a parser of rows that are one record each."""
    return lambda row: [parse(row)]


def _contacts(row: JsonRow) -> list[Record]:
    """Return the people of one customer."""
    return [*records.parse_client_users([row])]


PROJECT = StandardField("project", _lt("Project"), "lookup", "project_id", True)
DESCRIPTION = StandardField(
    "description", _lt("Description"), "long_text", "description"
)
TAGS = StandardField("tags", _lt("Tags"), "multi_picklist", "tag_ids")
CLOSED = ("status.is_closed_type", _lt("Status is closed"), "boolean")
_WORK_ITEM = (
    PROJECT,
    DESCRIPTION,
    StandardField("status", _lt("Status"), "picklist", "stage_id"),
    StandardField(*CLOSED, "state"),
    StandardField("milestone", _lt("Phase"), "lookup", "milestone_id"),
    TAGS,
)
_CONTACT_FIELDS = frozenset(
    {
        *("city", "comment", "company_registry", "function", "phone", "ref"),
        *("street", "street2", "vat", "website", "zip"),
    }
)
_TASK_FIELDS = frozenset(
    {
        *("allocated_hours", "color", "date_deadline", "date_end", "description"),
        *("priority", "sequence"),
    }
)

# Parents before children: a record may only refer to what stands before it. A task
# list names its phase, so phases come first.
ENTITIES: dict[str, Entity] = {
    "customer": Entity(
        label="Customers",
        model="res.partner",
        record="customer",
        parse=_one(records.parse_customer),
        listing="customers",
        usual_pages=2,
        mappable=_CONTACT_FIELDS,
        fields=(
            StandardField("name", _lt("Customer name"), "text", "name", True),
            StandardField(
                "currency_code",
                _lt("Currency"),
                "picklist",
                "property_product_pricelist",
                True,
            ),
            StandardField("email", _lt("Email"), "email", "email"),
            StandardField("phone", _lt("Phone"), "phone", "phone"),
            StandardField("website", _lt("Website"), "url", "website"),
            StandardField("street", _lt("Street"), "text", "street"),
            StandardField("city", _lt("City"), "text", "city"),
            StandardField("zip_code", _lt("Zip code"), "text", "zip"),
            StandardField("state", _lt("State"), "text", "state_id"),
            StandardField("country", _lt("Country"), "text", "country_id"),
        ),
    ),
    "contact": Entity(
        label="Contacts",
        model="res.partner",
        record="contact",
        parse=_contacts,
        listing="client_users",
        mappable=_CONTACT_FIELDS,
    ),
    "user": Entity(
        label="Users",
        model="hr.employee",
        record="user",
        parse=_one(records.parse_user),
        listing="users",
        is_of_time=True,
        mappable=frozenset({"mobile_phone", "work_phone"}),
        fields=(
            StandardField("full_name", _lt("Name"), "text", "name", True),
            StandardField("email", _lt("Email"), "email", "work_email"),
            StandardField("cost_rate", _lt("Cost per hour"), "currency", "hourly_cost"),
            StandardField(
                "invoice_rate", _lt("Rate per hour"), "currency", "zoho_billing_rate"
            ),
            StandardField("role", _lt("Role"), "text", "zoho_role"),
        ),
    ),
    "project": Entity(
        label="Projects",
        model="project.project",
        record="project",
        parse=_one(records.parse_project),
        listing="projects",
        usual_pages=5,
        path_name="project",
        field_modules=("projects",),
        mappable=frozenset(
            {
                *("allocated_hours", "color", "date", "date_start", "description"),
                *("label_tasks", "sequence"),
            }
        ),
        fields=(
            StandardField("name", _lt("Project name"), "text", "name", True),
            StandardField(
                "customer", _lt("Primary customer"), "lookup", "partner_id", True
            ),
            StandardField(
                "currency", _lt("Currency"), "picklist", "billing_currency_id", True
            ),
            StandardField(
                "project_type", _lt("Active or archived"), "picklist", "active", True
            ),
            DESCRIPTION,
            StandardField("owner", _lt("Owner"), "user", "user_id"),
            StandardField("start_date", _lt("Start date"), "date", "date_start"),
            StandardField("end_date", _lt("End date"), "date", "date"),
            TAGS,
            StandardField("rate", _lt("Rate per hour"), "currency", "billing_rate"),
            StandardField(
                "billing_rate",
                _lt("Rate per hour, as proposed"),
                "currency",
                "zoho_billing_rate",
            ),
            StandardField("budget", _lt("Fixed cost"), "currency", "fixed_cost"),
            StandardField(
                "budget_info.hours",
                _lt("Budget of hours"),
                "decimal",
                "zoho_budget_hours",
            ),
            StandardField(
                "budget_info.amount",
                _lt("Budget"),
                "currency",
                "zoho_budget_amount",
            ),
        ),
    ),
    "phase": Entity(
        label="Phases",
        model="project.milestone",
        record="phase",
        parse=_one(records.parse_phase),
        listing="phases",
        usual_pages=2,
        path_name="phase",
        is_of_project=True,
        mappable=frozenset({"deadline", "sequence"}),
        fields=(
            StandardField("name", _lt("Phase name"), "text", "name", True),
            PROJECT,
            StandardField("end_date", _lt("End date"), "date", "deadline"),
            StandardField(*CLOSED, "is_reached"),
        ),
    ),
    "task_list": Entity(
        label="Task Lists",
        model="zoho.task.list",
        record="task_list",
        parse=_one(records.parse_task_list),
        listing="task_lists",
        usual_pages=3,
        path_name="task_list",
        is_of_project=True,
        fields=(
            StandardField("name", _lt("Task list name"), "text", "name", True),
            PROJECT,
            StandardField("milestone", _lt("Phase"), "lookup", "milestone_id"),
            StandardField(*CLOSED, "is_closed"),
        ),
    ),
    "task": Entity(
        label="Tasks",
        model="project.task",
        record="task",
        parse=_one(records.parse_task),
        listing="tasks",
        usual_pages=15,
        path_name="task",
        is_of_project=True,
        field_modules=("tasks",),
        page="#zp/projects/{project}/tasks/task-detail/{zoho_id}",
        mappable=_TASK_FIELDS,
        fields=(
            StandardField("name", _lt("Task name"), "text", "name", True),
            *_WORK_ITEM,
            StandardField(
                "parental_info", _lt("Parent task"), "lookup", "parent_id", True
            ),
            StandardField(
                "tasklist", _lt("Task list"), "lookup", "zoho_task_list_id", True
            ),
            StandardField("owners", _lt("Owners"), "multi_user", "user_ids"),
            StandardField("end_date", _lt("Due date"), "datetime", "date_deadline"),
            StandardField(
                "total_work", _lt("Work hours"), "decimal", "allocated_hours"
            ),
            StandardField("priority", _lt("Priority"), "picklist", "priority"),
        ),
    ),
    "bug": Entity(
        label="Bugs",
        model="project.task",
        record="issue",
        parse=_one(records.parse_issue),
        listing="issues",
        usual_pages=5,
        path_name="issue",
        is_of_project=True,
        field_modules=("issues", "bugs"),
        page="#buginfo/{project}/{zoho_id}",
        mappable=_TASK_FIELDS,
        fields=(
            StandardField("name", _lt("Bug title"), "text", "name", True),
            *_WORK_ITEM,
            StandardField("assignee", _lt("Assignee"), "user", "user_ids"),
            StandardField("due_date", _lt("Due date"), "date", "date_deadline"),
            StandardField("severity", _lt("Severity"), "picklist", "zoho_severity"),
            StandardField(
                "classification",
                _lt("Classification"),
                "picklist",
                "zoho_classification",
            ),
        ),
    ),
    "timelog": Entity(
        label="Timesheets",
        model="account.analytic.line",
        record="time_log",
        parse=_one(records.parse_time_log),
        listing="time_logs",
        usual_pages=30,
        path_name="log",
        is_of_project=True,
        is_of_time=True,
        field_modules=("timelogs", "timesheets"),
        mappable=frozenset({"code", "ref"}),
        fields=(
            PROJECT,
            StandardField(
                "module_detail", _lt("Task or bug"), "lookup", "task_id", True
            ),
            StandardField("owner", _lt("User"), "user", "employee_id", True),
            StandardField("date", _lt("Date"), "date", "date", True),
            StandardField("log_hour", _lt("Hours"), "decimal", "unit_amount", True),
            StandardField("notes", _lt("Notes"), "long_text", "name", True),
            StandardField(
                "approval.approver", _lt("Approver"), "user", "zoho_approver"
            ),
            StandardField(
                "approval.approved_time",
                _lt("Approval time"),
                "datetime",
                "zoho_approved_at",
            ),
        ),
    ),
}
# The modules that a run goes through, in this order; contacts come with customers.
MODULES = tuple(name for name in ENTITIES if name != "contact")
ENTITY_SELECTION = [(name, entity.label) for name, entity in ENTITIES.items()]
# What the rows of a pass may be, beside records of its module.
PARSERS: dict[str, Parser] = {
    **{name: entity.parse for name, entity in ENTITIES.items()},
    "crm": _one(records.parse_crm_account),
}


def path_ids_of(
    name: str, zoho_id: str, project: str | None, kind: str | None
) -> dict[str, str]:
    """Return what names one record in the paths of its module.

    :param name: its entity, one of ``endpoints.FORMS``.
    :param project: Zoho id of its project; a project itself needs none.
    :param kind: of a time log: what it was logged on.
    """
    entity = ENTITIES[name]
    ids = {entity.path_name: zoho_id}
    if entity.is_of_project:
        ids["project"] = project or ""
    if name == "timelog":
        ids["type"] = queries.LOG_TYPES.get(kind or "", "task")
    return ids
