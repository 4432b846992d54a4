"""Handlers of projects, task lists, phases, tasks and issues.

:source: sections 4 and 6.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from . import render_work as render
from .call import Call, Listing
from .entities import Project, Task
from .errors import ApiError, missing_param, module_disabled, no_rule
from .filters import Getter, matcher, ordered
from .voice import Body

_PROJECT_GETTERS: dict[str, Getter] = {
    "name": lambda row: row.name,
    "status": lambda row: row.status,
    "project_type": lambda row: row.type,
}
_TASK_GETTERS: dict[str, Getter] = {
    "id": lambda row: row.id,
    "name": lambda row: row.name,
    "tasklist_id": lambda row: row.task_list,
    "is_completed": lambda row: row.closed,
    "completion_percentage": lambda row: row.percent,
    "created_time": lambda row: row.created,
    "last_modified_time": lambda row: row.modified,
    "status": lambda row: row.status,
}


def _closed_pass(text: str) -> bool:
    return "all_closed" in text


def _shown(call: Call, project: Project) -> bool:
    """Tell whether a project is in the list asked for.

    :source: section 4, "Archived, closed, template": open, hence the switches.
    """
    dialect = call.dialect
    text = call.params.get("filter", "")
    if project.type == "template":
        return dialect.templates_listed
    if project.type == "archived" and dialect.archived_listed != "always":
        return dialect.archived_listed == "closed_pass" and _closed_pass(text)
    return bool(text) or dialect.closed_listed or not project.closed


def _project_test(call: Call) -> Callable[[Any], bool]:
    text = call.params.get("filter", "")
    if not text or call.dialect.project_filter == "ignored":
        return lambda row: True
    test = matcher(text, _PROJECT_GETTERS)
    if not _closed_pass(text) or call.dialect.archived_listed != "closed_pass":
        return test
    return lambda row: row.type == "archived" or test(row)


def projects(call: Call) -> Listing:
    """List the projects; a bare array in the recorded samples."""
    test = _project_test(call)

    def build() -> Iterable[Project]:
        for project in call.portal.projects.values():
            visible = call.sees_project(project.id)
            if visible and _shown(call, project) and test(project):
                yield project

    closed = _closed_pass(call.params.get("filter", ""))
    return Listing(
        "projects_closed" if closed else "projects",
        call.query("projects", lambda: call.by_change(build())),
        lambda row: render.project(call.voice, row, call.portal),
        "projects" if call.dialect.projects_shape == "envelope" else "",
    )


def project(call: Call) -> Body:
    """Return one project."""
    return render.project(call.voice, call.project(), call.portal)


def user_projects(call: Call) -> Listing:
    """List the projects of a user."""
    wanted = call.ids["user"]
    rows = [p for p in call.portal.projects.values() if wanted in p.members]
    return Listing(
        "user_projects",
        rows,
        lambda row: render.project(call.voice, row, call.portal),
        "projects" if call.dialect.projects_shape == "envelope" else "",
    )


def _items(call: Call, kind: str) -> Iterable[Any]:
    """Yield the records of a kind in visible projects, or in that of the path."""
    wanted = call.ids.get("project") or call.params.get("project_id", "")
    for record in call.portal.table(kind).values():
        if wanted and record.project != wanted:
            continue
        if call.sees_project(record.project):
            yield record


def task_lists(call: Call) -> Listing:
    """List the task lists of the portal or of a project."""
    if "project" in call.ids:
        call.project()
    return Listing(
        "task_lists",
        call.query("task_lists", lambda: call.by_change(_items(call, "task_list"))),
        lambda row: render.task_list(call.voice, row, call.portal),
        "tasklists",
    )


def task_list(call: Call) -> Body:
    """Return one task list."""
    record = call.record("task_list", "task_list")
    return render.task_list(call.voice, record, call.portal)


def _require_version(call: Call) -> None:
    """Refuse phases where this dialect does not have them.

    :raise ApiError: ``URL_RULE_NOT_CONFIGURED`` of the version that is withdrawn, and
        404 of a list that the newer version does not know.
    :source: section 6.3.
    """
    form = call.dialect.phases_version
    if call.version == "v3" and form != "both":
        raise no_rule()
    if form == "v31_project" and "project" not in call.ids:
        raise ApiError("RESOURCE_NOT_FOUND", 404)


def phases(call: Call) -> Listing:
    """List the phases of the portal or of a project."""
    _require_version(call)
    if "project" in call.ids:
        call.project()
    return Listing(
        "phases",
        call.query("phases", lambda: call.by_change(_items(call, "phase"))),
        lambda row: render.phase(call.voice, row, call.portal),
        call.dialect.phases_key,
    )


def phase(call: Call) -> Body:
    """Return one phase."""
    _require_version(call)
    record = call.record("phase", "phase")
    return render.phase(call.voice, record, call.portal)


def _in_view(call: Call) -> Callable[[Task], bool]:
    """Return which tasks the plain list, or ``has_parents``, holds.

    :source: section 6.1, subtasks ``[?]``.
    """
    form = call.dialect.subtasks
    parents = call.params.get("has_parents", "").lower() == "true"
    if form == "plain" or (parents and form == "has_parents_all"):
        return lambda row: True
    return lambda row: bool(row.parent) is parents


def _task_getters(call: Call) -> dict[str, Getter]:
    """Return what tasks can be filtered and sorted by, custom fields included."""
    custom: dict[str, Getter] = {
        item.api_name: (lambda row, name=item.api_name: row.custom.get(name, ""))  # type: ignore[misc]
        for item in call.portal.custom_fields
        if item.module == "tasks"
    }

    def emails(row: Task) -> list[str]:
        people = (call.portal.person(owner) for owner in row.owners)
        return [person.email for person in people if person]

    return {**_TASK_GETTERS, "owner_email": emails, **custom}


def tasks(call: Call) -> Listing:
    """List the tasks of the portal or of a project."""
    call.refuse_params("has_parents", "sort_by")
    if "project" in call.ids:
        call.project()

    def build() -> Sequence[Task]:
        getters = _task_getters(call)
        text = call.params.get("filter", "")
        test = matcher(text, getters) if text else lambda row: True
        shown = _in_view(call)
        rows = [t for t in _items(call, "task") if shown(t) and test(t)]
        if call.dialect.task_sort == "ignored":
            return rows
        return ordered(rows, call.params.get("sort_by", ""), getters)

    parents = call.params.get("has_parents", "").lower() == "true"
    return Listing(
        "tasks_with_parents" if parents else "tasks",
        call.query("tasks", build),
        lambda row: render.task(call.voice, row, call.portal),
        "tasks",
    )


def task(call: Call) -> Body:
    """Return one task."""
    return render.task(call.voice, call.record("task", "task"), call.portal)


def _issues_enabled(call: Call) -> None:
    if not call.project().issues_enabled:
        raise module_disabled("issues")


def issues(call: Call) -> Listing:
    """List the issues; ``page`` is mandatory.

    :source: section 6.4.
    """
    if "page" not in call.params:
        raise missing_param("page")
    if "project" in call.ids:
        _issues_enabled(call)
    enabled = call.portal.projects

    def build() -> Iterable[Any]:
        rows = call.by_change(_items(call, "issue"))
        return [row for row in rows if enabled[row.project].issues_enabled]

    return Listing(
        "issues",
        call.query("issues", build),
        lambda row: render.issue(call.voice, row, call.portal),
        "issues",
    )


def issue(call: Call) -> Body:
    """Return one issue, with its description."""
    _issues_enabled(call)
    record = call.record("issue", "issue")
    return render.issue(call.voice, record, call.portal, detail=True)


def issue_description(call: Call) -> Body:
    """Return the description of an issue."""
    return {"description": call.record("issue", "issue").description}
