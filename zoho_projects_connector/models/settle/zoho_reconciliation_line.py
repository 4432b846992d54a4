from odoo import models


class ZohoReconciliationLine(models.Model):
    """Hours of which Zoho says otherwise: the list behind them is of differences."""

    _inherit = "zoho.reconciliation.line"

    def action_open(self) -> dict:
        if self.kind != "differing":
            return super().action_open()
        self.ensure_one().check_access("read")
        row = self.reconciliation_id
        projects = self._projects(row)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.zoho_difference_action"
        )
        domain = [
            ("integration_id", "=", row.integration_id.id),
            ("is_standing", "=", True),
            "|",
            ("project_id", "in", projects.ids),
            ("timesheet_id.project_id", "in", projects.ids),
        ]
        name = row.display_name
        return {**action, "domain": domain, "context": {}, "display_name": name}
