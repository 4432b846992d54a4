from odoo import api, fields, models

from ...naming import name_some

# More are counted, not named.
NAMED = 3


class ZohoDifferenceSettle(models.TransientModel):
    """Asks for the reason before differences are settled."""

    _name = "zoho.difference.settle"
    _inherit = ["caller.choice.mixin"]
    _description = "Settle Differences with Zoho"

    way = fields.Selection(
        [("accept", "Accept"), ("credit", "Credit"), ("bill_rest", "Bill the Rest")],
        required=True,
        readonly=True,
    )
    difference_ids = fields.Many2many("zoho.difference", required=True, readonly=True)
    # One is shown with both of its sides, several in a list.
    difference_id = fields.Many2one(
        "zoho.difference", "Difference in Question", compute="_compute_difference_id"
    )
    changes = fields.Html(related="difference_id.changes")
    hours = fields.Float(
        compute="_compute_hours",
        compute_sudo=True,
        help="Hours that are taken back, or that the next invoice offers.",
    )
    has_draft = fields.Boolean(compute="_compute_states", compute_sudo=True)
    has_posted = fields.Boolean(compute="_compute_states", compute_sudo=True)
    reason = fields.Char(required=True)

    @api.depends("difference_ids")
    def _compute_difference_id(self) -> None:
        for wizard in self:
            is_one = len(wizard.difference_ids) == 1
            wizard.difference_id = wizard.difference_ids if is_one else False

    @api.depends("difference_ids", "way")
    def _compute_hours(self) -> None:
        for wizard in self:
            differences = wizard.difference_ids
            if wizard.way == "bill_rest":
                wizard.hours = sum(
                    one.hours_after - one.timesheet_id.billed_hours
                    for one in differences
                )
            else:
                wizard.hours = sum(one._excess_hours() for one in differences)

    @api.depends("difference_ids")
    def _compute_states(self) -> None:
        for wizard in self:
            timesheets = wizard.difference_ids.timesheet_id
            states = set(timesheets._billing_invoices().mapped("state"))
            wizard.has_draft = "draft" in states
            wizard.has_posted = "posted" in states

    def _tell(self) -> dict:
        """Return the message that closes the dialog; whoever shows it reads anew."""
        names = self.difference_ids.mapped("display_name")
        params = {
            "type": "success",
            "message": self.env._(
                "Settled: %(names)s.", names=name_some(self.env, names, NAMED)
            ),
        }
        close = {"type": "ir.actions.act_window_close", "infos": params}
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {**params, "next": close},
        }

    def action_settle(self) -> dict:
        """Settle the differences, and open the credit notes that were made."""
        self.ensure_one()
        notes = self.difference_ids._settle_by(self.way, self.reason)
        if not notes:
            return self._tell()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit Notes"),
            "res_model": "account.move",
        }
        if len(notes) == 1:
            return {**action, "res_id": notes.id, "views": [(False, "form")]}
        views = [(False, "list"), (False, "form")]
        return {**action, "views": views, "domain": [("id", "in", notes.ids)]}
