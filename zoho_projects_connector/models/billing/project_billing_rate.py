from collections import defaultdict
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...naming import names_apart
from .rate_table import Market, own_rate


class ProjectBillingRate(models.Model):
    """A rate per hour or day: of a project, one of its tasks, or a person there.

    Without a project it is a default: of a company, a customer, a person or a role. It
    holds in projects of its own company, currency and unit; nothing is converted.
    """

    _name = "project.billing.rate"
    _inherit = ["code.only.mixin"]
    _description = "Billing Rate"
    _order = "project_id, task_id, partner_id, employee_id, job_id, date_from desc, id"

    project_id = fields.Many2one(
        "project.project",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for a default that holds where a project has no rate.",
    )
    task_id = fields.Many2one(
        "project.task",
        domain="[('project_id', '=', project_id)]",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for a rate that holds for every task.",
    )
    employee_id = fields.Many2one(
        "hr.employee",
        string="Staff",
        index="btree_not_null",
        ondelete="cascade",
        help="Leave empty for a rate that holds for everybody.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        domain="[('parent_id', '=', False)]",
        index="btree_not_null",
        ondelete="cascade",
    )
    job_id = fields.Many2one(
        "hr.job",
        string="Role",
        index="btree_not_null",
        ondelete="cascade",
        help="The job position that somebody had on the day of work.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
    )
    rate = fields.Float(
        min_display_digits="Product Price",
        help="Zero means that no rate is set, unless it is free of charge.",
    )
    is_free = fields.Boolean(
        string="Free of Charge",
        compute="_compute_is_free",
        store=True,
        readonly=False,
        help="The rate is zero on purpose: such time is invoiced at 0.00.",
    )
    date_from = fields.Date(
        string="Valid From",
        help="First day of work that has this rate. Empty: from the beginning.",
    )
    default_unit = fields.Selection(
        [("hour", "Hour"), ("day", "Day")],
        string="Unit of a Default",
        compute="_compute_default_terms",
        store=True,
        readonly=False,
        precompute=True,
        help="A default counts only in projects that are billed by this unit.",
    )
    default_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of a Default",
        compute="_compute_default_terms",
        store=True,
        readonly=False,
        precompute=True,
        help="A default counts only in projects that are invoiced in this currency; it "
        "is not converted.",
    )
    unit = fields.Selection(
        [("hour", "Hour"), ("day", "Day")], string="Per", compute="_compute_terms"
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_terms")

    _scope_uniq = models.UniqueIndex(
        "(project_id, COALESCE(task_id, 0), COALESCE(employee_id, 0),"
        " COALESCE(date_from, '-infinity'::date))",
        "There is already a rate for this task, this person and this date.",
    )
    _default_uniq = models.UniqueIndex(
        "(company_id, COALESCE(partner_id, 0), COALESCE(employee_id, 0),"
        " COALESCE(job_id, 0), default_currency_id, default_unit,"
        " COALESCE(date_from, '-infinity'::date)) WHERE project_id IS NULL",
        "There is already such a default with this currency, unit and date.",
    )
    _rate_not_negative = models.Constraint(
        "CHECK(rate >= 0)", "A rate cannot be negative."
    )
    _rate_or_free = models.Constraint(
        "CHECK(NOT is_free OR COALESCE(rate, 0) = 0)",
        "What is free of charge has no rate.",
    )
    _one_subject = models.Constraint(
        "CHECK(CASE WHEN project_id IS NULL"
        " THEN task_id IS NULL AND company_id IS NOT NULL"
        " AND default_unit IS NOT NULL AND default_currency_id IS NOT NULL"
        " AND num_nonnulls(partner_id, employee_id, job_id) <= 1"
        " ELSE partner_id IS NULL AND job_id IS NULL END)",
        "A rate is that of a project, of its tasks and people; or it is the default of "
        "one customer, one person, one role, or the company.",
    )

    @api.depends("project_id.company_id")
    def _compute_company_id(self) -> None:
        for rate in self:
            if rate.project_id:
                rate.company_id = rate.project_id.company_id
            else:
                rate.company_id = rate.company_id or self.env.company

    @api.depends("rate")
    def _compute_is_free(self) -> None:
        for rate in self:
            rate.is_free = rate.is_free and not rate.rate

    @api.depends("project_id", "partner_id", "company_id")
    def _compute_default_terms(self) -> None:
        """Take for a new default what the customer, else the company, usually has."""
        for rate in self:
            if rate.project_id:
                rate.default_unit = rate.default_currency_id = False
                continue
            company = rate.company_id or self.env.company
            pricelist = rate.partner_id.with_company(company).property_product_pricelist
            rate.default_unit = rate.default_unit or "hour"
            rate.default_currency_id = (
                rate.default_currency_id or pricelist.currency_id or company.currency_id
            )

    @api.depends(
        "project_id.billing_unit",
        "project_id.invoicing_currency_id",
        "default_unit",
        "default_currency_id",
    )
    def _compute_terms(self) -> None:
        for rate in self:
            project = rate.project_id
            rate.unit = project.billing_unit or rate.default_unit
            rate.currency_id = project.invoicing_currency_id or rate.default_currency_id

    @api.constrains("project_id", "task_id")
    def _check_task_of_project(self) -> None:
        for rate in self:
            task_project = rate.task_id.project_id
            if rate.task_id and task_project != rate.project_id:
                raise ValidationError(
                    self.env._(
                        "The task %(task)s does not belong to the project %(project)s.",
                        task=rate.task_id.display_name,
                        project=rate.project_id.display_name,
                    )
                )

    @api.constrains("project_id", "company_id", "partner_id", "employee_id", "job_id")
    def _check_company_of_default(self) -> None:
        """Keep defaults within their company; Odoo checks no rows of projects."""
        for rate in self:
            # Whatever he may read of what he chose; it is not named to him.
            row = rate.sudo()
            if row.project_id:
                if row.company_id != row.project_id.company_id:
                    raise ValidationError(
                        self.env._("The company of a rate is that of its project.")
                    )
                continue
            subject = row.partner_id or row.employee_id or row.job_id
            if subject and subject.company_id not in (
                row.company_id,
                self.env["res.company"],
            ):
                raise ValidationError(
                    self.env._(
                        "A default of %(company)s cannot be for somebody or "
                        "something that belongs to another company.",
                        company=row.company_id.name,
                    )
                )
            payer = row.partner_id.commercial_partner_id
            if payer != row.partner_id:
                raise ValidationError(
                    self.env._(
                        "A rate is agreed with the company that pays: choose "
                        "%(customer)s.",
                        customer=payer.display_name,
                    )
                )

    @api.depends(
        *("project_id", "task_id", "employee_id", "partner_id", "job_id"),
        *("company_id", "date_from"),
    )
    def _compute_display_name(self) -> None:
        for rate in self:
            parts = [rate.project_id, rate.task_id, rate.partner_id]
            parts += [rate.employee_id, rate.job_id]
            names = [part.display_name for part in parts if part]
            rate.display_name = " / ".join(names) or rate.company_id.display_name

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> models.BaseModel:
        rates = super().create(vals_list)
        rates._forget_worth()
        return rates

    def write(self, vals: dict) -> bool:
        result = super().write(vals)
        # All of a row at once: a constraint sees what it has become as a whole.
        self.flush_recordset()
        # Odoo asks before: no row becomes a default, or another company's, unasked.
        self.check_access("write")
        self._forget_worth()
        return result

    def unlink(self) -> bool:
        self._forget_worth()
        return super().unlink()

    def _forget_worth(self) -> None:
        """Let what was priced by defaults in this transaction be priced anew.

        From timesheets and projects no field leads to the defaults that hold for them.
        """
        if any(not rate.project_id for rate in self):
            self.env.invalidate_all()

    @api.model
    def _default_of(self, market: Market, **subject: int) -> models.BaseModel:
        """Return the default without a first day of a person, role or customer.

        :param subject: field and id; none for the company.
        :rtype: project.billing.rate
        """
        scope = {"employee_id": False, "job_id": False, "partner_id": False, **subject}
        return self.search(
            [
                *((name, "=", value) for name, value in scope.items()),
                ("project_id", "=", False),
                ("company_id", "=", market.company_id),
                ("default_currency_id", "=", market.currency_id),
                ("default_unit", "=", market.unit),
                ("date_from", "=", False),
            ]
        )

    @api.model
    def _set_default(self, market: Market, rate: float, **subject: int) -> None:
        """Set a default, by the rights of who does; zero: none is set any more."""
        found = self._default_of(market, **subject)
        if not rate:
            found.unlink()
        elif found:
            found.write({"rate": rate, "is_free": False})
        else:
            self.create(
                {
                    **subject,
                    "company_id": market.company_id,
                    "default_currency_id": market.currency_id,
                    "default_unit": market.unit,
                    "rate": rate,
                }
            )

    @api.model
    def _check_merge(self, partners: models.BaseModel) -> None:
        """Refuse that customers become one with whom different rates are agreed.

        :raise UserError: naming them, but no rate: who merges need not see those.
        """
        agreed = defaultdict(lambda: defaultdict(set))
        for rate in self.search([("partner_id", "in", partners.ids)]):
            *market, first_day = rate._default_terms()
            term = (first_day, rate._own_rate())
            agreed[tuple(market)][rate.partner_id].add(term)
        for terms in agreed.values():
            if any(terms[one] != terms[other] for one, other in pairwise(terms)):
                names = names_apart(partners.browse(one.id for one in terms))
                raise UserError(
                    self.env._(
                        "Different rates are agreed with these customers: "
                        "%(customers)s. Set the same ones for all of them, or delete "
                        "those of all but one, on the page Rates; then merge them.",
                        customers=", ".join(names.values()),
                    )
                )

    @api.model
    def _follow_merge(self, merged: models.BaseModel, kept: models.BaseModel) -> None:
        """Give the rates of merged customers to the one that is kept, each once."""
        customer = kept.commercial_partner_id
        known = self.search([("partner_id", "=", customer.id)])
        known = {rate._default_terms() for rate in known}
        for rate in self.search([("partner_id", "in", (merged - customer).ids)]):
            if rate._default_terms() in known:
                rate.unlink()
                continue
            known.add(rate._default_terms())
            rate.partner_id = customer

    def _default_terms(self) -> tuple:
        """Return for what a customer has one rate. Note: `self.ensure_one()`."""
        names = ("company_id", "default_currency_id", "default_unit", "date_from")
        return tuple(self[name] for name in names)

    def _own_rate(self) -> float | None:
        """Return the rate, None when none is set. Note: `self.ensure_one()`."""
        return own_rate(self.rate, self.is_free)
