from collections.abc import Iterator
from typing import Any, NamedTuple

from odoo import fields, models
from odoo.fields import Domain


class PricedTime(NamedTuple):
    """Time that has one price: ``price`` is None when no rate is set.

    ``record`` is what the time was asked for by; ``state`` of hours not to bill says
    why they are not; ``day`` is None where rates do not
    depend on it; ``ordered`` tells that the price is that of a sales order.
    """

    record: Any
    project: Any
    task: Any
    employee: Any
    state: str
    order_line: Any
    day: Any
    hours: float
    price: float | None
    ordered: bool


class ProjectProject(models.Model):
    _inherit = "project.project"

    def _hour_prices(
        self, domain: Domain, measure: str, path: str = "project_id"
    ) -> Iterator[PricedTime]:
        """Return what hours of time of these projects are worth today, in few queries.

        Hours are added up in the database per task and person, and per day only for
        the projects whose rates depend on the day.

        :param domain: which timesheets are asked for.
        :param str measure: the hours of a timesheet that are counted.
        :param str path: how to get from a timesheet to the record that asks.
        :return: groups of time, priced in the billing currency of their project.
        """
        table = self._billing_rate_table()
        dated = self.filtered(lambda project: table.is_dated(project.id))
        today = fields.Date.context_today(self)
        for projects, day_group in [(self - dated, []), (dated, ["date:day"])]:
            for row in projects._measured_time(domain, measure, path, day_group):
                record, project, task, employee, state, order_line, *day, hours = row
                price = order_line._price_of_ordered_hour(project, today)
                ordered = price is not None
                if not ordered:
                    day_of_rate = day[0] if day else today
                    found = table.find(project.id, task.id, employee.id, day_of_rate)
                    price = found.rate
                yield PricedTime(
                    *(record, project, task, employee, state, order_line),
                    *(day[0] if day else None, hours, price, ordered),
                )

    def _measured_time(
        self, domain: Domain, measure: str, path: str, day_group: list[str]
    ) -> list[tuple]:
        """Return the groups of time of these projects that have one rate each."""
        if not self:
            return []
        state = "closed_state" if measure == "closed_hours" else "billing_state"
        # Sums of all time of projects that the user may read; no entry is shown.
        return (
            self.env["account.analytic.line"]
            .sudo()
            ._read_group(
                domain
                & Domain("project_id", "in", self.ids)
                & Domain(measure, "!=", 0),
                [
                    path,
                    "project_id",
                    "task_id",
                    "employee_id",
                    state,
                    "so_line",
                    *day_group,
                ],
                [f"{measure}:sum"],
            )
        )
