import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...naming import names_apart
from ...zoho.records import Contact, CrmAccount, Customer
from .page import Key, NotFetched, SyncPage

DETAILS = {
    "email": "email",
    "phone": "phone",
    "website": "website",
    "street": "street",
    "city": "city",
    "zip": "zip_code",
}


def alike(name: str | None) -> str:
    """Return a name without case, accents and superfluous spaces."""
    plain = unicodedata.normalize("NFKD", name or "")
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(plain.casefold().split())


def _name_key(name: SQL) -> SQL:
    """Return a name as the database likens it: its Latin letters and digits.

    Names that are :func:`alike` have the same key; whether two of the same key are
    alike, only that function tells. The collation keeps it the same in every database,
    and the length an index takes.
    """
    return SQL(
        """left(regexp_replace(lower(replace(replace(normalize(%s, NFKD),
           'ß', 'ss'), 'ẞ', 'ss') COLLATE "C"), '[^a-z0-9]+', '', 'g'), 64)""",
        name,
    )


@dataclass
class CustomerLookups:
    """What the customers of a page share.

    :ivar countries: ``{likened name, or code: res.country}``.
    :ivar pricelists: ``{currency name: product.pricelist}`` of foreign currencies.
    :ivar ambiguous: ``{zoho_id: res.partner}`` where several are alike.
    """

    countries: dict[str, Any] = field(default_factory=dict)
    pricelists: dict[str, Any] = field(default_factory=dict)
    ambiguous: dict[str, Any] = field(default_factory=dict)


class ResPartner(models.Model):
    """Customers of Zoho as companies, their people as contacts of these."""

    _name = "res.partner"
    _inherit = ["code.only.mixin", "res.partner", "zoho.synced.mixin"]

    # Without it, each page of customers would read all companies of the database.
    _zoho_name_index = models.Index(
        f"({_name_key(SQL('name')).code})"
        " WHERE is_company AND active AND parent_id IS NULL"
    )

    @api.model
    def _zoho_references(self, record: Any) -> tuple[Key, ...]:
        customer = getattr(record, "customer_id", "")
        return (("customer", customer),) if customer else ()

    # Matching

    @api.model
    def _zoho_match(self, page: SyncPage, records: Sequence[Any]) -> dict[str, Any]:
        """Return the contacts that new customers, or their people, are already."""
        if page.entity == "contact":
            return self._zoho_match_contacts(page, records)
        candidates = self._zoho_candidates(
            page.integration.company_id, [record.name for record in records]
        )
        is_clone = page.integration.duplicate_customers == "clone"
        page.cloned = {
            record.zoho_id
            for record in records
            if is_clone and alike(record.name) in candidates
        }
        linked = self._zoho_linked_ids(page, self.union(*candidates.values()))
        matches, taken = {}, set()
        for record in records:
            found = candidates.get(alike(record.name), self.browse())
            own = found.filtered(lambda partner: partner.id in linked)
            if isinstance(record, CrmAccount) and own:
                matches[record.zoho_id] = own[0]
                continue
            if is_clone:
                continue
            free = (found - own).filtered(lambda partner: partner.id not in taken)
            best = self._zoho_break_tie(free, record)
            if len(best) > 1:
                page.lookups.ambiguous[record.zoho_id] = best
            elif best:
                taken.add(best.id)
                matches[record.zoho_id] = best
        return matches

    @api.model
    def _zoho_linked_ids(self, page: SyncPage, partners: Any) -> set[int]:
        """Return the ids of those partners that customers of the portal are already."""
        rows = self.env.execute_query(
            SQL(
                """SELECT res_id FROM zoho_link
                    WHERE portal_zoho_id = %s AND company_id = %s
                      AND entity = 'customer'
                      AND res_model = 'res.partner' AND res_id = ANY(%s)""",
                page.integration.portal_id.zoho_id,
                page.integration.company_id.id,
                partners.ids,
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _zoho_candidates(self, company: Any, names: Sequence[str]) -> dict[str, Any]:
        """Return ``{likened name: companies}`` that the Odoo company may see."""
        wanted = {alike(name) for name in names if name}
        if not wanted:
            return {}
        # The statement reads the table: what the page before has made is there.
        self.flush_model(["name", "is_company", "active", "company_id", "parent_id"])
        found = {}
        for partner_id, name in self.env.execute_query(
            SQL(
                """SELECT id, name FROM res_partner
                    WHERE %s IN (SELECT %s FROM unnest(%s) AS wanted (name))
                      AND is_company AND active AND parent_id IS NULL
                      AND NOT EXISTS (SELECT FROM res_company
                                       WHERE res_company.partner_id = res_partner.id)
                      AND (company_id IS NULL OR company_id = %s) ORDER BY id""",
                _name_key(SQL.identifier("res_partner", "name")),
                _name_key(SQL.identifier("wanted", "name")),
                [name for name in names if name],
                company.id,
            )
        ):
            if alike(name) in wanted:
                found.setdefault(alike(name), []).append(partner_id)
        return {name: self.browse(ids) for name, ids in found.items()}

    @api.model
    def _zoho_break_tie(self, partners: Any, record: Customer | CrmAccount) -> Any:
        """Return the partners that also share the e-mail or the website, if any do."""
        for ours, theirs in (("email", record.email), ("website", record.website)):
            same = partners.filtered(
                lambda partner, name=ours, value=theirs: (
                    value
                    and (partner[name] or "").casefold().strip()
                    == value.casefold().strip()
                )
            )
            if len(partners) > 1 and len(same) == 1:
                return same
        return partners

    @api.model
    def _zoho_match_contacts(
        self, page: SyncPage, records: Sequence[Contact]
    ) -> dict[str, Any]:
        """Match people by e-mail; by name only who has neither e-mail nor login.

        A name proves nothing: whoever takes that of somebody else in Zoho would get
        his contact, and with it his login.
        """
        parents = [
            page.refs.get(("customer", record.customer_id)) for record in records
        ]
        by_email, by_name = {}, {}
        children = self.search([("parent_id", "in", [p for p in parents if p])])
        # A login that is switched off may be switched on again.
        users = self.env["res.users"].with_context(active_test=False)
        logins = users.search([("partner_id", "in", children.ids)]).partner_id
        for child in children:
            parent = child.parent_id.id
            if child.email:
                by_email.setdefault((parent, child.email.casefold()), child)
            elif child not in logins:
                by_name.setdefault((parent, alike(child.name)), child)
        matches = {}
        for record, parent in zip(records, parents, strict=True):
            child = by_email.get((parent, record.email.casefold()))
            child = child or by_name.get((parent, alike(record.name)))
            if child and child not in matches.values():
                matches[record.zoho_id] = child
        return matches

    # Values

    @api.model
    def _zoho_prepare_page(self, page: SyncPage) -> CustomerLookups:
        """Return the countries and pricelists that customers name."""
        if page.entity != "customer":
            return CustomerLookups()
        names = {record.country for record in page.records if record.country}
        countries = self.env["res.country"].search(
            Domain.OR(
                Domain(field, "=ilike", name)
                for name in names
                for field in ("name", "code")
            )
        )
        by_name = {alike(country.name): country for country in countries}
        by_code = {(country.code or "").casefold(): country for country in countries}
        return CustomerLookups({**by_name, **by_code}, self._zoho_pricelists(page))

    @api.model
    def _zoho_pricelists(self, page: SyncPage) -> dict[str, Any]:
        """Return ``{currency name: pricelist}`` of foreign currencies of a page."""
        company = page.integration.company_id
        names = {record.currency for record in page.records if record.currency}
        currencies = self.env["res.currency"].search(
            [("name", "in", list(names)), ("id", "!=", company.currency_id.id)]
        )
        active = currencies.filtered("active")
        return {
            currency.name: self.env["product.pricelist"]._zoho_for(currency, company)
            for currency in active
        }

    @api.model
    def _zoho_prepare_values(self, record: Any, page: SyncPage) -> dict[str, Any]:
        if page.entity == "contact":
            return self._zoho_prepare_contact(record, page)
        candidates = page.lookups.ambiguous.get(record.zoho_id)
        if candidates:
            names = ", ".join(names_apart(candidates).values())
            raise NotFetched("customer_ambiguous", names=names)
        values = {
            ours: value
            for ours, theirs in DETAILS.items()
            if (value := getattr(record, theirs))
        }
        if record.website:
            values["website"] = self._clean_website(record.website)
        values |= {"name": record.name or record.zoho_id, "is_company": True}
        country = page.lookups.countries.get(alike(record.country))
        if country:
            values["country_id"] = country.id
            state = country.state_ids.filtered(
                lambda s: alike(record.state) in (alike(s.name), alike(s.code))
            )
            values |= {"state_id": state[0].id} if state and record.state else {}
        values |= self._zoho_prepare_currency(record, page)
        return values

    @api.model
    def _zoho_prepare_contact(self, record: Contact, page: SyncPage) -> dict[str, Any]:
        return {
            "name": record.name or record.email or record.zoho_id,
            "parent_id": page.require("customer", record.customer_id),
            "type": "contact",
            **({"email": record.email} if record.email else {}),
            **({"phone": record.phone} if record.phone else {}),
        }

    @api.model
    def _zoho_prepare_currency(
        self, record: Customer | CrmAccount, page: SyncPage
    ) -> dict[str, Any]:
        """Return the pricelist of Zoho's currency for a partner without one."""
        pricelist = page.lookups.pricelists.get(record.currency)
        if not pricelist:
            return {}
        partner = self.browse()
        if record.zoho_id in page.links or record.zoho_id in page.matches:
            partner = self._zoho_target(page, record)
        chosen = partner.specific_property_product_pricelist
        is_free = not chosen and not partner._newest_invoice_currency(
            page.integration.company_id
        )
        if chosen == pricelist or is_free:
            return {"specific_property_product_pricelist": pricelist.id}
        return {}

    def _zoho_is_bound(self, currency: Any, company: Any, project: Any) -> bool:
        """Return whether something keeps a customer from being invoiced in a currency.

        That is a pricelist of his own, a posted invoice, or another project of his.
        Note: `self.ensure_one()`

        :param project: the ``project.project`` that is to be in it, maybe none.
        """
        # A pricelist depends on the company: it is that of the one in the environment.
        partner = self.with_company(company)
        projects = self.env["project.project"].with_context(active_test=False)
        return bool(
            partner.specific_property_product_pricelist
            or partner._newest_invoice_currency(company)
            or projects.search_count(
                [
                    ("id", "not in", project.ids),
                    ("partner_id", "=", self.id),
                    ("company_id", "=", company.id),
                    ("allow_billable", "=", True),
                    ("billing_currency_id", "!=", currency.id),
                ],
                limit=1,
            )
        )

    def _zoho_take_currency(self, currency: Any, company: Any) -> None:
        """Let a customer be invoiced in a currency. Note: `self.ensure_one()`"""
        pricelist = self.env["product.pricelist"]._zoho_for(currency, company)
        self.with_company(company).specific_property_product_pricelist = pricelist

    def _zoho_currency(self, company: Any) -> Any:
        """Return the currency that a customer is invoiced in."""
        return self.ensure_one()._zoho_currencies(company)[self]

    def _zoho_currencies(self, company: Any) -> dict[Any, Any]:
        """Return ``{customer: the currency that he is invoiced in}``.

        That of his own pricelist; else that of his posted invoices; else the company's.
        """
        partners = self.with_company(company)
        partners.fetch(["commercial_partner_id", "specific_property_product_pricelist"])
        invoiced = partners.commercial_partner_id._count_posted_invoices(company)
        return {
            own: partner.specific_property_product_pricelist.currency_id
            or (
                partner.commercial_partner_id in invoiced
                and partner._newest_invoice_currency(company)
            )
            or company.currency_id
            for own, partner in zip(self, partners, strict=True)
        }
