from odoo import models


class ZohoTaskList(models.Model):
    _name = "zoho.task.list"
    _inherit = ["zoho.task.list", "billing.item.mixin"]

    def _item_tasks(self):
        return self.with_context(active_test=False).task_ids
