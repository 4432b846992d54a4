from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date


class ProjectInvoiceCreate(models.TransientModel):
    """The date of the invoice: never in a closed period."""

    _inherit = "project.invoice.create"

    invoice_date = fields.Date(
        help="Empty: the day on which the invoice is posted. Time of a closed period "
        "is invoiced on an open day.",
    )

    @api.model
    def _locked_date(self, company, day) -> str | bool:
        """Return why an invoice cannot have a date, with the first open day.

        False when it can, or when it has none yet.
        """
        # Lock dates are not for invoicing users to read; theirs are still looked up.
        company = company.with_env(self.env).sudo()
        locks = company._get_lock_date_violations(day, purchase=False)
        if not locks:
            return False
        last_locked = max(day for day, _field in locks)
        return self.env._(
            "%(date)s lies in a period that is closed. The first open day is %(open)s.",
            date=format_date(self.env, day),
            open=format_date(self.env, last_locked + timedelta(days=1)),
        )
