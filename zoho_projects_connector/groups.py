"""The groups that code asks for, by their XML ids."""

BILLING_GROUP = "zoho_projects_connector.group_zoho_billing"
# Who sees what time is worth.
MONEY_GROUPS = (
    "project.group_project_manager,zoho_projects_connector.group_zoho_billing"
)
# Who sees how time stands. A customer may read his invoices and projects that are
# shared with him: that is no business of his.
STAFF_GROUP = "base.group_user"
# Who keeps timesheets: to Odoo's portal pages, no customer.
TIMESHEET_GROUP = "hr_timesheet.group_hr_timesheet_user"
