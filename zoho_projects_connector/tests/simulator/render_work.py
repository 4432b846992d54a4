"""Projects, task lists, phases, tasks and issues as JSON bodies.

:source: sections 4 and 6.
"""

from datetime import datetime, timedelta

from .entities import Issue, Phase, Project, Task, TaskList
from .portal import Portal
from .voice import Body, Voice

NO_PHASE_ID = "192004000000075999"


def _status(voice: Voice, name: str, closed: bool, offset: int) -> Body:
    return {
        **voice.ref(voice.derived(name, offset), name),
        "color": "green" if closed else "blue",
        "color_hexcode": "#2fde6f" if closed else "#2f6fde",
        "is_closed_type": voice.flag(closed),
    }


def _author(voice: Voice, store: Portal, user: str) -> Body:
    return {"zpuid": voice.number(user or store.owner or "0")}


def _customer_key(voice: Voice, project: Project, store: Portal) -> Body:
    customer = store.customers.get(project.primary)
    if not voice.dialect.project_customer or not customer:
        return {}
    body = voice.ref(customer.id, customer.name)
    return {voice.dialect.project_customer: body}


def _billing(voice: Voice, project: Project) -> Body:
    budget: Body = {"tracking_method": "project_hours"}
    if voice.dialect.project_currency and project.currency:
        budget["currency"] = project.currency
    if voice.dialect.rates_shown and project.budget_hours:
        budget["hours"] = project.budget_hours
        budget["amount"] = project.budget_amount
    body: Body = {"budget_info": budget}
    if voice.dialect.rates_shown and project.billing_method:
        body["billing_method"] = project.billing_method
        body.update(voice.text("rate_per_hour", project.billing_rate))
    return body


def project(voice: Voice, project: Project, store: Portal) -> Body:
    """Return a project."""
    dialect = voice.dialect
    status = _status(voice, project.status, project.closed, 1)
    percent, as_text = project.percent, dialect.percent == "string"
    return {
        **voice.ident(project.id),
        dialect.project_key: project.key,
        "name": project.name,
        "project_type": project.type,
        **voice.text("description", project.description),
        "is_public_project": voice.flag(False),
        "is_strict_project": voice.flag(False),
        "is_rollup_project": voice.flag(False),
        **voice.day("start_date", project.start),
        **voice.day("end_date", project.end),
        **voice.moment("created_time", project.created),
        **voice.moment(dialect.project_modified, project.modified),
        "owner": voice.person(project.owner),
        "created_by": _author(voice, store, project.owner),
        "updated_by": _author(voice, store, project.owner),
        "status": project.status if dialect.project_status == "string" else status,
        **_billing(voice, project),
        "percent_complete": str(percent) if as_text else percent,
        "is_completed": voice.flag(project.closed),
        **_customer_key(voice, project, store),
        "tags": _tags(voice, project.tags),
        **project.custom,
    }


def _tags(voice: Voice, names: list[str]) -> list[Body]:
    return [voice.ref(voice.derived(name, 2), name) for name in names]


def _phase_ref(voice: Voice, phase: str, store: Portal) -> Body:
    """Return the phase of an item, or the sentinel for none.

    :source: section 6.1, ``{"id": …, "name": "None"}``.
    """
    found = store.phases.get(phase)
    if found:
        return {"milestone": voice.ref(found.id, found.name)}
    if voice.dialect.no_phase == "absent":
        return voice.missing("milestone")
    return {"milestone": voice.ref(NO_PHASE_ID, "None")}


def _project_ref(voice: Voice, project_id: str, store: Portal) -> Body:
    found = store.projects.get(project_id)
    return {"project": voice.ref(project_id, found.name if found else "")}


def task_list(voice: Voice, task_list: TaskList, store: Portal) -> Body:
    """Return a task list."""
    return {
        **voice.ident(task_list.id),
        "name": task_list.name,
        **_project_ref(voice, task_list.project, store),
        **_phase_ref(voice, task_list.phase, store),
        "flag": task_list.flag,
        "status": "completed" if task_list.closed else "active",
        **voice.moment("created_time", task_list.created),
        **voice.moment("last_updated_time", task_list.modified),
        "created_by": _author(voice, store, ""),
        "sequence": {"sequence": 1},
        "meta_info": {
            "is_completed": voice.flag(task_list.closed),
            "is_general": voice.flag(task_list.general),
            "is_none_milestone_tasklist": voice.flag(not task_list.phase),
            "is_rolled": voice.flag(False),
        },
    }


def phase(voice: Voice, phase: Phase, store: Portal) -> Body:
    """Return a phase."""
    completed = phase.end if phase.closed else None
    return {
        **voice.ident(phase.id),
        "name": phase.name,
        **_project_ref(voice, phase.project, store),
        "owner": voice.person(phase.owner or store.owner),
        "flag": phase.flag,
        "status": _status(voice, phase.status, phase.closed, 3),
        **voice.day("start_date", phase.start),
        **voice.day("end_date", phase.end),
        **voice.day("completed_date", completed),
        **voice.moment("created_time", phase.created),
        **voice.moment("last_updated_time", phase.modified),
    }


def _parent(voice: Voice, task: Task) -> Body:
    if not task.parent:
        return {}
    number = voice.number(task.parent)
    forms: dict[str, Body] = {
        "parental_info": {"parental_info": {"parent_task_id": number}},
        "parent_task_id": {"parent_task_id": number},
        "parent": {"parent": voice.ident(task.parent)},
    }
    return forms[voice.dialect.task_parent]


def _owners(voice: Voice, task: Task) -> Body:
    work = voice.hours(task.planned_minutes)
    cards = [card for card in map(voice.person, task.owners) if card]
    owners = [{**card, "work_values": work} for card in cards]
    if not owners and voice.dialect.unassigned == "object":
        owners = [{"name": "Unassigned User"}]
    body: Body = {"unit": "hours", "work_type": "work_hours"}
    if owners:
        body["owners"] = owners
    if task.planned_minutes:
        body["total_work"] = work
    return {"owners_and_work": body}


def _end_of_day(moment: datetime | None) -> datetime | None:
    return moment and moment + timedelta(hours=23, minutes=59, seconds=59)


def task(voice: Voice, task: Task, store: Portal) -> Body:
    """Return a task or subtask."""
    task_list = store.task_lists.get(task.task_list)
    list_name = task_list.name if task_list else "General"
    return {
        **voice.ident(task.id),
        "prefix": task.key,
        "name": task.name,
        **voice.text("description", task.description),
        **_project_ref(voice, task.project, store),
        "tasklist": voice.ref(task.task_list, list_name) if task.task_list else {},
        **_phase_ref(voice, task.phase, store),
        "status": _status(voice, task.status, task.closed, 4),
        "priority": task.priority,
        "completion_percentage": task.percent,
        "is_completed": voice.flag(task.closed),
        "billing_type": task.billing_type,
        **_owners(voice, task),
        **voice.moment("start_date", task.start),
        **voice.moment("end_date", _end_of_day(task.end)),
        "depth": task.depth,
        "sequence": {"sequence": 1},
        **_parent(voice, task),
        "tags": _tags(voice, task.tags),
        "created_via": "WEB",
        **voice.moment("created_time", task.created),
        **voice.moment("last_modified_time", task.modified),
        "created_by": _author(voice, store, ""),
        **task.custom,
    }


def _option(voice: Voice, name: str, offset: int) -> Body:
    word = voice.dialect.issue_options
    return {**voice.ident(voice.derived(name, offset)), word: name}


def issue(voice: Voice, issue: Issue, store: Portal, detail: bool = False) -> Body:
    """Return an issue; the list may lack the description."""
    dialect = voice.dialect
    body: Body = {
        **voice.ident(issue.id),
        "prefix": issue.key,
        dialect.issue_title: issue.name,
        **_project_ref(voice, issue.project, store),
        "status": _status(voice, issue.status, issue.closed, 5),
        "severity": _option(voice, issue.severity, 6),
        "classification": _option(voice, issue.classification, 7),
        "module": _option(voice, "Navigation", 8),
        "flag": "internal",
        **voice.day("due_date", issue.due),
        **_phase_ref(voice, issue.phase, store),
        "added_via": "WEB",
        "created_by": _author(voice, store, ""),
        **voice.moment("created_time", issue.created),
        **voice.moment(dialect.issue_modified, issue.modified),
        "tags": _tags(voice, issue.tags),
        **issue.custom,
    }
    assignee = voice.person(issue.owner)
    if assignee or dialect.unassigned == "object":
        body["assignee"] = assignee or {"name": "Unassigned User"}
    if detail or dialect.issue_description:
        body.update(voice.text("description", issue.description))
    return body
