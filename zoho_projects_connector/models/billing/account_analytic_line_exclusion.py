from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_duration

from ...groups import BILLING_GROUP


class AccountAnalyticLine(models.Model):
    """Time that somebody decides not to bill, and back.

    Who decided, when and why stays on the entry; every decision is in the chatter of
    the project. What Zoho says later does not undo it.
    """

    _inherit = "account.analytic.line"

    excluded_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    excluded_at = fields.Datetime("Excluded On", readonly=True, copy=False)

    def action_exclude(self) -> dict:
        """Ask why these timesheets are not to be billed."""
        self._check_excludable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Do Not Bill"),
            "res_model": "timesheet.exclude",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_timesheet_ids": self.ids},
        }

    def action_include(self) -> bool:
        """Offer excluded timesheets for billing again."""
        self._check_excludable()
        # Checked above; accountants have no right to write timesheets.
        excluded = self.sudo().filtered("billing_exclusion")
        excluded.write(
            {"billing_exclusion": False, "excluded_by_id": False, "excluded_at": False}
        )
        excluded._log_exclusion(self.env._("To be billed again"), "")
        return True

    def _exclude(self, reason: str) -> None:
        """Take these timesheets out of billing.

        :param str reason: why, in the words of whoever decides.
        """
        self._check_excludable()
        # Checked above; accountants have no right to write timesheets.
        timesheets = self.sudo()
        timesheets.write(
            {
                "billing_exclusion": reason,
                "excluded_by_id": self.env.uid,
                "excluded_at": fields.Datetime.now(),
            }
        )
        timesheets._log_exclusion(self.env._("Not to be billed"), reason)

    def _check_excludable(self) -> None:
        """Refuse timesheets that the user may not exclude, or nobody may.

        :raise AccessError: when they are not his to see; to write, without the
            billing group.
        :raise UserError: naming the invoice that bills them.
        """
        may_bill = self.env.user.has_group(BILLING_GROUP)
        self.check_access("read" if may_bill else "write")
        if not self or self.filtered(lambda line: not line.project_id):
            raise UserError(self.env._("Only time of projects is billed."))
        self._filter_on_invoice()._raise_invoiced(
            self.env._("This time cannot be excluded")
        )
        elsewhere = self.filtered("billed_elsewhere")
        if elsewhere:
            raise UserError(
                self.env._(
                    "This time cannot be excluded: it was billed before Odoo (%s).",
                    ", ".join(elsewhere[:3].mapped("name")),
                )
            )

    def _log_exclusion(self, title: str, reason: str) -> None:
        """Say in the chatter of each project what was decided of its time."""
        for project, timesheets in self.grouped("project_id").items():
            hours = sum(line._billing_hours() for line in timesheets)
            names = ", ".join(dict.fromkeys(timesheets[:3].mapped("name")))
            parts = [title, format_duration(hours), names, reason]
            project._message_log(body=" · ".join(part for part in parts if part))
