from datetime import timedelta

from odoo import api, fields, models

from ...models.sync.sentences import refuse_intervals


class ZohoScheduleChange(models.TransientModel):
    """Changes the intervals, and says when they sync next."""

    _name = "zoho.schedule.change"
    _inherit = ["caller.choice.mixin"]
    _description = "Change the Schedule of the Sync"

    integration_id = fields.Many2one("zoho.integration", required=True, readonly=True)
    quick_interval = fields.Integer("Minutes between Syncs", required=True)
    full_interval = fields.Integer("Hours between Full Comparisons", required=True)
    refusal = fields.Char(compute="_compute_refusal")
    next_sync = fields.Datetime(compute="_compute_next")
    next_full_sync = fields.Datetime("Next Full Comparison", compute="_compute_next")

    @api.depends("quick_interval", "full_interval")
    def _compute_refusal(self) -> None:
        for wizard in self:
            wizard.refusal = refuse_intervals(
                self.env, wizard.quick_interval, wizard.full_interval
            )

    @api.depends("integration_id", "quick_interval", "full_interval")
    def _compute_next(self) -> None:
        for wizard in self:
            integration = wizard.integration_id
            # A record of nothing but values: the computed field tells of them, and
            # nothing is written.
            would_be = integration.new(
                {
                    "status": integration.status,
                    "retry_at": integration.retry_at,
                    "waiting_since": integration.waiting_since,
                    "last_sync": integration.last_sync,
                    "quick_interval": wizard.quick_interval,
                }
            )
            wizard.next_sync = not wizard.refusal and would_be.next_sync
            last, hours = integration.last_full_sync, wizard.full_interval
            due = wizard.next_sync and last and last + timedelta(hours=hours)
            wizard.next_full_sync = due and max(due, wizard.next_sync)

    def action_apply(self) -> dict:
        """Keep the intervals; the next sync comes by them.

        :raise ValidationError: when they make no schedule.
        """
        self.ensure_one()
        self.integration_id.write(
            {
                "quick_interval": self.quick_interval,
                "full_interval": self.full_interval,
            }
        )
        return {"type": "ir.actions.act_window_close"}
