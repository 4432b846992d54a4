from odoo import api, models
from odoo.exceptions import ValidationError

LONGEST_QUICK_MINUTES = 24 * 60
LONGEST_FULL_HOURS = 31 * 24


class ZohoIntegration(models.Model):
    """The intervals of the schedule, and which of them make no schedule."""

    _name = "zoho.integration"
    _inherit = ["zoho.integration"]

    @api.constrains("quick_interval", "full_interval")
    def _check_intervals(self) -> None:
        for integration in self:
            refusal = integration._refuse_intervals(
                integration.quick_interval, integration.full_interval
            )
            if refusal:
                raise ValidationError(refusal)

    @api.model
    def _refuse_intervals(self, minutes: int, hours: int) -> str | None:
        """Return why two intervals make no schedule, or None.

        :param minutes: between two syncs of what has changed.
        :param hours: between two comparisons of everything.
        """
        if not 1 <= minutes <= LONGEST_QUICK_MINUTES:
            return self.env._(
                "A sync comes every 1 to %(most)s minutes, at least once a day.",
                most=LONGEST_QUICK_MINUTES,
            )
        if not 1 <= hours <= LONGEST_FULL_HOURS:
            return self.env._(
                "A full comparison comes every 1 to %(most)s hours, at least once a"
                " month: only it finds what was deleted in Zoho.",
                most=LONGEST_FULL_HOURS,
            )
        if minutes > hours * 60:
            return self.env._(
                "A full comparison is a sync too: it cannot come every %(hours)s h"
                " when syncs come every %(minutes)s minutes.",
                hours=hours,
                minutes=minutes,
            )
        return None
