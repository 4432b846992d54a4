from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from .project_billed_time import SAME_HOURS
from .project_project_billing import MONEY_GROUPS

# Which figure counts the hours of a timesheet that are on a document, by its state.
DOCUMENT_FIGURES = {
    "unbilled": "invoiced",
    "draft": "draft",
    "invoiced": "invoiced",
    "paid": "paid",
}
# Which figure counts the hours of a timesheet that is outside invoicing.
OUTSIDE_FIGURES = {
    "billed_elsewhere": "elsewhere",
    "fixed_price": "fixed_price",
    "non_billable": "non_billable",
}


def rest_hours(hours: float) -> float:
    """Return hours that are left over, or nothing when it is the noise of a sum."""
    return hours if hours > SAME_HOURS else 0.0


class BillingFiguresMixin(models.AbstractModel):
    """Hours and amounts by billing state, of anything that time is logged on.

    Nothing is stored: each figure is one grouped query for all records.
    """

    _name = "billing.figures.mixin"
    _description = "Billing Figures"

    # How to get from a timesheet to the record that shows the figures.
    _billing_path = "project_id"

    # Each model says how it knows it.
    invoicing_currency_id = fields.Many2one(
        "res.currency", export_string_translation=False
    )
    hours_logged = fields.Float(
        compute="_compute_billing_hours",
        compute_sudo=True,
        help="All time logged.",
    )
    hours_unbilled = fields.Float(
        compute="_compute_billing_hours",
        compute_sudo=True,
        help="Time that is on no invoice yet.",
    )
    hours_on_orders = fields.Float(
        string="Hours on Sales Orders",
        compute="_compute_hours_on_orders",
        compute_sudo=True,
        help="Unbilled time that a sales order sells: it is invoiced from the order, "
        "not from the project. It is part of the hours unbilled.",
    )
    hours_draft = fields.Float(
        string="Hours on Draft Invoices",
        compute="_compute_billing_hours",
        compute_sudo=True,
    )
    hours_invoiced = fields.Float(
        compute="_compute_billing_hours",
        compute_sudo=True,
        help="Time on posted invoices, paid ones included.",
    )
    hours_paid = fields.Float(
        compute="_compute_billing_hours",
        compute_sudo=True,
        help="Time on paid invoices; it is part of the hours invoiced.",
    )
    hours_elsewhere = fields.Float(
        string="Hours Billed Elsewhere",
        compute="_compute_billing_hours",
        compute_sudo=True,
        help="Time that was invoiced outside Odoo.",
    )
    hours_fixed_price = fields.Float(
        string="Hours at a Fixed Price",
        compute="_compute_billing_hours",
        compute_sudo=True,
    )
    hours_non_billable = fields.Float(
        string="Non-Billable Hours",
        compute="_compute_billing_hours",
        compute_sudo=True,
    )
    hours_missing_rate = fields.Float(
        string="Hours without a Rate",
        compute="_compute_amount_unbilled",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="Unbilled time that cannot be invoiced before a rate is set.",
    )
    amount_unbilled = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_amount_unbilled",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="Unbilled time at the rates of today.",
    )
    amount_draft = fields.Monetary(
        string="Amount on Draft Invoices",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_invoiced",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    amount_invoiced = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_amount_invoiced",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="Time on posted invoices less what was credited, without taxes.",
    )

    def _billing_projects(self):
        """Return the projects whose rates these records have."""
        return self.project_id

    def _compute_billing_hours(self) -> None:
        found = self._billing_hours()
        for record in self:
            hours = found[record.id]
            record.hours_logged = hours["logged"]
            record.hours_unbilled = hours["unbilled"]
            record.hours_draft = hours["draft"]
            record.hours_invoiced = hours["invoiced"] + hours["paid"]
            record.hours_paid = hours["paid"]
            record.hours_elsewhere = hours["elsewhere"]
            record.hours_fixed_price = hours["fixed_price"]
            record.hours_non_billable = hours["non_billable"]

    def _billing_hours(self) -> dict[int, dict[str, float]]:
        """Return the hours of each record by figure, in one query."""
        found = defaultdict(lambda: defaultdict(float))
        rows = self.env["account.analytic.line"]._read_group(
            [(self._billing_path, "in", self.ids), ("project_id", "!=", False)],
            [self._billing_path, "billing_state"],
            ["unit_amount:sum", "billed_hours:sum", "unbilled_hours:sum"],
        )
        for record, state, logged, billed, unbilled in rows:
            hours = found[record.id]
            hours["logged"] += logged
            hours["unbilled"] += unbilled
            if state in OUTSIDE_FIGURES:
                hours[OUTSIDE_FIGURES[state]] += logged - unbilled
            else:
                hours[DOCUMENT_FIGURES[state]] += billed
                # Billed in part, and the rest was excluded since.
                hours["non_billable"] += rest_hours(logged - billed - unbilled)
        return found

    def _compute_hours_on_orders(self) -> None:
        rows = self.env["account.analytic.line"]._read_group(
            [
                (self._billing_path, "in", self.ids),
                *self._billing_figure_domain("on_orders"),
            ],
            [self._billing_path],
            ["unbilled_hours:sum"],
        )
        hours = {record.id: total for record, total in rows}
        for record in self:
            record.hours_on_orders = hours.get(record.id, 0.0)

    def _compute_amount_unbilled(self) -> None:
        amounts, missing = self._billing_unbilled()
        for record in self:
            amount = amounts[record.id]
            currency = record.invoicing_currency_id
            record.amount_unbilled = currency.round(amount) if currency else amount
            record.hours_missing_rate = missing[record.id]

    def _billing_unbilled(self) -> tuple[dict[int, float], dict[int, float]]:
        """Return the worth of the unbilled time of each record, and what has none.

        Hours are added up in the database per task and person, and per day only for
        the projects whose rates depend on the day.

        :return: amounts in the billing currency, and hours without a rate, by id.
        """
        projects = self._billing_projects()
        table = projects._billing_rate_table()
        dated = projects.filtered(lambda project: table.is_dated(project.id))
        today = fields.Date.context_today(self)
        amounts, missing = defaultdict(float), defaultdict(float)
        for some, day_group in [(projects - dated, []), (dated, ["date:day"])]:
            for record, project, task, employee, *day, hours in self._unbilled_rows(
                some, day_group
            ):
                rate = table.find(
                    project.id, task.id, employee.id, day[0] if day else today
                ).rate
                if rate is None:
                    missing[record.id] += hours
                else:
                    amounts[record.id] += hours * rate
        return amounts, missing

    def _unbilled_rows(self, projects, day_group: list[str]) -> list[tuple]:
        """Return (record, project, task, employee, day if asked, unbilled hours)."""
        if not projects:
            return []
        return self.env["account.analytic.line"]._read_group(
            [
                ("project_id", "in", projects.ids),
                (self._billing_path, "in", self.ids),
                ("unbilled_hours", "!=", 0),
            ],
            [self._billing_path, "project_id", "task_id", "employee_id", *day_group],
            ["unbilled_hours:sum"],
        )

    def _compute_amount_invoiced(self) -> None:
        today = fields.Date.context_today(self)
        path = f"timesheet_id.{self._billing_path}"
        amounts = defaultdict(float)
        rows = self.env["project.billed.time"]._read_group(
            [(path, "in", self.ids)],
            [path, "move_id.state", "currency_id", "sign"],
            ["amount:sum"],
        )
        for record, state, currency, sign, amount in rows:
            target = record.invoicing_currency_id or currency
            company = record.company_id or self.env.company
            converted = currency._convert(amount, target, company, today)
            amounts[record.id, state] += sign * converted
        for record in self:
            record.amount_draft = amounts[record.id, "draft"]
            record.amount_invoiced = amounts[record.id, "posted"]

    def action_billing_entries(self) -> dict:
        """Open the timesheets behind the figure named in the context."""
        self.check_access("read")
        figure = self.env.context.get("billing_figure", "logged")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.account_analytic_line_action_billing"
        )
        domain = Domain(self._billing_path, "in", self.ids) & Domain(
            self._billing_figure_domain(figure)
        )
        return {**action, "domain": list(domain), "context": {"create": False}}

    @api.model
    def _billing_figure_domain(self, figure: str) -> list:
        """Return which timesheets a figure counts."""
        return {
            "logged": [("project_id", "!=", False)],
            "unbilled": [("unbilled_hours", "!=", 0)],
            "on_orders": [
                ("unbilled_hours", "!=", 0),
                ("so_line.state", "=", "sale"),
                ("so_line.order_id.billing_project_id", "=", False),
            ],
            "draft": [("billing_state", "=", "draft")],
            "invoiced": [("billing_state", "in", ["invoiced", "paid"])],
            "paid": [("billing_state", "=", "paid")],
            "elsewhere": [("billing_state", "=", "billed_elsewhere")],
            "fixed_price": [("billing_state", "=", "fixed_price")],
            "non_billable": [("billing_state", "=", "non_billable")],
        }[figure]
