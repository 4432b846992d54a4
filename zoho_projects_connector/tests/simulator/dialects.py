"""Named dialects: one for every switch, and some that flip many at once.

:source: section 14.
"""

from dataclasses import fields
from typing import Any

from .dialect import Dialect

_VARIANTS: dict[str, tuple[Any, ...]] = {
    "per_page_max": (100,),
    "per_page_excess": ("refused",),
    "per_page_told": ("requested",),
    "page_info": ("array", "absent"),
    "has_next_page": ("always_true", "logs_always_true", "string", "absent"),
    "past_end": ("repeat_last",),
    "numbers": ("string",),
    "gateway": (True,),
    "record_wrapper": ("single", "list", "result"),
    "empty": ("body", "array", "no_key", "empty_list"),
    "missing_values": ("null", "blank", "dash"),
    "id_form": ("number", "id_string"),
    "date_form": ("mdy_long",),
    "datetime_form": ("offset", "long"),
    "bool_form": ("string",),
    "hours_form": ("h_mm", "hhmmss", "parts", "total_minutes"),
    "expires": ("milliseconds",),
    "callback_location": (False,),
    "portal_name": ("name",),
    "portal_currency": ("object", "list"),
    "trailing_slash": ("accepted",),
    "projects_shape": ("envelope",),
    "list_sort": ("honoured",),
    "project_filter": ("ignored",),
    "closed_listed": (False,),
    "archived_listed": ("closed_pass", "never"),
    "templates_listed": (True,),
    "project_status": ("string",),
    "project_key": ("prefix",),
    "project_modified": ("last_modified_time", "updated_time"),
    "percent": ("string",),
    "project_customer": ("client", "customer", "client_company", "primary_client"),
    "project_currency": (False,),
    "rates_shown": (True,),
    "customers_shape": ("array", "data"),
    "customers_key": ("clients",),
    "customer_name": ("client_name", "company_name"),
    "customer_modified": ("updated_time", ""),
    "customer_details": (False,),
    "primary_flag": ("primary", "is_primary_client", "is_primary_customer", ""),
    "primary_in_projects": (True,),
    "customer_bumps_project": (False,),
    "clients_available": (False,),
    "customers_available": (False,),
    "contacts_shape": ("envelope",),
    "client_users": ("flat",),
    "crm_key": ("crm_accounts", "array"),
    "crm_available": (False,),
    "users_v31": (False,),
    "users_page_max": (50,),
    "users_inactive_hidden": (False,),
    "users_view_type": ("ignored",),
    "user_state": ("status", "is_active", "active", "absent"),
    "user_profile": ("portal_profile",),
    "user_rates": ("string", "absent"),
    "subtasks": ("has_parents_only", "has_parents_all"),
    "task_parent": ("parent_task_id", "parent"),
    "task_sort": ("ignored",),
    "unassigned": ("absent",),
    "no_phase": ("absent",),
    "phases_key": ("milestones",),
    "phases_version": ("v31_project", "v31"),
    "issue_modified": ("last_modified_time", "updated_time", "modified_time"),
    "issue_title": ("title",),
    "issue_options": ("type",),
    "issue_description": (False,),
    "log_shape": ("v2",),
    "log_date": ("datetime", "log_date"),
    "log_hours_key": ("log_time", "hours"),
    "log_billing_key": ("bill_status",),
    "non_billable": ("Non-Billable",),
    "log_issue_type": ("issue",),
    "log_general_detail": ("own_id",),
    "log_title": ("log_name",),
    "log_notes": ("log_notes", "description"),
    "log_empty_groups": (True,),
    "log_modified": ("",),
    "approval": (
        "object_approval_status",
        "object_name",
        "nested",
        "string",
        "flat",
        "absent",
    ),
    "pending": ("Unapproved", "Submitted", ""),
    "approval_bumps": (False,),
    "modified_fetch": ("ignored",),
    "modified_zone": ("portal",),
    "modified_end": ("exclusive",),
    "module_id_required": (True, "portal"),
    "report_needs_module": (True,),
    "long_range": ("cut",),
    "log_path": ("new", "lost", "both"),
    "trashed_hides_logs": (False,),
    "moved_log_keeps_id": (False,),
    "approval_words": ("pending", "two", "off"),
    "bulk_answer": ("array", "sentence", "none"),
    "bulk_refusal": ("rows", "lists"),
    "project_answer": ("none",),
    "bin_form": ("array", "entity", "absent"),
    "bin_words": ("plural", "caps"),
    "field_names": ("field_name",),
    "field_types_lower": (True,),
    "field_flags": ("is_default", "absent"),
    "field_options": ("options",),
    "field_listing": ("settings",),
    "throttle_status": (429,),
    "throttle_details": ("array",),
    "lock_prolonged": (True,),
    "rate_headers": (True,),
    "retry_after": (True,),
    "error_details": ("object", "absent"),
    "error_status": ("number",),
    "token_status": (400,),
    "missing_status": (400,),
    "missing_title": ("RECORD_NOT_FOUND",),
    "refused_params": (
        frozenset({"view_type_users"}),
        frozenset({"has_parents"}),
        frozenset({"sort_by"}),
        frozenset({"fetch_by_modified_time"}),
    ),
}

# Switches that a kitchen sink leaves alone: they take an endpoint or the only way
# to a fact away, so that nothing would be left to compare.
_AMPUTATIONS = (
    "clients_available",
    "customers_available",
    "crm_available",
    "customer_details",
    "project_currency",
    "user_state",
    "module_id_required",
    "primary_flag",
    "approval",
    "users_v31",
    "per_page_excess",
    "trailing_slash",
    "archived_listed",
    "project_filter",
    "bin_form",
    "pending",
)


def _label(value: Any) -> str:
    if isinstance(value, frozenset):
        return "_".join(sorted(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) or "none"


def _single_switches() -> dict[str, Dialect]:
    return {
        f"{name}_{_label(value)}": Dialect(**{name: value})
        for name, values in _VARIANTS.items()
        for value in values
    }


def _sink(pick: int, **settings: Any) -> Dialect:
    """Return a dialect with (almost) every switch flipped.

    :param pick: which variant of each switch, 0 for the first, -1 for the last.
    """
    flipped = {
        name: values[pick]
        for name, values in _VARIANTS.items()
        if name not in _AMPUTATIONS
    }
    return Dialect(**{**flipped, **settings})


def switches() -> dict[str, tuple[Any, ...]]:
    """Return each switch with its values, the default first."""
    default = Dialect()
    return {
        item.name: (getattr(default, item.name), *_VARIANTS.get(item.name, ()))
        for item in fields(Dialect)
    }


DIALECTS: dict[str, Dialect] = {
    "default": Dialect(),
    **_single_switches(),
    "kitchen_sink": _sink(
        0, approval="nested", primary_flag="primary", archived_listed="closed_pass"
    ),
    "kitchen_sink_last": _sink(
        -1, approval="string", primary_flag="is_primary_customer", bin_form="entity"
    ),
    "silent": Dialect(
        page_info="absent",
        has_next_page="absent",
        per_page_max=100,
        primary_flag="",
        customer_modified="",
        no_phase="absent",
        unassigned="absent",
        user_state="absent",
        error_details="absent",
    ),
    "third_party": Dialect(
        trailing_slash="accepted",
        portal_name="name",
        rates_shown=True,
    ),
}
