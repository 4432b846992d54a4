from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...groups import MONEY_GROUPS
from .billing_rounding_mixin import Rounding
from .rate_table import DAY_METHODS, RateTable, read_rates

BILLING_METHODS = [
    ("fixed_cost", "Fixed Cost"),
    ("project_hours", "Project Hours"),
    ("task_hours", "Task Hours"),
    ("staff_hours", "Staff Hours"),
    ("project_days", "Project Days"),
    ("task_days", "Task Days"),
    ("staff_days", "Staff Days"),
]


# Hours of a day when the company has no working hours.
HOURS_PER_DAY = 8.0


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
    _name = "project.project"
    _inherit = [
        "code.only.mixin",
        "project.project",
        "billing.rounding.mixin",
        "billing.rate.mixin",
    ]

    billing_method = fields.Selection(
        BILLING_METHODS,
        tracking=True,
        help="Fixed cost: one amount for the whole project.\n"
        "Project hours: every hour has the rate of the project.\n"
        "Task hours: an hour has the rate of its task, else that of the project.\n"
        "Staff hours: an hour has the rate of the person who worked, else the "
        "default of the project.\n"
        "Days: the same with rates per day; a day has the hours of the company's "
        "working time.\n"
        "Empty: the most specific rate that is set (task, staff, project).\n"
        "Where none of these is set, that of the person, else of his role (staff hours "
        "and empty only), else of the customer, else of the company.",
    )
    billing_unit = fields.Selection(
        [("hour", "Hour"), ("day", "Day")], compute="_compute_billing_unit"
    )
    billing_rate = fields.Float(
        help="Rate of time that has no rate of its own, per hour or per day. Empty: "
        "that of the customer, else that of the company.",
    )
    fixed_cost = fields.Monetary(
        currency_field="invoicing_currency_id",
        groups=MONEY_GROUPS,
        help="Amount agreed with the customer for the whole project, without taxes.",
    )
    billing_currency_id = fields.Many2one(
        "res.currency",
        groups=MONEY_GROUPS,
        help="Currency of the rates and of the invoices of this project. Empty: the "
        "currency of the customer's pricelist, else that of the company.",
    )
    invoicing_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_invoicing_currency_id",
        compute_sudo=True,
        export_string_translation=False,
    )
    billing_rate_ids = fields.One2many(
        "project.billing.rate", "project_id", string="Rates", groups=MONEY_GROUPS
    )
    zoho_task_list_ids = fields.One2many("zoho.task.list", "project_id", "Task Lists")
    billed_time_ids = fields.One2many(
        "project.billed.time",
        "project_id",
        groups=MONEY_GROUPS,
        export_string_translation=False,
        readonly=True,
    )
    fixed_cost_invoiced = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_fixed_cost_left",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="Part of the fixed cost that is on draft and posted invoices, less what "
        "was credited.",
    )
    fixed_cost_left = fields.Monetary(
        string="Fixed Cost to Invoice",
        currency_field="invoicing_currency_id",
        compute="_compute_fixed_cost_left",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )

    _fixed_cost_not_negative = models.Constraint(
        "CHECK(fixed_cost >= 0)", "A fixed cost cannot be negative."
    )

    @api.constrains("billing_method")
    def _check_not_by_the_hour(self) -> None:
        """Keep hours that an invoice bills from under an invoiced fixed cost."""
        for project in self.filtered(lambda one: one.billing_method == "fixed_cost"):
            ledger = self.env["project.billed.time"]
            rows = ledger._find([("timesheet_id.project_id", "=", project.id)])
            rows.timesheet_id._check_not_at_price(project.display_name)

    @api.depends("billing_method")
    def _compute_billing_unit(self) -> None:
        for project in self:
            by_day = project.billing_method in DAY_METHODS
            project.billing_unit = "day" if by_day else "hour"

    @api.depends("billing_currency_id", "partner_id", "company_id")
    @api.depends_context("company")
    def _compute_invoicing_currency_id(self) -> None:
        for project in self:
            company = project.company_id or self.env.company
            # A property: each company has its own pricelist for a customer.
            pricelist = project.partner_id.with_company(
                company
            ).property_product_pricelist
            project.invoicing_currency_id = (
                project.billing_currency_id
                or pricelist.currency_id
                or company.currency_id
            )

    def _billing_currency(self) -> models.BaseModel:
        """Return the currency in which this project is invoiced.

        Note: `self.ensure_one()`

        :rtype: res.currency
        """
        self.ensure_one()
        return self.invoicing_currency_id

    def _billing_pricelist(self) -> models.BaseModel:
        """Return a pricelist in the billing currency, none when it is the company's.

        Note: `self.ensure_one()`

        :rtype: product.pricelist
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        currency = self._billing_currency()
        # Accountants may lack rights to pricelists; the customer's own holds.
        partner = self.partner_id.sudo().with_company(company)
        pricelist = partner.property_product_pricelist
        if (pricelist.currency_id or company.currency_id) == currency:
            return pricelist
        pricelists = self.env["product.pricelist"].sudo()
        found = pricelists.search(
            [
                *pricelists._check_company_domain(company),
                ("currency_id", "=", currency.id),
                # A rule would change the prices that were agreed.
                ("item_ids", "=", False),
            ],
            limit=1,
        )
        return found or pricelists.create(
            {
                "name": self.env._("Projects in %(currency)s", currency=currency.name),
                "currency_id": currency.id,
                "company_id": company.id,
            }
        )

    def _billing_time_product(self) -> models.BaseModel:
        """Return the product of hours: the project's, unless it would make tasks.

        Note: `self.ensure_one()`

        :rtype: product.product
        """
        self.ensure_one()
        # Accountants may lack rights to products; it is the project's own.
        product = self.sudo().timesheet_product_id
        if product.service_policy == "delivered_timesheet":
            # Another product would make a task or a project when its order is
            # confirmed.
            if product.service_tracking == "no":
                return product
        return self.env.ref("zoho_projects_connector.product_time").sudo()

    def _billing_hours_per_day(self) -> float:
        """Return the hours of a day, 0 when this project is billed by the hour.

        Note: `self.ensure_one()`
        """
        if self.billing_unit != "day":
            return 0.0
        company = self.company_id or self.env.company
        return company.resource_calendar_id.hours_per_day or HOURS_PER_DAY

    def _billing_rate_table(self) -> RateTable:
        """Return the rates of these projects, read in a few queries."""
        # Rates are the same for everybody; what shows them has groups or rights.
        return read_rates(self.sudo())

    def _rate_scope(self) -> tuple[models.BaseModel, int]:
        return self, 0

    @api.depends("billing_method", "billing_currency_id", "company_id", "partner_id")
    def _compute_inherited_rate(self) -> None:
        return super()._compute_inherited_rate()

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

    def _billing_roundings(self) -> dict[int, Rounding]:
        """Return how the time of each project is rounded on its invoices.

        The most specific setting holds: project, customer, company.
        """
        # Rounding is agreed with the customer, whatever the user may read.
        return {project.id: project._billing_rounding() for project in self.sudo()}

    def _billing_rounding(self) -> Rounding:
        """Return the rounding of one project. Note: `self.ensure_one()`."""
        company = self.company_id or self.env.company
        # Agreed with the company that pays, not with the person who is its contact.
        settings = (self, self.partner_id.commercial_partner_id, company)
        return next(
            (found for each in settings if (found := each._own_billing_rounding())),
            Rounding(),
        )

    @api.depends(
        "fixed_cost",
        "invoicing_currency_id",
        "billed_time_ids.active",
        "billed_time_ids.amount",
    )
    def _compute_fixed_cost_left(self) -> None:
        invoiced = self._fixed_cost_invoiced()
        for project in self:
            project.fixed_cost_invoiced = invoiced[project._origin.id]
            left = project.fixed_cost - project.fixed_cost_invoiced
            project.fixed_cost_left = max(left, 0.0)

    def _lock_fixed_cost(self) -> None:
        """Let nobody else invoice of these fixed costs until this transaction ends.

        What is left is a sum over other rows: only a new version of the project's own
        row makes a second transaction start anew.
        """
        self.env.cr.execute(
            SQL(
                "UPDATE project_project SET fixed_cost = fixed_cost WHERE id IN %s",
                tuple(self.ids),
            )
        )

    def _fixed_cost_invoiced(self) -> dict[int, float]:
        """Return what is invoiced of the fixed cost, in the billing currency, by id."""
        # What is invoiced counts in full, whatever rows the user may read.
        ledger = self.env["project.billed.time"].sudo()
        standing = ledger._standing_amounts(
            [("kind", "=", "fixed"), ("project_id", "in", self.ids)]
        )
        today = fields.Date.context_today(self)
        invoiced = defaultdict(float)
        for row in ledger.browse(standing):
            project = row.project_id
            # At the rate of the invoice: the rest of an agreed amount must not move
            # with the market.
            invoiced[project.id] += row.currency_id._convert(
                standing[row.id],
                project._billing_currency(),
                row.company_id,
                row.move_id.invoice_date or today,
            )
        return invoiced

    def _coverable_time(self) -> models.BaseModel:
        """Return the time that the fixed costs of these projects cover, billed or not.

        :rtype: account.analytic.line
        """
        # What the cost covers counts in full, whatever the user may read.
        timesheets = self.env["account.analytic.line"].sudo()
        timesheets = timesheets.with_context(active_test=False)
        return timesheets.search([("project_id", "in", self._origin.ids)])

    def _together_obstacle(self) -> str | bool:
        """Return why one document cannot be for all these projects, False if it can."""
        without = self.filtered(lambda project: not project.partner_id)
        if without:
            return self.env._(
                "%(projects)s has no customer to invoice.",
                projects=", ".join(without.mapped("name")),
            )
        if len(self.partner_id) > 1:
            return self.env._(
                "One document has one customer, but these projects have several: "
                "%(customers)s.",
                customers=", ".join(self.partner_id.mapped("display_name")),
            )
        if len(self.company_id) > 1:
            return self.env._(
                "One document has one company, but these projects have several: "
                "%(companies)s.",
                companies=", ".join(self.company_id.mapped("name")),
            )
        currencies = self.invoicing_currency_id
        if len(currencies) > 1:
            return self.env._(
                "One document has one currency, but these projects have several: "
                "%(currencies)s.",
                currencies=", ".join(currencies.mapped("name")),
            )
        return False
