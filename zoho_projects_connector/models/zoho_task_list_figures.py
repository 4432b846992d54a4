from odoo import fields, models


class ZohoTaskList(models.Model):
    _name = "zoho.task.list"
    _inherit = ["zoho.task.list", "billing.figures.mixin"]

    _billing_path = "task_id.zoho_task_list_id"
    _billing_ledger_paths = (
        "timesheet_id.task_id.zoho_task_list_id",
        "item_task_id.zoho_task_list_id",
        "item_task_list_id",
    )

    invoicing_currency_id = fields.Many2one(
        related="project_id.invoicing_currency_id", export_string_translation=False
    )
