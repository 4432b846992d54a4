from typing import Any

from odoo import api, models

from ...zoho.records import Phase
from .page import Key, SyncPage


class ProjectMilestone(models.Model):
    """Phases of Zoho."""

    _name = "project.milestone"
    _inherit = ["code.only.mixin", "project.milestone", "zoho.synced.mixin"]

    @api.model
    def _zoho_references(self, record: Phase) -> tuple[Key, ...]:
        return (("project", record.project_id),)

    @api.model
    def _zoho_prepare_values(self, record: Phase, page: SyncPage) -> dict[str, Any]:
        return {
            "name": record.name or record.zoho_id,
            "project_id": page.require("project", record.project_id),
            "deadline": record.end or False,
            "is_reached": record.is_closed,
        }

    def _zoho_parents(self) -> tuple[Any, ...]:
        return (self.project_id,)
