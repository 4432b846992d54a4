from odoo import fields, models


class ZohoTaskList(models.Model):
    """A task list: tasks of one project that are planned and billed together."""

    _name = "zoho.task.list"
    _inherit = ["code.only.mixin", "billing.figures.mixin", "billing.item.mixin"]
    _description = "Task List"
    _order = "project_id, is_closed, name, id"
    _check_company_auto = True
    _billing_path = "task_id.zoho_task_list_id"
    _billing_ledger_paths = (
        "timesheet_id.task_id.zoho_task_list_id",
        "item_task_id.zoho_task_list_id",
        "item_task_list_id",
    )

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    project_id = fields.Many2one(
        "project.project", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="project_id.company_id", store=True)
    milestone_id = fields.Many2one(
        "project.milestone",
        domain="[('project_id', '=', project_id)]",
        check_company=True,
    )
    is_closed = fields.Boolean("Closed")
    task_ids = fields.One2many("project.task", "zoho_task_list_id", "Tasks")
    invoicing_currency_id = fields.Many2one(
        related="project_id.invoicing_currency_id", export_string_translation=False
    )

    def _distinction(self) -> str:
        """Its milestone and its first tasks."""
        names = (self.milestone_id.name, *self.task_ids[:2].mapped("name"))
        return ", ".join(name for name in names if name)

    def _item_tasks(self) -> models.BaseModel:
        # A finished task is archived by many, and is sold all the same.
        return self.with_context(active_test=False).task_ids
