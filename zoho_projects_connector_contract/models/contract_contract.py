from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.zoho_projects_connector.models.code_only_mixin import ByCode


class ContractContract(models.Model):
    """A contract that is bound to projects is a subscription: it bills their work."""

    _name = "contract.contract"
    _inherit = ["code.only.mixin", "contract.contract"]

    project_ids = fields.Many2many(
        "project.project",
        "contract_contract_project_rel",
        "contract_id",
        "project_id",
        string="Projects",
        check_company=True,
        context={"active_test": False},
        help="Each renewal invoice takes what these projects have unbilled by then.",
    )
    include_unbilled_hours = fields.Boolean(
        string="Include Unbilled Time",
        default=True,
        help="Renewal invoices take the unbilled time of the projects.",
    )
    include_unbilled_expenses = fields.Boolean(
        help="Renewal invoices take the unbilled expenses of the projects.",
    )
    unbilled_group_by = fields.Selection(
        selection="_selection_unbilled_group_by",
        string="Group Lines By",
        default="task",
        required=True,
        help="Hours of different rates are never on one line.",
    )
    work_line_id = fields.Many2one(
        "contract.line",
        compute="_compute_work_line_id",
        export_string_translation=False,
    )
    renewal_ids = fields.One2many(
        "project.subscription.period",
        "contract_id",
        string="Renewals",
        domain=[("bills_work", "=", True)],
        readonly=True,
    )

    @api.model
    def _selection_unbilled_group_by(self) -> list[tuple[str, str]]:
        """Return the choices of the invoice wizard."""
        field = self.env["project.invoice.create"]._fields["group_by"]
        return field._description_selection(self.env)

    @api.depends("contract_line_ids.bills_work")
    def _compute_work_line_id(self) -> None:
        for contract in self:
            lines = contract.contract_line_ids
            contract.work_line_id = lines.filtered("bills_work")[:1]

    @api.depends("project_ids")
    def _compute_currency_id(self) -> None:
        # Only here to name on what else it depends: `_get_computed_currency` says it.
        return super()._compute_currency_id()

    @api.depends("contract_line_ids.bills_work")
    def _compute_date_end(self) -> None:
        """A subscription ends with its last fixed line, not never."""
        result = super()._compute_date_end()
        for contract in self.filtered("work_line_id"):
            lines = contract.contract_line_ids - contract.work_line_id
            ends = lines.mapped("date_end")
            if ends and all(ends):
                # The contract takes the end of its last line, and that of the work has
                # none.
                contract.date_end = max(ends)
        return result

    @api.constrains(
        "project_ids",
        "partner_id",
        "company_id",
        "pricelist_id",
        "manual_currency_id",
        "contract_type",
    )
    def _check_projects(self) -> None:
        """Renewals must be able to put the work of the projects on one invoice."""
        for contract in self.filtered("project_ids"):
            obstacle = contract._project_obstacle() or contract._currency_obstacle()
            if obstacle:
                raise ValidationError(obstacle)

    @api.onchange("partner_id", "company_id")
    def _onchange_partner_id(self) -> object:
        result = super()._onchange_partner_id()
        if self.project_ids:
            # The contract has just taken that of the customer, maybe in another
            # currency.
            self.pricelist_id = self._billed_projects()[0]._billing_pricelist()
        return result

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        contracts = super().create(vals_list)
        contracts._complete_subscriptions()
        return contracts

    def write(self, vals: dict) -> bool:
        result = super().write(vals)
        if vals.keys() & {"project_ids", "pricelist_id"}:
            self._complete_subscriptions()
        return result

    def _get_computed_currency(self) -> models.BaseModel:
        """The currency of a subscription is that of its projects."""
        projects = self._billed_projects()
        return projects[:1].invoicing_currency_id or super()._get_computed_currency()

    def _billed_projects(self) -> models.BaseModel:
        """Return the projects as the company of the contract sees them.

        Whoever works with the contract need not have rights to projects.

        :rtype: project.project
        """
        return self.project_ids.sudo().with_company(self.company_id)

    def _project_obstacle(self) -> str | bool:
        """Return why these projects cannot be billed by this contract, or False.

        Note: `self.ensure_one()`
        """
        if self.contract_type != "sale":
            return self.env._("Only a contract with a customer can bill projects.")
        projects = self._billed_projects()
        customer = self.partner_id.commercial_partner_id
        others = projects.filtered(
            lambda project: project.partner_id.commercial_partner_id != customer
        )
        if others:
            return self.env._(
                "A subscription bills projects of its customer, %(customer)s, and "
                "these are not: %(projects)s.",
                customer=customer.display_name,
                projects=", ".join(others.mapped("name")),
            )
        return False

    def _currency_obstacle(self) -> str | bool:
        """Return which currency does not fit the projects, or False.

        Note: `self.ensure_one()`
        """
        currency = self.currency_id
        others = self._billed_projects().filtered(
            lambda project: project.invoicing_currency_id != currency
        )
        if others:
            return self.env._(
                "The subscription is in %(currency)s, and %(projects)s is billed in "
                "%(other)s.",
                currency=currency.name,
                projects=", ".join(others.mapped("name")),
                other=", ".join(others.invoicing_currency_id.mapped("name")),
            )
        if self.pricelist_id and self.pricelist_id.currency_id != currency:
            return self.env._(
                "The pricelist %(pricelist)s is not in %(currency)s, the currency in "
                "which the projects are billed. Choose one that is.",
                pricelist=self.pricelist_id.display_name,
                currency=currency.name,
            )
        return False

    def _complete_subscriptions(self) -> None:
        """Give subscriptions their pricelist and the line that stands for the work.

        :raise AccessError: the user may not see a project that he bills.
        """
        # His own rights: below, the projects are read with more.
        self.project_ids.check_access("read")
        for contract in self:
            if not contract.project_ids:
                contract.work_line_id.unlink()
                continue
            project = contract._billed_projects()[0]
            pricelist = contract.pricelist_id or project._billing_pricelist()
            # A write would come back here.
            if pricelist != contract.pricelist_id:
                contract.pricelist_id = pricelist
            if not contract.work_line_id:
                contract._add_work_line()

    def _work_name(self) -> str:
        """Return what the renewals take, in the customer's language.

        Note: `self.ensure_one()`
        """
        contract = self.with_context(lang=self.partner_id.lang or self.env.lang)
        projects = ", ".join(contract._billed_projects().mapped("name"))
        env = contract.env
        match (self.include_unbilled_hours, self.include_unbilled_expenses):
            case (True, True):
                return env._(
                    "Unbilled time and expenses of %(projects)s", projects=projects
                )
            case (True, False):
                return env._("Unbilled time of %(projects)s", projects=projects)
            case (False, True):
                return env._("Unbilled expenses of %(projects)s", projects=projects)
        return env._("%(projects)s: no time and no expenses", projects=projects)

    def _add_work_line(self) -> None:
        """Add the line of the unbilled work, in step with the other lines.

        Note: `self.ensure_one()`
        """
        date_end = self.date_end
        invoiced = [
            date for date in self.contract_line_ids.mapped("last_date_invoiced")
        ]
        self.env["contract.line"].create(
            {
                "contract_id": self.id,
                "bills_work": ByCode(True),
                "name": self._work_name(),
                # A note: it has periods and dates as every line, and no price to
                # invoice.
                "display_type": "line_note",
                "note_invoicing_mode": "custom",
                # Behind the fixed lines, also those that are added later.
                "sequence": 1000,
                "date_start": self.date_start,
                "last_date_invoiced": max(filter(None, invoiced), default=False),
                "recurring_next_date": self.recurring_next_date,
                "recurring_rule_type": self.recurring_rule_type,
                "recurring_interval": self.recurring_interval,
                "recurring_invoicing_type": self.recurring_invoicing_type,
            }
        )
        # A new line makes the contract forget the end that somebody gave it.
        self.date_end = date_end
