from collections import Counter

from odoo import api, fields, models


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
    distinct_name = fields.Char("Name of the List", compute="_compute_distinct_name")
    invoicing_currency_id = fields.Many2one(
        related="project_id.invoicing_currency_id", export_string_translation=False
    )

    @api.depends("name", "milestone_id.name")
    def _compute_distinct_name(self) -> None:
        """Tell lists of one name apart: by their milestone, else their first tasks."""
        lists = self.with_context(active_test=False)
        beside = lists.search_fetch(
            [("project_id", "in", self.project_id.ids)], ["name", "project_id"]
        )
        named = Counter((one.project_id, one.name) for one in beside)
        for one in self:
            one.distinct_name = one.name
            if named[one.project_id, one.name] > 1:
                tasks = ", ".join(one.task_ids[:2].mapped("name"))
                if what := one.milestone_id.name or tasks:
                    one.distinct_name = f"{one.name} ({what})"

    def _item_tasks(self) -> models.BaseModel:
        # A finished task is archived by many, and is sold all the same.
        return self.with_context(active_test=False).task_ids
