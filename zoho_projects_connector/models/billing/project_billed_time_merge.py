from odoo import models

from ...hours import SAME_HOURS, exact_hours


class ProjectBilledTime(models.Model):
    _inherit = "project.billed.time"

    def _take_back_left_time(self, move) -> None:
        """Let lines of a live invoice bill the time that other lines of it gave up.

        An accountant merges two lines by raising the quantity of one and deleting
        the other, or lowering it to zero, in either order: the hours are still on
        the invoice, so they are still billed. These rows are all of the invoice.
        """
        room = {}
        times = self.filtered(lambda row: row.kind == "time")
        for line, rows in times.grouped("move_line_id").items():
            missing = line._billing_hours() - rows._shown_hours()
            if missing > SAME_HOURS:
                room[line] = missing
        if not room:
            return
        # What a deleted line has left is the document's, whoever may read the time.
        candidates = (move.sudo().billing_left_ids | times.timesheet_id).sorted(
            lambda timesheet: (timesheet.date, timesheet.id)
        )
        free = self._free_hours(candidates)
        for line, missing in room.items():
            rows = times.filtered(lambda row, line=line: row.move_line_id == line)
            taken = rows._take_left_time(line, candidates, free, missing)
            (rows | taken)._restate_invoice_line(line)

    def _take_left_time(self, move_line, candidates, free, missing: float):
        """Return new rows of a line for free hours of timesheets it did not bill.

        :param free: free hours by id of the timesheet; what is taken is taken off.
        :param missing: the hours that the line has and no timesheet of its own.
        :rtype: project.billed.time
        """
        vals_list = []
        for timesheet in candidates - self.timesheet_id:
            hours = min(free[timesheet.id], missing)
            if not timesheet.unbilled_hours or hours < SAME_HOURS:
                continue
            free[timesheet.id] -= hours
            missing -= hours
            vals_list.append(
                {
                    "timesheet_id": timesheet.id,
                    "project_id": timesheet.project_id.id,
                    "move_line_id": move_line.id,
                    "hours": exact_hours(hours),
                    "rate": move_line._billing_hourly_price(),
                    "rate_origin": "invoice",
                }
            )
        return self.create(vals_list)
