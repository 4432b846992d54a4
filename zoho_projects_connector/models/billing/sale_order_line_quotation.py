from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    quoted_task_ids = fields.Many2many(
        "project.task",
        "sale_order_line_quoted_task_rel",
        copy=False,
        export_string_translation=False,
        help="Existing tasks that this line sells. They are tied to it when the order "
        "is confirmed.",
        readonly=True,
    )
    quoted_milestone_id = fields.Many2one(
        "project.milestone",
        copy=False,
        index="btree_not_null",
        export_string_translation=False,
        readonly=True,
    )

    def _link_quoted_work(self) -> None:
        """Make these lines the sales order items of the work that they sell."""
        for line in self:
            line.quoted_task_ids.sale_line_id = line
            line.quoted_milestone_id.sale_line_id = line
