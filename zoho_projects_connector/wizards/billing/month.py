"""What a month has to invoice: figured for all projects of a company at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from odoo import Command
from odoo.api import Environment
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools.translate import LazyTranslate

from ...clock import say_day
from ...models.billing.plan import Period
from ...models.billing.rate_table import STAFF_METHODS
from ...naming import name_order
from .invoice_source import TimeGroup
from .invoice_time import TimeSource
from .untaxed import group_amounts

_lt = LazyTranslate(__name__)

# Where time of the month can stand, in the order in which it is looked at.
STATES = {
    "ready": _lt("Ready"),
    "no_rate": _lt("No rate"),
    "waiting": _lt("Waits for approval"),
    "difference": _lt("Difference"),
    "order": _lt("On an order"),
    "draft": _lt("Draft exists"),
    "no_customer": _lt("No customer"),
    "currency": _lt("Currency not active"),
    "negative": _lt("More negative time than other"),
}
# How the invoice wizard calls what it leaves out.
REASONS = {"missing_rate": "no_rate"}


@dataclass
class Tally:
    """How many records there are of a kind, and their hours."""

    count: int = 0
    hours: float = 0.0

    def add(self, hours: float, count: int = 1) -> None:
        self.count += count
        self.hours += hours

    def row(self) -> dict:
        return {"count": self.count, "hours": self.hours}


@dataclass
class ProjectMonth:
    """Where the time of one project stands, and what its invoice would come to.

    :ivar lacking: hours without a rate, by id of the person whose rate is missing, 0
        where it is that of the project.
    """

    amount: float = 0.0
    states: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    lacking: dict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))


class Month:
    """The time of a company in a period, by customer and project.

    There is no second way of billing: what is offered is what the invoice wizard
    would offer, asked of its own source for many projects at once.
    """

    def __init__(self, env: Environment, period: Period) -> None:
        self.env = env
        self.company = env.company
        self.period = period
        self._outside = self._time_outside()

    # Which projects

    def projects(self) -> BaseModel:
        """Return the projects with something to say of the period.

        Those that the user may read, with more rights to what they have to invoice.

        :rtype: project.project
        """
        timesheets = self.env["account.analytic.line"]
        groups = timesheets._read_group(self._unbilled_domain(), ["project_id"])
        ids = {project.id for (project,) in groups}
        ids.update(*self._outside.values())
        projects = self.env["project.project"].with_context(active_test=False)
        found = projects.search(
            Domain("id", "in", ids)
            & Domain("company_id", "in", [self.company.id, False])
            & Domain("allow_billable", "=", True)
        )
        # Of projects that he may read; time has more to be billed by than he may read.
        return found.sudo().with_company(self.company)

    def _unbilled_domain(self) -> Domain:
        return (
            Domain("unbilled_hours", "!=", 0)
            & self.period.domain("date")
            & Domain("company_id", "=", self.company.id)
            & Domain("project_id", "!=", False)
        )

    def _time_outside(self) -> dict[str, dict[int, tuple[int, float]]]:
        """Return what is on drafts, and what others than billing know of.

        :return: ``{state: {project id: (count, hours)}}``
        """
        outside = {"draft": self._time_on_drafts()}
        for listener in self.env["billing.listener"]._listeners():
            outside |= listener._time_not_offered(self.company, self.period)
        return outside

    def _time_on_drafts(self) -> dict[int, tuple[int, float]]:
        # Sums of projects that he may read: only these are shown.
        ledger = self.env["project.billed.time"].sudo()
        groups = ledger._read_group(
            Domain("move_id.state", "=", "draft")
            & Domain("kind", "=", "time")
            & Domain("sign", "=", 1)
            & Domain("company_id", "=", self.company.id)
            & self.period.domain("day"),
            ["project_id"],
            ["__count", "hours:sum"],
        )
        return {project.id: (count, hours) for project, count, hours in groups}

    # What they have to invoice

    def sources(self, projects: BaseModel) -> Iterable[TimeSource]:
        """Return what the invoices of projects come from, one for each way of lines."""
        by_lines = projects.grouped(
            lambda project: project.partner_id._billing_layout()["group_by"] or "task"
        )
        for group_by, some in by_lines.items():
            # In memory: the dialog is only asked what it would make.
            wizard = some.env["project.invoice.create"].new(
                {
                    "project_ids": [Command.set(some.ids)],
                    "mode": "time",
                    "group_by": group_by,
                    "date_from": self.period.date_from,
                    "date_to": self.period.date_to,
                }
            )
            yield TimeSource(wizard)

    def _amounts(
        self, projects: BaseModel, groups: list[TimeGroup]
    ) -> dict[int, float]:
        """Return what the lines of each project come to, by its id.

        :param groups: the lines of the invoices.
        """
        lines, amounts = defaultdict(list), defaultdict(float)
        for group in groups:
            lines[group.project_id].append(group)
        for some in projects.grouped(self._invoice_of).values():
            # A dialog of this customer: taxes in the price follow his fiscal position.
            dialog = some.env["project.invoice.create"].new(
                {"project_ids": [Command.set(some.ids)]}
            )
            own = [group for project in some for group in lines[project.id]]
            for group, amount in zip(own, group_amounts(dialog, own), strict=True):
                amounts[group.project_id] += amount.share
        return amounts

    @staticmethod
    def _invoice_of(project: BaseModel) -> tuple:
        """Return what the projects of one invoice have in common."""
        return project.partner_id, project._billing_currency()

    def months(self, projects: BaseModel) -> dict[int, ProjectMonth]:
        """Return where the time of each project stands, in a few queries for all."""
        months = {project.id: ProjectMonth() for project in projects}
        kept = {project.id: self._kept_by(project) for project in projects}
        ready = []
        for source in self.sources(projects):
            for group in source.groups():
                state = kept[group.project_id] or "ready"
                tally = months[group.project_id].states[state]
                tally.add(group.hours, len(group.times))
                if state == "ready":
                    ready.append(group)
            for reason, _what, timesheet, hours in source.unbillable():
                month = months[timesheet.project_id.id]
                month.states[REASONS.get(reason, reason)].add(hours)
                if reason == "missing_rate":
                    month.lacking[self._lacking_of(timesheet)].add(hours)
        for project_id, amount in self._amounts(projects, ready).items():
            months[project_id].amount = amount
        for state, by_project in self._outside.items():
            for project_id in by_project.keys() & months.keys():
                count, hours = by_project[project_id]
                months[project_id].states[state].add(hours, count)
        return months

    @staticmethod
    def _kept_by(project: BaseModel) -> str:
        """Return the state that keeps all time of a project from being invoiced."""
        if not project.partner_id:
            return "no_customer"
        return "" if project._billing_currency().active else "currency"

    @staticmethod
    def _lacking_of(timesheet: BaseModel) -> int:
        """Return whose rate would give a timesheet one, 0 for that of its project."""
        by_staff = timesheet.project_id.billing_method in STAFF_METHODS
        return (timesheet.employee_id.id or 0) if by_staff else 0

    # What is shown of it

    def rows(self) -> dict:
        """Return the customers with their projects, and the sums of all."""
        projects = self.projects()
        months = self.months(projects)
        return {
            "states": self._state_rows(months.values()),
            "customers": self._customer_rows(projects, months),
        }

    def _labels(self) -> dict[str, str]:
        """Return what each state is called; others than billing have reasons of
        their own to hold time back."""
        left_out = self.env["project.invoice.create.left.out"]
        reasons = left_out._fields["reason"]._description_selection(self.env)
        own = {state: self.env._(label) for state, label in STATES.items()}
        return own | {key: label for key, label in reasons if key not in own}

    def _state_rows(self, months: Iterable[ProjectMonth]) -> list[dict]:
        """Return how many projects and hours stand in each state, if any do."""
        sums: dict[str, Tally] = defaultdict(Tally)
        for month in months:
            for state, tally in month.states.items():
                sums[state].add(tally.hours)
        return [
            {"key": state, "label": label, **sums[state].row()}
            for state, label in self._labels().items()
            if sums[state].count or state == "ready"
        ]

    def _customer_rows(
        self, projects: BaseModel, months: dict[int, ProjectMonth]
    ) -> list[dict]:
        """Return a row for each customer and currency, by name: one invoice each."""
        groups = projects.grouped(self._invoice_of)
        currencies = Counter(partner for partner, _currency in groups)
        # Without a customer last: nothing of it can be invoiced.
        by_name = sorted(groups.items(), key=lambda one: self._customer_order(*one[0]))
        return [
            {
                "key": f"{partner.id or 0}-{currency.id}",
                "name": partner.display_name or self.env._("No customer"),
                "has_partner": bool(partner),
                "currency": currencies[partner] > 1 and currency.name,
                "currency_id": currency.id,
                "note": self._customer_note(partner, currency),
                "projects": [
                    self._project_row(project, months[project.id])
                    for project in some.sorted(name_order)
                ],
            }
            for (partner, currency), some in by_name
        ]

    @staticmethod
    def _customer_order(partner: BaseModel, currency: BaseModel) -> tuple:
        return not partner, name_order(partner), partner.id, currency.name

    def _customer_note(self, partner: BaseModel, currency: BaseModel) -> str | bool:
        """Return why nothing of a customer can be invoiced, False when it can."""
        if not partner:
            return self.env._("Choose the customer on the project to invoice it.")
        if not currency.active:
            return self.env._(
                "The currency %(currency)s is not active.", currency=currency.name
            )
        return False

    def _project_row(self, project: BaseModel, month: ProjectMonth) -> dict:
        people = (
            self.env["hr.employee"].sudo().browse(id_ for id_ in month.lacking if id_)
        )
        # The names of who worked for it, whatever he may read of people.
        names = {person.id: person.name for person in people}
        ready = month.states.get("ready", Tally())
        return {
            "id": project.id,
            "name": project.name,
            "is_archived": not project.active,
            "hours": ready.hours,
            "amount": month.amount,
            "can_invoice": bool(ready.count),
            "states": {state: tally.row() for state, tally in month.states.items()},
            "unit": self._rate_unit(project),
            "lacking": [
                {"employee_id": id_, "name": names.get(id_, ""), **tally.row()}
                for id_, tally in month.lacking.items()
            ],
        }

    def _rate_unit(self, project: BaseModel) -> str:
        """Return what a rate of a project is given in."""
        currency = project._billing_currency().symbol
        if project.billing_unit == "day":
            return self.env._("%(currency)s per day", currency=currency)
        return self.env._("%(currency)s per hour", currency=currency)

    def entry_rows(self, project: BaseModel) -> list[dict]:
        """Return the time of a project, entry by entry, as its invoice would take it.

        An entry of which a part is left out has a row for each part.
        """
        rows = defaultdict(lambda: [0.0, 0.0])
        state = self._kept_by(project) or "ready"
        [source] = self.sources(project)
        for group in source.groups():
            for time in group.times:
                rows[time.timesheet_id, state][0] += time.hours
                rows[time.timesheet_id, state][1] += time.invoiced_hours * time.rate
        for reason, _what, timesheet, hours in source.unbillable():
            rows[timesheet.id, REASONS.get(reason, reason)][0] += hours
        timesheets = source._unbilled().browse(id_ for id_, _state in rows)
        return sorted(
            (
                self._entry_row(timesheets.browse(id_), state, hours, amount)
                for (id_, state), (hours, amount) in rows.items()
            ),
            key=lambda row: (row["day"], row["id"]),
        )

    def _entry_row(
        self, timesheet: BaseModel, state: str, hours: float, amount: float
    ) -> dict:
        is_ready = state == "ready"
        return {
            "id": timesheet.id,
            "day": str(timesheet.date),
            "date": say_day(self.env, timesheet.date),
            "name": timesheet.name,
            "task": [timesheet.task_id.id, timesheet.task_id.name or ""],
            "person": [timesheet.employee_id.id, timesheet.employee_id.name or ""],
            "state": state,
            "hours": hours,
            "amount": amount if is_ready else 0.0,
        }
