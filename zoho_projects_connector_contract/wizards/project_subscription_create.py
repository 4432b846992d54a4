from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class ProjectSubscriptionCreate(models.TransientModel):
    """Asks what a subscription is to be, so that none is made by looking at a form."""

    _name = "project.subscription.create"
    _inherit = ["caller.choice.mixin"]
    _description = "Subscription of Projects"

    project_ids = fields.Many2many(
        "project.project",
        string="Projects",
        required=True,
        context={"active_test": False},
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_parties"
    )
    company_id = fields.Many2one("res.company", compute="_compute_parties")
    currency_id = fields.Many2one("res.currency", compute="_compute_parties")
    name = fields.Char(
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    product_id = fields.Many2one(
        "product.product",
        string="Plan",
        domain=[("sale_ok", "=", True)],
        help="What is invoiced with each renewal, beside the work. Empty: the work "
        "alone.",
    )
    price = fields.Monetary(
        string="Price per Renewal",
        compute="_compute_price",
        store=True,
        readonly=False,
        help="Without taxes.",
    )
    recurring_interval = fields.Integer(
        string="Renewed Every", default=1, required=True
    )
    recurring_rule_type = fields.Selection(
        selection="_selection_recurring_rule_type",
        string="Recurrence",
        default="monthly",
        required=True,
    )
    date_start = fields.Date(
        string="First Day", default=fields.Date.context_today, required=True
    )
    include_unbilled_hours = fields.Boolean(
        string="Include Unbilled Time",
        default=True,
        help="Renewal invoices take the unbilled time of the projects.",
    )
    include_unbilled_expenses = fields.Boolean(
        help="Renewal invoices take the unbilled expenses of the projects.",
    )

    @api.model
    def _selection_recurring_rule_type(self) -> list[tuple[str, str]]:
        """Return the choices of contracts."""
        field = self.env["contract.contract"]._fields["recurring_rule_type"]
        return field._description_selection(self.env)

    @api.depends("project_ids")
    def _compute_parties(self) -> None:
        for wizard in self:
            project = wizard.project_ids[:1]
            wizard.partner_id = project.partner_id
            wizard.company_id = project.company_id or self.env.company
            wizard.currency_id = (
                project.invoicing_currency_id or wizard.company_id.currency_id
            )

    @api.depends("project_ids")
    def _compute_name(self) -> None:
        for wizard in self:
            wizard.name = ", ".join(wizard.project_ids.mapped("name"))

    @api.depends("product_id", "project_ids")
    def _compute_price(self) -> None:
        """Begin with the price of the plan for this customer."""
        for wizard in self:
            wizard.price = 0.0
            if wizard.product_id and wizard.project_ids:
                # Of a project that he may read; rules of prices are not his to read.
                pricelist = wizard.project_ids[0].sudo()._billing_pricelist()
                wizard.price = pricelist._get_product_price(wizard.product_id, 1.0)

    def action_create_subscription(self) -> dict:
        """Make the subscription and open it.

        :raise UserError: the projects cannot be on one, or nothing would be invoiced.
        """
        self.ensure_one()
        self.project_ids.check_access("read")
        if obstacle := self._obstacle():
            raise UserError(obstacle)
        # With his own rights: who may not make contracts is refused.
        contract = self.env["contract.contract"].create(self._contract_vals())
        action = self.project_ids[:1].action_subscriptions()
        action.pop("domain", None)
        form = [view for view in action["views"] if view[1] == "form"]
        return {**action, "views": form, "res_id": contract.id}

    def _obstacle(self) -> str | bool:
        """Return why there is no subscription of this, False when there is one."""
        if obstacle := self.project_ids._together_obstacle():
            return obstacle
        if self.recurring_interval < 1:
            return self.env._("A subscription is renewed every month, year, … or more.")
        if not self.product_id and not (
            self.include_unbilled_hours or self.include_unbilled_expenses
        ):
            return self.env._(
                "Choose a plan, or what of the work the renewals are to take."
            )
        return False

    def _contract_vals(self) -> dict:
        recurrence = {
            "date_start": self.date_start,
            "recurring_interval": self.recurring_interval,
            "recurring_rule_type": self.recurring_rule_type,
        }
        plan = {
            "product_id": self.product_id.id,
            "name": self.product_id.display_name,
            "quantity": 1.0,
            "uom_id": self.product_id.uom_id.id,
            "price_unit": self.price,
            "specific_price": self.price,
            "recurring_next_date": self.date_start,
            **recurrence,
        }
        return {
            "name": self.name,
            "contract_type": "sale",
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "project_ids": [Command.set(self.project_ids.ids)],
            "include_unbilled_hours": self.include_unbilled_hours,
            "include_unbilled_expenses": self.include_unbilled_expenses,
            "contract_line_ids": [Command.create(plan)] if self.product_id else [],
            **recurrence,
        }
