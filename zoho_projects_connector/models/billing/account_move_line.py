from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...hours import ROUNDED_AWAY, SAME_HOURS, day_unit, exact_hours, to_hours
from ..code_only_mixin import ByCode
from .plan import BillingPlan, PlannedTime, worked_between

# A change of one of these changes what the line bills; Odoo computes the price, the
# unit and the taxes of a line from its product, the taxes from its account, too.
BILLING_FIELDS = {
    "account_id",
    "currency_id",
    "discount",
    "price_unit",
    "product_id",
    "product_uom_id",
    "quantity",
    "tax_ids",
}


class AccountMoveLine(models.Model):
    """A line of a credit note may say whose hours it takes back."""

    _name = "account.move.line"
    _inherit = ["code.only.mixin", "account.move.line"]

    # Twenty minutes at 100.00 are 33.33, which two decimals of an hour (0.33) cannot
    # say. As Odoo does with unit prices: all digits are kept, two at least are shown.
    quantity = fields.Float(digits=False, min_display_digits="Product Unit")
    billing_hours_per_day = fields.Float(
        digits=False,
        copy=False,
        export_string_translation=False,
        help="Hours of a day when time is billed by the day: those of the company's "
        "working time on the day of the invoice, not the eight of Odoo's unit.",
        readonly=True,
    )
    billed_time_ids = fields.One2many(
        "project.billed.time",
        "move_line_id",
        export_string_translation=False,
        readonly=True,
    )
    billing_origin_id = fields.Many2one(
        "account.move.line",
        string="Reversed or Replaced Line",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        export_string_translation=False,
        readonly=True,
    )
    billing_credited_id = fields.Many2one(
        "project.billed.time",
        string="Credited Time",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        export_string_translation=False,
        help="The billed time whose hours this line takes back; without it, a credit "
        "note takes back the last entries of the invoice line first.",
        readonly=True,
    )

    def _copy_data_extend_business_fields(self, values: dict) -> None:
        """Remember which line a credit note credits, or a new invoice replaces.

        A mere copy, such as a debit note, has no claim on the time of an order.
        """
        result = super()._copy_data_extend_business_fields(values)
        if not self.env.context.get("billing_copy"):
            # The user reverses, and may not write this field: the value comes from
            # code.
            values["billing_origin_id"] = ByCode(self.id)
        elif any(
            line.billing_key or line._bills_timesheets() for line in self.sale_line_ids
        ):
            # Tied to its order line, the copy would count as invoiced of the order.
            values.pop("sale_line_ids", None)
        return result

    def copy_data(self, default: dict | None = None) -> list[dict]:
        """Keep the hours of a day, which nobody may give to a line."""
        vals_list = super().copy_data(default)
        for line, vals in zip(self, vals_list, strict=True):
            if line.billing_hours_per_day:
                vals["billing_hours_per_day"] = ByCode(line.billing_hours_per_day)
        return vals_list

    def _timesheet_domain_get_invoiced_lines(
        self, sale_line_delivery: models.BaseModel
    ) -> list:
        """Native invoicing takes the time that the ledger has free, and no other."""
        return [
            ("so_line", "in", sale_line_delivery.ids),
            ("project_id", "!=", False),
            ("unbilled_hours", "!=", 0),
        ]

    def _get_so_mapping_from_project(self) -> dict:
        """Re-invoice costs through today's order of their project, not its first."""
        mapping = super()._get_so_mapping_from_project()
        orders = {}
        for line_id, order in mapping.items():
            # Which order it is code decides, whatever of it the user may read.
            project = order.sudo().billing_project_id
            if project.partner_id:
                if project not in orders:
                    orders[project] = order._get_billing_order(project)
                mapping[line_id] = orders[project].with_env(order.env)
        return mapping

    def write(self, vals: dict) -> bool:
        # Before `super`: afterwards the lines do not know where they came from.
        left = self._check_movable(vals)
        with self._moving_with_time(left, vals):
            result = super().write(vals)
        if left or BILLING_FIELDS & vals.keys():
            (left | self._with_billed_time().move_id)._restate_billed_time()
        return result

    @contextmanager
    def _moving_with_time(self, left: models.BaseModel, vals: dict) -> Iterator[None]:
        """Let the ledger follow lines that are put on another draft meanwhile.

        Odoo brings taxes and totals in line of the document that the lines leave; here
        it does of the one that they come to, as well.

        :param account.move left: the documents that lines with time are leaving.
        """
        if not left:
            yield
            return
        target = self.env["account.move"].browse(vals["move_id"])
        moves = self.move_id | target
        container = {"records": moves}
        # Odoo would give a line of no hours one, for its document is another.
        empty = self.filtered(lambda line: not line.quantity)
        with (
            self.env.protecting([self._fields["quantity"]], empty),
            moves._check_balanced(container),
            moves._sync_dynamic_lines(container),
        ):
            yield
        rows = self.env["project.billed.time"]
        rows = rows._find([("move_line_id", "in", self.ids)], asleep=True)
        rows.move_id = target

    def _check_movable(self, vals: dict) -> models.BaseModel:
        """Return the documents that lines with billed time are about to leave.

        :param dict vals: the values about to be written.
        :rtype: account.move
        :raise UserError: the time would be billed to somebody else, or be lost.
        """
        if "move_id" not in vals:
            return self.env["account.move"]
        target = self.env["account.move"].browse(vals["move_id"])
        moving = self._with_billed_time().filtered(lambda line: line.move_id != target)
        for line in moving:
            source = line.move_id
            same = (
                source.state == target.state == "draft"
                and source.move_type == target.move_type
                and source.company_id == target.company_id
                and source.currency_id == target.currency_id
                and source.commercial_partner_id == target.commercial_partner_id
            )
            if not same:
                raise UserError(
                    self.env._(
                        "The line %(line)s bills time on %(document)s: it can be moved "
                        "to another draft of %(customer)s in %(currency)s only, not to "
                        "%(target)s.",
                        line=line.name,
                        document=source.display_name,
                        customer=source.commercial_partner_id.display_name,
                        currency=source.currency_id.name,
                        target=target.display_name,
                    )
                )
        moving._check_not_credited()
        return moving.move_id

    def _check_not_credited(self) -> None:
        """Refuse to move lines that credit notes name.

        A credit note gives back the time of the invoice that it reverses: for a line
        that went elsewhere it would lower the money and free no hour.

        :raise UserError: it names the credit notes.
        """
        # Checked whatever of the credit notes the user may read.
        named = self.sudo().search(
            [("billing_origin_id", "in", self.ids), ("parent_state", "!=", "cancel")]
        )
        if named:
            line = named.billing_origin_id[0]
            raise UserError(
                self.env._(
                    "The line %(line)s is credited by %(notes)s: it stays on "
                    "%(document)s. Cancel the credit note first.",
                    line=line.name,
                    notes=", ".join(sorted(named.move_id.mapped("display_name"))),
                    document=line.move_id.display_name,
                )
            )

    def unlink(self) -> bool:
        ledger = self.env["project.billed.time"]
        rows = ledger._find([("move_line_id", "in", self.ids)], asleep=True)
        if not rows:
            return super().unlink()
        rows |= ledger._find([("origin_id", "in", rows.ids)], asleep=True)
        timesheets, items = rows.timesheet_id, rows._sold_items()
        sale_lines = rows.move_line_id.sale_line_ids
        left = {
            move: move_rows.timesheet_id
            for move, move_rows in rows.grouped("move_id").items()
            if move._bills_time() and max(move_rows.mapped("sign")) > 0
        }
        # By hand: the cascade of the database would tell no computed field.
        rows.unlink()
        result = super().unlink()
        for move, move_timesheets in left.items():
            # The line must be gone when its document is stated anew.
            move._leave_time(move_timesheets)
        timesheets._follow_ledger()
        for sold in items:
            sold._follow_ledger_item()
        sale_lines._deliver_as_invoiced()
        return result

    def _with_billed_time(self) -> models.BaseModel:
        """Return the lines that the ledger knows, in one query.

        :rtype: account.move.line
        """
        domain = [("move_line_id", "in", self.ids)]
        return self.env["project.billed.time"]._find(domain, asleep=True).move_line_id

    def _billing_direction(self, sign: int = 1) -> int:
        """Return which way quantity and money of a line count: 1 or -1.

        Where more was paid before than an order has time for, a credit note bills the
        time: with a negative quantity. Note: `self.ensure_one()`

        :param int sign: 1 to bill, -1 to take back, as on the ledger.
        """
        return -sign if self.move_id.move_type == "out_refund" else sign

    def _billing_hours(self, sign: int = 1) -> float:
        """Return the hours that a line bills, or takes back, never negative.

        Note: `self.ensure_one()`

        :param int sign: 1: billed, -1: taken back.
        """
        hours = self.quantity * self._billing_unit_hours()
        return exact_hours(max(self._billing_direction(sign) * hours, 0.0))

    def _billing_subtotal(self, sign: int = 1) -> float:
        """Return the money of the hours that a line bills, or takes back.

        Note: `self.ensure_one()`
        """
        return self._billing_direction(sign) * self.price_subtotal

    def _billing_unit_hours(self) -> float:
        """Return how many hours a unit of the line has. Note: `ensure_one()`."""
        unit = self.product_uom_id
        # The unit of Odoo has eight hours, a day of the company as many as it works.
        if self.billing_hours_per_day and unit == day_unit(self.env):
            return self.billing_hours_per_day
        return to_hours(1.0, unit)

    def _billing_hourly_price(self) -> float:
        """Return the price of an hour without taxes, discount taken off.

        Note: `self.ensure_one()`
        """
        # Not the subtotal by the hours: of a few minutes, that is mostly rounding.
        price = self.price_unit * (1 - self.discount / 100)
        price = self.tax_ids._price_without_included(price, self.product_id)
        return price / self._billing_unit_hours()

    def _split_subtotal(self, hours: list[float], sign: int = 1) -> list[float]:
        """Return the part of the subtotal that each number of hours has, to the cent.

        :param hours: hours as the invoice shows them. When they are less than the
            line's (someone raised its quantity by hand), the money of the difference
            belongs to no timesheet; when native invoicing only rounded the quantity,
            it belongs to them. Note: `ensure_one()`.
        :param int sign: 1: hours that the line bills, -1: that it takes back.
        """
        total, whole = sum(hours), self._billing_hours(sign)
        # Two decimals of an hour hide up to eighteen seconds, which are no hours that
        # somebody added.
        if whole < total + ROUNDED_AWAY + SAME_HOURS:
            whole = total
        currency, subtotal = self.currency_id, self._billing_subtotal(sign)
        amounts = []
        until_hours = until_amount = 0.0
        for part in hours:
            until_hours += part
            share = currency.round(subtotal * until_hours / whole if whole else 0.0)
            # Rounded along the running sum: the parts add up to the subtotal. Between
            # two rounded sums, only the noise of floats is taken off.
            amounts.append(round(share - until_amount, 6))
            until_amount = share
        return amounts

    def _counts_as_invoiced(self) -> bool:
        """Whether sales orders count the line, as Odoo does. Note: `ensure_one()`."""
        move = self.move_id
        return move.move_type in ("out_invoice", "out_refund") and (
            move.state != "cancel" or move.payment_state == "invoicing_legacy"
        )

    def _gives_no_cost_back(self) -> bool:
        """Whether this credits an expense that stays invoiced. Note: `ensure_one()`.

        A draft gives nothing back yet, a rebate but money; nor does who takes a rebate
        back invoice the expense once more.
        """
        credit = self.billing_origin_id
        if self.move_id.move_type == "out_invoice" and credit:
            return credit._gives_no_cost_back()
        if self.move_id.move_type != "out_refund":
            return False
        if self.parent_state == "draft":
            return True
        if not self._lowers_price():
            return False
        # With the last of the money the cost comes back, once.
        is_last = self == self._credits_beside()[-1:]
        return not (is_last and self._gives_back_all())

    def _bill_plan(self, plan: BillingPlan) -> None:
        """Put on these new lines what was planned for their sales order lines.

        :param BillingPlan plan: what the invoice bills.
        """
        # Only code writes the ledger; who may bill made the plan.
        ledger = self.env["project.billed.time"].sudo()
        by_sale_line = {line.sale_line_ids[:1].id: line for line in self}
        ledger._bill({by_sale_line[key]: times for key, times in plan.times.items()})
        ledger._bill_amounts(
            {by_sale_line[key]: amount for key, amount in plan.amounts.items()}
        )

    def _bill_ordered_time(
        self, start_date: date | None, end_date: date | None
    ) -> None:
        """Put on new lines of sales orders the time of the orders that is due."""
        sale_lines = self.sale_line_ids.filtered(lambda sol: sol._bills_timesheets())
        if not sale_lines:
            return
        domain = Domain(self._timesheet_domain_get_invoiced_lines(sale_lines))
        domain &= worked_between(start_date, end_date)
        # Who invoices an order need not have rights to timesheets or the ledger.
        timesheets = self.env["account.analytic.line"].sudo()
        # The oldest first: what a lower quantity leaves out is the newest work.
        due = timesheets.search_fetch(
            domain, ["so_line", "unbilled_hours"], order="date, id"
        )
        due = (due - due._filter_held_back()).grouped("so_line")
        times = {}
        for line in self:
            for sale_line in line.sale_line_ids & sale_lines:
                # An order line is paid by the first of its invoice lines.
                entries = due.pop(sale_line, timesheets)
                times.setdefault(line, []).extend(line._ordered_times(entries))
        self.env["project.billed.time"].sudo()._bill(times)

    def _ordered_times(self, timesheets: models.BaseModel) -> list[PlannedTime]:
        """Return what there is to bill of timesheets at the price of this line."""
        rate, hours = self._billing_hourly_price(), timesheets._hours_to_bill()
        return [
            PlannedTime(timesheet.id, hours[timesheet.id], rate, "order")
            for timesheet in timesheets
        ]

    def _bill_replaced_time(self) -> None:
        """Put on lines the time of those that they replace, as far as it is free."""
        ledger = self.env["project.billed.time"]
        lines = self.filtered("billing_origin_id") - self._with_billed_time()
        rows = ledger._find(
            [
                ("move_line_id", "in", lines.billing_origin_id.ids),
                ("origin_id", "=", False),
            ],
            asleep=True,
        ).filtered(lambda row: row.timesheet_id or row.kind != "time")
        free = ledger._free_hours(rows.timesheet_id)
        by_line = rows.grouped("move_line_id")
        times = {}
        for line in lines:
            replaced = by_line.get(line.billing_origin_id, ledger)
            if replaced._is_amount():
                # Only code writes the ledger; who may replace the invoice was checked
                # by Odoo.
                replaced.sudo()._bill_amounts_again(line)
            elif replaced:
                times[line] = replaced._times_again(free)
        ledger.sudo()._bill(times)

    def _reversed_lines(self) -> models.BaseModel:
        """Return the lines of the invoice that a line of a credit note reverses.

        The line knows its origin when Odoo reversed the invoice; a credit note made by
        a sales order is matched by its order lines. Note: `self.ensure_one()`

        :rtype: account.move.line
        """
        return self.billing_origin_id or (
            self.move_id.reversed_entry_id.invoice_line_ids.filtered(
                lambda line: line.sale_line_ids & self.sale_line_ids
            )
        )

    def _reversed_rows(self, rows: models.BaseModel) -> models.BaseModel:
        """Return the ledger rows that a line of a credit note reverses.

        :param rows: ``{account.move.line: project.billed.time}`` of the invoice.
        :rtype: project.billed.time
        """
        # The rows come with the rights of the ledger, and so does none.
        none = self.env["project.billed.time"].sudo()
        return none.concat(*(rows.get(line, none) for line in self._reversed_lines()))

    def _credits_money_only(self) -> bool:
        """Whether a line of a credit note lowers the price of time that stays billed.

        Note: `self.ensure_one()`
        """
        return self._lowers_price() and not self._gives_back_all()

    def _lowers_price(self) -> bool:
        """Whether a line of a credit note is cheaper than what it reverses.

        Note: `self.ensure_one()`
        """
        origins = self._reversed_lines()
        if not origins:
            return False
        # Odoo has no kind of credit note for a rebate: the price tells it, whoever
        # made the line.
        price = min(line._billing_hourly_price() for line in origins)
        return self.currency_id.compare_amounts(self._billing_hourly_price(), price) < 0

    def _gives_back_all(self) -> bool:
        """Whether nothing is left to pay of the invoice lines that this one reverses.

        Then no price was lowered: their hours are given back as well.
        Note: `self.ensure_one()`
        """
        paid = sum(line._billing_subtotal() for line in self._reversed_lines())
        given = sum(line._credited_subtotal() for line in self._credits_beside())
        return self.currency_id.compare_amounts(given, paid) >= 0

    def _credits_beside(self) -> models.BaseModel:
        """Return the posted credits of the lines that this one reverses, with it.

        Note: `self.ensure_one()`

        :rtype: account.move.line
        """
        credits = self._reversed_lines()._posted_followers() | self
        return credits.filtered(lambda one: one.move_id._takes_back_time()).sorted("id")

    # A line of a credit note may say whose hours it takes back.

    def _credited_rows(self, rows: models.BaseModel) -> models.BaseModel:
        """Return the ledger rows that a line takes back: the one it names, else all.

        :param rows: ``{account.move.line: project.billed.time}`` of the invoice.
        :rtype: project.billed.time
        """
        # The line may name one entry; it must be of the line that it reverses.
        found = self._reversed_rows(rows)
        return found & self.billing_credited_id if self.billing_credited_id else found

    def _credited_hours(self) -> float:
        """Return the hours that a posted line takes back, less what was reversed.

        Note: `self.ensure_one()`
        """
        # A credit note may be reversed in turn: then it takes back so much less.
        hours = sum(line._billing_hours() for line in self._posted_followers())
        return max(self._billing_hours(-1) - hours, 0.0)

    def _credited_subtotal(self) -> float:
        """Return the money that a posted line takes back, less what was reversed.

        Note: `self.ensure_one()`
        """
        money = sum(line._billing_subtotal() for line in self._posted_followers())
        return max(self._billing_subtotal(-1) - money, 0.0)

    def _posted_followers(self) -> models.BaseModel:
        """Return the posted lines that reverse or replace this one.

        :rtype: account.move.line
        """
        followers = [("billing_origin_id", "in", self.ids)]
        # Other people's documents count, whatever this user may see of them.
        return self.sudo().search([*followers, ("parent_state", "=", "posted")])

    def _credit_row_vals(self, row: models.BaseModel, hours: float) -> dict:
        """Return what makes of this line a credit of some hours of one entry.

        Note: `self.ensure_one()`

        :param project.billed.time row: the time on the invoice line that is credited.
        """
        timesheet = row.timesheet_id
        lang = self.move_id.partner_id.lang
        details = [
            format_date(self.env, timesheet.date, lang_code=lang),
            timesheet._portal_staff_name(),
            timesheet._portal_notes(),
        ]
        return {
            "quantity": self._billing_direction(-1) * row._line_quantity(hours),
            "name": "\n".join([self.name, ", ".join(filter(None, details))]),
            "billing_credited_id": ByCode(row.id),
        }
