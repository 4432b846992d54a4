from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

AGEING = [
    ("0_30", "0–30 days"),
    ("31_60", "31–60 days"),
    ("61_90", "61–90 days"),
    ("over_90", "Over 90 days"),
]


class ProjectUnbilledTime(models.Model):
    """Unbilled time of all projects, with its age and its worth in company currency.

    Nothing of it is stored: age and exchange rates change by the day, the worth with
    any rate of a project, a task or a person, and hours are written by the hundred
    thousand when they are imported. So the table is a query. Its hours are those of
    the timesheets; which rate they have is asked of the one place that knows
    (``billing_rate_table.py``), once for each task and person, and joined to them.
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
        # A property, not a view in the database: companies, prices and the day are
        # those of who asks.
        today = fields.Date.context_today(self)
        columns = self._prices(today)
        return SQL(
            """SELECT line.id, line.id AS timesheet_id, line.name, line.date,
                      CASE WHEN %(today)s - line.date <= 30 THEN '0_30'
                           WHEN %(today)s - line.date <= 60 THEN '31_60'
                           WHEN %(today)s - line.date <= 90 THEN '61_90'
                           ELSE 'over_90' END AS ageing,
                      project.partner_id, line.project_id, line.task_id,
                      NOT project.active AS is_archived,
                      line.employee_id, line.company_id,
                      CASE WHEN price.ordered THEN line.so_line END AS order_line_id,
                      %(currency)s AS currency_id,
                      line.unbilled_hours AS hours,
                      CASE WHEN price.amount IS NULL THEN line.unbilled_hours
                           ELSE 0 END AS hours_missing_rate,
                      line.unbilled_hours * price.amount AS amount
                 FROM account_analytic_line line
                 JOIN project_project project
                   ON project.id = line.project_id AND project.allow_billable
            LEFT JOIN unnest(%(projects)s::int[], %(tasks)s::int[], %(staff)s::int[],
                             %(order_lines)s::int[], %(days)s::date[],
                             %(prices)s::float8[], %(ordered)s::bool[])
                   AS price(project_id, task_id, employee_id, order_line_id, day,
                            amount, ordered)
                   ON price.project_id = line.project_id
                  AND price.task_id = COALESCE(line.task_id, 0)
                  AND price.employee_id = COALESCE(line.employee_id, 0)
                  AND price.order_line_id = COALESCE(line.so_line, 0)
                  AND (price.day IS NULL OR price.day = line.date)
                WHERE line.unbilled_hours <> 0 AND line.active
                  AND line.company_id = ANY(%(companies)s)""",
            today=today,
            currency=self.env.company.currency_id.id,
            companies=self.env.companies.ids,
            **columns,
        )

    def _prices(self, today: date) -> dict[str, list]:
        """Return what an hour of unbilled time is worth, as columns of a table.

        Amounts are in the currency of the active company, None where no rate is set.
        """
        target, company = self.env.company.currency_id, self.env.company
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
        names = ("projects", "tasks", "staff", "order_lines", "days")
        names += ("prices", "ordered")
        rows = [(*key, *found) for key, found in priced.items()]
        return {name: [row[at] for row in rows] for at, name in enumerate(names)}

    def _unbilled_domain(self) -> Domain:
        """Return which timesheets are unbilled in the companies of the user."""
        return (
            Domain("unbilled_hours", "!=", 0)
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
