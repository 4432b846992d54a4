from . import (
    account_analytic_line_rate,
    project_billing_rate,
    project_project_billing,
    project_task_billing,
)
