from collections import defaultdict
from collections.abc import Iterable

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain, Field
from odoo.tools import SQL
from odoo.tools.query import Query
from odoo.tools.safe_eval import safe_eval

from ...groups import BILLING_GROUP, MONEY_GROUPS, STAFF_GROUP
from ...hours import SAME_HOURS, hour_unit, to_hours
from .project_billed_time import RATE_ORIGINS
from .rate_table import BillingRate

# On a timesheet, what Odoo calls the amount is the cost of the work, below zero.
COST = "amount"


RULE = "zoho_projects_connector.account_analytic_line_rule_zoho_billing"


# Says that values are read for the cache, which everybody shares: no caller has it.
FOR_CACHE = object()


# What a customer reads of time that is shown to him: who worked and the notes come as
# his supplier shows them, what it cost and where it stands is no business of his.
PORTAL_FIELDS = {
    "active",
    "company_id",
    "date",
    "display_name",
    "encoding_uom_id",
    "id",
    "parent_task_id",
    "portal_notes",
    "portal_staff",
    "product_uom_id",
    "project_id",
    "readonly_timesheet",
    "task_id",
    "timesheet_invoice_id",
    "unit_amount",
    "write_date",
}


class AccountAnalyticLine(models.Model):
    """What a timesheet is worth, part by part, so that lists add up to the figures.

    Amounts are in the billing currency of the project and not rounded: a third of an
    hour at 100.00 is 33.33 three times, and 100.00 together.
    """

    _name = "account.analytic.line"
    _inherit = ["portal.time.mixin", "account.analytic.line"]

    billing_rate_origin = fields.Selection(
        RATE_ORIGINS,
        string="Rate of",
        compute="_compute_billing_rate",
        groups=MONEY_GROUPS,
        help="Where the rate comes from. Empty: no rate is set.",
    )
    invoicing_currency_id = fields.Many2one(
        related="project_id.invoicing_currency_id", export_string_translation=False
    )
    # Floats: a monetary field would round each entry to the cent, and sums would drift
    # from the figures, which round once.
    unbilled_amount = fields.Float(
        string="To Invoice",
        compute="_compute_worth",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="Unbilled hours at the rate of today.",
    )
    closed_amount = fields.Float(
        string="Not to Invoice",
        compute="_compute_worth",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="What the hours that are not to be billed would be worth at the rate of "
        "today.",
    )
    worth_amount = fields.Float(
        string="Worth",
        compute="_compute_worth",
        compute_sudo=True,
        groups=MONEY_GROUPS,
        help="As invoiced, else at the rate of today.",
    )

    @api.depends("billing_rate", "unbilled_hours", "closed_hours", "billed_hours")
    def _compute_worth(self) -> None:
        rates = self._get_billing_rates()
        billed = self._billed_amounts()
        for line in self:
            rate = rates[line.id].rate or 0.0
            line.unbilled_amount = line.unbilled_hours * rate
            line.closed_amount = line.closed_hours * rate
            line.worth_amount = (
                line.unbilled_amount + line.closed_amount + billed[line._origin.id]
            )

    def _billed_amounts(self) -> dict[int, float]:
        """Return what documents bill of each timesheet less credits, in one query."""
        today = fields.Date.context_today(self)
        amounts = defaultdict(float)
        rows = self.env["project.billed.time"]._read_group(
            [("timesheet_id", "in", self._origin.ids), ("active", "=", True)],
            ["timesheet_id", "currency_id", "sign"],
            ["amount:sum"],
        )
        for line, currency, sign, amount in rows:
            target = line.invoicing_currency_id
            amounts[line.id] += sign * currency._convert(
                amount, target, line.company_id, today
            )
        return amounts

    # The rates of time, and how its hours are shown.

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
        if not billed and all(one.method == "none" for one in roundings.values()):
            return dict.fromkeys(self.ids, 1.0)
        invoiced = self.env["project.billed.time"]._net_invoiced_hours(billed)
        factors = {}
        for line in lines:
            rounding = roundings[line.project_id.id]
            unrounded = rounding.method == "none" and not line.billed_hours
            if unrounded or line.unbilled_hours < 0:
                factors[line.id] = 1.0
                continue
            rounded = rounding.apply(line._logged_hours())
            rest = max(rounded - invoiced[line.id], 0.0)
            # A factor, not hours: the ledger counts what was logged, and only the
            # document shows it rounded.
            same = abs(rest - line.unbilled_hours) < SAME_HOURS
            factors[line.id] = 1.0 if same else rest / line.unbilled_hours
        return factors

    def _get_billing_rates(self) -> dict[int, BillingRate]:
        """Return the rate that each timesheet has today, by id of the timesheet.

        A few queries for any number of timesheets. Rates are per hour, in the
        billing currency of the project.

        :return: ``{timesheet id: BillingRate(rate or None, origin)}``; the origin is
            one of ``task``, ``employee``, ``project``, ``default``, of the defaults
            ``person``, ``role``, ``customer``, ``company``, or ``order`` for the price
            of time that a sales order sells.
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
            place = (project.id, line.task_id.id, line.employee_id.id, day)
            key = (*place, sold.id)
            if key not in known:
                # None means that no order sells the time; zero is a price, too.
                price = sold._price_of_ordered_hour(project, today)
                is_ordered = price is not None
                known[key] = (
                    BillingRate(price, "order") if is_ordered else table.find(*place)
                )
            rates[line.id] = known[key]
        return rates

    def _hours_to_bill(self) -> dict[int, float]:
        """Return how many hours of each of these timesheets may be billed.

        The ledger has the last word: what a stored figure says beyond it is not billed.
        """
        billed = self.env["project.billed.time"]._net_hours(self)
        hours, logged_by_id = {}, self._logged_by_id()
        for line in self:
            logged = logged_by_id[line.id]
            sign = -1 if logged < 0 else 1
            stored = max(sign * line.unbilled_hours, 0.0)
            left = max(sign * (logged - billed[line.id]), 0.0)
            hours[line.id] = sign * (left if left < stored - SAME_HOURS else stored)
        return hours

    def _logged_hours(self) -> float:
        """Return the hours of a timesheet, whatever unit it was recorded in.

        Note: `self.ensure_one()`
        """
        return self._hours_of({})

    def _logged_by_id(self) -> dict[int, float]:
        """Return the hours of each of these timesheets, in hours."""
        if self.product_uom_id <= hour_unit(self.env):
            # As mostly, and of thousands: no unit is asked of each.
            return dict(zip(self._ids, self.mapped("unit_amount"), strict=True))
        return {line.id: line._logged_hours() for line in self}

    def _hours_of(self, vals: dict) -> float:
        """Return the hours that a timesheet has with these values.

        Note: `self.ensure_one()`
        """
        return to_hours(vals.get("unit_amount", self.unit_amount), self.product_uom_id)

    # Who reads time only because he bills it does not read what it costs. The rule that
    # shows accountants the time of billable projects is ours; the cost of time stays
    # with those to whom Odoo's own rules show the entry.

    @api.model
    def _cost_domain(self) -> Domain | None:
        """Return of which lines the user may see the cost; None: of all he may read."""
        user = self.env.user
        if self.env.su or not user.has_group(BILLING_GROUP):
            return None
        # The rules that hold for a user are no secret of his; he may not read them.
        rules = self.env["ir.rule"]._get_rules(self._name, "read").sudo()
        # As in `ir.rule`: rules without groups narrow for everybody and were applied to
        # the search that found the lines; of those with groups one is enough.
        native = rules.filtered("groups") - self.env.ref(RULE).sudo()
        values = self.env["ir.rule"]._eval_context()
        domain = Domain.OR(
            safe_eval(rule.domain_force, values) if rule.domain_force else Domain.TRUE
            for rule in native
        )
        return None if domain.is_true() else domain

    def _without_cost(self) -> models.BaseModel:
        """Return those of these lines whose cost the user may not see.

        :rtype: account.analytic.line
        """
        domain = self._cost_domain()
        if domain is None:
            return self.browse()
        # He may read the lines; which of Odoo's rules show them he need not know.
        lines = self.sudo().with_context(active_test=False)
        return self - lines.search(domain & Domain("id", "in", self.ids)).with_env(
            self.env
        )

    def _fetch_query(self, query: Query, fields: Iterable[Field]) -> models.BaseModel:
        """Read the true cost into the cache; what leaves the server is without it."""
        if self.env.su or not any(field.name == COST for field in fields):
            return super()._fetch_query(query, fields)
        # The cache is shared by all users of a transaction: a cost that is hidden there
        # would be missing for code with full rights.
        reader = self.with_context(billing_cost=FOR_CACHE)
        found = super(AccountAnalyticLine, reader)._fetch_query(query, fields)
        return found.with_env(self.env)

    def _field_to_sql(
        self, alias: str, field_expr: str, query: Query | None = None
    ) -> SQL:
        """Let sums, orders and conditions know no cost that the user may not see."""
        sql = super()._field_to_sql(alias, field_expr, query)
        is_cost = field_expr == COST
        if not is_cost or self.env.context.get("billing_cost") is FOR_CACHE:
            return sql
        domain = self._cost_domain()
        if domain is None:
            return sql
        # As above: the rules are applied, not shown.
        lines = self.sudo().with_context(active_test=False)
        return SQL(
            "CASE WHEN %s IN %s THEN %s END",
            SQL.identifier(alias, "id"),
            lines._search(domain).subselect(),
            sql,
        )

    def _read_format(
        self, fnames: list[str], load: str = "_classic_read"
    ) -> list[dict]:
        rows = super()._read_format(fnames, load)
        if COST in fnames:
            hidden = set(self._without_cost().ids)
            for row in rows:
                if row["id"] in hidden:
                    row[COST] = False
        return rows

    def _export_rows(
        self, fields: list[list[str]], *, _is_toplevel_call: bool = True
    ) -> list[list]:
        """Refuse to export a cost that the user may not see."""
        if any(path and path[0] == COST for path in fields) and self._without_cost():
            raise AccessError(
                self.env._(
                    "What time costs is shown to those who may see the timesheets of "
                    "these people: leave the amount out of the export."
                )
            )
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    def _has_field_access(self, field: Field, operation: str) -> bool:
        """Let customers read no more than what is shown to them."""
        if not super()._has_field_access(field, operation):
            return False
        is_open = self.env.su or self.env.user.has_group(STAFF_GROUP)
        return is_open or (operation == "read" and field.name in PORTAL_FIELDS)
