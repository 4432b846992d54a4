"""What people do with projects, phases, task lists, tasks and issues."""

from datetime import date, datetime, timezone
from typing import Any

from .changes_logs import as_day
from .entities import (
    CustomField,
    Issue,
    Phase,
    Project,
    Record,
    Task,
    TaskList,
    Trashed,
)
from .store import Store

_DAYS = ("start", "end", "due", "day")


def _moment(day: date | str) -> datetime:
    day = as_day(day)
    return datetime(day.year, day.month, day.day, tzinfo=timezone.utc)


class WorkChanges(Store):
    """Add, edit, close, move, trash, restore and purge."""

    def _added(self, kind: str, record: Any) -> Any:
        record.created = self.now()
        self.put(kind, record)
        self.touch(record)
        return record

    def add_project(self, name: str, customer: str = "", **values: Any) -> Project:
        """Add a project, with its customer as the primary one."""
        identity = self.new_id()
        values.setdefault("key", f"NL-{len(self.projects) + 1}")
        values.setdefault("owner", self.owner)
        values.setdefault("currency", self.currency)
        if customer:
            values.update(customers=[customer], primary=customer)
        project: Project = self._added(
            "project", Project(id=identity, name=name, **values)
        )
        project.members.add(project.owner)
        return project

    def add_task_list(self, project: str, name: str, **values: Any) -> TaskList:
        """Add a task list."""
        task_list = TaskList(self.new_id(), name, project, **values)
        return self._added("task_list", task_list)  # type: ignore[no-any-return]

    def add_phase(self, project: str, name: str, **values: Any) -> Phase:
        """Add a phase."""
        values = {k: as_day(v) if k in _DAYS else v for k, v in values.items()}
        phase = Phase(self.new_id(), name, project, **values)
        return self._added("phase", phase)  # type: ignore[no-any-return]

    def add_task(
        self, project: str, name: str, task_list: str = "", **values: Any
    ) -> Task:
        """Add a task, or a subtask with ``parent``."""
        parent = self.tasks.get(values.get("parent", ""))
        if parent:
            values.setdefault("depth", parent.depth + 1)
            values.setdefault("phase", parent.phase)
            task_list = task_list or parent.task_list
        values = {k: _moment(v) if k in _DAYS else v for k, v in values.items()}
        key = f"{self.projects[project].key}-T{len(self.tasks) + 1}"
        task = Task(self.new_id(), key, name, project, task_list, **values)
        self.projects[project].members.update(task.owners)
        return self._added("task", task)  # type: ignore[no-any-return]

    def add_issue(self, project: str, name: str, **values: Any) -> Issue:
        """Add an issue."""
        values = {k: as_day(v) if k in _DAYS else v for k, v in values.items()}
        key = f"{self.projects[project].key}-I{len(self.issues) + 1}"
        issue = Issue(self.new_id(), key, name, project, **values)
        return self._added("issue", issue)  # type: ignore[no-any-return]

    def edit(self, kind: str, id: str, **values: Any) -> Record:
        """Change fields of any record, by the names of its dataclass."""
        record: Record = self.table(kind)[id]
        for name, value in values.items():
            if not hasattr(record, name):
                raise AttributeError(f"{kind} has no {name}")
            if name in _DAYS and isinstance(value, str):
                value = _moment(value) if kind == "task" else as_day(value)
            setattr(record, name, value)
        self.touch(record)
        return record

    def rename(self, kind: str, id: str, name: str) -> Record:
        """Rename a record."""
        return self.edit(kind, id, name=name)

    def close_project(self, project: str) -> Record:
        """Close a project by a status of the closed type."""
        return self.edit("project", project, status="Completed", closed=True)

    def reopen_project(self, project: str) -> Record:
        """Open a closed project again."""
        return self.edit("project", project, status="In Progress", closed=False)

    def archive_project(self, project: str) -> Record:
        """Archive a project."""
        return self.edit("project", project, type="archived")

    def activate_project(self, project: str) -> Record:
        """Take a project out of the archive."""
        return self.edit("project", project, type="active")

    def close_task(self, task: str) -> Record:
        """Close a task."""
        return self.edit("task", task, status="Closed", closed=True, percent=100)

    def reopen_task(self, task: str) -> Record:
        """Open a task again."""
        return self.edit("task", task, status="Open", closed=False)

    def close_phase(self, phase: str) -> Record:
        """Complete a phase."""
        return self.edit("phase", phase, status="Completed", closed=True)

    def disable_issues(self, project: str) -> Record:
        """Switch the issues of a project off.

        :source: section 6.4, 403 ``FORBIDDEN``.
        """
        return self.edit("project", project, issues_enabled=False)

    def move_task(self, task: str, project: str, task_list: str = "") -> Task:
        """Move a task with its subtasks and logs to another project."""
        record = self.tasks[task]
        record.project, record.task_list = project, task_list
        for log in self.logs.values():
            if log.kind == "task" and log.item == task:
                log.project = project
        self.touch(record)
        for child in [t for t in self.tasks.values() if t.parent == task]:
            self.move_task(child.id, project, task_list)
        return record

    def trash(self, kind: str, id: str, by: str = "") -> Trashed:
        """Move a record to the bin; subtasks follow their task.

        :source: section 9.4.
        """
        record = self.table(kind).pop(id)
        name = getattr(record, "name", "") or getattr(record, "title", "")
        project = getattr(record, "project", "")
        entry = Trashed(id, kind, name, project, self.now(), by or self.owner, record)
        self.bin[id] = entry
        self.version += 1
        self.tell(record)
        if kind == "task":
            for child in [t.id for t in self.tasks.values() if t.parent == id]:
                self.trash("task", child, by)
        return entry

    def restore(self, id: str) -> Any:
        """Bring a record back from the bin."""
        entry = self.bin.pop(id)
        record: Any = entry.record
        self.put(entry.kind, record)
        self.touch(record)
        return record

    def purge(self, kind: str, id: str) -> None:
        """Remove a record, from the bin or at once, without a trace."""
        if id not in self.bin:
            self.trash(kind, id)
        del self.bin[id]
        self.version += 1

    def rename_custom_field(self, api_name: str, label: str) -> CustomField:
        """Give a custom field another label; its API name stays."""
        field = next(f for f in self.custom_fields if f.api_name == api_name)
        field.label = label
        self.version += 1
        return field

    def remove_custom_field(self, api_name: str) -> None:
        """Remove a custom field with its values."""
        self.custom_fields = [f for f in self.custom_fields if f.api_name != api_name]
        for table in (self.projects, self.tasks, self.issues, self.logs):
            for record in table.values():
                record.custom.pop(api_name, None)
        self.version += 1
