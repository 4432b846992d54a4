from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain

from ...groups import MONEY_GROUPS, STAFF_GROUP
from .account_move import PAID

# The figure that counts what is outside invoicing of a timesheet, by why it is.
OUTSIDE_FIGURES = {
    "billed_elsewhere": "elsewhere",
    "fixed_price": "fixed_price",
}


class BillingFiguresMixin(models.AbstractModel):
    """Hours of anything that time is logged on: logged, to invoice, not to invoice.

    Nothing is stored: the figures of all records are one grouped query. A figure
    ``x`` has its hours in ``hours_x`` and its amount in ``amount_x``. What is on
    documents comes from the ledger; the rest is worth its hours at today's rates.
    """

    _name = "billing.figures.mixin"
    _description = "Billing Figures"
    # How to get to the record that shows the figures from a timesheet, and the ways
    # from a row of the ledger: each row has one of them at most.
    _billing_path = "project_id"
    _billing_ledger_paths = ("project_id",)

    # Each model says how it knows it.
    invoicing_currency_id = fields.Many2one(
        "res.currency", export_string_translation=False
    )
    hours_logged = fields.Float(
        compute="_compute_billing_hours",
        compute_sudo=True,
        groups=STAFF_GROUP,
        help="All time logged.",
    )
    hours_unbilled = fields.Float(
        compute="_compute_billing_hours",
        compute_sudo=True,
        groups=STAFF_GROUP,
        help="Time that is on no invoice yet.",
    )
    hours_on_orders = fields.Float(
        string="Hours on Sales Orders",
        compute="_compute_hours_on_orders",
        compute_sudo=True,
        groups=STAFF_GROUP,
        help="Unbilled time that a sales order sells: it is invoiced from the order, "
        "not from the project. It is part of the hours unbilled.",
    )
    hours_elsewhere = fields.Float(
        string="Hours Billed Elsewhere",
        compute="_compute_billing_hours",
        compute_sudo=True,
        groups=STAFF_GROUP,
        help="Time that was invoiced outside Odoo.",
    )
    hours_fixed_price = fields.Float(
        string="Hours at a Fixed Price",
        compute="_compute_billing_hours",
        compute_sudo=True,
        groups=STAFF_GROUP,
    )
    hours_non_billable = fields.Float(
        string="Non-Billable Hours",
        compute="_compute_billing_hours",
        compute_sudo=True,
        groups=STAFF_GROUP,
    )
    hours_draft = fields.Float(
        string="Hours on Draft Invoices",
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=STAFF_GROUP,
    )
    hours_invoiced = fields.Float(
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=STAFF_GROUP,
        help="Time on posted invoices, paid ones included.",
    )
    hours_paid = fields.Float(
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=STAFF_GROUP,
        help="Time on paid invoices; it is part of the hours invoiced.",
    )
    amount_draft = fields.Monetary(
        string="Amount on Draft Invoices",
        currency_field="invoicing_currency_id",
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    amount_invoiced = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="On posted invoices less what was credited, without taxes.",
    )
    amount_paid = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="On paid invoices less what was credited of them, without taxes.",
    )
    amount_billed_time = fields.Monetary(
        currency_field="invoicing_currency_id",
        compute="_compute_billing_documents",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="The time on draft and posted invoices less what was credited, without "
        "taxes.",
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
        help="Unbilled time at the rates of today, at its price where an order sells "
        "it.",
    )
    amount_on_orders = fields.Monetary(
        string="Amount on Sales Orders",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_unbilled",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    amount_elsewhere = fields.Monetary(
        string="Worth of Time Billed Elsewhere",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_outside",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    amount_fixed_price = fields.Monetary(
        string="Worth of Time at a Fixed Price",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_outside",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    amount_non_billable = fields.Monetary(
        string="Worth of Non-Billable Time",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_outside",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )
    amount_logged = fields.Monetary(
        string="Worth of All Time",
        currency_field="invoicing_currency_id",
        compute="_compute_amount_logged",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="All time, as it was invoiced or else at the rates of today.",
    )

    def _billing_projects(self) -> models.BaseModel:
        """Return the projects whose rates these records have."""
        return self.project_id

    def _billing_time_domain(self, figure: str = "logged") -> Domain:
        """Return which timesheets of these records a figure counts."""
        own = Domain(self._billing_path, "in", self.ids)
        # Said here: who looks at archived projects has `active_test` off.
        live = Domain("project_id", "!=", False) & Domain("active", "=", True)
        counted = (
            live & self._switched_on_domain() & self._billing_figure_domain(figure)
        )
        return own & counted

    def _switched_on_domain(self) -> Domain:
        """Return which time, or rows of the ledger, belong to companies switched on.

        Of a project that companies share, each sees the time of its own people.
        """
        if all(record.company_id for record in self):
            return Domain.TRUE
        own = Domain("company_id", "in", self.env.companies.ids)
        return own | Domain("project_id.company_id", "!=", False)

    def _billing_figure_domain(self, figure: str) -> Domain:
        """Return what tells the timesheets of a figure from the others."""
        unbilled = Domain("unbilled_hours", "!=", 0)
        closed = Domain("closed_hours", "!=", 0)
        return {
            "logged": Domain.TRUE,
            "unbilled": unbilled,
            "on_orders": unbilled
            & Domain("so_line.state", "=", "sale")
            & Domain("so_line.order_id.billing_project_id", "=", False),
            "elsewhere": closed & Domain("closed_state", "=", "billed_elsewhere"),
            "fixed_price": closed & Domain("closed_state", "=", "fixed_price"),
            "non_billable": closed
            & Domain("closed_state", "not in", list(OUTSIDE_FIGURES)),
        }[figure]

    @api.depends_context("allowed_company_ids")
    def _compute_billing_hours(self) -> None:
        # No `depends`: who reads figures reads them once, and a watch on every entry
        # would cost each write of time a search for its projects, lists and milestones.
        found = self._hours_by_figure()
        for record in self:
            hours = found[record.id]
            record.hours_logged = hours["logged"]
            record.hours_unbilled = hours["unbilled"]
            record.hours_elsewhere = hours["elsewhere"]
            record.hours_fixed_price = hours["fixed_price"]
            record.hours_non_billable = hours["non_billable"]

    def _hours_by_figure(self) -> dict[int, dict[str, float]]:
        """Return the hours of each record by figure of its timesheets, in one query."""
        found = defaultdict(lambda: defaultdict(float))
        rows = self.env["account.analytic.line"]._read_group(
            self._billing_time_domain(),
            [self._billing_path, "closed_state"],
            ["billed_hours:sum", "unbilled_hours:sum", "closed_hours:sum"],
        )
        for record, state, billed, unbilled, closed in rows:
            hours = found[record.id]
            hours["logged"] += billed + unbilled + closed
            hours["unbilled"] += unbilled
            hours[OUTSIDE_FIGURES.get(state, "non_billable")] += closed
        return found

    @api.depends_context("allowed_company_ids")
    def _compute_hours_on_orders(self) -> None:
        rows = self.env["account.analytic.line"]._read_group(
            self._billing_time_domain("on_orders"),
            [self._billing_path],
            ["unbilled_hours:sum"],
        )
        hours = {record.id: total for record, total in rows}
        for record in self:
            record.hours_on_orders = hours.get(record.id, 0.0)

    # Hours and amounts on documents, from the ledger. An entry may be on a posted
    # invoice with one part and on a draft with another: the ledger tells them apart,
    # and knows what is billed without any time.

    @api.depends_context("allowed_company_ids")
    def _compute_billing_documents(self) -> None:
        found = self._billed_on_documents()
        for record in self:
            hours, amounts = found[record.id]
            record.hours_draft = hours["draft"]
            record.hours_invoiced = hours["invoiced"]
            record.hours_paid = hours["paid"]
            record.amount_draft = amounts["draft"]
            record.amount_invoiced = amounts["invoiced"]
            record.amount_paid = amounts["paid"]
            record.amount_billed_time = amounts["time"]

    def _billed_on_documents(self) -> dict[int, tuple[dict, dict]]:
        """Return what documents bill of each record, in a query for each way to it.

        :return: ``{id: (hours, amounts)}``, each by figure; amounts in the billing
            currency of the record.
        """
        today = fields.Date.context_today(self)
        found = defaultdict(lambda: (defaultdict(float), defaultdict(float)))
        for row in self._billed_rows():
            record, kind, state, payment, credited, currency, sign, hours, money = row
            # Figures are of today: a document in another currency counts at today's
            # rate.
            target = record.invoicing_currency_id or currency
            company = record.company_id or self.env.company
            money = sign * currency._convert(money, target, company, today)
            hours *= sign
            # The ledger has no cancelled documents: their rows are asleep.
            figures = ["draft" if state == "draft" else "invoiced"]
            # A credit belongs to the invoice that it lowers.
            if state != "draft" and (credited or payment) in PAID:
                figures.append("paid")
            for figure in figures:
                found[record.id][0][figure] += hours
                found[record.id][1][figure] += money
            if kind == "time":
                found[record.id][1]["time"] += money
        return found

    def _billed_rows(self) -> list[tuple]:
        """Return the sums of the ledger's rows that count alike.

        :return: (record, kind, state of the document, its payment state, that of the
            credited invoice, currency, sign, hours, amount).
        """
        ledger = self.env["project.billed.time"]
        return [
            row
            # A query for each way: rows are grouped by the field that leads to the
            # record.
            for path in self._billing_ledger_paths
            for row in ledger._read_group(
                self._billing_ledger_domain() & Domain(path, "in", self.ids),
                [
                    path,
                    "kind",
                    "move_id.state",
                    "move_id.payment_state",
                    "origin_id.move_id.payment_state",
                    "currency_id",
                    "sign",
                ],
                ["hours:sum", "amount:sum"],
            )
        ]

    def _billing_ledger_domain(self, figure: str = "") -> Domain:
        """Return which rows of the ledger a figure of these records counts."""
        # Here one list is opened, whichever way its rows lead to the record.
        own = Domain.OR(
            Domain(path, "in", self.ids) for path in self._billing_ledger_paths
        )
        live = Domain("active", "=", True) & self._switched_on_domain()
        draft = Domain("move_id.state", "=", "draft")
        paid = Domain("origin_id.move_id.payment_state", "in", PAID) | (
            Domain("origin_id", "=", False)
            & Domain("move_id.payment_state", "in", PAID)
        )
        documents = {
            "": Domain.TRUE,
            "draft": draft,
            "invoiced": ~draft,
            "paid": ~draft & paid,
            "unpaid": ~draft & ~paid,
        }[figure]
        return own & live & documents

    # What time that is on no document is worth, at the rates of today.

    @api.depends_context("allowed_company_ids")
    def _compute_amount_logged(self) -> None:
        for record in self:
            record.amount_logged = (
                record.amount_unbilled
                + record.amount_billed_time
                + record.amount_elsewhere
                + record.amount_fixed_price
                + record.amount_non_billable
            )

    @api.depends_context("allowed_company_ids")
    def _compute_amount_unbilled(self) -> None:
        worth, missing = self._billing_worth("unbilled_hours")
        for record in self:
            of_record = worth[record.id]
            record.amount_unbilled = sum(of_record.values())
            record.amount_on_orders = sum(
                amount for (_state, ordered), amount in of_record.items() if ordered
            )
            record.hours_missing_rate = missing[record.id]

    @api.depends_context("allowed_company_ids")
    def _compute_amount_outside(self) -> None:
        worth, _missing = self._billing_worth("closed_hours")
        for record in self:
            amounts = defaultdict(float)
            for (state, _ordered), amount in worth[record.id].items():
                amounts[OUTSIDE_FIGURES.get(state, "non_billable")] += amount
            record.amount_elsewhere = amounts["elsewhere"]
            record.amount_fixed_price = amounts["fixed_price"]
            record.amount_non_billable = amounts["non_billable"]

    def _billing_worth(self, measure: str) -> tuple[dict, dict[int, float]]:
        """Return what hours of each record are worth today, and those without a rate.

        :param str measure: the hours of a timesheet that are counted.
        :return: ``{id: {(state, whether an order sells it): amount}}`` in the
            billing currency, not rounded; and ``{id: hours without a rate}``.
        """
        worth = defaultdict(lambda: defaultdict(float))
        missing = defaultdict(float)
        for row in self._billing_projects()._hour_prices(
            self._billing_time_domain(), measure, self._billing_path
        ):
            if row.price is None:
                missing[row.record.id] += row.hours
            else:
                amount = row.hours * row.price
                worth[row.record.id][row.state, row.ordered] += amount
        return worth, missing
