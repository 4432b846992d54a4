from odoo import fields, models

from ...groups import MONEY_GROUPS
from ...hours import to_hours


class ProjectTask(models.Model):
    _inherit = "project.task"

    billing_unit = fields.Selection(related="project_id.billing_unit")
    billing_rate = fields.Float(
        string="Rate",
        min_display_digits="Product Price",
        groups=MONEY_GROUPS,
        help="Rate per hour or per day of this task when the project is billed by "
        "task. Zero means that no rate is set: the rate of the project is used.",
    )

    _billing_rate_not_negative = models.Constraint(
        "CHECK(billing_rate >= 0)", "A rate cannot be negative."
    )

    def _planned_hours(self, apart) -> float:
        """Return the planned hours of a task, or of its subtasks when it has none.

        Note: `self.ensure_one()`

        :param project.task apart: tasks that are counted somewhere else.
        """
        self.ensure_one()
        if self.allocated_hours:
            company = self.company_id or self.project_id.company_id or self.env.company
            return to_hours(self.allocated_hours, company.project_time_mode_id)
        children = self.child_ids - apart
        return sum(child._planned_hours(apart) for child in children)

    def _planned_employee(self):
        """Return who will do the work: the only assignee, else nobody.

        :rtype: hr.employee
        """
        self.ensure_one()
        if len(self.user_ids) != 1:
            return self.env["hr.employee"]
        company = self.company_id or self.project_id.company_id or self.env.company
        return self.user_ids.with_company(company).employee_id
