from collections import defaultdict
from typing import Any

from odoo import Command, api, models

from .field_values import one_line


class ProjectTaskType(models.Model):
    """Statuses of Zoho, as stages."""

    _inherit = "project.task.type"

    @api.model
    def _zoho_stages(
        self, statuses: set[tuple[int, str, bool]]
    ) -> dict[tuple[int, str, bool], Any]:
        """Return the stage of each status of a project, made or shared when missing.

        Statuses are custom and translated in Zoho: only whether one is closed counts,
        which folds its stage.

        :param statuses: ``(project id, status name, is_closed)``.
        """
        projects = self.env["project.project"].browse({one[0] for one in statuses})
        own = {
            (project.id, stage.name.casefold()): stage
            for project in projects
            for stage in project.type_ids
        }
        stages, shared, joining, linked = {}, {}, defaultdict(list), None
        for project_id, status, is_closed in sorted(statuses):
            name = one_line(status)
            key = (project_id, name.casefold())
            if key not in own:
                linked = linked or self._zoho_project_ids(projects.company_id)
                if (name, is_closed) not in shared:
                    stage = self._zoho_shared_stage(linked, name, is_closed)
                    shared[name, is_closed] = stage
                own[key] = shared[name, is_closed]
                joining[own[key]].append(Command.link(project_id))
            stages[project_id, status, is_closed] = own[key]
        for stage, links in joining.items():
            # Linked, never set: the stage is shared, and other projects keep theirs.
            stage.project_ids = links
        return stages

    @api.model
    def _zoho_project_ids(self, companies: Any) -> list[int]:
        """Return the ids of the synced projects of companies."""
        links = self.env["zoho.link"].search_fetch(
            [("entity", "=", "project"), ("company_id", "in", companies.ids)],
            ["res_id"],
        )
        return links.mapped("res_id")

    @api.model
    def _zoho_shared_stage(
        self, project_ids: list[int], name: str, is_closed: bool
    ) -> Any:
        """Return the stage that synced projects of the company share for a status."""
        stage = self.search(
            [
                ("name", "=", name),
                ("fold", "=", is_closed),
                ("user_id", "=", False),
                ("project_ids", "in", project_ids),
            ],
            limit=1,
        )
        return stage or self.create(
            {"name": name, "fold": is_closed, "sequence": 20 if is_closed else 10}
        )
