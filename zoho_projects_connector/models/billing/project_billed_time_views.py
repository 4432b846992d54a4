from odoo import api, fields, models


class ProjectBilledTime(models.Model):
    _inherit = "project.billed.time"

    document_state = fields.Selection(related="move_id.state")
    signed_hours = fields.Float(string="Net Hours", compute="_compute_signed")
    signed_amount = fields.Monetary(string="Net Amount", compute="_compute_signed")

    @api.depends("hours", "amount", "sign")
    def _compute_signed(self) -> None:
        for row in self:
            row.signed_hours = row.sign * row.hours
            row.signed_amount = row.sign * row.amount
