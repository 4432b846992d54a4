"""Every name under which Zoho may give a field: one table per record type.

The first name with a usable value wins; a dot steps into an object. The twin of a
date in epoch milliseconds (the name with ``_long`` behind it) needs no entry.

:source: Zoho Projects API reference, sections 3 to 8, 12 (V2 names) and 14.
"""

from __future__ import annotations

ID = "id_string id"
MODIFIED = (
    "modified_time last_modified_time last_updated_time updated_time"
    " modified_date last_modified_date last_updated_date updated_date"
)
PROJECT_ID = "project.id_string project.id project_id_string project_id project"
PHASE_ID = (
    "milestone.id_string milestone.id phase.id_string phase.id milestone_id_string"
    " milestone_id phase_id milestone phase"
)
PHASE_NAME = "milestone.name phase.name milestone_name phase_name"
STATUS_NAME = (
    "status.name custom_status_name status_name status.value status.type status"
)
STATUS_CLOSED = "status.is_closed_type is_closed_type status.is_closed is_closed"
COMPLETED = "is_completed completed"
# V2 says it in a word: only "closed" counts.
CLOSED_WORD = "status.type status_type"
OWNER = "owner project_owner owner_details"
FLAT_OWNER = {
    "owner_id": "owner_zpuid user_zpuid",
    "owner_name": "owner_name user_name",
    "owner_email": "owner_email user_email",
}
CREATED = "created_time created_date"
PERSON_NAMES = {
    "name": "full_name fullName",
    "first_name": "first_name firstName",
    "last_name": "last_name lastName",
}
PHASE_REFERENCE = {"phase_id": PHASE_ID, "phase_name": PHASE_NAME}
DATES = {"start": "start_date", "end": "end_date due_date"}
STATUS = {
    "status_name": STATUS_NAME,
    "is_closed": f"{STATUS_CLOSED} {COMPLETED}",
    "closed_word": CLOSED_WORD,
}
CUSTOMER_ID = (
    "client.id customer.id company.id client_id clientId customer_id customerId"
    " company_id"
)
IS_PRIMARY = "is_primary primary is_primary_client is_primary_customer"
ADDRESS = {
    "email": "email email_id Email",
    "phone": "phone phone_number mobile Phone",
    "website": "website web_site Website",
    "street": (
        "address.street address.address billing_address.street"
        " billing_address.address street address Billing_Street billing_street"
    ),
    "city": "address.city billing_address.city city Billing_City billing_city",
    "state": "address.state billing_address.state state Billing_State billing_state",
    "country": (
        "address.country billing_address.country country Billing_Country"
        " billing_country"
    ),
    "zip_code": (
        "address.zip_code address.zip billing_address.zip_code billing_address.zip"
        " zip_code zip zipcode postal_code Billing_Code billing_code"
    ),
    "currency": "currency_code currency.code currency.currency_code currency Currency",
}

_TABLES: dict[str, dict[str, str]] = {
    "person": {
        # Never ``zuid``: that is the account, not the person in this portal.
        "id": "zpuid owner_zpuid user_zpuid id_string id user_id",
        **PERSON_NAMES,
        "short_name": "name display_name displayName owner_name",
        "email": "email email_id mail owner_email",
    },
    "portal": {
        "name": "portal_name name org_name company_name",
        "role": "profile.name role.name role profile_name profile",
        "timezone": "timezone time_zone settings.timezone",
        "plan": "project_plan plan plan.name",
        "currency": "currency_code currency.code currency.currency_code currency",
        "is_owner": "is_owner is_portal_owner",
        "is_admin": "is_admin is_portal_admin",
        "url": "portal_url url link.project.url",
    },
    "customer": {
        "id": f"{ID} client_id customer_id company_id",
        "name": "name client_name customer_name company_name org_name display_name",
        **ADDRESS,
        "is_primary": IS_PRIMARY,
        "crm_id": "crm_account_id crm_accountId crm_id crm_account.id",
        "contacts": "users client_users contacts customer_users",
    },
    "contact": {
        "id": f"{ID} zpuid contact_id user_id",
        **PERSON_NAMES,
        "short_name": "display_name displayName name",
        "email": "email email_id",
        "phone": "phone phone_number mobile",
        "customer_id": CUSTOMER_ID,
    },
    "user": {
        # In V2 ``id`` is the account and ``zpuid`` the user; in V3 ``id`` is the user.
        "id": f"zpuid {ID}",
        "zuid": "zuid",
        **PERSON_NAMES,
        "short_name": "display_name displayName name",
        "email": "email email_id",
        "is_active": "is_active active",
        "status": "status.name status user_status",
        "kind": "user_type.name user_type type type.name",
        "is_client": "is_client_user is_client",
        "role": "role.name role profile.name",
        "customer_id": (
            "client.id customer.id company.id client_id clientId customer_id company_id"
        ),
        "billing_rate": (
            "budget.invoice_rate.amount budget.invoice_rate"
            " budget.billing_rate.amount budget.billing_rate"
            " budget.revenue_per_hour.amount invoice_rate.amount invoice_rate"
            " billing_rate invoice"
        ),
        "cost_rate": (
            "budget.cost_per_hour.amount budget.cost_per_hour cost_per_hour.amount"
            " cost_per_hour budget"
        ),
        "currency": (
            "budget.cost_per_hour.currency_code budget.invoice_rate.currency_code"
            " budget.currency_code cost_per_hour.currency_code currency_code"
            " currency"
        ),
    },
    "project": {
        "key": "key prefix",
        "name": "name project_name",
        "description": "description",
        **DATES,
        **STATUS,
        "lifecycle": "project_type status",
        "owner": OWNER,
        **FLAT_OWNER,
        "currency": (
            "budget_info.currency_code budget_info.currency.code"
            " budget_info.currency currency_code currency.code currency"
        ),
        "customer": (
            "primary_client primary_customer customer client client_company"
            " customers clients"
        ),
        "customer_id": "client_id customer_id primary_client_id",
        "customer_name": "client_name customer_name",
        "billing_method": (
            "billing_method billing_type budget_info.billing_method bill_type"
        ),
        "billing_rate": (
            "billing_rate project_rate budget_info.billing_rate rate_per_hour"
        ),
        "fixed_cost": "fixed_cost fixed_price budget_info.fixed_cost",
        "budget_hours": (
            "budget_info.hourly_budget budget_info.budget_hours budget_info.hours"
            " hourly_budget budget_hours"
        ),
        "budget_amount": (
            "budget_info.revenue_budget.amount budget_info.revenue_budget"
            " budget_info.amount.amount budget_info.amount revenue_budget.amount"
            " revenue_budget"
        ),
        "tags": "tags tag",
        "created": CREATED,
        # In a customer's list of projects: whether he is the primary one.
        "is_primary": IS_PRIMARY,
    },
    "task_list": {
        "name": "name tasklist_name",
        "project_id": PROJECT_ID,
        **PHASE_REFERENCE,
        "is_closed": f"meta_info.is_completed {COMPLETED} {STATUS_CLOSED}",
        "closed_word": f"{CLOSED_WORD} status",
        "is_general": "meta_info.is_general is_general",
        "has_no_phase": (
            "meta_info.is_none_milestone_tasklist is_none_milestone_tasklist"
        ),
    },
    "phase": {
        "name": "name milestone_name phase_name",
        "project_id": PROJECT_ID,
        **DATES,
        "status_name": STATUS_NAME,
        "is_closed": f"{STATUS_CLOSED} {COMPLETED}",
        "closed_word": f"{CLOSED_WORD} status",
        "owner": OWNER,
        **FLAT_OWNER,
    },
    "task": {
        "key": "prefix key",
        "name": "name task_name title",
        "description": "description",
        "project_id": PROJECT_ID,
        "project_name": "project.name project_name",
        "task_list_id": (
            "tasklist.id_string tasklist.id task_list.id tasklist_id task_list_id"
        ),
        "task_list_name": "tasklist.name task_list.name tasklist_name",
        **PHASE_REFERENCE,
        "parent_id": (
            "parental_info.parent_task_id parent_task_id parent.id_string parent.id"
            " parent_id"
        ),
        **STATUS,
        "priority": "priority.name priority.value priority",
        "owners": "owners_and_work.owners details.owners owners owner",
        "start": "start_date start_time",
        "end": "end_date due_date end_time",
        "planned": "owners_and_work.total_work work planned_hours estimated_hours",
        "planned_unit": "owners_and_work.unit work_type",
        "tags": "tags details.tags tag",
        "depth": "depth",
    },
    "issue": {
        "key": "prefix key",
        "name": "name title bug_title",
        "description": "description",
        "project_id": PROJECT_ID,
        **PHASE_REFERENCE,
        "status_name": STATUS_NAME,
        "is_closed": f"{STATUS_CLOSED} closed {COMPLETED}",
        "closed_word": CLOSED_WORD,
        "severity": "severity",
        "classification": "classification",
        "assignee": "assignee assignees owner",
        "assignee_id": "assignee_zpuid assignee_id",
        "assignee_name": "assignee_name",
        "due": "due_date end_date",
        "tags": "tags tag",
    },
    "time_log": {
        "project_id": PROJECT_ID,
        "kind": "module_detail.type type log_type module.type module component_type",
        "task_id": "task.id_string task.id task_id",
        "bug_id": "bug.id_string bug.id issue.id bug_id issue_id",
        "item_id": "module_detail.id_string module_detail.id module.id",
        "day": "date log_date day",
        "clock": "log_hour log_time hours_display log_hours hours",
        "total_minutes": "total_minutes log_minutes",
        "hours": "hours",
        "minutes": "minutes",
        "decimal_hours": (
            "decimal_hours hours_decimal hours_in_decimal log_hour_decimal"
        ),
        "notes": "notes log_notes description",
        "title": "log_name name module_detail.name task.name bug.title bug.name",
        "billing": "billing_status bill_status is_billable billable",
        "approval": (
            "approval.status.name approval.status approval.approval_status"
            " approval.name approval_status.name approval_status approval"
        ),
        "approver": (
            "approval.approver.full_name approval.approver.name"
            " approval.approver_name approval.approver approval.approved_by.name"
            " approver.name approver_name approver approved_by.name approved_by"
        ),
        "approved_at": (
            "approval.approved_time approval.approved_at approval.approved_on"
            " approval.approval_time approval.time approval.date approved_time"
            " approved_on approval_time"
        ),
        "owner": "owner user log_owner",
        **FLAT_OWNER,
    },
    "crm_account": {
        "id": f"{ID} account_id crm_account_id crm_id",
        "name": "name account_name Account_Name display_name",
        **ADDRESS,
    },
    "trash_item": {
        # A row of the bin may have an id of its own beside the record's.
        "id": f"entity_id record_id item_id module_record_id {ID}",
        "modified": f"deleted_time trashed_time {MODIFIED}",
        "entity": (
            "module.api_name module.name module entity_type entity module_name type"
            " component"
        ),
        "name": "name entity_name record_name title item_name",
    },
    "field_meta": {
        "id": f"{ID} field_id api_name field_name column_name name",
        "name": "api_name field_name column_name name",
        "label": (
            "display_name i18n_display_name display_label label field_label"
            " label_name name"
        ),
        "type": "field_type.name field_type data_type type",
        "is_custom": "is_custom_field is_custom custom",
        "is_default": "is_default is_default_field",
        "options": "options picklist_values pick_list_values picklist",
    },
}

_OF_ALL = {"id": ID, "modified": MODIFIED}
ALIASES: dict[str, dict[str, tuple[str, ...]]] = {
    entity: {field: tuple(names.split()) for field, names in (_OF_ALL | table).items()}
    for entity, table in _TABLES.items()
}
