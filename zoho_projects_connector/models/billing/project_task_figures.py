from odoo import fields, models


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["project.task", "billing.figures.mixin"]

    _billing_path = "task_id"
    _billing_ledger_paths = ("timesheet_id.task_id", "item_task_id")

    invoicing_currency_id = fields.Many2one(
        related="project_id.invoicing_currency_id", export_string_translation=False
    )
