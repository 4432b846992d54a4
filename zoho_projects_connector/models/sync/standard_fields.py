"""The fields of Zoho that arrive by themselves, and where: data, no behaviour.

A field may stand for a part of one that Zoho nests, as ``status.is_closed_type``.

:source: product.md, sections 2 to 5; Zoho Projects API reference, sections 4 to 8.
"""

from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class StandardField(NamedTuple):
    """One locked row of the field mapping.

    :ivar zoho_field: API name in Zoho.
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

STANDARD_FIELDS = {
    "customer": (
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
    "user": (
        StandardField("full_name", _lt("Name"), "text", "name", True),
        StandardField("email", _lt("Email"), "email", "work_email"),
        StandardField("cost_rate", _lt("Cost per hour"), "currency", "hourly_cost"),
    ),
    "project": (
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
        StandardField("budget", _lt("Fixed cost"), "currency", "fixed_cost"),
    ),
    "phase": (
        StandardField("name", _lt("Phase name"), "text", "name", True),
        PROJECT,
        StandardField("end_date", _lt("End date"), "date", "deadline"),
        StandardField(*CLOSED, "is_reached"),
    ),
    "task_list": (
        StandardField("name", _lt("Task list name"), "text", "name", True),
        PROJECT,
        StandardField("milestone", _lt("Phase"), "lookup", "milestone_id"),
        StandardField(*CLOSED, "is_closed"),
    ),
    "task": (
        StandardField("name", _lt("Task name"), "text", "name", True),
        *_WORK_ITEM,
        StandardField("parental_info", _lt("Parent task"), "lookup", "parent_id", True),
        StandardField(
            "tasklist", _lt("Task list"), "lookup", "zoho_task_list_id", True
        ),
        StandardField("owners", _lt("Owners"), "multi_user", "user_ids"),
        StandardField("end_date", _lt("Due date"), "datetime", "date_deadline"),
        StandardField("total_work", _lt("Work hours"), "decimal", "allocated_hours"),
        StandardField("priority", _lt("Priority"), "picklist", "priority"),
    ),
    "bug": (
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
    "timelog": (
        PROJECT,
        StandardField("module_detail", _lt("Task or bug"), "lookup", "task_id", True),
        StandardField("owner", _lt("User"), "user", "employee_id", True),
        StandardField("date", _lt("Date"), "date", "date", True),
        StandardField("log_hour", _lt("Hours"), "decimal", "unit_amount", True),
        StandardField("notes", _lt("Notes"), "long_text", "name", True),
        StandardField("approval.approver", _lt("Approver"), "user", "zoho_approver"),
        StandardField(
            "approval.approved_time",
            _lt("Approval time"),
            "datetime",
            "zoho_approved_at",
        ),
    ),
}

# Where custom fields may go, beside fields that people made themselves. What is not
# named here is a secret, a right, private to somebody, says who a record belongs to,
# or is kept by the connector, the billing or Odoo.
MAPPABLE_FIELDS = {
    "res.partner": {
        *("city", "comment", "company_registry", "function", "phone", "ref"),
        *("street", "street2", "vat", "website", "zip"),
    },
    "hr.employee": {"mobile_phone", "work_phone"},
    "project.project": {
        *("allocated_hours", "color", "date", "date_start", "description"),
        *("label_tasks", "sequence"),
    },
    "project.milestone": {"deadline", "sequence"},
    "zoho.task.list": set(),
    "project.task": {
        *("allocated_hours", "color", "date_deadline", "date_end", "description"),
        *("priority", "sequence"),
    },
    "account.analytic.line": {"code", "ref"},
}
