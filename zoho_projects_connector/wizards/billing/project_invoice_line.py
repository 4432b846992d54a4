from odoo import fields, models

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
    _description = "Time Left out of an Invoice"

    wizard_id = fields.Many2one("project.invoice.create", ondelete="cascade")
    reason = fields.Selection(
        [
            ("missing_rate", "No rate is set"),
            ("order", "Billed by a sales order"),
            ("difference", "Differs from Zoho: settle the difference first"),
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
        ]
    )
    name = fields.Char(string="What")
    hours = fields.Float()
    entry_count = fields.Integer(string="Entries")
