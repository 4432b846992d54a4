from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrderLine(models.Model):
    """What is to be invoiced of the time of order lines: what the ledger has free."""

    _inherit = "sale.order.line"

    @api.depends("timesheet_ids.unbilled_hours")
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
        # What is billed counts in full, whatever the user may read.
        rows = self.env["project.billed.time"].sudo()
        groups = rows._read_group(
            [("move_line_id", "in", self._origin.invoice_lines.ids)],
            ["move_line_id", "sign"],
            ["invoiced_hours:sum"],
        )
        net = defaultdict(float)
        for move_line, sign, hours in groups:
            net[move_line.id] += sign * hours
        found = {}
        for line in self._origin:
            lines = line._get_invoice_lines().filtered(
                lambda one: one._counts_as_invoiced()
            )
            if any(one.id in net for one in lines):
                invoiced = sum(
                    net[one.id] / line._hours_of_unit()
                    if one.id in net
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
        domain = []
        if start_date:
            domain.append(("date", ">=", start_date))
        if end_date:
            domain.append(("date", "<=", end_date))
        due, left = lines._unbilled_quantities(domain), lines._open_quantities()
        for line in lines:
            open_quantity = left.get(line, line.qty_delivered - line.qty_invoiced)
            status = line.invoice_status
            due_quantity = due.get(line.id, 0.0)
            line.qty_to_invoice = max(min(due_quantity, open_quantity), 0.0)
            if not line.qty_to_invoice:
                line.invoice_status = status
        return result

    @api.depends(
        "discount",
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
        unbilled = lines._own_hours([("project_id", "!=", False)], "unbilled_hours")
        for line in lines:
            worth = line._untaxed_worth(unbilled[line._origin.id])
            line.untaxed_amount_to_invoice = worth + line._untaxed_amount_on_drafts()
        return result

    def _untaxed_worth(self, hours: float) -> float:
        """Return what hours cost on this line, without taxes, to the cent.

        Note: `self.ensure_one()`
        """
        price = self.price_unit * (1 - self.discount / 100)
        price = self.tax_ids._price_without_included(price, self.product_id)
        return self.currency_id.round(price * hours / self._hours_of_unit())

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

    def _unbilled_quantities(self, domain: Domain | list = ()) -> dict[int, float]:
        """Return what the timesheets of these lines offer, in the lines' unit.

        :param list domain: further conditions on the timesheets.
        """
        offered = self._offered_hours(domain)
        lines = self.browse(offered)
        return {line.id: line._quantity_of_hours(offered[line.id]) for line in lines}

    def _offered_hours(self, domain: Domain | list = ()) -> dict[int, float]:
        """Return the unbilled hours of these lines that need not wait.

        :param list domain: further conditions on the timesheets.
        :return: ``{line id: hours}``, zero for the others.
        """
        hours = self._own_hours(
            [("project_id", "!=", False), *domain], "unbilled_hours"
        )
        for timesheet in self._waiting_time(domain):
            hours[timesheet.so_line.id] -= timesheet.unbilled_hours
        return hours

    def _waiting_time(self, domain: Domain | list = ()) -> models.BaseModel:
        """Return the unbilled time of these lines that has to wait.

        :param list domain: further conditions on the timesheets.
        :rtype: account.analytic.line
        """
        # An order offers its time whatever of it the user may read.
        timesheets = self.env["account.analytic.line"].sudo()
        unbilled = Domain("project_id", "!=", False) & Domain("unbilled_hours", "!=", 0)
        own = unbilled & Domain("so_line", "in", self._origin.ids)
        return timesheets.search(own & Domain(domain) & timesheets._held_back_domain())
