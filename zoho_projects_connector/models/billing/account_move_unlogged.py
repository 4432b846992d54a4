from odoo import api, fields, models

from ...hours import SAME_HOURS, clock


class AccountMove(models.Model):
    """Hours that are on a document, but on no timesheet of it.

    They are seen: on the draft, before it is posted, and in the nightly check.
    """

    _inherit = "account.move"

    unlogged_note = fields.Char(compute="_compute_unlogged_note", compute_sudo=True)
    unlogged_hours_agreed = fields.Float(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="Hours without a timesheet for which somebody gave a reason when he "
        "posted the document.",
    )

    @api.depends(
        "state",
        "invoice_line_ids.quantity",
        "invoice_line_ids.billed_time_ids.active",
        "invoice_line_ids.billed_time_ids.invoiced_hours",
    )
    def _compute_unlogged_note(self) -> None:
        """Say it of what is saved: the ledger follows no line that is being typed."""
        for move in self:
            saved = move._origin
            found = saved._unlogged_hours() if saved.state == "draft" else {}
            move.unlogged_note = bool(found) and saved._unlogged_sentence(found)

    def _unlogged_hours(self) -> dict:
        """Return ``{line: hours}`` of the lines with more hours than their time."""
        # Hours count in full, whatever timesheets and rows the user may read.
        return self.sudo().invoice_line_ids._unlogged_hours()

    def _unlogged_sentence(self, hours_by_line: dict) -> str:
        """Return what there is to say of hours that nobody logged."""
        lines = [(line.name or "-").split("\n")[0] for line in hours_by_line]
        return self.env._(
            "%(hours)s h on this document are time that nobody logged, or that is "
            "billed elsewhere: %(lines)s. Lower the quantity or delete the line, or "
            "say why they are billed all the same when you post.",
            hours=clock(sum(hours_by_line.values())),
            lines=", ".join(dict.fromkeys(lines)),
        )

    def _unlogged_questions(self) -> list[str]:
        """Return what is asked of such hours before the document is posted."""
        found = self._unlogged_hours()
        return [self._unlogged_sentence(found)] if found else []

    def _agree_to_unlogged_hours(self) -> None:
        """Remember for how many such hours somebody gave a reason.

        Note: `self.ensure_one()`
        """
        hours = sum(self._unlogged_hours().values())
        if hours > SAME_HOURS:
            # Posted by his own rights; only code writes what was agreed.
            self.sudo().unlogged_hours_agreed = hours

    def _given_up_rates(self) -> set[float]:
        """Return the prices of an hour of time that this document bills in part only.

        Or that it gave up with a line that was deleted. Note: `self.ensure_one()`
        """
        ledger = self.env["project.billed.time"]
        domain = [("move_id", "=", self.id), ("sign", "=", 1), ("kind", "=", "time")]
        rows = ledger._find(domain, asleep=True)
        # What a deleted line has left is the document's, whoever may read the time.
        timesheets = rows.timesheet_id | self.sudo().billing_left_ids
        live = rows.filtered("active").grouped("timesheet_id")
        given_up = timesheets.filtered(
            lambda timesheet: (
                sum(live.get(timesheet, ledger).mapped("hours"))
                < timesheet._billing_hours() - SAME_HOURS
            )
        )
        rates = {rate.rate for rate in given_up._get_billing_rates().values()}
        rates |= {row.rate for row in rows if row.timesheet_id in given_up}
        return {rate for rate in rates if rate}
