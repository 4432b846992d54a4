from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    subscription_id = fields.Many2one(
        "contract.contract",
        copy=False,
        index="btree_not_null",
        readonly=True,
        help="The subscription of projects that this invoice renews.",
    )

    def write(self, vals: dict) -> bool:
        result = super().write(vals)
        if "state" in vals:
            # Odoo posts, cancels and reopens by writing `state`: every button is seen.
            self._subscription_periods()._follow_invoices()
        return result

    def unlink(self) -> bool:
        periods = self._subscription_periods()
        # Before the database deletes them by cascade: their lines are due again.
        periods.filtered("active")._reopen()
        periods.unlink()
        return super().unlink()

    def _subscription_periods(self) -> models.BaseModel:
        """Return the periods that these invoices bill, or billed until cancelled.

        :rtype: project.subscription.period
        """
        # Only code writes periods; who may write the invoice was checked by Odoo.
        renewals = self.sudo().filtered("subscription_id")
        periods = self.env["project.subscription.period"].sudo()
        if not renewals:
            return periods
        return periods.with_context(active_test=False).search(
            [("move_id", "in", renewals.ids)]
        )
