from collections.abc import Iterable

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain, Field
from odoo.tools import SQL
from odoo.tools.query import Query

AGEING = [
    ("0_30", "0–30 days"),
    ("31_60", "31–60 days"),
    ("61_90", "61–90 days"),
    ("over_90", "Over 90 days"),
]


# What depends on the price of an hour, and how. Prices are joined where one is asked.
PRICED = {
    "amount": "%(time)s.hours * %(price)s.amount",
    "hours_missing_rate": (
        "CASE WHEN %(price)s.amount IS NULL THEN %(time)s.hours ELSE 0 END"
    ),
    "order_line_id": "CASE WHEN %(price)s.ordered THEN %(time)s.so_line END",
}


class ProjectUnbilledTime(models.Model):
    """Unbilled time of all projects, with its age and its worth in company currency.

    Nothing of it is stored: age and exchange rates change by the day, the worth with
    any rate of a project, a task or a person, and hours are written by the hundred
    thousand when they are imported. So the table is a query. Its hours are those of
    the timesheets; which rate they have is asked of the one place that knows
    (``rate_table.py``), once for each task and person, and joined to them: where a
    field is asked for that tells it, and of the rows alone that are read.
    """

    _name = "project.unbilled.time"
    _description = "Unbilled Time"
    _auto = False
    _rec_name = "timesheet_id"
    _order = "date desc, id desc"
    # What Odoo flushes before it reads the query, and watches for its cache.
    _depends = {
        "account.analytic.line": [
            "active",
            "company_id",
            "date",
            "employee_id",
            "name",
            "project_id",
            "so_line",
            "task_id",
            "unbilled_hours",
        ],
        "project.project": ["active", "allow_billable", "partner_id"],
    }

    timesheet_id = fields.Many2one("account.analytic.line", readonly=True)
    name = fields.Char(string="Description", readonly=True)
    date = fields.Date(readonly=True)
    ageing = fields.Selection(
        AGEING, readonly=True, help="Days since the work was done."
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    project_id = fields.Many2one("project.project", readonly=True)
    is_archived = fields.Boolean(
        string="Archived",
        readonly=True,
        help="The project is archived; its time can be invoiced all the same.",
    )
    task_id = fields.Many2one("project.task", readonly=True)
    employee_id = fields.Many2one("hr.employee", string="Staff", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    order_line_id = fields.Many2one(
        "sale.order.line",
        string="Sales Order Item",
        readonly=True,
        help="The order that sells this time: it is invoiced from there.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    hours = fields.Float(string="Hours Unbilled", readonly=True)
    hours_missing_rate = fields.Float(
        string="Hours without a Rate",
        readonly=True,
        help="Part of the hours whose worth is not known, and not in the amount, "
        "before a rate is set.",
    )
    amount = fields.Monetary(
        string="Amount Unbilled",
        readonly=True,
        help="At the rates of today, in the currency of the company you work in.",
    )

    @property
    def _table_query(self) -> SQL:
        # A property, not a view in the database: companies and the day are those of
        # who asks. `so_line` is there for the prices that are joined to it.
        return SQL(
            """SELECT line.id, line.id AS timesheet_id, line.name, line.date,
                      CASE WHEN %(today)s - line.date <= 30 THEN '0_30'
                           WHEN %(today)s - line.date <= 60 THEN '31_60'
                           WHEN %(today)s - line.date <= 90 THEN '61_90'
                           ELSE 'over_90' END AS ageing,
                      project.partner_id, line.project_id, line.task_id,
                      NOT project.active AS is_archived,
                      line.employee_id, line.company_id, line.so_line,
                      %(currency)s AS currency_id,
                      line.unbilled_hours AS hours
                 FROM account_analytic_line line
                 JOIN project_project project
                   ON project.id = line.project_id AND project.allow_billable
                WHERE line.unbilled_hours <> 0 AND line.active
                  AND line.company_id = ANY(%(companies)s)""",
            today=fields.Date.context_today(self),
            currency=self.env.company.currency_id.id,
            companies=self.env.companies.ids,
        )

    def _field_to_sql(
        self, alias: str, field_expr: str, query: Query | None = None
    ) -> SQL:
        """Join prices to a query that asks what time is worth, once."""
        if field_expr not in PRICED:
            return super()._field_to_sql(alias, field_expr, query)
        price = query.make_alias(alias, "price")
        # The query knows its joins; to price the time anew for each field is dear.
        if price not in query._joins:
            names = {"time": SQL.identifier(alias), "price": SQL.identifier(price)}
            condition = SQL(
                """%(price)s.project_id = %(time)s.project_id
                   AND %(price)s.task_id = COALESCE(%(time)s.task_id, 0)
                   AND %(price)s.employee_id = COALESCE(%(time)s.employee_id, 0)
                   AND %(price)s.order_line_id = COALESCE(%(time)s.so_line, 0)
                   AND (%(price)s.day IS NULL OR %(price)s.day = %(time)s.date)""",
                **names,
            )
            query.add_join("LEFT JOIN", price, self._price_table(), condition)
        return SQL(
            PRICED[field_expr],
            time=SQL.identifier(alias),
            price=SQL.identifier(price),
        )

    def _fetch_query(self, query: Query, fields: Iterable[Field]) -> models.BaseModel:
        """Ask for the prices of the time alone that is read."""
        if not any(field.name in PRICED for field in fields):
            return super()._fetch_query(query, fields)
        time = self.browse(query)
        # No list of a remote call is a domain: nobody else leaves prices out.
        reader = time.with_context(unbilled_read=Domain("id", "in", time.ids))
        found = super(ProjectUnbilledTime, reader)._fetch_query(
            reader._as_query(), fields
        )
        return found.with_env(self.env)

    def _price_table(self) -> SQL:
        """Return what an hour of unbilled time is worth, as a table."""
        rows = self._price_rows()
        return SQL(
            """(SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[],
                                     %s::date[], %s::float8[], %s::bool[])
                           AS price(project_id, task_id, employee_id, order_line_id,
                                    day, amount, ordered))""",
            *([row[at] for row in rows] for at in range(7)),
        )

    def _price_rows(self) -> list[tuple]:
        """Return the rows of that table, in the order of its columns.

        Amounts are in the currency of the active company, None where no rate is set.
        """
        target, company = self.env.company.currency_id, self.env.company
        today = fields.Date.context_today(self)
        projects = self._unbilled_projects()
        # By what joins them to time: partly billed time costs what other time costs.
        priced = {}
        for row in projects._hour_prices(self._unbilled_domain(), "unbilled_hours"):
            currency = row.project.invoicing_currency_id
            factor = currency._get_conversion_rate(currency, target, company, today)
            # Zero for none: NULL joins nothing.
            which = (row.task, row.employee, row.order_line)
            key = (row.project.id, *(one.id or 0 for one in which), row.day)
            price = None if row.price is None else row.price * factor
            priced[key] = (price, row.ordered)
        return [(*key, *found) for key, found in priced.items()]

    def _unbilled_domain(self) -> Domain:
        """Return which timesheets are unbilled in the companies of the user.

        Of those that are being read, where some are.
        """
        read = self.env.context.get("unbilled_read")
        return (
            (read if isinstance(read, Domain) else Domain.TRUE)
            & Domain("unbilled_hours", "!=", 0)
            & Domain("active", "=", True)
            & Domain("project_id", "!=", False)
            & Domain("company_id", "in", self.env.companies.ids)
        )

    def _unbilled_projects(self) -> models.BaseModel:
        """Return the projects that have unbilled time."""
        # Only prices come of it: the rows that are shown follow the user's rights.
        timesheets = self.env["account.analytic.line"].sudo()
        groups = timesheets._read_group(self._unbilled_domain(), ["project_id"])
        return self.env["project.project"].sudo().union(*(one for [one] in groups))

    def action_invoice(self) -> dict:
        """Open the invoice wizard with exactly this time.

        :raise UserError: it does not go on one invoice.
        """
        self.check_access("read")
        obstacle = self.project_id._together_obstacle()
        if not obstacle and len(self.company_id) > 1:
            obstacle = self.env._(
                "One document has one company, but this time was worked for several: "
                "%(companies)s.",
                companies=", ".join(self.company_id.mapped("name")),
            )
        if obstacle:
            raise UserError(obstacle)
        action = self.project_id.action_new_invoice()
        return {
            **action,
            "context": {
                **action["context"],
                "default_mode": "time",
                "default_timesheet_ids": self.timesheet_id.ids,
            },
        }

    def action_open_project(self) -> dict:
        """Open the project, from where its time is invoiced."""
        self.ensure_one().check_access("read")
        return self.project_id.action_billing_project()
