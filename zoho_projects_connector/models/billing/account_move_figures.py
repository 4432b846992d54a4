from collections import defaultdict

from odoo import api, fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    billed_time_hours = fields.Float(
        compute="_compute_billed_time_hours",
        compute_sudo=True,
        help="Hours of timesheets that this invoice bills or this credit note takes "
        "back, rounded as agreed.",
    )

    @api.depends(
        "line_ids.billed_time_ids.active", "line_ids.billed_time_ids.invoiced_hours"
    )
    def _compute_billed_time_hours(self) -> None:
        rows = self.env["project.billed.time"]._read_group(
            self._billed_time_domain(), ["move_id", "sign"], ["invoiced_hours:sum"]
        )
        hours = defaultdict(float)
        for move, sign, invoiced in rows:
            hours[move.id] += sign * invoiced
        for move in self:
            move.billed_time_hours = abs(hours[move.id])

    def _billed_time_domain(self) -> list:
        """Return the ledger rows that bill or take back time on these documents.

        Rows of money alone have no hours.
        """
        return [("move_id", "in", self.ids), ("kind", "=", "time"), ("hours", ">", 0)]

    def action_billed_time(self) -> dict:
        """Open the timesheets behind the lines of this document.

        Who may not see what was billed gets the entries that he may see, as in Odoo.
        """
        self.ensure_one().check_access("read")
        actions = self.env["ir.actions.act_window"]
        if not self.env["project.billed.time"].has_access("read"):
            action = actions._for_xml_id("sale_timesheet.action_timesheet_from_invoice")
            entries = [("timesheet_invoice_id", "=", self.id)]
            return {**action, "domain": entries}
        action = actions._for_xml_id(
            "zoho_projects_connector.project_billed_time_action"
        )
        return {
            **action,
            "display_name": self.env._("Timesheets"),
            "domain": self._billed_time_domain(),
            "context": {"hide_document": True},
        }
