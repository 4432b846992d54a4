from odoo import Command, models
from odoo.tools import format_duration
from odoo.tools.translate import LazyTranslate

from ...hours import SAME_HOURS, exact_hours

_lt = LazyTranslate(__name__)

# Why hours were taken off a line of a draft, as its chatter says it.
LEFT_DRAFT = {
    "deleted": _lt(
        "%(hours)s h were deleted from the timesheets: they were taken off the line "
        "%(line)s."
    ),
    "withdrawn": _lt(
        "%(hours)s h were withdrawn: they were taken off the line %(line)s."
    ),
    "excluded": _lt(
        "%(hours)s h are not to be billed any more: they were taken off the line "
        "%(line)s."
    ),
    "billed_elsewhere": _lt(
        "%(hours)s h were billed elsewhere: they were taken off the line %(line)s."
    ),
    "moved": _lt(
        "%(hours)s h went to another project: they were taken off the line %(line)s."
    ),
    "customer": _lt(
        "%(hours)s h are another customer's now: they were taken off the line %(line)s."
    ),
    "order": _lt(
        "%(hours)s h are no longer sold by the sales order of this invoice: they were "
        "taken off the line %(line)s."
    ),
    "terms": _lt(
        "%(hours)s h are not billed by the hour any more: they were taken off the line "
        "%(line)s."
    ),
}


class ProjectBilledTime(models.Model):
    """Hours of one entry that an invoice should not bill."""

    _inherit = "project.billed.time"

    def _line_quantity(self, hours: float) -> float:
        """Return hours of this row as its invoice line shows them, in its unit.

        Note: `self.ensure_one()`
        """
        unit_hours = self.move_line_id._billing_unit_hours()
        return exact_hours(hours * self.invoice_factor / unit_hours)

    def _take_off(self, hours: float) -> None:
        """Take hours of this row off its draft invoice, and off no other entry.

        Note: `self.ensure_one()`
        """
        line, timesheet = self.move_line_id, self.timesheet_id
        direction = line._billing_direction()
        quantity = exact_hours(direction * line.quantity - self._line_quantity(hours))
        left = exact_hours(self.hours - hours)
        if quantity > SAME_HOURS:
            if left > SAME_HOURS:
                self.hours = left
            else:
                self.unlink()
            command = Command.update(line.id, {"quantity": direction * quantity})
        else:
            command = Command.delete(line.id)
        line.move_id.write({"invoice_line_ids": [command]})
        timesheet._follow_ledger()

    def _has_left_billing(self) -> bool:
        """Whether the time was taken out of billing or moved to another project.

        Note: `self.ensure_one()`
        """
        timesheet = self.timesheet_id
        return bool(timesheet._why_unbillable()) or (
            timesheet.project_id != self.project_id
        )

    def _why_not_again(self) -> str:
        """Return why time that was free meanwhile is not to be billed here any more.

        Empty when it is. What a live document covers at a price is left to the one
        check that refuses it by name. Note: `self.ensure_one()`

        :return: one of the reasons in ``LEFT_DRAFT``.
        """
        timesheet, sale_line = self.timesheet_id, self.move_line_id.sale_line_ids[:1]
        if not timesheet:
            return "deleted"
        if reason := timesheet._why_unbillable():
            return reason
        if timesheet.project_id != self.project_id:
            return "moved"
        order = sale_line.order_id
        customer = self.project_id.partner_id.commercial_partner_id
        if order.billing_project_id and order.partner_id.commercial_partner_id != (
            customer
        ):
            return "customer"
        if timesheet._agreed_billing_state():
            return "" if self._covering(timesheet) else "terms"
        return "order" if timesheet._is_sold_beside(sale_line) else ""

    def _leave_draft(self, reason: str) -> None:
        """Take the hours of these rows off their draft invoices, and say so there.

        :param str reason: why, one of ``LEFT_DRAFT``.
        """
        for line, rows in self.grouped("move_line_id").items():
            move = line.move_id
            invoiced = rows._shown_hours()
            part = invoiced / line._billing_hours() if invoiced else 0.0
            hours = format_duration(sum(rows.mapped("hours")))
            sentence = self.env._(LEFT_DRAFT[reason])
            move._message_log(body=sentence % {"hours": hours, "line": line.name})
            rows.unlink()
            quantity = exact_hours(line.quantity * (1 - part))
            move.write(
                {"invoice_line_ids": [Command.update(line.id, {"quantity": quantity})]}
            )
