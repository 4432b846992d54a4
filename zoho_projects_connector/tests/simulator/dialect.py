"""One switch for every fact that the API reference leaves open.

:source: section 14 and the marks ``[?]`` and ``[guess]`` all through the reference.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """How this portal speaks. The defaults follow the samples of the reference.

    The comment behind a switch lists its values; the first one is the default.
    """

    # Lists: sections 9.1 and 10.2
    per_page_max: int = 200  # 200, 100
    per_page_excess: str = "cut"  # cut, refused
    per_page_told: str = "effective"  # effective, requested
    page_info: str = "object"  # object, array, absent
    has_next_page: str = (
        "honest"  # honest, always_true, logs_always_true, string, absent
    )
    past_end: str = "empty"  # empty, repeat_last
    numbers: str = "number"  # number, string (in page_info)
    gateway: bool = False  # every envelope wrapped in {"data": {"result": [...]}}
    record_wrapper: str = ""  # "", single, list, result (around a single record)
    empty: str = "204"  # 204, body (zero bytes), array, no_key, empty_list
    missing_values: str = "absent"  # absent, null, blank, dash

    # Values: sections 2.1, 12 and 14
    id_form: str = "string"  # string, number, id_string
    date_form: str = "iso"  # iso, mdy_long
    datetime_form: str = "z"  # z, offset, long
    bool_form: str = "bool"  # bool, string
    hours_form: str = "hhmm"  # hhmm, h_mm, hhmmss, parts, total_minutes

    # Sign-in: sections 1.2 and 1.3
    expires: str = "seconds"  # seconds, milliseconds (with expires_in_sec)
    callback_location: bool = True  # the callback names the data center

    # Portals and projects: sections 3 and 4
    portal_name: str = "portal_name"  # portal_name, name
    portal_currency: str = "refused"  # refused, object, list (settings/currency)
    trailing_slash: str = "refused"  # refused, accepted
    projects_shape: str = "array"  # array, envelope
    list_sort: str = "ignored"  # ignored, honoured (all lists but those of tasks)
    project_filter: str = "honoured"  # honoured, ignored
    closed_listed: bool = True  # closed projects in the list without a filter
    archived_listed: str = "always"  # always, closed_pass, never
    templates_listed: bool = False
    project_status: str = "object"  # object, string
    project_key: str = "key"  # key, prefix
    project_modified: str = "modified_time"
    percent: str = "number"  # number, string
    project_customer: str = ""  # "", client, customer, client_company, primary_client
    project_currency: bool = True  # budget_info holds the currency
    rates_shown: bool = False  # billing method and rates in projects and users

    # Customers: section 5
    customers_shape: str = "envelope"  # envelope, array, data
    customers_key: str = "customers"  # customers, clients
    customer_name: str = "name"  # name, client_name, company_name
    customer_modified: str = "last_modified_time"  # …, updated_time, ""
    customer_details: bool = True
    primary_flag: str = "is_primary"  # is_primary, primary, is_primary_client,
    # is_primary_customer, "" (no flag)
    primary_in_projects: bool = False  # the flag also in clients/{client}/projects
    customer_bumps_project: bool = True
    clients_available: bool = True  # the older /clients paths still answer
    customers_available: bool = True  # the newer /customers paths answer
    contacts_shape: str = "array"  # array (camelCase keys), envelope
    client_users: str = "grouped"  # grouped, flat
    crm_key: str = "accounts"  # accounts, crm_accounts, array
    crm_available: bool = True

    # Users: section 8.1
    users_v31: bool = True
    users_page_max: int = 200  # 200, 50 (in v3.1)
    users_inactive_hidden: bool = True
    users_view_type: str = "honoured"  # honoured, ignored
    user_state: str = "both"  # both, status, is_active, active, absent
    user_profile: str = "profile"  # profile, portal_profile
    user_rates: str = "object"  # object, string, absent

    # Work items: sections 6.1 to 6.4
    subtasks: str = "plain"  # plain, has_parents_only, has_parents_all
    task_parent: str = "parental_info"  # parental_info, parent_task_id, parent
    task_sort: str = "honoured"  # honoured, ignored
    unassigned: str = "object"  # object, absent
    no_phase: str = "object"  # object, absent
    phases_key: str = "phases"  # phases, milestones
    phases_version: str = "both"  # both, v31_project (no portal-wide list), v31
    issue_modified: str = "last_updated_time"  # …, last_modified_time, updated_time,
    # modified_time
    issue_title: str = "name"  # name, title
    issue_options: str = "value"  # value, type
    issue_description: bool = True  # description in the list

    # Time logs: section 7
    log_shape: str = "v3"  # v3, v2
    log_date: str = "date"  # date, datetime, log_date
    log_hours_key: str = "log_hour"  # log_hour, log_time, hours
    log_billing_key: str = "billing_status"  # billing_status, bill_status
    non_billable: str = "Non Billable"  # Non Billable, Non-Billable
    log_issue_type: str = "bug"  # bug, issue
    log_general_detail: str = "absent"  # absent, own_id
    log_title: str = "name"  # name, log_name (general logs)
    log_notes: str = "notes"  # notes, log_notes, description
    log_empty_groups: bool = False  # days without log_details among the groups
    log_modified: str = "last_modified_time"  # last_modified_time, ""
    approval: str = "object"  # object, object_approval_status, object_name, nested,
    # string, flat, absent
    pending: str = "Pending"  # Pending, Unapproved, Submitted, "" (no approval data)
    approval_bumps: bool = True  # approving and (un)billing touch the modified time
    modified_fetch: str = "honoured"  # honoured, ignored
    modified_zone: str = "utc"  # utc, portal
    modified_end: str = "inclusive"  # inclusive, exclusive
    module_id_required: bool | str = False  # False, True, portal (portal-wide only)
    report_needs_module: bool = False
    long_range: str = "refused"  # refused, cut (more than six months)
    log_path: str = "plain"  # plain, new, lost (404 to every log), both
    trashed_hides_logs: bool = True
    moved_log_keeps_id: bool = True

    # Writing: sections 7.5, 11.3 and 10.2
    approval_words: str = "unapproved"  # unapproved, pending, two (no way back), off
    bulk_answer: str = "rows"  # rows, array, sentence, none (204)
    bulk_refusal: str = "whole"  # whole (400), rows (207), lists (200)
    project_answer: str = "record"  # record, none (204)

    # Bin and metadata: sections 8.2 and 9.4
    bin_form: str = "records"  # records, array, entity, absent
    bin_words: str = "singular"  # singular, plural, caps
    field_names: str = "api_name"  # api_name, field_name
    field_types_lower: bool = False
    field_flags: str = "is_custom_field"  # is_custom_field, is_default, absent
    field_options: str = "picklist_values"  # picklist_values, options (texts)
    field_listing: str = "module"  # module, settings (only ``settings/fields``)

    # Errors: section 10
    throttle_status: int = 400  # 400, 429
    throttle_details: str = "object"  # object, array
    lock_prolonged: bool = False  # calls during the lock begin it anew
    rate_headers: bool = False
    retry_after: bool = False
    error_details: str = "array"  # array, object, absent
    error_status: str = "string"  # string, number
    token_status: int = 401  # 401, 400
    missing_status: int = 404  # 404, 400
    missing_title: str = "RESOURCE_NOT_FOUND"
    refused_params: frozenset[str] = frozenset()  # answered with EXTRA_PARAM_FOUND
