from odoo import api, fields, models
from odoo.fields import Domain

from ...hours import to_hours
from .billing_item_mixin import PRICE_FOLLOWS


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = [
        "code.only.mixin",
        "project.task",
        "billing.figures.mixin",
        "billing.item.mixin",
        "billing.rate.mixin",
        "unsold.view.mixin",
    ]
    _billing_path = "task_id"
    _billing_ledger_paths = ("timesheet_id.task_id", "item_task_id")

    billing_unit = fields.Selection(related="project_id.billing_unit")
    billing_rate = fields.Float(
        help="Rate per hour or per day of this task when the project is billed by "
        "task. Empty: the rate of the project is used.",
    )
    zoho_task_list_id = fields.Many2one(
        "zoho.task.list",
        "Task List",
        index="btree_not_null",
        domain="[('project_id', '=', project_id)]",
        check_company=True,
    )
    invoicing_currency_id = fields.Many2one(
        related="project_id.invoicing_currency_id", export_string_translation=False
    )

    def _rate_scope(self) -> tuple[models.BaseModel, int]:
        # Before a new task is saved, no rate can be its own.
        return self.project_id, self._origin.id

    @api.depends("project_id")
    def _compute_inherited_rate(self) -> None:
        return super()._compute_inherited_rate()

    def _planned_hours(self, apart: models.BaseModel) -> float:
        """Return the planned hours of a task, or of its subtasks when it has none.

        Note: `self.ensure_one()`

        :param project.task apart: tasks that are counted somewhere else.
        """
        self.ensure_one()
        if self.allocated_hours:
            company = self.company_id or self.project_id.company_id or self.env.company
            return to_hours(self.allocated_hours, company.project_time_mode_id)
        children = self.child_ids - apart
        return sum(child._planned_hours(apart) for child in children)

    def _planned_employee(self) -> models.BaseModel:
        """Return who will do the work: the only assignee, else nobody.

        :rtype: hr.employee
        """
        self.ensure_one()
        if len(self.user_ids) != 1:
            return self.env["hr.employee"]
        company = self.company_id or self.project_id.company_id or self.env.company
        return self.user_ids.with_company(company).employee_id

    @api.depends(
        "sold_line_id",
        "zoho_task_list_id.sold_line_id",
        "milestone_id.sold_line_id",
        "parent_id.sold_line_id",
    )
    def _compute_sale_line(self) -> None:
        """A task sold at a price, by itself or with what holds it, is on that line.

        What another sales order sells stays with it.
        """
        at_price = self.filtered(lambda task: task.sale_line_id._is_sold_at_price())
        # Odoo leaves a line that is set: what no longer sells the task would stay.
        at_price.sale_line_id = False
        result = super()._compute_sale_line()
        for task in self:
            if sold := task._sold_line():
                task.sale_line_id = task.sale_line_id or sold
        return result

    @api.constrains("zoho_task_list_id")
    def _check_task_list(self) -> None:
        """Refuse a list of another company; Odoo checks no field of a task by itself.

        :raise UserError: it names both.
        """
        self._check_company(["zoho_task_list_id"])

    @api.constrains("sale_line_id")
    def _check_not_by_the_hour(self) -> None:
        """Keep work whose hours an invoice bills from under an invoiced price.

        Whatever brings it there: its milestone, task list, parent task or project.

        :raise ValidationError: it names the invoices.
        """
        if self.env.context.get("price_follows") is PRICE_FOLLOWS:
            return
        # What sells a task holds for everybody, whatever orders the user may read.
        tasks = self.sudo()
        tasks = tasks.filtered(lambda task: task.sale_line_id._is_sold_at_price())
        if tasks:
            rows = self.env["project.billed.time"]._find(
                [("timesheet_id.task_id", "in", tasks.ids)]
            )
            names = ", ".join(rows.timesheet_id.task_id.mapped("display_name"))
            rows.timesheet_id._check_not_at_price(names)

    def _hourly_invoices(self) -> models.BaseModel:
        """Return the invoices that bill hours of these tasks.

        :rtype: account.move
        """
        # What bills time holds it, also where the user may read neither.
        timesheets = self.env["account.analytic.line"].sudo()
        return timesheets.search([("task_id", "in", self.ids)])._billing_invoices()

    def _sold_line(self) -> models.BaseModel:
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

    def _distinction(self) -> str:
        """Where it belongs, and who worked on it."""
        # Names of what a task that he may read is about.
        task = self.sudo()
        beside = (task.parent_id, task.zoho_task_list_id, task.milestone_id)
        names = [record.name for record in beside if record]
        people = task.timesheet_ids.employee_id or task.user_ids
        return ", ".join(names[:1] + people[:2].mapped("name"))

    def _item_tasks(self) -> models.BaseModel:
        return self

    def _sold_with(self) -> models.BaseModel:
        return self.sale_line_id

    def _compute_last_sol_of_customer(self) -> None:
        """Search no order for tasks of customers who have no time paid in advance.

        Odoo searches one for each customer and project, whether or not there is any.
        """
        asking = self.filtered(lambda task: task.allow_billable and task.partner_id)
        if len(asking) > 1:
            customers = self._customers_with_time_left()
            idle = asking.filtered(
                lambda task: task.partner_id.commercial_partner_id.id not in customers
            )
            idle.last_sol_of_customer = False
            return super(ProjectTask, self - idle)._compute_last_sol_of_customer()
        return super()._compute_last_sol_of_customer()

    @api.model
    def _customers_with_time_left(self) -> set[int]:
        """Return the ids of customers who have paid for time that is not used up."""
        lines = self.env["sale.order.line"]
        left = Domain("remaining_hours", ">", 0)
        service = Domain(lines._domain_sale_line_service())
        groups = lines._read_group(service & left, ["order_partner_id"])
        # Of whom a customer is a branch as well: Odoo takes the orders of both, whoever
        # may read its head office.
        partners = self.env["res.partner"].sudo().union(*(one[0] for one in groups))
        customers = set(partners.ids)
        while partners := partners.parent_id:
            customers.update(partners.ids)
        return customers
