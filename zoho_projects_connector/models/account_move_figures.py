from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    billed_time_hours = fields.Float(
        compute="_compute_billed_time_hours",
        compute_sudo=True,
        help="Hours of timesheets that this invoice bills or this credit note takes "
        "back.",
    )

    def _compute_billed_time_hours(self) -> None:
        rows = self.env["project.billed.time"]._read_group(
            [("move_id", "in", self.ids)], ["move_id"], ["hours:sum"]
        )
        hours = {move.id: hours for move, hours in rows}
        for move in self:
            move.billed_time_hours = hours.get(move.id, 0.0)

    def action_billed_time(self) -> dict:
        """Open the timesheets behind the lines of this document."""
        self.ensure_one().check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.project_billed_time_action"
        )
        return {
            **action,
            "domain": [("move_id", "=", self.id)],
            "context": {"hide_document": True},
        }
