from psycopg2 import IntegrityError

from odoo import Command, fields, models
from odoo.exceptions import RedirectWarning, UserError

from .project_invoice_create import WITH_ARCHIVED


class ProjectInvoiceBatchLine(models.TransientModel):
    """The projects of one customer in one currency: one invoice to come."""

    _name = "project.invoice.batch.line"
    _inherit = ["caller.choice.mixin"]
    _description = "Customer to Invoice"

    batch_id = fields.Many2one("project.invoice.batch", ondelete="cascade")
    selected = fields.Boolean(string="Invoice")
    can_invoice = fields.Boolean(export_string_translation=False)
    partner_id = fields.Many2one("res.partner", string="Customer")
    currency_id = fields.Many2one("res.currency")
    project_ids = fields.Many2many(
        "project.project", string="Projects", context=WITH_ARCHIVED
    )
    hours = fields.Float()
    amount = fields.Monetary(help="Without taxes.")
    exceptions = fields.Text(help="What is not invoiced, or should be looked at first.")
    state = fields.Selection(
        [("open", "To Do"), ("made", "Draft Made"), ("failed", "Not Made")],
        default="open",
        required=True,
    )
    message = fields.Text(string="Why")
    move_ids = fields.Many2many("account.move", string="Drafts")

    def _create_drafts(self) -> None:
        """Make the draft of this customer; what stops it is said and stops no other.

        Note: `self.ensure_one()`
        """
        try:
            with self.env.cr.savepoint():
                moves = self._invoice_wizard()._make_drafts()
                result = {"state": "made", "move_ids": [Command.set(moves.ids)]}
        except (UserError, RedirectWarning, IntegrityError) as error:
            # The sentence is the first argument, that of the database its text.
            result = {"state": "failed", "message": str(error.args[0])}
        self.write(result)

    def _invoice_wizard(self):
        """Return the invoice wizard of this customer, as he is usually invoiced.

        Note: `self.ensure_one()`

        :rtype: project.invoice.create
        """
        batch = self.batch_id
        return (
            self.env["project.invoice.create"]
            .with_company(batch.company_id)
            .create(
                {
                    "project_ids": [Command.set(self.project_ids.ids)],
                    "mode": "time",
                    "date_to": batch.date_to,
                    "invoice_date": batch.invoice_date,
                }
            )
        )
