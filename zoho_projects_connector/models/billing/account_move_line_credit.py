from odoo import fields, models
from odoo.tools import format_date

from ..code_only_mixin import ByCode


class AccountMoveLine(models.Model):
    """A line of a credit note may say whose hours it takes back."""

    _inherit = "account.move.line"

    billing_credited_id = fields.Many2one(
        "project.billed.time",
        string="Credited Time",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        export_string_translation=False,
        help="The billed time whose hours this line takes back; without it, a credit "
        "note takes back the last entries of the invoice line first.",
        readonly=True,
    )

    def _credited_rows(self, rows):
        """Return the ledger rows that a line takes back: the one it names, else all.

        :param rows: ``{account.move.line: project.billed.time}`` of the invoice.
        :rtype: project.billed.time
        """
        found = self._reversed_rows(rows)
        return found & self.billing_credited_id if self.billing_credited_id else found

    def _credited_hours(self) -> float:
        """Return the hours that a posted line takes back, less what was reversed.

        Note: `self.ensure_one()`
        """
        hours = sum(line._billing_hours() for line in self._posted_followers())
        return max(self._billing_hours(-1) - hours, 0.0)

    def _credited_subtotal(self) -> float:
        """Return the money that a posted line takes back, less what was reversed.

        Note: `self.ensure_one()`
        """
        money = sum(line._billing_subtotal() for line in self._posted_followers())
        return max(self._billing_subtotal(-1) - money, 0.0)

    def _posted_followers(self):
        """Return the posted lines that reverse or replace this one.

        :rtype: account.move.line
        """
        followers = [("billing_origin_id", "in", self.ids)]
        # Other people's documents count, whatever this user may see of them.
        return self.sudo().search([*followers, ("parent_state", "=", "posted")])

    def _credit_row_vals(self, row, hours: float) -> dict:
        """Return what makes of this line a credit of some hours of one entry.

        Note: `self.ensure_one()`

        :param project.billed.time row: the time on the invoice line that is credited.
        """
        timesheet = row.timesheet_id
        lang = self.move_id.partner_id.lang
        details = [
            format_date(self.env, timesheet.date, lang_code=lang),
            timesheet.employee_id.name,
            timesheet.name,
        ]
        return {
            "quantity": self._billing_direction(-1) * row._line_quantity(hours),
            "name": "\n".join([self.name, ", ".join(details)]),
            "billing_credited_id": ByCode(row.id),
        }
