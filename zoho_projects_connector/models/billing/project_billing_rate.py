from collections.abc import Iterator
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...hours import SAME_HOURS
from .rate_table import BillingRate


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


class ProjectBillingRate(models.Model):
    """A rate per hour or day: of a project, of one of its tasks, or of a person."""

    _name = "project.billing.rate"
    _inherit = ["code.only.mixin"]
    _description = "Billing Rate"
    _order = "project_id, task_id, employee_id, date_from desc, id"

    project_id = fields.Many2one(
        "project.project", required=True, index=True, ondelete="cascade"
    )
    task_id = fields.Many2one(
        "project.task",
        domain="[('project_id', '=', project_id)]",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for a rate that holds for every task.",
    )
    employee_id = fields.Many2one(
        "hr.employee",
        string="Staff",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for a rate that holds for everybody.",
    )
    rate = fields.Float(
        required=True,
        min_display_digits="Product Price",
        help="In the invoicing currency of the project. Zero means that no rate is "
        "set: such time is listed as missing a rate and is not invoiced.",
    )
    date_from = fields.Date(
        string="Valid From",
        help="First day of work that has this rate. Empty: from the beginning.",
    )
    unit = fields.Selection(related="project_id.billing_unit", string="Per")
    currency_id = fields.Many2one(related="project_id.invoicing_currency_id")
    company_id = fields.Many2one(related="project_id.company_id")

    _scope_uniq = models.UniqueIndex(
        "(project_id, COALESCE(task_id, 0), COALESCE(employee_id, 0),"
        " COALESCE(date_from, '-infinity'::date))",
        "There is already a rate for this task, this person and this date.",
    )
    _rate_not_negative = models.Constraint(
        "CHECK(rate >= 0)", "A rate cannot be negative."
    )

    @api.constrains("project_id", "task_id")
    def _check_task_of_project(self) -> None:
        for rate in self:
            task_project = rate.task_id.project_id
            if rate.task_id and task_project != rate.project_id:
                raise ValidationError(
                    self.env._(
                        "The task %(task)s does not belong to the project %(project)s.",
                        task=rate.task_id.display_name,
                        project=rate.project_id.display_name,
                    )
                )

    @api.depends("project_id", "task_id", "employee_id", "date_from")
    def _compute_display_name(self) -> None:
        for rate in self:
            parts = [rate.project_id, rate.task_id, rate.employee_id]
            rate.display_name = " / ".join(part.display_name for part in parts if part)


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    invoicing_currency_id = fields.Many2one(
        related="project_id.invoicing_currency_id", export_string_translation=False
    )

    def _invoice_factors(self) -> dict[int, float]:
        """Return how many hours an invoice shows for each unbilled hour.

        The invoices of an entry add up to the entry rounded once, however often a
        part of it was credited and is billed again. Negative time is not rounded.

        :return: ``{timesheet id: factor}``, 1 where nothing is rounded.
        """
        # Rounding is agreed with the customer, whatever the user may read.
        lines = self.sudo()
        roundings = lines.project_id._billing_roundings()
        billed = lines.filtered("billed_hours")
        invoiced = self.env["project.billed.time"]._net_invoiced_hours(billed)
        factors = {}
        for line in lines:
            rounding = roundings[line.project_id.id]
            unrounded = rounding.method == "none" and not line.billed_hours
            if unrounded or line.unbilled_hours < 0:
                factors[line.id] = 1.0
                continue
            rounded = rounding.apply(line._billing_hours())
            rest = max(rounded - invoiced[line.id], 0.0)
            same = abs(rest - line.unbilled_hours) < SAME_HOURS
            factors[line.id] = 1.0 if same else rest / line.unbilled_hours
        return factors

    def _get_billing_rates(self) -> dict[int, BillingRate]:
        """Return the rate that each timesheet has today, by id of the timesheet.

        A few queries for any number of timesheets. Rates are per hour, in the
        billing currency of the project.

        :return: ``{timesheet id: BillingRate(rate or None, origin)}``; the origin is
            one of ``task``, ``employee``, ``project``, ``default``, or ``order`` for
            the price of time that a sales order sells.
        """
        # Rates are the same for everybody; the fields that show them have groups.
        lines = self.sudo()
        lines._origin.fetch(["project_id", "task_id", "employee_id", "date", "so_line"])
        table = lines.project_id._billing_rate_table()
        today = fields.Date.context_today(self)
        rates, known = {}, {}
        for line in lines:
            project, sold = line.project_id, line.so_line
            day = line.date or today  # none yet while a new entry is typed
            key = (project, line.task_id, line.employee_id, day, sold)
            if key not in known:
                price = sold._price_of_ordered_hour(project, today)
                known[key] = (
                    table.find(project.id, line.task_id.id, line.employee_id.id, day)
                    if price is None
                    else BillingRate(price, "order")
                )
            rates[line.id] = known[key]
        return rates


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
