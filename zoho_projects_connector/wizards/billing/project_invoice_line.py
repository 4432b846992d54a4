from odoo import api, fields, models

from ...models.billing.project_billed_time import RATE_ORIGINS


class ProjectInvoiceCreateLine(models.TransientModel):
    """A line of the invoice to come, shown before it is made."""

    _name = "project.invoice.create.line"
    _inherit = ["caller.choice.mixin"]
    _description = "Line of an Invoice to Come"

    wizard_id = fields.Many2one("project.invoice.create", ondelete="cascade")
    name = fields.Text(string="Description")
    project_id = fields.Many2one("project.project")
    hours = fields.Float()
    invoiced_hours = fields.Float(help="Hours on the invoice, rounded as agreed.")
    days = fields.Float(help="Days on the invoice, when time is billed by the day.")
    rate = fields.Float(min_display_digits="Product Price")
    rate_origin = fields.Selection(RATE_ORIGINS)
    amount = fields.Monetary(help="Without taxes.")
    currency_id = fields.Many2one("res.currency")
    entry_count = fields.Integer(string="Entries")


class ProjectInvoiceCreateLeftOut(models.TransientModel):
    """Time of the chosen projects that the invoice does not bill, and why."""

    _name = "project.invoice.create.left.out"
    _inherit = ["caller.choice.mixin"]
    _description = "Time Not on an Invoice"

    wizard_id = fields.Many2one("project.invoice.create", ondelete="cascade")
    reason = fields.Selection(
        [
            ("missing_rate", "No rate is set"),
            ("order", "Billed by a sales order"),
            ("draft", "On a draft invoice"),
            ("invoiced", "Already invoiced"),
            ("paid", "Already paid"),
            ("billed_elsewhere", "Billed elsewhere"),
            ("fixed_price", "Covered by a fixed price"),
            ("non_billable", "Not billable"),
            ("negative", "Not a positive number of hours"),
            ("missing_amount", "No amount is set"),
            ("sold", "Already invoiced at a price"),
            ("billed_by_the_hour", "Already invoiced by the hour"),
            ("no_fixed_cost", "The project has no fixed cost"),
            ("fixed_invoiced", "The fixed cost is invoiced"),
            ("other_currency", "In another currency"),
            ("other_customer", "Of another customer"),
        ]
    )
    name = fields.Char(string="What")
    rate_project_id = fields.Many2one(
        "project.project", help="The project whose terms would give it a rate."
    )
    hours = fields.Float()
    entry_count = fields.Integer(string="Entries")


class ProjectInvoiceCreateItem(models.TransientModel):
    """A milestone, task list or task to invoice at an amount."""

    _name = "project.invoice.create.item"
    _inherit = ["caller.choice.mixin"]
    _description = "Item to Invoice at a Price"

    wizard_id = fields.Many2one("project.invoice.create", ondelete="cascade")
    milestone_id = fields.Many2one("project.milestone")
    task_list_id = fields.Many2one("zoho.task.list")
    task_id = fields.Many2one("project.task")
    name = fields.Char(string="Description", compute="_compute_item")
    hours = fields.Float(
        string="Unbilled Hours",
        compute="_compute_item",
        help="Time that the amount covers: it becomes fixed price.",
    )
    project_id = fields.Many2one("project.project", compute="_compute_item")
    amount = fields.Monetary(help="Without taxes.")
    currency_id = fields.Many2one(related="wizard_id.currency_id")

    @api.depends("milestone_id", "task_list_id", "task_id")
    def _compute_item(self) -> None:
        for line in self:
            item = line._item()
            line.name = item.display_name
            line.hours = item.hours_unbilled
            line.project_id = item.project_id

    def _item(self) -> models.BaseModel:
        """Return the milestone, task list or task, an empty task when none is set."""
        return self.milestone_id or self.task_list_id or self.task_id
