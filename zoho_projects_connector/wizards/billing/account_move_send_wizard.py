from odoo import api, fields, models


class AccountMoveSendWizard(models.TransientModel):
    """A tick that sends the annex of time along, or leaves it out this once."""

    _inherit = "account.move.send.wizard"

    billed_time_hours = fields.Float(related="move_id.billed_time_hours")
    attach_billed_time_annex = fields.Boolean(
        string="Timesheet annex",
        compute="_compute_attach_billed_time_annex",
        store=True,
        readonly=False,
        help="The list of the time behind the invoice, as a PDF.",
    )

    @api.depends("move_id")
    def _compute_attach_billed_time_annex(self) -> None:
        for wizard in self:
            wizard.attach_billed_time_annex = (
                wizard.move_id._attaches_billed_time_annex()
            )

    @api.depends("attach_billed_time_annex")
    def _compute_mail_attachments_widget(self) -> None:
        for wizard in self:
            # Odoo asks for the attachments of a document, not of the dialog.
            chosen = wizard.with_context(
                attach_billed_time_annex=wizard.attach_billed_time_annex
            )
            super(AccountMoveSendWizard, chosen)._compute_mail_attachments_widget()
        return None
