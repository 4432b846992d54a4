"""Keys of Zoho's own model that no field of ours reads.

Custom fields stand at the top level under names without a fixed prefix, so what is
neither here nor in the alias table is taken for a custom field.

:source: Zoho Projects API reference, samples of sections 3 to 8 and 12.
"""

from __future__ import annotations

_COMMON = frozenset(
    "id id_string key prefix name link links url layout layout_details flag sequence"
    " created_by created_by_full_name created_by_zpuid created_person created_via"
    " added_by added_by_zpuid added_via updated_by last_updated_by modified_by"
    " created_time created_time_format created_date"
    " created_date_format last_modified_time modified_time"
    " last_updated_time last_updated_time_format"
    " updated_time updated_date"
    " custom_fields association_info meta_info attachments comments permissions"
    " is_favourite is_followed followers page_info".split()
)


def _keys(names: str = "") -> frozenset[str]:
    return _COMMON | frozenset(names.split())


STANDARD_KEYS: dict[str, frozenset[str]] = {
    "person": _keys(
        "zuid full_name first_name last_name is_client_user work_values"
        " photo_url image role profile status"
    ),
    "portal": _keys(
        "is_default_portal default portal_owner portal_type bug_plan zsoid owner"
        " profile_id settings locale gmt_time_zone gmt_offset"
        " is_sprints_free_plan is_tag_available trial_enabled avail_user_count"
        " bug_enabled new_user login_id portal_id"
    ),
    "customer": _keys(
        "description projects_count contacts_count users_count is_deleted"
        " projects status type industry fax logo"
    ),
    "contact": _keys(
        "zuid status is_active active role profile user_type crm_contactId invoice_rate"
        " is_confirmed type clientName client_name customer_name projects"
    ),
    "user": _keys(
        "role role_name role_id profile portal_profile profile_name profile_id"
        " profile_type budget is_confirmed added_time last_accessed_on"
        " last_accessed_time invited_by projects photo_url image is_portal_owner"
        " project_role project_profile rate_per_hour threshold cost_threshold"
        " clientName client_name customer_name crm_contactId"
    ),
    "project": _keys(
        "is_public_project is_strict_project is_rollup_project is_public"
        " is_strict completed_time completed_date"
        " completed_on completed_by project_group group_id group_name"
        " business_hours_id percent_complete is_completed completed tasks issues"
        " bugs milestones phases task_count bug_count milestone_count budget_info"
        " owner_name owner_id owner_zpuid owner_email workspace_id"
        " custom_status_id custom_status_name custom_status_color start_date_format"
        " end_date_format is_client_assign_bug isclient role type template_name"
        " template_id task_bug_prefix bug_client_permission taskbug_prefix"
        " show_project_overview cascade_setting billing_status project_percent"
        " budget_value budget_type budget_tracking threshold hourly_budget"
        " hourly_budget_threshold revenue_budget budget_hours"
        " enabled_tabs IS_BUG_ENABLED bug_defaultview users_count"
    ),
    "task_list": _keys(
        "status type rolled view_type project_name milestone_name completed_time"
        " count_info tasks start_date end_date"
    ),
    "phase": _keys(
        "project_name completed_date completed_time completed_on status_id"
        " status_det budget threshold hourly_budget hourly_budget_threshold"
        " revenue_budget start_date_format end_date_format"
        " tasklists tasks issues percent_complete owner_name owner_id owner_zpuid"
        " owner_email status_color completed_percent type issue_count task_count"
    ),
    "task": _keys(
        "completion_percentage percent_complete billing_type duration"
        " duration_type log_hours details is_completed completed completed_time"
        " completed_on completed_by subtasks has_subtasks"
        " parenttask_id root_task_id task_followers dependency predecessors"
        " recurrence reminder reminder_string isparent is_parent"
        " is_reminder_set is_recurrence_set is_comment_added is_docs_assocoated"
        " is_forum_associated start_date_format end_date_format"
        " task_completion_details budget cost_per_hour revenue_budget"
        " hourly_budget timer GROUP_NAME teams estimated_time"
        " is_sprints_task pending_with position order_sequence"
        " subtask_count planned_cost actual_cost milestone_name project_type"
    ),
    "issue": _keys(
        "bug_number module is_it_reproducible reproducible"
        " added_by reporter reporter_id reporter_email reported_person"
        " reporter_non_zuser comment_count attachment_count"
        " escalation_level due_date_format affectedMile release_milestone"
        " affected_milestone project_name resolution linked_issues rate_per_hour"
        " billing_type log_hours last_closed_time closed_time closed_by"
        " completed_time completion_percentage bug_followers"
    ),
    "time_log": _keys(
        "start_time end_time timer project project_name module_detail approval"
        " task bug issue task_list tasklist milestone cost cost_rate_per_hour"
        " invoice_id invoice_status owner_id user_id approver_zpuid approver_email"
        " approver_id reason rejection_reason log_date_format date_format"
        " is_draft for_timer extra_data component_id component_name"
        " is_timer total_hours approval_id timelog_type status"
    ),
    "crm_account": _keys("owner industry type description Owner Industry"),
    "trash_item": _keys(
        "deleted_by trashed_by deleted_time trashed_time project project_id"
        " project_name"
    ),
    "field_meta": _keys(
        "is_mandatory is_default is_default_field default_value field_type_id"
        " is_encrypted is_pii is_visible is_unique max_length module section"
        " column_name parent_field precision i18n_name order"
    ),
}
