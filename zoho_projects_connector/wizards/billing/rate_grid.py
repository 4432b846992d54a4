"""The rates of a company as a grid: people and roles × customers and projects."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from odoo.api import Environment
from odoo.fields import Domain
from odoo.models import BaseModel

from ...models.billing.rate_table import (
    SCOPES,
    BillingRate,
    Market,
    RateTable,
    market_of,
    read_rates,
)
from ...naming import name_order

# Columns of projects at once: more are found by customer or name.
SHOWN_PROJECTS = 60
# The row of everybody, and the column of every project.
ALL = "all"


@dataclass(frozen=True)
class Cell:
    """One field of the grid: whose rate it is, where.

    :ivar row: ``all``, ``person-ID`` or ``role-ID``.
    :ivar column: ``all``, ``customer-ID`` or ``project-ID``.
    """

    row: str
    column: str

    @staticmethod
    def _split(key: str) -> tuple[str, int]:
        kind, _dash, number = key.partition("-")
        return kind, int(number) if number.isdecimal() else 0

    def scope(self) -> dict[str, int] | None:
        """Return the fields of the rates that are kept here, None where none can be."""
        names = {
            (ALL, ALL): (),
            (ALL, "customer"): ("partner_id",),
            (ALL, "project"): ("project_id",),
            ("person", ALL): ("employee_id",),
            ("person", "project"): ("employee_id", "project_id"),
            ("role", ALL): ("job_id",),
        }
        who, who_id = self._split(self.row)
        where, where_id = self._split(self.column)
        if (who, where) not in names:
            return None
        ids = {
            "employee_id": who_id,
            "job_id": who_id,
            "partner_id": where_id,
            "project_id": where_id,
        }
        return {name: ids[name] for name in names[who, where]}


class RateGrid:
    """What the page of rates shows, for projects of one currency and unit.

    :param day: the day whose rates are shown.
    """

    def __init__(self, env: Environment, market: Market, day: date) -> None:
        self.env = env
        self.company = env.company
        self.market = market
        self.day = day

    # Rows and columns

    @classmethod
    def billable_projects(cls, env: Environment) -> BaseModel:
        """Return the projects whose time has rates, among those he may read.

        :rtype: project.project
        """
        found = env["project.project"].search(
            Domain("company_id", "in", [env.company.id, False])
            & Domain("allow_billable", "=", True)
            & Domain("is_template", "=", False)
            & (
                Domain("billing_method", "=", False)
                | Domain("billing_method", "!=", "fixed_cost")
            )
        )
        # Of projects that he may read; their terms are for the billing to see.
        return found.sudo().with_company(env.company)

    def projects(self, customer_id: int = 0, words: str = "") -> BaseModel:
        """Return the projects of this currency and unit, by customer and name.

        :rtype: project.project
        """
        found = self.billable_projects(self.env).filtered(
            lambda project: market_of(project) == self.market
        )
        if customer_id:
            found = found.filtered(
                lambda one: one.partner_id.commercial_partner_id.id == customer_id
            )
        if words := words.strip().casefold():
            found = found.filtered(
                lambda one: (
                    words in one.name.casefold()
                    or words in (one.partner_id.display_name or "").casefold()
                )
            )
        return found.sorted(lambda one: (name_order(one.partner_id), name_order(one)))

    def people(self, projects: BaseModel, is_everybody: bool) -> BaseModel:
        """Return who has worked on projects or has a rate, also who has left.

        :param is_everybody: with all others of the company.
        :rtype: hr.employee
        """
        # Their names only, which every employee may read.
        employees = self.env["hr.employee"].sudo().with_context(active_test=False)
        timesheets = self.env["account.analytic.line"].sudo()
        workers = timesheets._read_group(
            [("project_id", "in", projects.ids)], ["employee_id"]
        )
        rates = self.env["project.billing.rate"].search(
            Domain("project_id", "in", projects.ids)
            | (
                Domain("project_id", "=", False)
                & Domain("company_id", "=", self.company.id)
            )
        )
        found = rates.sudo().employee_id.union(*(one for [one] in workers))
        chosen = Domain("id", "in", found.ids)
        if is_everybody:
            chosen |= Domain("active", "=", True)
        own = Domain("company_id", "=", self.company.id)
        return employees.search(own & chosen).sorted(name_order)

    def roles(self, people: BaseModel, is_everybody: bool) -> BaseModel:
        """Return the roles of people and those that have a rate; or all.

        :rtype: hr.job
        """
        own = Domain("company_id", "in", [self.company.id, False])
        if not is_everybody:
            rates = self.env["project.billing.rate"].search(
                [("job_id", "!=", False), ("company_id", "=", self.company.id)]
            )
            own &= Domain("id", "in", (people.job_id | rates.job_id).ids)
        return self.env["hr.job"].search(own)

    # Cells

    def rows(
        self, customer_id: int = 0, words: str = "", is_everybody: bool = False
    ) -> dict:
        """Return the rows and columns, and for each cell what is set and inherited."""
        every = self.projects(customer_id, words)
        projects = every[:SHOWN_PROJECTS]
        people = self.people(projects, is_everybody)
        roles = self.roles(people, is_everybody)
        customers = projects.partner_id.commercial_partner_id
        columns = [{"key": ALL, "kind": ALL, "name": self.env._("Every project")}]
        for customer in [customers.browse(), *customers]:
            if customer:
                columns.append(self._customer_column(customer))
            columns += [
                self._project_column(project)
                for project in projects
                if project.partner_id.commercial_partner_id == customer
            ]
        rows = self._people_rows(people, roles)
        table = read_rates(projects)
        for row in rows:
            row["cells"] = [
                self._cell(table, projects, Cell(row["key"], column["key"]))
                for column in columns
            ]
        return {
            "columns": columns,
            "rows": rows,
            "left_out": len(every) - len(projects),
        }

    def _people_rows(self, people: BaseModel, roles: BaseModel) -> list[dict]:
        role_note, names = self.env._("Role"), Counter(people.mapped("name"))
        return [
            {"key": ALL, "name": self.env._("Everybody"), "note": ""},
            *(
                {"key": f"role-{role.id}", "name": role.name, "note": role_note}
                for role in roles
            ),
            *(
                {
                    "key": f"person-{one.id}",
                    "name": one.name,
                    # Two of one name are told apart.
                    "note": (names[one.name] > 1 and one.work_email)
                    or one.job_id.name
                    or "",
                }
                for one in people
            ),
        ]

    def _customer_column(self, customer: BaseModel) -> dict:
        return {
            "key": f"customer-{customer.id}",
            "kind": "customer",
            "name": customer.display_name,
        }

    def _project_column(self, project: BaseModel) -> dict:
        methods = dict(
            project._fields["billing_method"]._description_selection(self.env)
        )
        return {
            "key": f"project-{project.id}",
            "kind": "project",
            "name": project.name,
            "customer": project.partner_id.commercial_partner_id.display_name or "",
            "method": methods.get(project.billing_method, ""),
        }

    def _cell(self, table: RateTable, projects: BaseModel, cell: Cell) -> dict | None:
        """Return what a cell shows, None where nothing can be set."""
        scope = cell.scope()
        if scope is None:
            return None
        if "project_id" in scope:
            project = projects.browse(scope["project_id"])
            key = ("own", project.id, 0, scope.get("employee_id", 0))
            inherited = self._below_project(table, project, scope)
            is_locked = "employee_id" in scope and not self._goes_by_person(project)
        else:
            key = self._default_key(scope)
            inherited = self._below_default(table, scope)
            is_locked = False
        own = table.valid_on(key, self.day)
        return {
            "text": "" if own is None else self.format(own),
            "inherited": "" if inherited.rate is None else self.format(inherited.rate),
            "origin": "" if inherited.rate is None else self._origin(inherited.origin),
            "locked": is_locked,
            "history": [
                [first != date.min and str(first), self.format(rate)]
                for first, rate in table.history(key)
            ],
        }

    @staticmethod
    def _goes_by_person(project: BaseModel) -> bool:
        """Return whether the people of a project may have rates of their own there."""
        return "employee" in SCOPES[project.billing_method]

    def _below_project(
        self, table: RateTable, project: BaseModel, scope: dict[str, int]
    ) -> BillingRate:
        """Return what holds where a project, or a person there, has no rate."""
        employee_id = scope.get("employee_id", 0)
        below = "employee" if employee_id else SCOPES[project.billing_method][-1]
        found = table.find(project.id, 0, employee_id, self.day, below)
        hours = project._billing_hours_per_day() or 1.0
        return found._replace(rate=found.rate and found.rate * hours)

    def _default_key(self, scope: dict[str, int]) -> tuple:
        for name, kind in (
            ("employee_id", "person"),
            ("job_id", "role"),
            ("partner_id", "customer"),
        ):
            if name in scope:
                return (kind, self.market, scope[name])
        return ("company", self.market, 0)

    def _below_default(self, table: RateTable, scope: dict[str, int]) -> BillingRate:
        """Return what holds where a default is not set; it depends on the customer,
        too, but for the column of every project."""
        role_id = table.role_on(scope.get("employee_id", 0), self.day)
        kinds = [("role", role_id)] if role_id else []
        kinds += [("company", 0)] if scope else []
        for kind, record_id in kinds:
            rate = table.valid_on((kind, self.market, record_id), self.day)
            if rate is not None:
                return BillingRate(rate, kind)
        return BillingRate(None, "company")

    def _origin(self, origin: str) -> str:
        """Return where an inherited rate comes from, as it is said beside it."""
        return {
            "customer": self.env._("from the customer"),
            "company": self.env._("from the company"),
            "person": self.env._("from the person"),
            "role": self.env._("from the role"),
        }.get(origin) or self.env._("from the project")

    # Figures as text: as they are typed, copied and pasted.

    def _language(self) -> BaseModel:
        return self.env["res.lang"]._lang_get(self.env.lang or "en_US")

    def format(self, rate: float) -> str:
        """Return a rate as it is typed: two digits or more, thousands not apart."""
        digits = max(2, len(f"{rate:.6f}".rstrip("0").partition(".")[2]))
        return self._language().format(f"%.{digits}f", rate)

    def parse(self, text: str) -> float | None:
        """Return the rate that a text says, None for an empty one.

        Thousands are separated in threes or not at all: 100.5 is never a thousand.

        :raise ValueError: it says none.
        """
        symbol = self.env["res.currency"].browse(self.market.currency_id).symbol or ""
        text = re.sub(r"\s", "", str(text).replace(symbol, "") if symbol else str(text))
        if not text:
            return None
        language = self._language()
        point = re.escape(language.decimal_point)
        comma = re.escape(re.sub(r"\s", "", language.thousands_sep or ""))
        whole = rf"(?:\d+|\d{{1,3}}(?:{comma}\d{{3}})+)" if comma else r"\d+"
        if not re.fullmatch(rf"{whole}(?:{point}\d*)?", text, re.ASCII):
            raise ValueError(text)
        if comma:
            text = re.sub(comma, "", text)
        return float(text.replace(language.decimal_point, "."))

    # What is typed

    def known(self) -> dict[str, BaseModel]:
        """Return what may be chosen here, by the field that names it."""
        projects = self.projects()
        return {
            "project_id": projects,
            "employee_id": (people := self.people(projects, is_everybody=True)),
            "job_id": self.roles(people, is_everybody=True),
            "partner_id": projects.partner_id.commercial_partner_id,
        }

    def obstacle(self, cell: Cell, known: dict[str, BaseModel]) -> str:
        """Return why nothing can be set in a cell, empty when it can.

        :param known: what may be chosen here.
        """
        scope = cell.scope()
        if scope is None:
            return self.env._("Nothing can be set here.")
        if any(id_ not in known[name]._ids for name, id_ in scope.items()):
            return self.env._("This is not on the page any more. Load it again.")
        if "employee_id" in scope and "project_id" in scope:
            project = known["project_id"].browse(scope["project_id"])
            if not self._goes_by_person(project):
                return self.env._(
                    "%(project)s is not billed by who worked: its people have no rates "
                    "of their own.",
                    project=project.name,
                )
        return ""
