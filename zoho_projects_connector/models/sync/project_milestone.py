from odoo import api, models


class ProjectMilestone(models.Model):
    """Phases of Zoho."""

    _name = "project.milestone"
    _inherit = ["code.only.mixin", "project.milestone", "zoho.synced.mixin"]

    @api.model
    def _zoho_references(self, record):
        return (("project", record.project_id),)

    @api.model
    def _zoho_prepare_values(self, record, page):
        return {
            "name": record.name or record.zoho_id,
            "project_id": page.require("project", record.project_id),
            "deadline": record.end or False,
            "is_reached": record.is_closed,
        }

    def _zoho_parents(self):
        return (self.project_id,)
