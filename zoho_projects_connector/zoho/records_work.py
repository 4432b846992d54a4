"""Projects and what is worked on in them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime

from .errors import ZohoUnreadable
from .reader import Row
from .records_base import Person, Record, parse_people, person_of, phase_id_of
from .records_people import Customer, parse_customer, parse_customers, primary_customer
from .values import is_missing, letters, parse_minutes

PRIORITIES = frozenset({"low", "medium", "high"})


@dataclass(frozen=True)
class Project(Record):
    """A project; ``customer`` is rarely told here and has lists of its own.

    :param is_primary: in a customer's list of projects, whether he is the primary
        customer; ``None`` when Zoho does not say.
    """

    key: str = ""
    name: str = ""
    description: str = ""
    start: date | None = None
    end: date | None = None
    status_name: str = ""
    is_closed: bool = False
    is_archived: bool = False
    is_template: bool = False
    owner: Person | None = None
    currency: str = ""
    customer: Customer | None = None
    billing_method: str = ""
    billing_rate: float | None = None
    fixed_cost: float | None = None
    budget_hours: float | None = None
    budget_amount: float | None = None
    tags: tuple[str, ...] = ()
    created: datetime | None = None
    is_primary: bool | None = None


@dataclass(frozen=True)
class TaskList(Record):
    """A task list; the hidden one of a project is ``is_general``."""

    name: str = ""
    project_id: str = ""
    phase_id: str = ""
    is_closed: bool = False
    is_general: bool = False


@dataclass(frozen=True)
class Phase(Record):
    """A phase, which older parts of Zoho call a milestone."""

    name: str = ""
    project_id: str = ""
    start: date | None = None
    end: date | None = None
    is_closed: bool = False
    status_name: str = ""
    owner: Person | None = None


@dataclass(frozen=True)
class Task(Record):
    """A task or subtask.

    :param priority: ``none low medium high``.
    :param planned_minutes: planned work; ``None`` when not told in hours.
    """

    key: str = ""
    name: str = ""
    description: str = ""
    project_id: str = ""
    task_list_id: str = ""
    phase_id: str = ""
    parent_id: str = ""
    status_name: str = ""
    is_closed: bool = False
    priority: str = "none"
    owners: tuple[Person, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    planned_minutes: int | None = None
    tags: tuple[str, ...] = ()
    depth: int = 0
    project_name: str = ""
    task_list_name: str = ""


@dataclass(frozen=True)
class Issue(Record):
    """An issue, which older parts of Zoho call a bug."""

    key: str = ""
    name: str = ""
    description: str = ""
    project_id: str = ""
    phase_id: str = ""
    status_name: str = ""
    is_closed: bool = False
    severity: str = ""
    classification: str = ""
    assignee: Person | None = None
    due: date | None = None
    tags: tuple[str, ...] = ()


def parse_project(row: object) -> Project:
    """Return a project.

    :raise ZohoUnreadable: without a usable id, as every function of this kind.
    """
    found = Row(row, "project")
    lifecycle = _lifecycle(found)
    return Project(
        **found.base(),
        key=found.text("key"),
        name=found.text("name"),
        description=found.text("description"),
        start=found.day("start"),
        end=found.day("end"),
        status_name=found.text("status_name"),
        is_closed=found.is_closed(),
        is_archived=lifecycle == "archived",
        is_template=lifecycle == "template",
        owner=person_of(found, "owner"),
        currency=found.text("currency"),
        customer=_project_customer(found),
        billing_method=found.text("billing_method"),
        billing_rate=found.number("billing_rate"),
        fixed_cost=found.number("fixed_cost"),
        budget_hours=_budget_hours(found),
        budget_amount=found.number("budget_amount"),
        tags=found.names("tags"),
        created=found.moment("created"),
        is_primary=found.answer("is_primary"),
    )


def _budget_hours(row: Row) -> float | None:
    """Return the hours of a budget, written as a number or as ``HH:MM``."""
    try:
        return parse_minutes(row.value("budget_hours"), decimal=True) / 60
    except ZohoUnreadable:
        return None


def _lifecycle(row: Row) -> str:
    """Return ``active archived template``; a status object is another matter."""
    said = row.value("lifecycle")
    return letters(said) if isinstance(said, str) else ""


def _project_customer(row: Row) -> Customer | None:
    customers = parse_customers(row.rows("customer"))
    if customers or not row.identifier("customer_id"):
        return primary_customer(customers)
    flat = {"id": row.identifier("customer_id"), "name": row.text("customer_name")}
    return parse_customer(flat)


def parse_task_list(
    row: object, project_id: str = "", phase_ids: Container[str] | None = None
) -> TaskList:
    """Return a task list.

    :param project_id: project whose list was read, for rows that do not say it.
    :param phase_ids: ids of real phases, should one be called "None".
    """
    found = Row(row, "task_list")
    no_phase = found.flag("has_no_phase")
    return TaskList(
        **found.base(),
        name=found.text("name"),
        project_id=found.identifier("project_id") or project_id,
        phase_id="" if no_phase else phase_id_of(found, phase_ids),
        is_closed=found.is_closed(),
        is_general=found.flag("is_general"),
    )


def parse_phase(row: object, project_id: str = "") -> Phase:
    """Return a phase."""
    found = Row(row, "phase")
    return Phase(
        **found.base(),
        name=found.text("name"),
        project_id=found.identifier("project_id") or project_id,
        start=found.day("start"),
        end=found.day("end"),
        is_closed=found.is_closed(),
        status_name=found.text("status_name"),
        owner=person_of(found, "owner"),
    )


def parse_task(
    row: object, project_id: str = "", phase_ids: Container[str] | None = None
) -> Task:
    """Return a task."""
    found = Row(row, "task")
    parent_id = found.identifier("parent_id")
    return Task(
        **found.base(),
        key=found.text("key"),
        name=found.text("name"),
        description=found.text("description"),
        project_id=found.identifier("project_id") or project_id,
        task_list_id=found.identifier("task_list_id"),
        phase_id=phase_id_of(found, phase_ids),
        parent_id="" if parent_id == found.required_id() else parent_id,
        status_name=found.text("status_name"),
        is_closed=found.is_closed(),
        priority=_priority(found),
        owners=parse_people(found.rows("owners")),
        start=found.moment("start"),
        end=found.moment("end"),
        planned_minutes=_planned_minutes(found),
        tags=found.names("tags"),
        depth=int(found.number("depth") or 0),
        project_name=found.text("project_name"),
        task_list_name=found.text("task_list_name"),
    )


def _priority(row: Row) -> str:
    word = letters(row.text("priority"))
    return word if word in PRIORITIES else "none"


def _planned_minutes(row: Row) -> int | None:
    unit = letters(row.text("planned_unit"))
    planned = row.value("planned")
    if is_missing(planned) or "day" in unit or "percent" in unit:
        return None
    try:
        return parse_minutes(planned, decimal=unit.startswith(("hour", "hr")))
    except ZohoUnreadable:
        return None


def parse_issue(
    row: object, project_id: str = "", phase_ids: Container[str] | None = None
) -> Issue:
    """Return an issue."""
    found = Row(row, "issue")
    return Issue(
        **found.base(),
        key=found.text("key"),
        name=found.text("name"),
        description=found.text("description"),
        project_id=found.identifier("project_id") or project_id,
        phase_id=phase_id_of(found, phase_ids),
        status_name=found.text("status_name"),
        is_closed=found.is_closed(),
        severity=found.text("severity"),
        classification=found.text("classification"),
        assignee=person_of(found, "assignee"),
        due=found.day("due"),
        tags=found.names("tags"),
    )
