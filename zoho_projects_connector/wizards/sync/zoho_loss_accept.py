from odoo import api, fields, models
from odoo.exceptions import UserError


class ZohoLossAccept(models.TransientModel):
    """Asks whether what a list of Zoho has lost is really gone."""

    _name = "zoho.loss.accept"
    _inherit = ["caller.choice.mixin"]
    _description = "Accept That Records Are Gone from Zoho"

    error_id = fields.Many2one("zoho.sync.error", required=True, readonly=True)
    question = fields.Text(compute="_compute_question")

    @api.depends("error_id")
    @api.depends_context("lang")
    def _compute_question(self) -> None:
        for wizard in self:
            details = wizard.error_id.details or {}
            labels = wizard.error_id._fields["entity"]._description_selection(self.env)
            wizard.question = self.env._(
                "Are %(missing)s of %(known)s records (%(module)s) really gone from "
                "Zoho? Then a full comparison starts now. Each of them is withdrawn "
                "or archived once the trash, its project or Zoho itself says so too; "
                "time on invoices is not touched.",
                missing=details.get("missing", "–"),
                known=details.get("known", "–"),
                module=dict(labels).get(wizard.error_id.entity),
            )

    def action_accept(self) -> dict:
        """Let the next full comparison believe a list that lacks so many records.

        :raise UserError: when the list is whole again.
        """
        self.ensure_one()
        error = self.error_id
        error._check_open()
        missing = (error.details or {}).get("missing")
        if error.code != "listing_shrunk" or not missing:
            raise UserError(self.env._("This list has not lost any records."))
        # He may resolve the error, which was checked; only code writes streams.
        stream = error.sudo().integration_id.stream_ids.filtered(
            lambda one: one.entity == error.entity
        )
        stream.accepted_loss = missing
        integration = error.sudo().integration_id
        return self.env["zoho.sync.run"]._start_sync(integration, "button", full=True)
