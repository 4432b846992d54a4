from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain

from ...hours import ROUNDED_AWAY, exact_hours, hour_unit, to_hours
from ..code_only_mixin import ByCode
from .plan import OfferedTime, offer_of, plan_of, worked_between


class SaleOrderLine(models.Model):
    """What a line sells, has delivered by the ledger, and offers to be invoiced."""

    _name = "sale.order.line"
    _inherit = ["code.only.mixin", "sale.order.line"]

    billing_key = fields.Char(
        copy=False,
        index="btree_not_null",
        export_string_translation=False,
        help="What a line of a billing order stands for: group and rate.",
        readonly=True,
    )
    billing_hours_per_day = fields.Float(
        digits=False,
        copy=False,
        export_string_translation=False,
        help="Hours of a day on a line of a billing order that bills by the day.",
        readonly=True,
    )
    quoted_task_ids = fields.Many2many(
        "project.task",
        "sale_order_line_quoted_task_rel",
        copy=False,
        check_company=True,
        export_string_translation=False,
        help="Existing tasks that this line sells. They are tied to it when the order "
        "is confirmed.",
        readonly=True,
    )
    quoted_milestone_id = fields.Many2one(
        "project.milestone",
        copy=False,
        index="btree_not_null",
        check_company=True,
        export_string_translation=False,
        readonly=True,
    )

    def _bills_timesheets(self) -> bool:
        """Whether the line is billed by the hours logged. Note: `ensure_one()`."""
        return bool(self.product_id) and self.product_id._is_delivered_timesheet()

    def _price_of_ordered_hour(
        self, project: models.BaseModel, day: date
    ) -> float | None:
        """Return what an hour costs that this ordinary sales order sells.

        :param project.project project: the amount is in its billing currency.
        :param date day: day of the exchange rate.
        :return: None when no order sells the time, so that rates of the project hold.
        """
        if self.state != "sale" or self.order_id.billing_project_id:
            return None
        if not self._bills_timesheets():
            return None
        price = self.price_unit * (1 - self.discount / 100)
        if any(self.tax_ids.mapped("price_include")):
            price = self.price_reduce_taxexcl or price
        # Not rounded, here and below: a price of an hour may come from one of a day.
        price = self.product_uom_id._compute_price(price, hour_unit(self.env))
        return self.currency_id._convert(
            price, project.invoicing_currency_id, self.company_id, day, round=False
        )

    def _prepare_invoice_line(self, **optional_values: object) -> dict:
        values = super()._prepare_invoice_line(**optional_values)
        plan = plan_of(self.env)
        if plan and self.id in plan.names:
            values["name"] = plan.names[self.id]
        if plan and self.id in plan.times:
            # Written over what Odoo offers, which is all that the order has due.
            hours_per_day = self.billing_hours_per_day
            values["quantity"] = plan.quantity(self.id) / (hours_per_day or 1.0)
            values["billing_hours_per_day"] = ByCode(hours_per_day)
        elif plan and self._is_sold_at_price():
            values["quantity"] = 1.0
        elif not plan and self._bills_timesheets():
            values["quantity"] = self._exact_quantity(values["quantity"])
        return values

    def _exact_quantity(self, quantity: float) -> float:
        """Return a quantity to invoice with the minutes that two decimals leave out.

        A quantity that is not all of the time due is somebody's choice, and kept.
        Note: `self.ensure_one()`

        :param float quantity: as the order offers it.
        """
        offer = offer_of(self.env) or self._offered_time()
        exact = offer.hours.get(self.id, 0.0) / self._hours_of_unit()
        return exact if abs(exact - quantity) < 2 * ROUNDED_AWAY else quantity

    def _hours_of_unit(self) -> float:
        """Return how many hours the line's unit has. Note: `self.ensure_one()`."""
        return self.billing_hours_per_day or to_hours(1.0, self.product_uom_id)

    def _due_domain(self) -> Domain:
        """Return which timesheets the invoicing that is going on asks for."""
        context = self.env.context
        return worked_between(
            context.get("timesheet_start_date"), context.get("timesheet_end_date")
        )

    def _timesheet_compute_delivered_quantity_domain(self) -> list:
        domain = super()._timesheet_compute_delivered_quantity_domain()
        return [*domain, ("billed_elsewhere", "=", False)]

    @api.depends(
        "timesheet_ids.active",
        "timesheet_ids.billed_elsewhere",
        "timesheet_ids.billed_hours",
        "invoice_lines.billed_time_ids.active",
        "invoice_lines.billed_time_ids.hours",
        "invoice_lines.billed_time_ids.invoiced_hours",
    )
    def _compute_qty_delivered(self) -> None:
        # Only here to name on what else it depends: `_prepare_qty_delivered` figures.
        return super()._compute_qty_delivered()

    def _prepare_qty_delivered(self) -> dict:
        """Count hours of an entry on the order lines that billed them.

        Odoo counts an entry on the one line that it belongs to now; after a partial
        credit, one part of it may be billed by another. And it counts the hours
        logged; what was rounded on the invoice is delivered as it was invoiced.
        """
        delivered = super()._prepare_qty_delivered()
        lines = self.filtered(lambda line: line.qty_delivered_method == "timesheet")
        domain = Domain(lines._timesheet_compute_delivered_quantity_domain())
        logged = lines._own_hours(domain, "logged_hours")
        # Accruals ask for what was delivered until a day: what is billed apart from
        # the own time is told by all of it.
        own_billed = lines._own_hours(Domain.TRUE, "billed_hours")
        invoiced = lines._invoiced_hours()
        for line in lines:
            line_id = line._origin.id
            apart = exact_hours(invoiced[line_id] - own_billed[line_id])
            if apart or line.billing_hours_per_day:
                delivered[line] = line._quantity_of_hours(logged[line_id] + apart)
        return delivered

    def _quantity_of_hours(self, hours: float) -> float:
        """Return hours in the unit of a line, rounded as Odoo does.

        Note: `self.ensure_one()`
        """
        unit = self.product_uom_id
        if self.billing_hours_per_day:
            # As Odoo rounds what is delivered; what is invoiced is exact.
            return unit.round(hours / self.billing_hours_per_day)
        return hour_unit(self.env)._compute_quantity(
            hours, unit, rounding_method="HALF-UP"
        )

    def _own_hours(self, domain: Domain, name: str) -> dict[int, float]:
        """Return the sum over the timesheets that belong to these lines now, in hours.

        :param domain: further conditions on the timesheets.
        :param name: a field of a timesheet.
        :return: ``{line id: sum}``, zero for the others.
        """
        totals = defaultdict(float)
        if not self._origin:
            return totals
        # An order delivers all its time, whatever of it the user may read.
        timesheets = self.env["account.analytic.line"].sudo()
        rows = timesheets._read_group(
            domain & Domain("so_line", "in", self._origin.ids),
            ["so_line"],
            [f"{name}:sum"],
        )
        for line, total in rows:
            totals[line.id] = total
        return totals

    def _invoiced_hours(self) -> dict[int, float]:
        """Return the hours on the invoices of these lines by the ledger, net."""
        totals = defaultdict(float)
        for move_line, hours in self._invoiced_by_line().items():
            for line in move_line.sale_line_ids & self._origin:
                totals[line.id] += hours
        return totals

    def _invoiced_by_line(self) -> dict:
        """Return ``{invoice line: hours}``, net, of those that the ledger knows."""
        # An order is invoiced for all its time, whatever the user may read.
        rows = self.env["project.billed.time"].sudo()
        net = defaultdict(float)
        for move_line, sign, hours in rows._read_group(
            [("move_line_id", "in", self._origin.invoice_lines.ids)],
            ["move_line_id", "sign"],
            ["invoiced_hours:sum"],
        ):
            net[move_line] += sign * hours
        return net

    def _prepare_qty_invoiced(self) -> dict:
        """Sum hours before rounding them: three times 0.3333 are one, not 1.02.

        And give expenses of projects back by what takes them back, of which a draft
        or a rebate does nothing: the expense would be on two invoices.
        """
        invoiced = super()._prepare_qty_invoiced()
        for line in self:
            is_expense = line._is_project_expense()
            if is_expense or line.qty_delivered_method == "timesheet":
                invoiced[line] = sum(
                    line._quantity_invoiced_by(invoice_line)
                    for invoice_line in line._get_invoice_lines()
                    if invoice_line._counts_as_invoiced()
                    and not (is_expense and invoice_line._gives_no_cost_back())
                )
        return invoiced

    def _is_project_expense(self) -> bool:
        """Whether the line re-invoices a cost of a project. Note: `ensure_one()`."""
        return self.is_expense and bool(self.order_id.billing_project_id)

    def _follows_customer(self) -> bool:
        """Whether the line is for the customer that its project has now.

        As unbilled time is; what was invoiced in part stays with who has that.
        Note: `self.ensure_one()`
        """
        return self._is_project_expense() and not self.invoice_lines

    def _quantity_invoiced_by(self, invoice_line: models.BaseModel) -> float:
        """Return what an invoice line adds to the invoiced quantity, unrounded.

        Note: `self.ensure_one()`
        """
        sign = 1 if invoice_line.move_id.move_type == "out_invoice" else -1
        if self.billing_hours_per_day:
            hours = invoice_line.quantity * invoice_line._billing_unit_hours()
            return sign * hours / self.billing_hours_per_day
        return sign * invoice_line.product_uom_id._compute_quantity(
            invoice_line.quantity, self.product_uom_id, round=False
        )

    # What is to be invoiced of the time of order lines: what the ledger has free.

    @api.depends(
        # Asked when models are set up: what holds time back is for the listeners to
        # say, and so is what their answer depends on.
        lambda self: [
            "timesheet_ids.unbilled_hours",
            *(
                f"timesheet_ids.{path}"
                for listener in self.env["billing.listener"]._listeners()
                for path in listener._held_back_paths()
            ),
        ]
    )
    def _compute_qty_to_invoice(self) -> None:
        """Never offer more than the ledger has free, whatever the documents add up to.

        A draft credit note or one of money only lowers the invoiced quantity, but
        frees no time. Of an item at a price, what a credit frees is the project's.
        """
        result = super()._compute_qty_to_invoice()
        lines = self.filtered(
            lambda line: line.state == "sale" and line._bills_timesheets()
        )
        due, left = lines._unbilled_quantities(), lines._open_quantities()
        for line in self:
            if line._is_sold_at_price():
                # Its price is invoiced from the project; Odoo would bill it once more.
                line.qty_to_invoice = 0.0
            elif line in lines and (line.qty_to_invoice > 0 or line._origin in left):
                open_quantity = left.get(line._origin, line.qty_to_invoice)
                due_quantity = due.get(line._origin.id, 0.0)
                line.qty_to_invoice = max(min(due_quantity, open_quantity), 0.0)
        return result

    def _open_quantities(self) -> dict:
        """Return what of the delivered quantity no document bills, by the ledger.

        A quantity that somebody raised bills no time that is logged later, and is not
        to be given back for that.

        :return: ``{line: quantity}`` of the lines that the ledger knows.
        """
        net = self._invoiced_by_line()
        found = {}
        for line in self._origin:
            lines = line._get_invoice_lines().filtered(
                lambda one: one._counts_as_invoiced()
            )
            if any(one in net for one in lines):
                invoiced = sum(
                    net[one] / line._hours_of_unit()
                    if one in net
                    else line._quantity_invoiced_by(one)
                    for one in lines
                )
                found[line] = line.qty_delivered - invoiced
        return found

    def _recompute_qty_to_invoice(
        self, start_date: date | None, end_date: date | None
    ) -> None:
        """Offer what the ledger has free in the period, once.

        Odoo offers every entry of a credited invoice again.
        """
        result = super()._recompute_qty_to_invoice(start_date, end_date)
        lines = self.filtered(lambda line: line._bills_timesheets())
        due = lines._unbilled_quantities(worked_between(start_date, end_date))
        left = lines._open_quantities()
        for line in lines:
            open_quantity = left.get(line, line.qty_delivered - line.qty_invoiced)
            status = line.invoice_status
            due_quantity = due.get(line.id, 0.0)
            line.qty_to_invoice = max(min(due_quantity, open_quantity), 0.0)
            if not line.qty_to_invoice:
                # As in Odoo: the status is that of the line, not of the period asked
                # for.
                line.invoice_status = status
        return result

    @api.depends(
        "discount",
        "qty_to_invoice",
        "tax_ids",
        "timesheet_ids.unbilled_hours",
        "invoice_lines.move_id.move_type",
        "invoice_lines.move_id.state",
        "invoice_lines.price_subtotal",
    )
    def _compute_untaxed_amount_to_invoice(self) -> None:
        """Count time that is unbilled or on drafts, each for what it is worth.

        Odoo takes what was invoiced off the price of all hours delivered: the cents
        of five invoices that were rounded one by one would wait for ever.
        """
        result = super()._compute_untaxed_amount_to_invoice()
        lines = self.filtered(
            lambda line: line.state == "sale" and line._bills_timesheets()
        )
        unbilled = lines._own_hours(Domain("project_id", "!=", False), "unbilled_hours")
        for line in lines:
            worth = line._untaxed_worth(unbilled[line._origin.id])
            line.untaxed_amount_to_invoice = worth + line._untaxed_amount_on_drafts()
        for line in self:
            # What a rebate gave back is not to be invoiced again either.
            if line.state == "sale" and line._is_project_expense():
                worth = line._untaxed_worth_of(line.qty_to_invoice)
                on_drafts = line._untaxed_amount_on_drafts()
                line.untaxed_amount_to_invoice = worth + on_drafts
        return result

    def _untaxed_worth(self, hours: float) -> float:
        """Return what hours cost on this line, without taxes, to the cent.

        Note: `self.ensure_one()`
        """
        return self._untaxed_worth_of(hours / self._hours_of_unit())

    def _untaxed_worth_of(self, quantity: float) -> float:
        """Return what a quantity of this line costs, as `_untaxed_worth`."""
        price = self.price_unit * (1 - self.discount / 100)
        price = self.tax_ids._price_without_included(price, self.product_id)
        return self.currency_id.round(price * quantity)

    def _untaxed_amount_on_drafts(self) -> float:
        """Return what draft documents bill of this line, in its currency.

        What they would take back is not free before they are posted.
        Note: `self.ensure_one()`
        """
        today = fields.Date.context_today(self)
        return sum(
            line.currency_id._convert(
                max(line._billing_subtotal(), 0.0),
                self.currency_id,
                self.company_id,
                line.move_id.invoice_date or today,
            )
            for line in self._get_invoice_lines()
            if line.parent_state == "draft"
        )

    def _unbilled_quantities(self, domain: Domain = Domain.TRUE) -> dict[int, float]:
        """Return what the timesheets of these lines offer, in the lines' unit.

        :param domain: further conditions on the timesheets.
        """
        hours = self._offer(domain).hours
        return {
            line.id: line._quantity_of_hours(hours[line.id])
            for line in self.browse(hours)
        }

    def _offered_time(self) -> OfferedTime:
        """Return what these lines offer to the invoicing that is going on."""
        lines = self.filtered(lambda line: line._bills_timesheets())
        return lines._offer(lines._due_domain())

    def _offer(self, domain: Domain) -> OfferedTime:
        """Return the unbilled hours of these lines, and what of them has to wait.

        :param domain: further conditions on the timesheets.
        """
        own = Domain("project_id", "!=", False) & domain
        hours = self._own_hours(own, "unbilled_hours")
        # An order offers its time whatever of it the user may read.
        timesheets = self.env["account.analytic.line"].sudo()
        waiting = timesheets._held_back(
            own
            & Domain("unbilled_hours", "!=", 0)
            & Domain("so_line", "in", self._origin.ids)
        )
        for timesheet in timesheets.union(*waiting.values()):
            hours[timesheet.so_line.id] -= timesheet.unbilled_hours
        return OfferedTime(hours, waiting)

    def _move_to_order(self, order: models.BaseModel) -> None:
        """Let costs of a project be re-invoiced through its order of today.

        At the terms of that order, for the amount without taxes that they have. What
        an ordinary order re-invoices stays there, and what was invoiced in part.

        :param sale.order order: the billing order of the project.
        """
        for line in self:
            if line.order_id == order or not line._follows_customer():
                continue
            taxes, product = line.tax_ids, line.product_id
            line.order_id = order
            line._compute_tax_ids()
            if line.tax_ids != taxes:
                price = taxes._price_without_included(line.price_unit, product)
                line.price_unit = price
                line._include_taxes()

    # Lines of a billing order that sell something at a price, not by the hour.

    def _include_taxes(self) -> None:
        """Raise prices by the taxes that are included in them.

        Rates and amounts of a project are agreed without taxes.
        """
        for line in self:
            price = line.tax_ids._price_with_included(line.price_unit, line.product_id)
            if price != line.price_unit:
                # Zero tells Odoo that the price was set by hand, and not to compute it
                # anew.
                line.write({"price_unit": price, "technical_price_unit": 0.0})

    def _is_sold_at_price(self) -> bool:
        """Whether the line sells an item or a fixed cost. Note: one line or none."""
        return bool(self.billing_key) and not self._bills_timesheets()

    def _deliver_as_invoiced(self) -> None:
        """Let nothing be due on these lines: the project's invoices bill them."""
        # Whoever may change the invoice need not have rights to the order.
        for line in self.sudo():
            if line._is_sold_at_price() and line.qty_delivered != line.qty_invoiced:
                # Such lines are delivered by hand: what Odoo asks of people is done for
                # them.
                line.qty_delivered = line.qty_invoiced

    def _link_quoted_work(self) -> None:
        """Make these lines the sales order items of the work that they sell."""
        for line in self:
            line.quoted_task_ids.sale_line_id = line
            line.quoted_milestone_id.sale_line_id = line
