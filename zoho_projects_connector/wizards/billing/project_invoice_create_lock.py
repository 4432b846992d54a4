from collections import defaultdict
from contextlib import contextmanager

from odoo import models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

from ...hours import SAME_HOURS


class ProjectInvoiceCreate(models.TransientModel):
    """Two accountants at once: the second one waits, or is told."""

    _inherit = "project.invoice.create"

    @contextmanager
    def _lock_or_tell(self):
        """Turn a lock that somebody else has into a sentence."""
        try:
            yield
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is invoicing or changing this right now. Try again "
                    "in a moment."
                )
            ) from error

    def _lock_amounts(self) -> None:
        """Keep other invoices off the items, fixed costs and expenses chosen.

        And off the time that a price covers: nobody is to bill it by the hour.
        """
        with self._lock_or_tell():
            if self.mode == "items":
                for line in self.item_ids:
                    line._item().lock_for_update(allow_referencing=True)
                    line._item()._coverable_time().lock_for_update()
            if self.mode == "expenses" or self.include_expenses:
                self._expense_lines().lock_for_update(allow_referencing=True)
            if self.mode == "fixed":
                self.project_ids.lock_for_update(allow_referencing=True)
                self.project_ids._coverable_time().lock_for_update()
        if self.mode == "fixed":
            # What is left is a sum over other rows: only a new version of the
            # project's own row makes a second transaction start anew.
            self.env.cr.execute(
                SQL(
                    "UPDATE project_project SET fixed_cost = fixed_cost WHERE id IN %s",
                    tuple(self.project_ids.ids),
                )
            )

    def _lock_time(self, groups) -> None:
        """Keep other invoices off these entries, then look at them again.

        :param list[TimeGroup] groups: the time about to be billed.
        :raise UserError: an entry changed or was billed since it was chosen.
        """
        planned = defaultdict(float)
        for group in groups:
            for time in group.times:
                planned[time.timesheet_id] += time.hours
        timesheets = self.env["account.analytic.line"].sudo().browse(planned)
        with self._lock_or_tell():
            timesheets.lock_for_update()
        timesheets.invalidate_recordset(["unbilled_hours"])
        timesheets.fetch(["unbilled_hours"])
        hours = timesheets._hours_to_bill()
        changed = timesheets.filtered(
            lambda line: (
                # Of negative time, no more may be taken off than there is.
                hours[line.id] > planned[line.id] + SAME_HOURS
                if planned[line.id] < 0
                else hours[line.id] != planned[line.id]
            )
        )
        if changed:
            invoices = changed._billing_invoices()
            raise UserError(
                self.env._(
                    "Part of this time was billed or changed in the meantime "
                    "(%(invoices)s). Look at the preview again.",
                    invoices=", ".join(invoices.mapped("display_name")) or "-",
                )
            )
