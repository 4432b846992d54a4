from odoo import Command, models

from .billing_hours import SAME_HOURS, exact_hours


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
