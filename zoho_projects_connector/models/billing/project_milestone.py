from odoo import fields, models
from odoo.tools import format_date


class ProjectMilestone(models.Model):
    _name = "project.milestone"
    _inherit = [
        "code.only.mixin",
        "project.milestone",
        "billing.figures.mixin",
        "billing.item.mixin",
    ]
    _billing_path = "task_id.milestone_id"
    _billing_ledger_paths = (
        "timesheet_id.task_id.milestone_id",
        "item_task_id.milestone_id",
        "item_milestone_id",
    )

    company_id = fields.Many2one(related="project_id.company_id")
    invoicing_currency_id = fields.Many2one(
        related="project_id.invoicing_currency_id", export_string_translation=False
    )

    def _distinction(self) -> str:
        """Its deadline, else its first tasks."""
        if self.deadline:
            return format_date(self.env, self.deadline)
        return ", ".join(self.task_ids[:2].mapped("name"))

    def _item_tasks(self) -> models.BaseModel:
        # A finished task is archived by many, and is sold all the same.
        return self.with_context(active_test=False).task_ids

    def _sold_with(self) -> models.BaseModel:
        return self.sale_line_id
