from odoo import models


class IrHttp(models.AbstractModel):
    """What the web client knows from the start: whether the user follows the sync."""

    _inherit = "ir.http"

    def session_info(self) -> dict:
        """Tell the web client of Zoho users that they are, and who may stop a sync."""
        info = super().session_info()
        group = "zoho_projects_connector.group_zoho_%s"
        if self.env.user.has_group(group % "user"):
            info["zoho_projects"] = {
                "is_manager": self.env.user.has_group(group % "manager"),
            }
        return info
