from collections import defaultdict
from datetime import date

from odoo import models

from ...hours import ROUNDED_AWAY, SAME_HOURS, exact_hours


class AccountMoveLine(models.Model):
    """Hours on a line that no time on the ledger stands behind."""

    _inherit = "account.move.line"

    def _unlogged_hours(self) -> dict:
        """Return ``{line: hours}`` of the lines that have more than their time."""
        lines = self.filtered(lambda line: line._tells_logged_time())
        invoiced = lines._invoiced_time()
        # Odoo bills an order in two decimals: what they hide, nobody has added.
        beyond = {
            line: hours
            for line in lines
            if (hours := line._billing_hours() - invoiced[line.id])
            > ROUNDED_AWAY + SAME_HOURS
        }
        # An invoice may have thousands of lines, of which few are ever credited.
        credited = lines.browse(line.id for line in beyond)._posted_followers()
        found = {}
        for line, hours in beyond.items():
            hours -= line._hours_to_replace()
            if line in credited.billing_origin_id:
                hours -= line._unlogged_credited()
            if hours > ROUNDED_AWAY + SAME_HOURS:
                found[line] = exact_hours(hours)
        return found

    def _unlogged_to_credit(self) -> float:
        """Return the hours of the credited line that are no time, to credit first.

        Else time that is billed rightly would be free again, and billed once more.
        Note: `self.ensure_one()`
        """
        origin = self.billing_origin_id
        hours = origin and origin._billing_hours() - origin._invoiced_time()[origin.id]
        if not hours or hours < ROUNDED_AWAY + SAME_HOURS or self.billing_credited_id:
            return 0.0
        return max(hours - origin._unlogged_credited(until=self), 0.0)

    def _unlogged_credited(self, until: date | None = None) -> float:
        """Return the hours beyond its time that were credited of a line.

        Note: `self.ensure_one()`

        :param account.move.line until: only what was credited before this line.
        """
        credits = self._posted_followers().filtered(
            lambda line: not line._credits_money_only()
        )
        if until:
            credits = credits.filtered(lambda line: line.id < until.id)
        rows = self.env["project.billed.time"]._find(
            [("move_line_id", "in", credits.ids), ("origin_id", "!=", False)]
        )
        taken = sum(line._credited_hours() for line in credits)
        return max(taken - sum(rows.mapped("invoiced_hours")), 0.0)

    def _tells_logged_time(self) -> bool:
        """Whether the quantity of a line is time that somebody should have logged.

        A line that was typed tells it by its product; without one, by a price at which
        its document gave up time. Note: `self.ensure_one()`
        """
        if self.display_type != "product" or not self.move_id._bills_time():
            return False
        if self.sale_line_ids:
            return any(line._bills_timesheets() for line in self.sale_line_ids)
        if self.product_id:
            return self.product_id._is_delivered_timesheet()
        # Typed without a product, it still bills time when it costs what the time costs
        # that the same document gave up: a merged or retyped line.
        price = self._billing_hourly_price()
        return any(
            not self.currency_id.compare_amounts(price, rate)
            for rate in self.move_id._given_up_rates()
        )

    def _invoiced_time(self) -> dict[int, float]:
        """Return the hours that the ledger has for these lines, as invoiced."""
        domain = [
            ("move_line_id", "in", self.ids),
            ("kind", "=", "time"),
            ("origin_id", "=", False),
        ]
        hours = defaultdict(float)
        for row in self.env["project.billed.time"]._find(domain):
            hours[row.move_line_id.id] += row._shown_hours()
        return hours

    def _hours_to_replace(self) -> float:
        """Return the hours that a line takes over when its document is posted.

        Of the line that it replaces; or those that a credit note took back, which it
        reverses. Note: `self.ensure_one()`
        """
        # The invoice that undoes a credit note bills again what was taken back.
        if self.billing_origin_id.move_id._takes_back_time():
            return self.billing_origin_id._billing_hours(-1)
        if not self.move_id.billing_replaced_ids or self._with_billed_time():
            return 0.0
        ledger = self.env["project.billed.time"]
        rows = ledger._find(
            [
                ("move_line_id", "=", self.billing_origin_id.id),
                ("origin_id", "=", False),
            ],
            asleep=True,
        ).filtered("timesheet_id")
        again = rows._times_again(ledger._free_hours(rows.timesheet_id))
        return sum(time.invoiced_hours for time in again)
