from odoo import api, models


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = ["project.task", "billing.item.mixin"]

    @api.depends(
        "sold_line_id",
        "zoho_task_list_id.sold_line_id",
        "milestone_id.sold_line_id",
        "parent_id.sold_line_id",
    )
    def _compute_sale_line(self):
        """A task sold at a price, by itself or with what holds it, is on that line.

        What another sales order sells stays with it.
        """
        at_price = self.filtered(lambda task: task.sale_line_id._is_sold_at_price())
        at_price.sale_line_id = False
        result = super()._compute_sale_line()
        for task in self:
            if sold := task._sold_line():
                task.sale_line_id = task.sale_line_id or sold
        return result

    def _sold_line(self):
        """Return the order line that sells the task at a price. `ensure_one()`.

        :rtype: sale.order.line
        """
        # A task is sold or not for everybody, whatever orders the user may read.
        task = self.sudo()
        return (
            task.sold_line_id
            or task.zoho_task_list_id.sold_line_id
            or task.milestone_id.sold_line_id
        )

    def _item_tasks(self):
        return self

    def _sold_with(self):
        return self.sale_line_id
