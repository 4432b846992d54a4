from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_duration

from ...models.sync.zoho_integration import offer_cutoff_date
from ...naming import name_some

INVOICES_NAMED = 5


class ZohoCutoffChange(models.TransientModel):
    """Shows what another cut-off moves, and moves it."""

    _name = "zoho.cutoff.change"
    _inherit = ["caller.choice.mixin"]
    _description = "Change the Cut-off of Time Billed Elsewhere"

    integration_id = fields.Many2one("zoho.integration", required=True, readonly=True)
    timesheet_cutoff = fields.Selection(
        selection=lambda self: (
            self.env["zoho.integration"]
            ._fields["timesheet_cutoff"]
            ._description_selection(self.env)
        ),
        string="Existing Logs",
        required=True,
    )
    timesheet_cutoff_date = fields.Date("Cut-off Date")
    unbilled_count = fields.Integer(compute="_compute_changes")
    unbilled_hours = fields.Float(compute="_compute_changes")
    unbilled_message = fields.Char(compute="_compute_messages")
    elsewhere_count = fields.Integer(compute="_compute_changes")
    elsewhere_hours = fields.Float(compute="_compute_changes")
    elsewhere_message = fields.Char(compute="_compute_messages")
    closed_count = fields.Integer(compute="_compute_changes")
    closed_hours = fields.Float(compute="_compute_changes")
    closed_message = fields.Char(compute="_compute_messages")
    kept_count = fields.Integer(compute="_compute_changes")
    kept_hours = fields.Float(compute="_compute_changes")
    kept_invoices = fields.Char(compute="_compute_changes")
    kept_message = fields.Char(compute="_compute_messages")

    @api.onchange("timesheet_cutoff")
    def _onchange_timesheet_cutoff(self) -> None:
        offer_cutoff_date(self)

    @api.depends("integration_id", "timesheet_cutoff", "timesheet_cutoff_date")
    def _compute_changes(self) -> None:
        for wizard in self:
            logs, kept = wizard._logs_to_move()
            shown = {
                "elsewhere": logs.filtered(
                    # An exclusion outlasts the cut-off on either side.
                    lambda log: not (log.billed_elsewhere or log.billing_exclusion)
                ),
                "unbilled": logs.filtered(
                    lambda log: (
                        log.billed_elsewhere
                        and not log.billing_exclusion
                        and not log._agreed_billing_state()
                    )
                ),
                "kept": kept,
            }
            shown["closed"] = logs - shown["elsewhere"] - shown["unbilled"]
            for name, lines in shown.items():
                wizard[f"{name}_count"] = len(lines)
                wizard[f"{name}_hours"] = sum(line._logged_hours() for line in lines)
            wizard.kept_invoices = wizard._name_invoices(kept)

    def _logs_to_move(self) -> tuple:
        """Return the logs that the dialog would move, and those that it would not."""
        by_date = self.timesheet_cutoff == "date"
        if not self.timesheet_cutoff or (by_date and not self.timesheet_cutoff_date):
            nothing = self.env["account.analytic.line"]
            return nothing, nothing
        self.integration_id.check_access("write")
        return self.env["account.analytic.line"]._zoho_logs_to_move(
            self.integration_id, self.timesheet_cutoff_date if by_date else None
        )

    def _name_invoices(self, kept: models.BaseModel) -> str:
        """Return the names of the invoices that hold time, the first few of many."""
        names = kept._billing_invoices().mapped("display_name")
        return name_some(self.env, names, INVOICES_NAMED)

    @api.depends("unbilled_count", "elsewhere_count", "closed_count", "kept_count")
    def _compute_messages(self) -> None:
        for wizard in self:
            wizard.unbilled_message = bool(wizard.unbilled_count) and self.env._(
                "Become Unbilled: %(count)s logs, %(hours)s h.",
                count=wizard.unbilled_count,
                hours=format_duration(wizard.unbilled_hours),
            )
            wizard.elsewhere_message = bool(wizard.elsewhere_count) and self.env._(
                "Become Billed Elsewhere: %(count)s logs, %(hours)s h. They are shown"
                " as invoiced, and no invoice of Odoo takes them.",
                count=wizard.elsewhere_count,
                hours=format_duration(wizard.elsewhere_hours),
            )
            wizard.closed_message = bool(wizard.closed_count) and self.env._(
                "Stay out of invoices either way: %(count)s logs, %(hours)s h, of a"
                " fixed price or not to be billed.",
                count=wizard.closed_count,
                hours=format_duration(wizard.closed_hours),
            )
            wizard.kept_message = bool(wizard.kept_count) and self.env._(
                "Stay as they are: %(count)s logs, %(hours)s h, that are on"
                " %(invoices)s.",
                count=wizard.kept_count,
                hours=format_duration(wizard.kept_hours),
                invoices=wizard.kept_invoices,
            )

    def action_apply(self) -> dict:
        """Move the cut-off; the synced logs follow at once.

        :raise UserError: while a sync is running, which may hold the very logs.
        """
        self.ensure_one()
        integration = self.integration_id
        integration.check_access("write")
        # A lock of the row, which whoever syncs has, too.
        if not integration.sudo().try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._("A sync is running: press Stop, and try again in a moment.")
            )
        integration.write(
            {
                "timesheet_cutoff": self.timesheet_cutoff,
                "timesheet_cutoff_date": self.timesheet_cutoff_date,
            }
        )
        return {"type": "ir.actions.act_window_close"}
