from typing import Any

from odoo import api, models

from ...zoho.records import TaskList
from .page import Key, SyncPage


class ZohoTaskList(models.Model):
    """Task lists of Zoho."""

    _name = "zoho.task.list"
    _inherit = ["zoho.task.list", "zoho.synced.mixin"]

    @api.model
    def _zoho_references(self, record: TaskList) -> tuple[Key, ...]:
        return (("project", record.project_id), ("phase", record.phase_id))

    @api.model
    def _zoho_prepare_values(self, record: TaskList, page: SyncPage) -> dict[str, Any]:
        values = {
            "name": record.name or record.zoho_id,
            "project_id": page.require("project", record.project_id),
            "is_closed": record.is_closed,
        }
        milestone = page.find("phase", record.phase_id)
        if milestone:
            values["milestone_id"] = milestone
        return values

    def _zoho_parents(self) -> tuple[Any, ...]:
        return (self.project_id,)
