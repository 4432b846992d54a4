from odoo import api, fields, models


class ZohoTaskList(models.Model):
    """A task list: tasks of one project that are planned and billed together."""

    _name = "zoho.task.list"
    _inherit = ["code.only.mixin", "zoho.synced.mixin"]
    _description = "Task List"
    _order = "project_id, is_closed, name, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    project_id = fields.Many2one(
        "project.project", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="project_id.company_id", store=True)
    milestone_id = fields.Many2one(
        "project.milestone", domain="[('project_id', '=', project_id)]"
    )
    is_closed = fields.Boolean("Closed")
    task_ids = fields.One2many("project.task", "zoho_task_list_id", "Tasks")

    @api.model
    def _zoho_references(self, record):
        return (("project", record.project_id), ("phase", record.phase_id))

    @api.model
    def _zoho_prepare_values(self, record, page):
        values = {
            "name": record.name or record.zoho_id,
            "project_id": page.require("project", record.project_id),
            "is_closed": record.is_closed,
        }
        milestone = page.refs.get(("phase", record.phase_id))
        if milestone:
            values["milestone_id"] = milestone
        return values

    def _zoho_parents(self):
        return (self.project_id,)
