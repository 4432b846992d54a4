from odoo import fields, models


class ProjectBilledTime(models.Model):
    _inherit = "project.billed.time"

    date = fields.Date(related="timesheet_id.date", string="Day of Work")
    employee_id = fields.Many2one(related="timesheet_id.employee_id", string="Staff")
    description = fields.Char(related="timesheet_id.name")
    task_id = fields.Many2one(related="timesheet_id.task_id")
    document_state = fields.Selection(related="move_id.state")
