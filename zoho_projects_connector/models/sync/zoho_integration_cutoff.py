from datetime import date

from odoo import models
from odoo.fields import Domain

from ...const import SYNC_CONTEXT

CUTOFF_FIELDS = frozenset({"timesheet_cutoff", "timesheet_cutoff_date"})


class ZohoIntegration(models.Model):
    """The day that parts time billed elsewhere from time that Odoo bills."""

    _name = "zoho.integration"
    _inherit = ["zoho.integration"]

    def _follow_cutoff(self, vals: dict) -> None:
        """Let synced logs follow the cut-off at once, not with the next sync."""
        if CUTOFF_FIELDS & vals.keys():
            for integration in self:
                integration._apply_cutoff()

    def _cutoff_day(self) -> date | None:
        """Return the first day that Odoo bills, None when it bills every day."""
        self.ensure_one()
        return self.timesheet_cutoff_date if self.timesheet_cutoff == "date" else None

    def _is_before_cutoff(self, day: date) -> bool:
        """Return whether time of a day was billed before Odoo billed."""
        cutoff = self._cutoff_day()
        return bool(cutoff) and day < cutoff

    def _logs_to_move(self, cutoff: date | None) -> tuple:
        """Return the synced logs that a cut-off moves, and those that invoices hold.

        :param cutoff: the first day to bill; None for every day.
        :return: two recordsets in sudo.
        """
        self.ensure_one()
        links = (
            self.env["zoho.link"]
            .sudo()
            ._search(
                [
                    ("integration_id", "=", self.id),
                    ("entity", "=", "timelog"),
                    ("state", "=", "linked"),
                ]
            )
        )
        moved = Domain("billed_elsewhere", "=", True)
        if cutoff:
            moved &= Domain("date", ">=", cutoff)
            moved |= Domain("billed_elsewhere", "=", False) & Domain(
                "date", "<", cutoff
            )
        logs = self.env["account.analytic.line"].sudo()
        logs = logs.search(Domain("id", "in", links.subselect("res_id")) & moved)
        kept = logs._filter_on_invoice()
        return logs - kept, kept

    def _apply_cutoff(self) -> None:
        """Move the synced logs that are on no invoice to their side of the cut-off."""
        logs, _kept = self._logs_to_move(self._cutoff_day())
        logs = logs.with_context(**SYNC_CONTEXT)
        earlier = logs.filtered(lambda log: not log.billed_elsewhere)
        earlier.write({"billed_elsewhere": True})
        (logs - earlier).write({"billed_elsewhere": False})
