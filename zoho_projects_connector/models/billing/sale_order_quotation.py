from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _compute_project_ids(self) -> None:
        """Let accountants without sales rights open the orders of projects.

        Odoo searches projects by a field that only salespeople may read.
        """
        if self.env.user.has_group("sales_team.group_sale_salesman"):
            return super()._compute_project_ids()
        super(SaleOrder, self.sudo())._compute_project_ids()
        for order in self:
            projects = order.sudo().project_ids.with_env(self.env)
            order.project_ids = projects._filtered_access("read")
            order.project_count = len(order.project_ids.filtered("active"))
        return None

    def _action_confirm(self):
        """Tie the quoted tasks to their lines, now that the order is one.

        Doing it on a quotation would confirm it: Odoo confirms the order of a line
        as soon as a task points to it.
        """
        result = super()._action_confirm()
        # Who may confirm the order ties the work that code has put on it.
        self.order_line.sudo()._link_quoted_work()
        return result
