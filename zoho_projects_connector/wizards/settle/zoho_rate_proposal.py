from collections import Counter
from collections.abc import Iterable

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import formatLang

from ...groups import BILLING_GROUP
from ...models.billing.rate_table import Market
from ...naming import name_order, name_some

# More are counted, not named.
NAMED = 5


class ZohoRateProposal(models.TransientModel):
    """Shows the rates that Zoho tells, and takes over those that are ticked."""

    _name = "zoho.rate.proposal"
    _inherit = ["caller.choice.mixin"]
    _description = "Rates from Zoho"

    integration_id = fields.Many2one("zoho.integration", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_rate = fields.Float(
        string="Usual Rate per Hour",
        min_display_digits="Product Price",
        help="What holds wherever nothing else is set. Empty: nothing.",
    )
    line_ids = fields.One2many("zoho.rate.proposal.line", "wizard_id")
    has_lines = fields.Boolean(compute="_compute_has_lines")

    @api.depends("line_ids")
    def _compute_has_lines(self) -> None:
        for wizard in self:
            wizard.has_lines = bool(wizard.line_ids)

    def action_take_over(self) -> dict:
        """Set the rates that are ticked, and the usual one.

        :raise AccessError: for users outside the billing group.
        :raise UserError: when a ticked one has no rate, naming it.
        """
        self.ensure_one()
        self._check_biller()
        self.integration_id.check_access("read")
        chosen = self.line_ids.filtered("is_chosen")
        if missing := chosen.filtered(lambda one: one.rate <= 0):
            raise UserError(
                self.env._(
                    "These are ticked, and have no rate: %(names)s. Type one, or take"
                    " the tick away.",
                    names=name_some(self.env, missing.mapped("name"), NAMED),
                )
            )
        self._set_default(self.company_rate)
        for line in chosen:
            line._take_over()
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _check_biller(self) -> None:
        if not (self.env.su or self.env.user.has_group(BILLING_GROUP)):
            raise AccessError(
                self.env._("Only the Billing group of Zoho Projects sets rates.")
            )

    def _market(self) -> Market:
        """Return where the defaults count: Zoho's rates are per hour."""
        return Market(self.integration_id.company_id.id, self.currency_id.id, "hour")

    def _default_of(self, **subject: int) -> models.BaseModel:
        """Return the default of a person, role or the company, maybe none.

        :rtype: project.billing.rate
        """
        return self.env["project.billing.rate"]._default_of(self._market(), **subject)

    def _set_default(self, rate: float, **subject: int) -> None:
        """Set a default, by the rights of who takes it over."""
        rates = self.env["project.billing.rate"]
        if self._default_of(**subject).rate != rate:
            rates._set_default(self._market(), rate, **subject)

    # What Zoho tells

    def _propose(self) -> None:
        """List what Zoho tells and Odoo does not have."""
        self.company_rate = self._default_of().rate
        # Of the integration that he may read; only figures of Zoho and names are shown.
        self.sudo().line_ids = [
            Command.create(vals)
            for vals in (
                *self._proposals_of_people(),
                *self._proposals_of_roles(),
                *self._proposals_of_projects(),
            )
        ]

    def _linked(self, entity: str, model: str) -> models.BaseModel:
        """Return the records of Odoo that stand for those of this portal.

        With full rights: their names, and what Zoho tells of their rates.
        """
        links = self.env["zoho.link"].sudo()
        found = links.search_fetch(
            [("integration_id", "=", self.integration_id.id), ("entity", "=", entity)],
            ["res_id"],
        )
        return self.env[model].sudo().browse(found.mapped("res_id")).exists()

    def _proposals_of_people(self) -> Iterable[dict]:
        people = self._linked("user", "hr.employee").filtered("zoho_billing_rate")
        for person in people.sorted(name_order):
            now = self._default_of(employee_id=person.id)
            if now._own_rate() != person.zoho_billing_rate:
                yield {
                    "kind": "person",
                    "employee_id": person.id,
                    "rate": person.zoho_billing_rate,
                    "zoho_rate": person.zoho_billing_rate,
                    "currency_id": self.currency_id.id,
                    "present": self._money(now._own_rate(), self.currency_id),
                    "is_chosen": not now,
                }

    def _proposals_of_roles(self) -> Iterable[dict]:
        """Offer Zoho's roles as job positions, to who may make these."""
        if not self.env["hr.job"].has_access("create"):
            return
        people = self._linked("user", "hr.employee").filtered("zoho_role")
        for name, some in sorted(people.grouped("zoho_role").items()):
            role = self._role(name)
            now = self._default_of(job_id=role.id) if role else None
            rates = {*some.mapped("zoho_billing_rate")}
            yield {
                "kind": "role",
                "role": name,
                "people_count": len(some),
                "rate": rates.pop() if len(rates) == 1 else 0.0,
                "currency_id": self.currency_id.id,
                "present": now and self._money(now._own_rate(), self.currency_id) or "",
            }

    def _proposals_of_projects(self) -> Iterable[dict]:
        projects = self._linked("project", "project.project")
        for project in projects.filtered("zoho_billing_rate").sorted(name_order):
            own, told = project._own_rate(), project.zoho_billing_rate
            # Zoho's is per hour; what is billed by the day was agreed in Odoo.
            if own != told and project.billing_unit == "hour":
                currency = project._billing_currency()
                yield {
                    "kind": "project",
                    "project_id": project.id,
                    "rate": told,
                    "zoho_rate": told,
                    "currency_id": currency.id,
                    "present": self._money(own, currency) or project.inherited_rate,
                    "is_chosen": own is None,
                }

    def _money(self, rate: float | None, currency: models.BaseModel) -> str:
        if rate is None:
            return ""
        return formatLang(self.env, rate, currency_obj=currency)

    def _role(self, name: str) -> models.BaseModel:
        """Return the job position of a name in the company, maybe none.

        :rtype: hr.job
        """
        company = self.integration_id.company_id
        return self.env["hr.job"].search(
            [("name", "=", name), ("company_id", "in", [company.id, False])], limit=1
        )


class ZohoRateProposalLine(models.TransientModel):
    """One rate that Zoho tells: of a person, a role or a project."""

    _name = "zoho.rate.proposal.line"
    _inherit = ["caller.choice.mixin"]
    _description = "Rate from Zoho"

    wizard_id = fields.Many2one(
        "zoho.rate.proposal", required=True, index=True, ondelete="cascade"
    )
    is_chosen = fields.Boolean("Take Over")
    kind = fields.Selection(
        [("person", "Person"), ("role", "Role"), ("project", "Project")],
        readonly=True,
    )
    name = fields.Char(compute="_compute_name", compute_sudo=True)
    employee_id = fields.Many2one("hr.employee", readonly=True)
    role = fields.Char(readonly=True)
    people_count = fields.Integer("People", readonly=True)
    project_id = fields.Many2one("project.project", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    zoho_rate = fields.Float("In Zoho", readonly=True)
    present = fields.Char("Set in Odoo", readonly=True)
    rate = fields.Float("Rate per Hour", min_display_digits="Product Price")

    @api.depends("employee_id", "role", "project_id")
    def _compute_name(self) -> None:
        lines = self | self.wizard_id.line_ids
        names = Counter(lines.employee_id.mapped("name"))
        for line in self:
            person = line.employee_id
            line.name = line.role or (person or line.project_id).display_name
            # Two of one name are told apart.
            if names[person.name] > 1 and person.work_email:
                line.name += f" ({person.work_email})"

    def _take_over(self) -> None:
        """Set the rate of the line. Note: `self.ensure_one()`."""
        wizard = self.wizard_id
        if self.kind == "project":
            self.project_id.check_access("read")
            # These fields only, of a project that he may read and bills.
            self.project_id.sudo().billing_rate = self.rate
        elif self.kind == "role":
            job = self._take_over_role()
            wizard._set_default(self.rate, job_id=job.id)
        else:
            wizard._set_default(self.rate, employee_id=self.employee_id.id)

    def _take_over_role(self) -> models.BaseModel:
        """Return the job position of a role, made and given where it is missing.

        By the rights of who takes it over.

        :rtype: hr.job
        """
        wizard = self.wizard_id
        company = wizard.integration_id.company_id
        job = wizard._role(self.role) or self.env["hr.job"].create(
            {"name": self.role, "company_id": company.id}
        )
        people = wizard._linked("user", "hr.employee").filtered(
            lambda one: one.zoho_role == self.role and not one.job_id
        )
        people.with_env(self.env).job_id = job
        return job
