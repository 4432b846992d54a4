from odoo import api, fields, models
from odoo.tools import formatLang

from ...groups import MONEY_GROUPS
from .rate_table import STAFF_METHODS, BillingRate, own_rate, read_rates


class BillingRateMixin(models.AbstractModel):
    """A rate of a project or a task: its own, deliberately zero, or inherited.

    Zero alone means that nothing is set here; only together with the mark it is a rate.
    """

    _name = "billing.rate.mixin"
    _description = "Rate That May Be Inherited"

    billing_rate = fields.Float(
        string="Rate", min_display_digits="Product Price", groups=MONEY_GROUPS
    )
    billing_is_free = fields.Boolean(
        string="Free of Charge",
        compute="_compute_billing_is_free",
        store=True,
        readonly=False,
        groups=MONEY_GROUPS,
        help="The rate is zero on purpose: such time is invoiced at 0.00. Without "
        "this, zero means that no rate is set here.",
    )
    inherited_rate = fields.Char(
        string="Rate That Applies",
        compute="_compute_inherited_rate",
        compute_sudo=True,
        groups=MONEY_GROUPS,
    )

    _billing_rate_not_negative = models.Constraint(
        "CHECK(billing_rate >= 0)", "A rate cannot be negative."
    )
    _billing_rate_or_free = models.Constraint(
        "CHECK(NOT billing_is_free OR COALESCE(billing_rate, 0) = 0)",
        "What is free of charge has no rate.",
    )

    @api.depends("billing_rate")
    def _compute_billing_is_free(self) -> None:
        for record in self:
            record.billing_is_free = record.billing_is_free and not record.billing_rate

    def _own_rate(self) -> float | None:
        """Return the rate that is set here, None when none is. `self.ensure_one()`."""
        return own_rate(self.billing_rate, self.billing_is_free)

    def _rate_scope(self) -> tuple[models.BaseModel, int]:
        """Return the project, and the id of the task or 0, whose rate is kept here.

        Note: `self.ensure_one()`
        """
        raise NotImplementedError

    @api.depends("billing_rate", "billing_is_free")
    @api.depends_context("lang", "company")
    def _compute_inherited_rate(self) -> None:
        """Say which rate applies today where it is not the one that is set here."""
        projects = self.env["project.project"].union(
            *(record._rate_scope()[0] for record in self)
        )
        table = read_rates(projects)
        today = fields.Date.context_today(self)
        for record in self:
            project, task_id = record._rate_scope()
            project_id, own = project._origin.id, record._own_rate()
            found = table.find(project_id, task_id, 0, today)
            hours = project._billing_hours_per_day() or 1.0
            is_own = own is not None and found.rate == own / hours
            by_person = project.billing_method in STAFF_METHODS or (
                not project.billing_method and table.has_personal(project_id)
            )
            record.inherited_rate = not is_own and rate_sentence(
                project, found, hours, by_person
            )


def rate_sentence(
    project: models.BaseModel, found: BillingRate, hours: float, by_person: bool
) -> str:
    """Return what is said of a rate that is inherited, nothing where there is none.

    :param found: what applies to whoever has no rate of his own.
    :param hours: hours of the unit in which the project is billed.
    :param by_person: whether someone who worked may have a rate of his own.
    """
    env = project.env
    if found.rate is None:
        return env._("that of the person") if by_person else ""
    rate = (
        formatLang(env, found.rate * hours, currency_obj=project._billing_currency())
        if found.rate
        else env._("free of charge")
    )
    if by_person:
        return env._("that of the person, else %(rate)s", rate=rate)
    return {
        "task": env._("%(rate)s from the rates of the project", rate=rate),
        "customer": env._("%(rate)s from the customer", rate=rate),
        "company": env._("%(rate)s from the company", rate=rate),
    }.get(found.origin) or env._("%(rate)s from the project", rate=rate)
