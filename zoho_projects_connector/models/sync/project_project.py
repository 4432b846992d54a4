from dataclasses import dataclass, field
from typing import Any

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ...const import Origin
from ...groups import MONEY_GROUPS, STAFF_GROUP
from ...zoho.records import Project
from .page import Accepted, Counted, Key, NotFetched, SyncPage, person_key


@dataclass
class ProjectLookups:
    """What the projects of a page share.

    :ivar currencies: ``{name: res.currency}``, active or not.
    :ivar customer_currency: ``{Zoho id of a customer: name of his currency there}``.
    :ivar picks: ``{zoho_id: zoho.pick}``: who was picked by hand.
    :ivar tags: ``{name: project.tags}``.
    :ivar own: ``{customer: res.currency}`` that he had before this page.
    :ivar settled: ``{customer: res.currency}`` in which projects of the page bill him.
    """

    currencies: dict[str, Any]
    customer_currency: dict[str, str]
    picks: dict[str, Any]
    tags: dict[str, Any]
    own: dict[Any, Any]
    settled: dict[Any, Any] = field(default_factory=dict)


class ProjectProject(models.Model):
    """Projects of Zoho that have a primary customer."""

    _name = "project.project"
    _inherit = ["code.only.mixin", "project.project", "zoho.synced.mixin"]

    # Apart from the budgets of Odoo, so that what a person sets there stays his.
    zoho_budget_hours = fields.Float(
        "Budget of Hours in Zoho", readonly=True, groups=STAFF_GROUP
    )
    zoho_budget_amount = fields.Float(
        "Budget in Zoho", readonly=True, groups=MONEY_GROUPS
    )
    creation_restriction = fields.Char(
        compute="_compute_creation_restriction",
        groups=STAFF_GROUP,
        export_string_translation=False,
    )

    zoho_billing_rate = fields.Float(
        "Rate in Zoho", readonly=True, copy=False, groups=MONEY_GROUPS
    )

    # What comes from Zoho
    @api.model
    def _zoho_references(self, record: Project) -> list[Key]:
        references = []
        if record.customer and record.customer.zoho_id:
            references.append(("customer", record.customer.zoho_id))
        if record.owner:
            references.append(("user", person_key(record.owner)))
        return references

    @api.model
    def _zoho_prepare_page(self, page: SyncPage) -> ProjectLookups:
        """Return the currencies, picks and tags of a page, tags made when missing."""
        # What a project gets depends on what it is, and on its customer.
        self._zoho_warm_up(page)
        names = {record.currency for record in page.records if record.currency}
        partners = self.env["res.partner"].browse(
            res_id
            for (entity, _id), res_id in page.refs.items()
            if entity == "customer"
        )
        customers = self.env["zoho.link"].search_fetch(
            [
                ("entity", "=", "customer"),
                ("integration_id", "=", page.integration.id),
                ("res_id", "in", partners.ids),
            ],
            ["zoho_id", "currency"],
        )
        names |= {*customers.mapped("currency"), page.integration.portal_id.currency}
        currencies = self.env["res.currency"].search([("name", "in", list(names))])
        tags = {tag for record in page.records for tag in record.tags}
        return ProjectLookups(
            currencies={one.name: one for one in currencies},
            customer_currency={link.zoho_id: link.currency for link in customers},
            picks=self.env["zoho.pick"]._of_records(
                page, [record.zoho_id for record in page.records]
            ),
            tags=self.env["project.tags"]._zoho_by_name(tags),
            own=partners._zoho_currencies(page.integration.company_id),
        )

    @api.model
    def _zoho_prepare_values(self, record: Project, page: SyncPage) -> dict[str, Any]:
        self._zoho_check_wanted(record, page)
        customer = self._zoho_customer(record, page)
        currency = self._zoho_project_currency(record, page, customer)
        values = {
            "name": record.name or record.zoho_id,
            "description": record.description or False,
            "partner_id": customer.id,
            "allow_billable": True,
            "allow_timesheets": True,
            "billing_currency_id": currency.id,
            "active": not record.is_archived,
            "zoho_budget_hours": record.budget_hours or 0.0,
            "zoho_budget_amount": record.budget_amount or 0.0,
            "tag_ids": [Command.link(page.lookups.tags[t].id) for t in record.tags],
        }
        if record.billing_rate is not None:
            values["zoho_billing_rate"] = record.billing_rate
        if record.start and record.end and record.start <= record.end:
            values |= {"date_start": record.start, "date": record.end}
        return values

    @api.model
    def _zoho_prepare_defaults(self, record: Project, page: SyncPage) -> dict[str, Any]:
        owner = record.owner and page.refs.get(("user", person_key(record.owner)))
        user = self.env["hr.employee"].browse(owner).user_id
        return {
            "company_id": page.integration.company_id.id,
            "allow_milestones": True,
            "user_id": user.id,
            **({"billing_rate": record.billing_rate} if record.billing_rate else {}),
            **({"fixed_cost": record.fixed_cost} if record.fixed_cost else {}),
        }

    @api.model
    def _zoho_check_wanted(self, record: Project, page: SyncPage) -> None:
        """Leave out templates, and closed projects that were never fetched."""
        if record.is_template:
            raise Counted("project_template")
        is_over = record.is_closed or record.is_archived
        if (
            is_over
            and record.zoho_id not in page.links
            and not page.integration.include_closed_projects
        ):
            raise Counted("project_closed")

    @api.model
    def _zoho_customer(self, record: Project, page: SyncPage) -> Any:
        """Return the partner that the project is billed to.

        Who was picked by hand, until Zoho names another customer than it did then.

        :raise NotFetched: without a primary customer, or when he is not fetched.
        """
        if picked := self._zoho_picked(record, page):
            return picked
        if not record.customer:
            raise NotFetched("project_without_primary_customer")
        if not record.customer.zoho_id:
            raise NotFetched(
                "project_without_primary_customer",
                variant="project_with_several_customers",
            )
        zoho_id = record.customer.zoho_id
        return self.env["res.partner"].browse(page.require("customer", zoho_id))

    @api.model
    def _zoho_picked(self, record: Project, page: SyncPage) -> Any:
        """Return the partner that a person picked for the project, maybe none."""
        pick = page.lookups.picks.get(record.zoho_id)
        named = record.customer.zoho_id if record.customer else ""
        is_valid = pick and (pick.named_zoho_id or "") == named
        return pick.partner_id if is_valid else self.env["res.partner"]

    @api.model
    def _zoho_project_currency(
        self, record: Project, page: SyncPage, customer: Any
    ) -> Any:
        """Return the currency of the project, which must be its customer's in Odoo.

        That of its budget; else the customer's in Zoho; else the portal's; else the
        company's. For a customer who was picked by hand: his own in Odoo.

        :raise NotFetched: when it is not active, or the customer has another one.
        """
        company = page.integration.company_id
        settled = page.lookups.settled
        own = settled.get(customer) or self._zoho_own_currency(customer, page)
        if not record.currency and self._zoho_picked(record, page):
            return own
        name = (
            record.currency
            or page.lookups.customer_currency.get(record.customer.zoho_id)
            or page.integration.portal_id.currency
        )
        currency = page.lookups.currencies.get(name, self.env["res.currency"])
        if name and not currency.active:
            raise NotFetched("currency_inactive", currency=name)
        currency = currency or company.currency_id
        if own != currency and (
            customer in settled
            or customer._zoho_is_bound(
                currency, company, self._zoho_unbound(record, page)
            )
        ):
            raise NotFetched(
                "customer_currency_mismatch",
                project_currency=currency.name,
                customer_currency=own.name,
                customer=customer.display_name,
                partner_id=customer.id,
            )
        settled[customer] = currency
        return currency

    @api.model
    def _zoho_own_currency(self, customer: Any, page: SyncPage) -> Any:
        """Return the currency that a customer had before this page."""
        own = page.lookups.own
        if customer not in own:
            # Picked by hand.
            own |= customer._zoho_currencies(page.integration.company_id)
        return own[customer]

    @api.model
    def _zoho_after_mapping(self, page: SyncPage) -> None:
        """Let customers be invoiced in the currency of their projects."""
        for customer, currency in page.lookups.settled.items():
            if self._zoho_own_currency(customer, page) != currency:
                customer._zoho_take_currency(currency, page.integration.company_id)

    @api.model
    def _zoho_unbound(self, record: Project, page: SyncPage) -> Any:
        """Return the project of a record, unless an invoice binds its currency."""
        link = page.links.get(record.zoho_id)
        project = self.browse(link and link.res_id)
        return self.browse() if project._is_invoiced() else project

    def _zoho_accept(
        self, page: SyncPage, record: Project, changes: dict[str, Any]
    ) -> Accepted:
        """Keep the customer of a project that is invoiced already."""
        if "partner_id" not in changes or not self._is_invoiced():
            return Accepted(changes)
        # The currency is the customer's: it stays with him.
        kept = ("partner_id", "billing_currency_id")
        return Accepted({n: value for n, value in changes.items() if n not in kept})

    def _zoho_follow_up(
        self,
        page: SyncPage,
        record: Project,
        changes: dict[str, Any],
        accepted: Accepted,
    ) -> None:
        """Raise the difference of a customer that was kept, or close it."""
        super()._zoho_follow_up(page, record, changes, accepted)
        if "partner_id" not in changes:
            self.env["zoho.settlement"]._tell_agreement(self)
        elif "partner_id" not in accepted.changes:
            customer = {"partner_id": changes["partner_id"]}
            self.env["zoho.settlement"]._tell_difference(
                page.integration, self, "customer_changed", customer
            )

    # Projects come from Zoho only, where an administrator wants it so.

    @api.model_create_multi
    def create(self, vals_list: list[dict]) -> Any:
        """Refuse projects made by hand in a company that restricts them.

        Every way a project is born ends here: form, quick create, import, duplicate,
        template, the confirmation of an order, an e-mail. It is asked afterwards,
        because the company may follow from the customer, the account or the stage.
        """
        projects = super().create(vals_list)
        projects._check_not_restricted()
        return projects

    def write(self, vals: dict) -> bool:
        """Refuse the side doors: a template made a project, a change of company."""
        arriving = self.filtered(lambda project: project._would_arrive(vals))
        result = super().write(vals)
        arriving._check_not_restricted()
        return result

    def _would_arrive(self, vals: dict) -> bool:
        """Return whether values make a project where there was none."""
        self.ensure_one()
        if self.is_template and not vals.get("is_template", True):
            return True
        company_id = vals.get("company_id")
        return bool(company_id) and self.company_id.id != company_id

    def _zoho_unrestricted(self) -> Any:
        """Return the model or records free of the restriction, for code that must be.

        The context holds an object, so neither a request nor ``sudo`` brings it along.
        """
        return self.with_context(zoho_sync=Origin.ZOHO)

    def _check_not_restricted(self) -> None:
        """Refuse new projects of companies that get theirs from Zoho.

        :raise UserError: naming the company and the portal.
        """
        if not self or self.env.context.get("zoho_sync") is Origin.ZOHO:
            return
        companies = self.env["res.company"]
        # Whether a portal keeps projects holds for who may not read links, too.
        for project in self.sudo():
            companies |= project.company_id or self.env.company
        if sentence := self._restriction_of(companies):
            raise UserError(sentence)

    @api.model
    def _restriction_of(self, companies: Any) -> str | bool:
        """Return why projects of one of these companies come from Zoho alone, if so."""
        # Whether a portal keeps projects holds for who may not read links, too.
        integration = (
            self.env["zoho.integration"]
            .sudo()
            .search(
                [
                    ("company_id", "in", companies.ids),
                    ("restrict_project_creation", "=", True),
                    ("status", "not in", ("draft", "signed_in", "disabled")),
                ],
                limit=1,
            )
        )
        return bool(integration) and self.env._(
            "Projects of %(company)s are created in the Zoho portal %(portal)s: create "
            "the project there, and it arrives here with the next sync.",
            company=integration.company_id.name,
            portal=integration.portal_id.name,
        )

    # It is said before anybody fills a form in: nothing offers a new project.

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_creation_restriction(self) -> None:
        for project in self:
            company = project.company_id or self.env.company
            project.creation_restriction = self._restriction_of(company)

    @api.model
    def _get_view_cache_key(
        self, view_id: int | None = None, view_type: str = "form", **options: Any
    ) -> tuple:
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, bool(self._restriction_of(self.env.company)))

    @api.model
    def _get_view(
        self, view_id: int | None = None, view_type: str = "form", **options: Any
    ) -> tuple[Any, Any]:
        arch, view = super()._get_view(view_id, view_type, **options)
        if self._restriction_of(self.env.company):
            arch.set("create", "0")
        return arch, view
