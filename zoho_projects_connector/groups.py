"""The groups that code asks for, by their XML ids."""

BILLING_GROUP = "zoho_projects_connector.group_zoho_billing"
# Who sees what time is worth.
MONEY_GROUPS = (
    "project.group_project_manager,zoho_projects_connector.group_zoho_billing"
)
