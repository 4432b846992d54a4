from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import clean_context

from ...groups import BILLING_GROUP
from ...models.billing.rate_table import RateTable
from .project_invoice_create import WITH_ARCHIVED
from .untaxed import LineAmount, Untaxed, document_total


class ProjectQuotationCreate(models.TransientModel):
    """Makes a quotation from tasks, task lists and milestones of projects.

    Of one project, or of several of one customer: then each line is charged to the
    analytic account of its own project.
    """

    _name = "project.quotation.create"
    _inherit = ["caller.choice.mixin"]
    _description = "Quotation from a Project"

    project_id = fields.Many2one(
        "project.project", required=True, domain=[("allow_billable", "=", True)]
    )
    project_ids = fields.Many2many(
        "project.project",
        string="Projects",
        compute="_compute_project_ids",
        store=True,
        readonly=False,
        domain=[("allow_billable", "=", True)],
        context=WITH_ARCHIVED,
    )
    partner_id = fields.Many2one(related="project_id.partner_id", string="Customer")
    currency_id = fields.Many2one(related="project_id.invoicing_currency_id")
    task_ids = fields.Many2many(
        "project.task",
        string="Tasks",
        domain="[('project_id', 'in', project_ids)]",
    )
    task_list_ids = fields.Many2many(
        "zoho.task.list",
        string="Task Lists",
        domain="[('project_id', 'in', project_ids)]",
    )
    milestone_ids = fields.Many2many(
        "project.milestone",
        string="Milestones",
        domain="[('project_id', 'in', project_ids)]",
    )
    line_ids = fields.One2many(
        "project.quotation.create.line",
        "wizard_id",
        string="Lines",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    amount_untaxed = fields.Monetary(
        string="Untaxed Amount", compute="_compute_amount_untaxed"
    )
    problems = fields.Text(compute="_compute_problems")

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        """Take the first of several projects where none is named."""
        for vals in vals_list:
            self._check_caller(vals)
            if vals.get("project_ids") and not vals.get("project_id"):
                # Commands of any kind: the ORM reads them, in memory.
                chosen = self.new({"project_ids": vals["project_ids"]}).project_ids
                vals["project_id"] = chosen[:1]._origin.id
        return super().create(vals_list)

    @api.depends("project_id")
    def _compute_project_ids(self) -> None:
        for wizard in self:
            if wizard.project_id not in wizard.project_ids:
                wizard.project_ids = wizard.project_id

    @api.depends("project_ids", "task_ids", "task_list_ids", "milestone_ids")
    def _compute_line_ids(self) -> None:
        for wizard in self:
            # Lines are made anew with each choice; the amounts that were typed stay.
            kept = {
                line._scope(): line.fixed_amount
                for line in wizard.line_ids
                if line.fixed_amount
            }
            commands = [Command.clear()]
            for values in wizard._prepare_lines():
                key = wizard.line_ids.new(values)._scope()
                commands.append(
                    Command.create({**values, "fixed_amount": kept.get(key, 0.0)})
                )
            wizard.line_ids = commands

    @api.depends("line_ids.amount")
    def _compute_amount_untaxed(self) -> None:
        for wizard in self:
            amounts = wizard._line_amounts(wizard.line_ids)
            wizard.amount_untaxed = document_total(wizard.currency_id, amounts)

    def _line_amounts(self, lines: models.BaseModel) -> list[LineAmount]:
        """Return what lines of the quotation will come to, as the order will say it.

        :param project.quotation.create.line lines: of this dialog.
        """
        # Chosen by who may read it; products and taxes are not his to read.
        company = self.project_id.sudo().company_id or self.env.company
        untaxed = Untaxed(self.partner_id, company, self.currency_id)
        products = self.env["product.product"].sudo()
        sold = [line._prepare_sold() for line in lines.sudo()]
        return untaxed.amounts(
            [
                untaxed.line(
                    products.browse(vals["product_id"]),
                    vals["price_unit"],
                    vals["product_uom_qty"],
                )
                for vals in sold
            ]
        )

    @api.depends("line_ids.problem")
    def _compute_problems(self) -> None:
        for wizard in self:
            wrong = wizard.line_ids.filtered("problem")
            wizard.problems = "\n".join(
                self.env._("%(what)s: %(why)s", what=line.name, why=line.problem)
                for line in wrong
            )

    def _prepare_lines(self) -> list[dict]:
        """Return the values of the lines: one per chosen item and rate.

        A task that is chosen by itself is not counted again in its task list, and
        one of a chosen task list not again in its milestone.
        """
        self.ensure_one()
        # Sums of planned hours; what was chosen is his to read, its subtasks maybe not.
        # Chosen by who may read it; rates and hours are not his to read.
        wizard = self.sudo()
        taken = wizard.task_ids._origin
        lines = []
        for task in wizard.task_ids._origin:
            lines += self._lines_of(task, task, taken - task)
        for task_list in wizard.task_list_ids._origin:
            tasks = task_list.task_ids - taken
            taken |= tasks
            lines += self._lines_of(task_list, tasks, taken - tasks)
        for milestone in wizard.milestone_ids._origin:
            tasks = milestone.task_ids - taken
            taken |= tasks
            lines += self._lines_of(milestone, tasks, taken - tasks)
        return lines

    def _lines_of(
        self, item: models.BaseModel, tasks: models.BaseModel, apart: models.BaseModel
    ) -> list[dict]:
        """Return one line per rate for the tasks of a task, task list or milestone.

        :param item: what was chosen.
        :param project.task tasks: the tasks that it holds.
        :param project.task apart: tasks on other lines, whose hours are not ours.
        """
        table = self.project_ids._origin._billing_rate_table()
        by_rate: dict[float, list] = {}
        # A task with planned hours of its own covers its subtasks.
        covering = tasks.filtered(lambda task: task.parent_id not in tasks)
        for task in covering.sorted("id"):
            rate = self._planned_rate(table, task)
            found = by_rate.setdefault(rate, [0.0, self.env["project.task"]])
            found[0] += task._planned_hours(apart)
            # All of them are tied to the line: Odoo bills a subtask by its own line.
            found[1] |= (task | task._get_all_subtasks()) - apart
        rows = by_rate or {0.0: [0.0, tasks]}
        return [
            {
                "name": self._item_name(item),
                self._item_field(item): item.id,
                "covered_task_ids": [Command.set(covered.ids)],
                "hours": hours,
                "rate": rate,
            }
            for rate, (hours, covered) in rows.items()
        ]

    def _item_name(self, item: models.BaseModel) -> str:
        """Return the description of what is sold, with its project among several."""
        if len(self.project_ids) > 1:
            return f"{item.project_id.name} - {item.display_name}"
        return item.display_name

    def _planned_rate(self, table: RateTable, task: models.BaseModel) -> float:
        found = table.find(
            task.project_id.id,
            task.id,
            task._planned_employee().id or 0,
            fields.Date.context_today(self),
        )
        return found.rate or 0.0

    @staticmethod
    def _item_field(item: models.BaseModel) -> str:
        return {
            "project.task": "task_id",
            "zoho.task.list": "task_list_id",
            "project.milestone": "milestone_id",
        }[item._name]

    def action_create_quotation(self) -> dict:
        """Create the quotation and open it.

        :raise UserError: when nothing is chosen, the projects have no customer or
            several, or a line has neither an amount nor planned hours and a rate.
        """
        self.ensure_one()
        self._check_can_create()
        # The accountant needs no sales rights: his right to the project and the
        # billing group were checked, so the order is made for him, without defaults of
        # his call.
        orders = self.env["sale.order"].with_context(clean_context(self.env.context))
        order = orders.sudo().create(self._prepare_order())
        # Afterwards: which taxes a line has, Odoo computes from product and position.
        order.order_line._include_taxes()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "views": [(False, "form")],
        }

    def _check_can_create(self) -> None:
        if not (self.env.su or self.env.user.has_group(BILLING_GROUP)):
            raise AccessError(
                self.env._("Only the Billing group of Zoho Projects makes quotations.")
            )
        projects = self.project_id | self.project_ids
        projects.check_access("read")
        for project in projects:
            if not project.allow_billable:
                raise UserError(
                    self.env._(
                        "The project %(project)s is not billable.",
                        project=project.display_name,
                    )
                )
        if obstacle := projects._together_obstacle():
            raise UserError(obstacle)
        self._check_lines(projects)
        if not self.line_ids:
            raise UserError(
                self.env._("Choose at least one task, task list or milestone.")
            )
        if self.problems:
            raise UserError(
                self.env._(
                    "Correct these lines or remove them:\n%(lines)s",
                    lines=self.problems,
                )
            )

    def _check_lines(self, projects: models.BaseModel) -> None:
        """Refuse lines that sell other work than that of the chosen projects.

        :raise UserError: it names them.
        """
        strange = self.line_ids.filtered(
            lambda line: (
                line._item().project_id not in projects or line._covers_other_work()
            )
        )
        if strange:
            raise UserError(
                self.env._(
                    "%(items)s: not in the chosen projects.",
                    items=", ".join(strange.mapped("name")),
                )
            )

    def _prepare_order(self) -> dict:
        """Return the values of the quotation."""
        # Chosen by who may read it; who may quote need not have rights to orders.
        project = self.project_id.sudo()
        company = project.company_id or self.env.company
        return {
            "partner_id": project.partner_id.id,
            "company_id": company.id,
            # Odoo counts all lines of a project's order as that project's.
            "project_id": len(self.project_ids) == 1 and project.id,
            "pricelist_id": project._billing_pricelist().id,
            "order_line": [
                Command.create(line._prepare_order_line(sequence))
                for sequence, line in enumerate(self.sudo().line_ids, start=1)
            ],
        }
