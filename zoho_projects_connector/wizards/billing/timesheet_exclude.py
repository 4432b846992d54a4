from odoo import api, fields, models


class TimesheetExclude(models.TransientModel):
    """Asks for the reason before time is taken out of billing."""

    _name = "timesheet.exclude"
    _inherit = ["caller.choice.mixin"]
    _description = "Do Not Bill Timesheets"

    timesheet_ids = fields.Many2many("account.analytic.line", required=True)
    hours = fields.Float(compute="_compute_hours")
    count = fields.Integer("Entries", compute="_compute_hours")
    reason = fields.Char(required=True)

    @api.depends("timesheet_ids")
    def _compute_hours(self) -> None:
        for wizard in self:
            timesheets = wizard.timesheet_ids
            wizard.count = len(timesheets)
            wizard.hours = sum(line._logged_hours() for line in timesheets)

    def action_exclude(self) -> dict:
        """Exclude the timesheets for the reason given."""
        self.ensure_one()
        self.timesheet_ids._exclude(self.reason)
        return {"type": "ir.actions.act_window_close"}
