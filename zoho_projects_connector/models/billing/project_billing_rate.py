from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ProjectBillingRate(models.Model):
    """A rate per hour or day: of a project, of one of its tasks, or of a person."""

    _name = "project.billing.rate"
    _inherit = ["code.only.mixin"]
    _description = "Billing Rate"
    _order = "project_id, task_id, employee_id, date_from desc, id"

    project_id = fields.Many2one(
        "project.project", required=True, index=True, ondelete="cascade"
    )
    task_id = fields.Many2one(
        "project.task",
        domain="[('project_id', '=', project_id)]",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for a rate that holds for every task.",
    )
    employee_id = fields.Many2one(
        "hr.employee",
        string="Staff",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for a rate that holds for everybody.",
    )
    rate = fields.Float(
        required=True,
        min_display_digits="Product Price",
        help="In the invoicing currency of the project. Zero means that no rate is "
        "set: such time is listed as missing a rate and is not invoiced.",
    )
    date_from = fields.Date(
        string="Valid From",
        help="First day of work that has this rate. Empty: from the beginning.",
    )
    unit = fields.Selection(related="project_id.billing_unit", string="Per")
    currency_id = fields.Many2one(related="project_id.invoicing_currency_id")
    company_id = fields.Many2one(related="project_id.company_id")

    _scope_uniq = models.UniqueIndex(
        "(project_id, COALESCE(task_id, 0), COALESCE(employee_id, 0),"
        " COALESCE(date_from, '-infinity'::date))",
        "There is already a rate for this task, this person and this date.",
    )
    _rate_not_negative = models.Constraint(
        "CHECK(rate >= 0)", "A rate cannot be negative."
    )

    @api.constrains("project_id", "task_id")
    def _check_task_of_project(self) -> None:
        for rate in self:
            task_project = rate.task_id.project_id
            if rate.task_id and task_project != rate.project_id:
                raise ValidationError(
                    self.env._(
                        "The task %(task)s does not belong to the project %(project)s.",
                        task=rate.task_id.display_name,
                        project=rate.project_id.display_name,
                    )
                )

    @api.depends("project_id", "task_id", "employee_id", "date_from")
    def _compute_display_name(self) -> None:
        for rate in self:
            parts = [rate.project_id, rate.task_id, rate.employee_id]
            rate.display_name = " / ".join(part.display_name for part in parts if part)
