"""The crowd of a generated portal: plausible records in any number."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

from . import words
from .entities import Address, Issue, Log, Phase, Project, Task, TaskList
from .golden import GOLDEN_DOMAIN
from .portal import Portal

if TYPE_CHECKING:
    from .generator import Counts

HISTORY_DAYS = 540
SUBTASK_SHARE = 0.25
_KINDS = (("task", 0.80), ("issue", 0.92), ("general", 1.0))
_VERDICTS = (("approved", 0.84), ("pending", 0.95), ("rejected", 1.0))


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), timezone.utc)


class Bulk:
    """Fills a portal up to the counts."""

    def __init__(self, portal: Portal, counts: Counts, seed: int, today: date) -> None:
        self.portal = portal
        self.counts = counts
        self.random = random.Random(seed)
        self.today = today
        self.projects: list[Project] = []
        self.staff: list[str] = []
        self._crowd: set[str] = set()

    def add(self) -> None:
        """Add what is missing, parents first."""
        portal, counts = self.portal, self.counts
        for number in range(counts.users - len(portal.users)):
            self._user(number)
        self.staff = [
            user.id
            for user in portal.users.values()
            if user.active
            and not user.customer
            and not user.email.endswith(GOLDEN_DOMAIN)
        ]
        for number in range(counts.customers - len(portal.customers)):
            self._customer(number)
        for number in range(counts.projects - len(portal.projects)):
            self._project(number)
        self._crowd = {project.id for project in self.projects}
        if self.projects:
            self._phases(counts.phases - len(portal.phases))
            self._task_lists(counts.task_lists - len(portal.task_lists))
            self._tasks(counts.tasks - len(portal.tasks))
            self._issues(counts.issues - len(portal.issues))
            self._logs(counts.logs - len(portal.logs))
        portal.version += 1

    def _user(self, number: int) -> None:
        pick = self.random.choice
        first, last = pick(words.FIRST_NAMES), pick(words.LAST_NAMES)
        self.portal.add_user(
            first,
            last,
            f"staff{number}@example.eu",
            active=self.random.random() > 0.08,
            cost_rate=f"{self.random.randint(25, 70)}.00",
        )

    def _customer(self, number: int) -> None:
        pick = self.random.choice
        place = self.random.randrange(len(words.CITIES))
        name = f"{pick(words.COMPANY_STEMS)} {pick(words.COMPANY_ENDS)} {number + 1}"
        self.portal.add_customer(
            name,
            email=f"info@customer{number}.example",
            website=f"https://customer{number}.example",
            address=Address(
                f"{number + 1} Main Street",
                words.CITIES[place],
                "",
                words.COUNTRIES[place],
                f"{1000 + number}",
            ),
        )

    def _project(self, number: int) -> None:
        customers = list(self.portal.customers.values())
        customer = self.random.choice(customers)
        start = self.today - timedelta(days=self.random.randint(30, HISTORY_DAYS))
        draw = self.random.random()
        project = self.portal.add_project(
            f"{customer.name} {self.random.choice(words.PROJECT_STEMS)} {number + 1}",
            "" if draw < 0.03 else customer.id,
            start=start,
            owner=self.random.choice(self.staff),
            currency=customer.currency or self.portal.currency,
            type="archived" if 0.03 <= draw < 0.06 else "active",
            closed=0.06 <= draw < 0.14,
            status="Completed" if 0.06 <= draw < 0.14 else "In Progress",
        )
        if draw > 0.95:
            project.customers.append(self.random.choice(customers).id)
        project.created = project.modified = _moment(start, 9)
        project.members.update(self.random.sample(self.staff, min(5, len(self.staff))))
        self.projects.append(project)

    def _place(self) -> Project:
        return self.random.choice(self.projects)

    def _phases(self, missing: int) -> None:
        for number in range(missing):
            project = self.projects[number % len(self.projects)]
            name = words.PHASE_NAMES[number // len(self.projects) % 3]
            end = (project.start or self.today) + timedelta(days=90)
            phase = Phase(self.portal.new_id(), name, project.id, end=end)
            phase.created = phase.modified = project.created
            self.portal.phases[phase.id] = phase

    def _task_lists(self, missing: int) -> None:
        phases = self._by_project(list(self.portal.phases.values()))
        for number in range(missing):
            project = self.projects[number % len(self.projects)]
            name = words.LIST_NAMES[number // len(self.projects) % 4]
            inside = phases.get(project.id, [])
            phase = self.random.choice(inside).id if inside and number % 3 else ""
            task_list = TaskList(self.portal.new_id(), name, project.id, phase)
            task_list.created = task_list.modified = project.created
            self.portal.task_lists[task_list.id] = task_list

    @staticmethod
    def _by_project(records: Sequence[Task | TaskList | Phase | Issue]) -> dict:  # type: ignore[type-arg]
        groups: dict[str, list[Task | TaskList | Phase | Issue]] = {}
        for record in records:
            groups.setdefault(record.project, []).append(record)
        return groups

    def _tasks(self, missing: int) -> None:
        lists = self._by_project(list(self.portal.task_lists.values()))
        made: dict[str, list[Task]] = {}
        for number in range(missing):
            project = self._place()
            inside = lists.get(project.id) or [None]
            siblings = made.setdefault(project.id, [])
            task = self._task(project, self.random.choice(inside), siblings, number)
            siblings.append(task)
            self.portal.tasks[task.id] = task

    def _task(
        self,
        project: Project,
        task_list: TaskList | None,
        siblings: list[Task],
        number: int,
    ) -> Task:
        pick = self.random.choice
        status, closed = pick(words.STATUSES)
        task = Task(
            self.portal.new_id(),
            f"{project.key}-T{number + 1}",
            f"{pick(words.TASK_VERBS)} {pick(words.TASK_OBJECTS)}",
            project.id,
            task_list.id if task_list else "",
            task_list.phase if task_list else "",
            status=status,
            closed=closed,
            priority=pick(words.PRIORITIES),
            owners=[pick(self.staff)] if number % 9 else [],
            planned_minutes=self.random.randrange(0, 2400, 30),
        )
        parent = pick(siblings) if siblings else None
        if parent and parent.depth < 3 and self.random.random() < SUBTASK_SHARE:
            task.parent, task.depth = parent.id, parent.depth + 1
            task.task_list, task.phase = parent.task_list, parent.phase
        task.created = task.modified = self._after(project)
        return task

    def _after(self, project: Project) -> datetime:
        start = project.start or self.today
        day = start + timedelta(days=self.random.randint(0, (self.today - start).days))
        return _moment(day, self.random.randint(7, 17))

    def _issues(self, missing: int) -> None:
        pick = self.random.choice
        for number in range(missing):
            project = self._place()
            status, closed = pick(words.STATUSES)
            issue = Issue(
                self.portal.new_id(),
                f"{project.key}-I{number + 1}",
                pick(words.ISSUE_NAMES),
                project.id,
                status=status,
                closed=closed,
                severity=pick(words.SEVERITIES),
                classification=pick(words.CLASSIFICATIONS),
                owner=pick(self.staff) if number % 5 else "",
            )
            issue.created = issue.modified = self._after(project)
            self.portal.issues[issue.id] = issue

    def _draw(self, table: tuple[tuple[str, float], ...]) -> str:
        draw = self.random.random()
        return next(word for word, limit in table if draw < limit)

    def _logs(self, missing: int) -> None:
        tasks = [t for t in self.portal.tasks.values() if self._mine(t.project)]
        issues = [i for i in self.portal.issues.values() if self._mine(i.project)]
        for _number in range(missing):
            kind = self._draw(_KINDS)
            pool: Sequence[Task | Issue] = tasks if kind == "task" else issues
            if kind == "general" or not pool:
                log = self._log(self._place(), "general", "")
                log.title = "Travel"
            else:
                item = pool[int(self.random.random() * len(pool))]
                log = self._log(self.portal.projects[item.project], kind, item.id)
            self.portal.logs[log.id] = log

    def _mine(self, project: str) -> bool:
        """Tell whether a project is of the crowd, so that specimens stay as made."""
        return project in self._crowd

    def _log(self, project: Project, kind: str, item: str) -> Log:
        verdict = self._draw(_VERDICTS)
        worked = self._after(project)
        judged = worked + timedelta(hours=20)
        draw = self.random.random
        log = Log(
            self.portal.new_id(),
            project.id,
            kind,
            item,
            worked.date(),
            15 * (1 + int(draw() * 32)) + (7 if draw() < 0.1 else 0),
            self.staff[int(draw() * len(self.staff))],
            notes=words.NOTES[int(draw() * len(words.NOTES))],
            billable=draw() < 0.82,
            approval=verdict,
            created=worked,
            modified=worked if verdict == "pending" else judged,
        )
        if verdict == "approved":
            log.approver, log.approved_at = project.owner, judged
        return log
