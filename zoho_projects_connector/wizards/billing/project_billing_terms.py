from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...groups import BILLING_GROUP
from ...models.billing.billing_rounding_mixin import ROUNDINGS
from ...models.billing.rate_table import DAY_METHODS

TERMS = (
    "billing_method",
    "billing_rate",
    "billing_is_free",
    "fixed_cost",
    "billing_currency_id",
    "billing_rounding",
    "billing_rounding_minutes",
    "allocated_hours",
    "budget_amount",
)


class ProjectBillingTerms(models.TransientModel):
    """Lets accountants set how a project is billed, without rights to edit it."""

    _name = "project.billing.terms"
    _inherit = ["caller.choice.mixin"]
    _description = "Billing Terms of a Project"

    project_id = fields.Many2one("project.project", required=True, readonly=True)
    # Computed, stored and editable: the terms of today, until somebody types others.
    billing_method = fields.Selection(
        lambda self: (
            self.env["project.project"]
            ._fields["billing_method"]
            ._description_selection(self.env)
        ),
        compute="_compute_terms",
        store=True,
        readonly=False,
    )
    billing_rate = fields.Float(
        string="Rate",
        min_display_digits="Product Price",
        compute="_compute_terms",
        store=True,
        readonly=False,
    )
    billing_is_free = fields.Boolean(
        string="Free of Charge", compute="_compute_terms", store=True, readonly=False
    )
    inherited_rate = fields.Char(compute="_compute_inherited_rate")
    fixed_cost = fields.Monetary(compute="_compute_terms", store=True, readonly=False)
    billing_currency_id = fields.Many2one(
        "res.currency", compute="_compute_terms", store=True, readonly=False
    )
    billing_rounding = fields.Selection(
        ROUNDINGS,
        string="Round Time",
        compute="_compute_terms",
        store=True,
        readonly=False,
    )
    billing_rounding_minutes = fields.Integer(
        string="Step in Minutes", compute="_compute_terms", store=True, readonly=False
    )
    allocated_hours = fields.Float(
        string="Budget of Hours", compute="_compute_terms", store=True, readonly=False
    )
    budget_amount = fields.Monetary(
        string="Budget", compute="_compute_terms", store=True, readonly=False
    )
    billing_unit = fields.Selection(
        [("hour", "Hour"), ("day", "Day")], compute="_compute_billing_unit"
    )
    currency_id = fields.Many2one(related="project_id.invoicing_currency_id")

    def _terms(self) -> tuple[str, ...]:
        """Return the fields that are set here; companion addons add theirs."""
        return TERMS

    @api.depends("project_id")
    def _compute_terms(self) -> None:
        for wizard in self:
            for term in self._terms():
                wizard[term] = wizard.project_id[term]
            # A default of one term would keep the others from being computed.
            if self.env.context.get("agree_fixed_cost"):
                wizard.billing_method = "fixed_cost"

    @api.depends("billing_method")
    def _compute_billing_unit(self) -> None:
        for wizard in self:
            by_day = wizard.billing_method in DAY_METHODS
            wizard.billing_unit = "day" if by_day else "hour"

    @api.depends(
        *("project_id", "billing_method", "billing_rate", "billing_is_free"),
        "billing_currency_id",
    )
    def _compute_inherited_rate(self) -> None:
        """Say what applies where no rate is typed, under the terms that are typed."""
        terms = ("billing_method", "billing_rate", "billing_is_free")
        for wizard in self:
            # In memory: the project stays as it is, whatever he may read of it.
            project = self.env["project.project"].sudo().new(origin=wizard.project_id)
            project.update({term: wizard[term] for term in terms})
            project.billing_currency_id = wizard.billing_currency_id
            wizard.inherited_rate = project.inherited_rate

    def action_apply(self) -> dict:
        """Write the terms on the project, and go back to its invoice, if any.

        :raise AccessError: for users outside the billing group, or when the project
            is not theirs to see.
        """
        self.ensure_one()
        if not (self.env.su or self.env.user.has_group(BILLING_GROUP)):
            raise AccessError(
                self.env._("Only the Billing group of Zoho Projects sets the terms.")
            )
        self.project_id.check_access("read")
        terms = {
            term: self._fields[term].convert_to_write(self[term], self)
            for term in self._terms()
        }
        # These fields only: the accountant may not edit projects.
        self.project_id.sudo().write(terms)
        action = self.action_back()
        if self.billing_method == "fixed_cost" and "context" in action:
            # What was chosen there was another mode: this one was not possible yet.
            action["context"]["default_mode"] = "fixed"
        return action

    def action_back(self) -> dict:
        """Leave the terms, for the invoice that they were opened from, if any."""
        dialog_id = self.env.context.get("invoice_dialog_id")
        dialog = self.env["project.invoice.create"].browse(dialog_id).exists()
        if dialog:
            return dialog._open_again()
        return {"type": "ir.actions.act_window_close"}
