from odoo import api, fields, models
from odoo.tools import formatLang

from ...groups import MONEY_GROUPS
from ...hours import to_hours
from .billing_item_mixin import PRICE_FOLLOWS
from .rate_table import STAFF_METHODS


class ProjectTask(models.Model):
    _name = "project.task"
    _inherit = [
        "code.only.mixin",
        "project.task",
        "billing.figures.mixin",
        "billing.item.mixin",
        "unsold.view.mixin",
    ]
    _billing_path = "task_id"
    _billing_ledger_paths = ("timesheet_id.task_id", "item_task_id")

    billing_unit = fields.Selection(related="project_id.billing_unit")
    billing_rate = fields.Float(
        string="Rate",
        min_display_digits="Product Price",
        groups=MONEY_GROUPS,
        help="Rate per hour or per day of this task when the project is billed by "
        "task. Zero means that no rate is set: the rate of the project is used.",
    )
    inherited_rate = fields.Char(
        string="Rate That Applies",
        compute="_compute_inherited_rate",
        groups=MONEY_GROUPS,
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

    _billing_rate_not_negative = models.Constraint(
        "CHECK(billing_rate >= 0)", "A rate cannot be negative."
    )

    @api.depends("billing_rate", "project_id")
    @api.depends_context("lang", "uid")
    def _compute_inherited_rate(self) -> None:
        """Say which rate the time of a task has that has none of its own."""
        today = fields.Date.context_today(self)
        table = self.project_id._billing_rate_table()
        for task in self:
            project = task.project_id
            # Before a new task is saved, no rate can be its own.
            found = table.find(project.id, task._origin.id, 0, today)
            hours = project.billing_unit == "day" and project._billing_hours_per_day()
            rate = found.rate and formatLang(
                self.env,
                found.rate * (hours or 1.0),
                currency_obj=task.invoicing_currency_id,
            )
            task.inherited_rate = task._inherited_rate(rate, found.origin)

    def _inherited_rate(self, rate: str | None, origin: str) -> str:
        """Return what is said of the rate of the task. `self.ensure_one()`.

        :param rate: what applies to whoever has no rate of his own, None for nothing.
        :param origin: where it was found, as in the rate table.
        """
        by_staff = self.project_id.billing_method in STAFF_METHODS
        if by_staff and not rate:
            return self.env._("that of the person")
        if by_staff:
            return self.env._("that of the person, else %(rate)s", rate=rate)
        if not rate:
            return self.env._("no rate is set")
        if origin == "task":
            return self.env._("%(rate)s, from the rates of the project", rate=rate)
        return self.env._("%(rate)s, from the project", rate=rate)

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

    def _item_tasks(self) -> models.BaseModel:
        return self

    def _sold_with(self) -> models.BaseModel:
        return self.sale_line_id
