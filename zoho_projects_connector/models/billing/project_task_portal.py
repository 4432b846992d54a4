import re

from lxml import etree

from odoo import api, fields, models
from odoo.fields import Domain

from ...groups import STAFF_GROUP

# Figures of Odoo that add up time which customers may not see, and what they read in
# their place.
PORTAL_FIGURES = {
    "effective_hours": "portal_effective_hours",
    "subtask_effective_hours": "portal_subtask_hours",
    "total_hours_spent": "portal_total_hours",
    "remaining_hours": "portal_remaining_hours",
    "progress": "portal_progress",
}
HIDDEN = {*PORTAL_FIGURES, "overtime"}
FIGURE = re.compile(rf"\b({'|'.join(PORTAL_FIGURES)})\b")


class ProjectTask(models.Model):
    """Hours of a task as its customer reads them: those of the time shown to him."""

    _inherit = "project.task"

    portal_effective_hours = fields.Float(
        "Hours Spent", compute="_compute_portal_hours", compute_sudo=True
    )
    portal_subtask_hours = fields.Float(
        "Hours Spent on Sub-tasks", compute="_compute_portal_hours", compute_sudo=True
    )
    portal_total_hours = fields.Float(
        "Total Hours Spent", compute="_compute_portal_hours", compute_sudo=True
    )
    portal_remaining_hours = fields.Float(
        "Hours Remaining", compute="_compute_portal_hours", compute_sudo=True
    )
    portal_progress = fields.Float(
        "Part of the Hours Spent", compute="_compute_portal_hours", compute_sudo=True
    )

    @property
    def TASK_PORTAL_READABLE_FIELDS(self) -> set[str]:
        readable = super().TASK_PORTAL_READABLE_FIELDS - HIDDEN
        return readable | {*PORTAL_FIGURES.values()}

    @api.depends("allocated_hours", "child_ids", "timesheet_ids.unit_amount")
    @api.depends_context("uid")
    def _compute_portal_hours(self) -> None:
        below = self._get_subtask_ids_per_task_id()
        hours = self._shown_hours({*self.ids}.union(*below.values()))
        for task in self:
            spent = hours.get(task.id, 0.0)
            on_subtasks = sum(hours.get(id_, 0.0) for id_ in below.get(task.id, ()))
            total, allocated = spent + on_subtasks, task.allocated_hours
            task.portal_effective_hours = spent
            task.portal_subtask_hours = on_subtasks
            task.portal_total_hours = total
            task.portal_remaining_hours = allocated - total
            task.portal_progress = total / allocated if allocated else 0.0

    @api.model
    def _shown_hours(self, task_ids: set[int]) -> dict[int, float]:
        """Return the hours of tasks, by id, of the time that the user is shown."""
        timesheets = self.env["account.analytic.line"]
        domain = Domain("task_id", "in", [*task_ids])
        if not self.env.user.has_group(STAFF_GROUP):
            domain &= timesheets._portal_shown_domain()
        # Customers read no time: the domain says which of it adds up, not their rights.
        groups = timesheets.sudo()._read_group(domain, ["task_id"], ["unit_amount:sum"])
        return {task.id: hours for task, hours in groups}

    def _get_portal_total_hours_dict(self) -> dict[str, float]:
        totals = super()._get_portal_total_hours_dict()
        if totals:
            timed = self.filtered("allow_timesheets")
            totals["effective_hours"] = sum(timed.mapped("portal_effective_hours"))
        return totals

    @api.model
    def _get_view_cache_key(
        self, view_id: int | None = None, view_type: str = "form", **options
    ) -> tuple:
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self.env.user.has_group(STAFF_GROUP))

    @api.model
    def _get_view(
        self, view_id: int | None = None, view_type: str = "form", **options
    ) -> tuple[etree._Element, models.BaseModel]:
        """Put into shared projects the figures that their customers may read."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if not self.env.user.has_group(STAFF_GROUP):
            for node in arch.iter(etree.Element):
                for name, value in node.items():
                    if name != "class" and FIGURE.search(value):
                        node.set(
                            name,
                            FIGURE.sub(lambda found: PORTAL_FIGURES[found[0]], value),
                        )
        return arch, view
