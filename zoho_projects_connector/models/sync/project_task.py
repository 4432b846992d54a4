from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from odoo import Command, api, fields, models

from ...const import Origin
from ...hours import from_hours
from ...zoho.records import Issue, Person, Task
from .page import Key, SyncPage, person_key

PRIORITIES = {"low": "0", "medium": "1", "high": "2"}
ELAPSED = (
    "working_days_close",
    "working_days_open",
    "working_hours_close",
    "working_hours_open",
)
AT_ONCE = timedelta(minutes=1)


@dataclass(frozen=True)
class TaskLookups:
    """What the tasks of a page share.

    :param tags: ``{name: project.tags}``.
    :param stages: ``{(project id, status name, is_closed): project.task.type}``.
    :param users: ``{employee id: user id, maybe False}``.
    """

    tags: dict[str, Any]
    stages: dict[tuple[int, str, bool], Any]
    users: dict[int, int | bool]


class ProjectTask(models.Model):
    """Tasks, subtasks and issues (bugs) of Zoho."""

    _name = "project.task"
    _inherit = ["code.only.mixin", "project.task", "zoho.synced.mixin"]

    zoho_kind = fields.Selection(
        [("task", "Task"), ("bug", "Bug")], readonly=True, copy=False
    )
    zoho_severity = fields.Char("Severity", readonly=True, copy=False)
    zoho_classification = fields.Char("Classification", readonly=True, copy=False)

    def message_subscribe(
        self,
        partner_ids: list[int] | None = None,
        subtype_ids: list[int] | None = None,
    ) -> bool:
        """Make nobody a follower of what a synchronisation creates.

        Odoo makes the creator follow each new task; here nobody has created it.
        """
        if self.env.context.get("zoho_sync") is Origin.ZOHO:
            return True
        return super().message_subscribe(partner_ids, subtype_ids)

    def _compute_elapsed(self) -> Any:
        """Ask no calendar for tasks that a synchronisation has just created.

        For each, Odoo reads the calendar and its leaves anew, to find between creation
        and assignment nothing but the time that its page took to be written.
        """
        now = self.env.cr.now()
        new = self.filtered(
            lambda task: (
                task.zoho_kind
                and task.create_date == now
                and all(
                    abs(moment - now) < AT_ONCE
                    for moment in (task.date_assign, task.date_end)
                    if moment
                )
            )
        )
        new.update(dict.fromkeys(ELAPSED, 0.0))
        return super(ProjectTask, self - new)._compute_elapsed()

    @api.model
    def _zoho_references(self, record: Task | Issue) -> list[Key]:
        references = [("project", record.project_id), ("phase", record.phase_id)]
        references += [("user", person_key(one)) for one in self._zoho_people(record)]
        if isinstance(record, Task):
            references.append(("task", record.parent_id))
            references.append(("task_list", record.task_list_id))
        return references

    @api.model
    def _zoho_warm_up(self, page: SyncPage) -> None:
        """Read the customers of the projects, too: each task is told whose it is."""
        self.env["project.project"].browse(
            res_id for (entity, _id), res_id in page.refs.items() if entity == "project"
        ).partner_id.mapped("commercial_partner_id.name")
        return super()._zoho_warm_up(page)

    @api.model
    def _zoho_people(self, record: Task | Issue) -> Sequence[Person]:
        """Return the persons that a task or an issue is assigned to."""
        if isinstance(record, Task):
            return record.owners
        return (record.assignee,) if record.assignee else ()

    @api.model
    def _zoho_prepare_page(self, page: SyncPage) -> TaskLookups:
        """Return tags and stages, made when missing, and the users of employees."""
        tags = {tag for record in page.records for tag in record.tags}
        statuses = {
            (page.refs[key], record.status_name, record.is_closed)
            for record in page.records
            if (key := ("project", record.project_id)) in page.refs
            and record.status_name
        }
        employees = self.env["hr.employee"].browse(
            res_id for (entity, _id), res_id in page.refs.items() if entity == "user"
        )
        return TaskLookups(
            tags=self.env["project.tags"]._zoho_by_name(tags),
            stages=self.env["project.task.type"]._zoho_stages(statuses),
            users={one.id: one.user_id.id for one in employees},
        )

    @api.model
    def _zoho_prepare_values(
        self, record: Task | Issue, page: SyncPage
    ) -> dict[str, Any]:
        project = page.require("project", record.project_id)
        values = {
            "name": record.name or record.zoho_id,
            "project_id": project,
            "description": record.description or False,
            "milestone_id": page.find("phase", record.phase_id),
            "state": "1_done" if record.is_closed else "01_in_progress",
            "tag_ids": [Command.link(page.lookups.tags[t].id) for t in record.tags],
            "zoho_kind": page.entity,
        }
        status = (project, record.status_name, record.is_closed)
        if stage := page.lookups.stages.get(status):
            values["stage_id"] = stage.id
        if users := self._zoho_users(record, page):
            values["user_ids"] = [Command.set(users)]
        prepare = (
            self._zoho_prepare_bug if page.entity == "bug" else self._zoho_prepare_task
        )
        values |= prepare(record, page)
        return values

    @api.model
    def _zoho_prepare_task(self, record: Task, page: SyncPage) -> dict[str, Any]:
        return {
            "parent_id": record.parent_id
            and page.require("task", record.parent_id)
            or False,
            "zoho_task_list_id": page.find("task_list", record.task_list_id),
            "date_deadline": record.end or False,
            "allocated_hours": from_hours(
                (record.planned_minutes or 0) / 60,
                page.integration.company_id.project_time_mode_id,
            ),
            "priority": PRIORITIES.get(record.priority, "0"),
        }

    @api.model
    def _zoho_prepare_bug(self, record: Issue, page: SyncPage) -> dict[str, Any]:
        return {
            # Noon is on the same day in nearly every time zone.
            "date_deadline": record.due and datetime.combine(record.due, time(12)),
            "zoho_severity": record.severity or False,
            "zoho_classification": record.classification or False,
        }

    @api.model
    def _zoho_prepare_defaults(
        self, record: Task | Issue, page: SyncPage
    ) -> dict[str, Any]:
        # Without it, Odoo assigns a new task to whoever creates it.
        return {"user_ids": [Command.set(self._zoho_users(record, page))]}

    @api.model
    def _zoho_defaults(self, record: Task | Issue, page: SyncPage) -> dict[str, Any]:
        # Switched off, they are nobody, and not whoever creates the task.
        return {"user_ids": [], **super()._zoho_defaults(record, page)}

    def _zoho_creating(self) -> dict[str, Any]:
        # A default that Odoo would look up in the database for each task.
        in_days = {"default_encode_uom_in_days": self._uom_in_days()}
        return {**super()._zoho_creating(), **in_days}

    @api.model
    def _zoho_users(self, record: Task | Issue, page: SyncPage) -> list[int]:
        """Return the ids of the Odoo users that a record is assigned to."""
        employees = [
            page.refs.get(("user", person_key(person)))
            for person in self._zoho_people(record)
        ]
        users = page.lookups.users
        return sorted({users[one] for one in employees if one and users.get(one)})

    def _zoho_parents(self) -> tuple[Any, ...]:
        return (self.project_id, self.parent_id)
