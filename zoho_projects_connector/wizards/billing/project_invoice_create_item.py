from odoo import api, fields, models


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

    def _item(self):
        """Return the milestone, task list or task, an empty task when none is set."""
        return self.milestone_id or self.task_list_id or self.task_id
