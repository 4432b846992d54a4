from odoo import Command, api, fields, models


class ProjectQuotationCreateLine(models.TransientModel):
    """One line of the quotation to make: planned hours at a rate, or an amount."""

    _name = "project.quotation.create.line"
    _inherit = ["caller.choice.mixin"]
    _description = "Line of a Quotation from a Project"

    wizard_id = fields.Many2one(
        "project.quotation.create", required=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="wizard_id.currency_id")
    name = fields.Char(string="Description", required=True)
    task_id = fields.Many2one("project.task")
    task_list_id = fields.Many2one("zoho.task.list")
    milestone_id = fields.Many2one("project.milestone")
    covered_task_ids = fields.Many2many("project.task")
    hours = fields.Float(string="Planned Hours")
    rate = fields.Float(string="Rate per Hour", min_display_digits="Product Price")
    fixed_amount = fields.Monetary(
        help="Sell this line at this amount, whatever time it takes. Empty: planned "
        "hours × rate, billed by the hours that are logged."
    )
    amount = fields.Monetary(string="Total", compute="_compute_amount")
    problem = fields.Char(compute="_compute_problem")

    @api.depends("hours", "rate", "fixed_amount", "wizard_id.currency_id")
    def _compute_amount(self) -> None:
        for wizard, lines in self.grouped("wizard_id").items():
            for line, amount in zip(lines, wizard._line_amounts(lines), strict=True):
                line.amount = amount.subtotal

    @api.depends("hours", "rate", "fixed_amount", "covered_task_ids")
    def _compute_problem(self) -> None:
        for line in self:
            problem = line._paid_by_the_hour if line.fixed_amount else line._missing
            line.problem = problem()

    def _paid_by_the_hour(self) -> str | bool:
        """Return which invoices bill hours of what is to have a price, else False."""
        invoices = self.covered_task_ids._origin._hourly_invoices()
        return bool(invoices) and self.env._(
            "hours of it are on %(invoices)s: credit them first, or leave the amount "
            "empty",
            invoices=", ".join(invoices.mapped("display_name")),
        )

    def _missing(self) -> str | bool:
        """Return what an hourly line lacks, False when it has all."""
        if not self.hours and not self.rate:
            return self.env._("no planned hours and no rate: type an amount")
        if not self.hours:
            return self.env._("no planned hours: type an amount")
        if not self.rate:
            return self.env._("no rate: type an amount")
        return False

    def _item(self) -> models.BaseModel:
        """Return the task, task list or milestone that the line sells."""
        return self.task_id or self.task_list_id or self.milestone_id

    def _covers_other_work(self) -> bool:
        """Whether the line would sell tasks that its item does not hold."""
        # A refusal is due whatever of the other work he may read.
        item = self._item().sudo()
        tasks = item if item._name == "project.task" else item.task_ids
        return bool(self.covered_task_ids.sudo() - tasks - tasks._get_all_subtasks())

    def _scope(self) -> tuple:
        """Return what the line sells, to find it again after a new choice."""
        item = self._item()
        return item._name, item.id or item._origin.id, self.rate

    def _prepare_order_line(self, sequence: int) -> dict:
        """Return the values of the order line that this line becomes."""
        self.ensure_one()
        return {
            "name": self.name,
            "sequence": sequence,
            "discount": 0.0,
            # Zero tells Odoo that the price was set by hand, so that a later change
            # of the quantity does not reset it to the price of the product.
            "technical_price_unit": 0.0,
            "quoted_task_ids": [Command.set(self.covered_task_ids.ids)],
            **self._prepare_project(),
            **self._prepare_sold(),
        }

    def _prepare_sold(self) -> dict:
        """Return what the order line sells: at an amount, or by the hour."""
        return self._prepare_fixed() if self.fixed_amount else self._prepare_hours()

    def _prepare_project(self) -> dict:
        """Return what ties a line to its project on an order for several.

        Without it, Odoo would count the line in the profitability of each of them.
        An order for one project says it for all its lines.
        """
        if len(self.wizard_id.project_ids) == 1:
            return {}
        project = self._item().project_id
        return {
            "project_id": project.id,
            "analytic_distribution": project._get_analytic_distribution(),
        }

    def _prepare_fixed(self) -> dict:
        """Return an amount: reached milestones and delivered work are billed by it."""
        kind = "product_milestone" if self.milestone_id else "product_fixed_price"
        return {
            "product_id": self.env.ref(f"zoho_projects_connector.{kind}").id,
            "product_uom_qty": 1.0,
            "price_unit": self.fixed_amount,
            "quoted_milestone_id": self.milestone_id.id,
        }

    def _prepare_hours(self) -> dict:
        """Return planned hours at a rate, in the unit of the time product."""
        project = self._item().project_id or self.wizard_id.project_id
        product = project._billing_time_product()
        hour = self.env.ref("uom.product_uom_hour")
        # A product may be sold by the day; one that is sold by the piece has hours.
        unit = product.uom_id if product.uom_id._has_common_reference(hour) else hour
        return {
            "product_id": product.id,
            "product_uom_id": unit.id,
            # As Odoo rounds it on the order: the dialog says what will stand there.
            "product_uom_qty": hour._compute_quantity(
                self.hours, unit, rounding_method="HALF-UP"
            ),
            "price_unit": hour._compute_price(self.rate, unit),
        }
