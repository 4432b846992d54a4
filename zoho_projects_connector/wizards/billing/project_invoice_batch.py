from psycopg2 import IntegrityError

from odoo import Command, api, fields, models
from odoo.exceptions import RedirectWarning, UserError

from .project_invoice_create import WITH_ARCHIVED

# Customers that one click invoices: each has a savepoint, of which a transaction
# bears few, and all of them must be done before the request times out.
BATCH_SIZE = 50


class ProjectInvoiceBatch(models.TransientModel):
    """Makes the drafts of all customers with unbilled time, each as his projects say.

    There is no second way of invoicing: it fills in the invoice wizard per customer.
    """

    _name = "project.invoice.batch"
    _inherit = ["caller.choice.mixin"]
    _description = "Invoice Unbilled Time"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date_to = fields.Date(
        string="Work Done Until",
        required=True,
        default=lambda self: fields.Date.context_today(self),
    )
    invoice_date = fields.Date(
        help="Empty: the day on which each invoice is posted.",
    )
    line_ids = fields.One2many(
        "project.invoice.batch.line",
        "batch_id",
        string="Customers",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    is_done = fields.Boolean(export_string_translation=False)
    warning = fields.Char(compute="_compute_warning")
    to_make = fields.Integer(compute="_compute_counts")
    made = fields.Integer(compute="_compute_counts")
    failed = fields.Integer(compute="_compute_counts")

    @api.depends("company_id", "date_to")
    def _compute_line_ids(self) -> None:
        for batch in self:
            batch.line_ids = [
                Command.clear(),
                *(Command.create(vals) for vals in batch._preview_rows()),
            ]

    @api.depends("company_id", "invoice_date")
    def _compute_warning(self) -> None:
        wizards = self.env["project.invoice.create"]
        for batch in self:
            batch.warning = wizards._locked_date(batch.company_id, batch.invoice_date)

    @api.depends("line_ids.selected", "line_ids.state")
    def _compute_counts(self) -> None:
        for batch in self:
            states = batch.line_ids.mapped("state")
            batch.to_make = len(batch._lines_to_make())
            batch.made = states.count("made")
            batch.failed = states.count("failed")

    def _lines_to_make(self) -> models.BaseModel:
        """Return the customers that are ticked and have no draft yet.

        :rtype: project.invoice.batch.line
        """
        return self.line_ids.filtered(
            lambda line: line.selected and line.can_invoice and line.state == "open"
        )

    def action_create_drafts(self) -> dict:
        """Make the drafts of the ticked customers, of fifty of them at most.

        :return: action that shows what was made and what was not.
        :raise UserError: nobody is ticked, or the date is in a closed period.
        """
        self.ensure_one()
        self.env["account.move"].check_access("create")
        if self.warning:
            raise UserError(self.warning)
        lines = self._lines_to_make()[:BATCH_SIZE]
        if not lines:
            raise UserError(self.env._("Tick at least one customer to invoice."))
        for line in lines:
            line._create_drafts()
        self.is_done = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoice Unbilled Time"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_open_drafts(self) -> dict:
        """Open the drafts that were made."""
        self.ensure_one()
        return self.env["project.invoice.create"]._open_drafts(self.line_ids.move_ids)


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

    def _invoice_wizard(self) -> models.BaseModel:
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
