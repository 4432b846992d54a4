from odoo import fields, models

from .project_project_billing import MONEY_GROUPS


class ProjectTask(models.Model):
    _inherit = "project.task"

    billing_rate = fields.Float(
        string="Rate per Hour",
        min_display_digits="Product Price",
        groups=MONEY_GROUPS,
        help="Rate of an hour of this task when the project is billed by task. Zero "
        "means that no rate is set: the rate of the project is used.",
    )

    _billing_rate_not_negative = models.Constraint(
        "CHECK(billing_rate >= 0)", "A rate cannot be negative."
    )
