from odoo import models


class ProjectMilestone(models.Model):
    _name = "project.milestone"
    _inherit = ["project.milestone", "billing.item.mixin"]

    def _item_tasks(self):
        return self.with_context(active_test=False).task_ids

    def _sold_with(self):
        return self.sale_line_id
