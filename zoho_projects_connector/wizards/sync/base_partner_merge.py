from odoo import models
from odoo.exceptions import UserError

from ...naming import names_apart


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Odoo's merge of contacts, for customers that stand for some of Zoho.

    Odoo moves projects, invoices and all that refers to them; the links to Zoho follow
    here, so that the next synchronisation finds the contact that was kept.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(
        self,
        partner_ids: list[int],
        dst_partner: models.BaseModel | None = None,
        extra_checks: bool = True,
    ) -> object:
        partners, kept = self._to_be_merged(partner_ids, dst_partner)
        # What is said of them, and of their invoices, is for who may merge them.
        partners.check_access("write")
        links = partners.sudo().zoho_link_ids
        self._check_zoho_companies(kept, links.company_id)
        for company in links.company_id:
            self._check_zoho_currencies(partners, company)
        return super()._merge(partner_ids, dst_partner, extra_checks)

    def _update_reference_fields(
        self, src_partners: models.BaseModel, dst_partner: models.BaseModel
    ) -> None:
        # Odoo finds what refers to a contact by foreign keys, by fields of the type
        # `reference`, and in a few models that it names: links are none of these.
        result = super()._update_reference_fields(src_partners, dst_partner)
        # The links follow whoever merges; only code writes them.
        self.env["zoho.link"].sudo()._follow_merge(src_partners, dst_partner)
        self.env["zoho.settlement"].sudo()._tell_merge(src_partners, dst_partner)
        return result

    def _check_zoho_companies(
        self, kept: models.BaseModel, companies: models.BaseModel
    ) -> None:
        """Refuse to keep a contact that the projects of a company cannot have.

        :raise UserError: naming both companies.
        """
        others = companies - kept.company_id
        if kept.company_id and others:
            raise UserError(
                self.env._(
                    "%(kept)s belongs to %(company)s, but projects of %(others)s come "
                    "from Zoho for the contacts to merge. Clear the company of "
                    "%(kept)s first, or keep another contact.",
                    kept=kept.display_name,
                    company=kept.company_id.display_name,
                    others=", ".join(others.mapped("display_name")),
                )
            )

    def _check_zoho_currencies(
        self, partners: models.BaseModel, company: models.BaseModel
    ) -> None:
        """Refuse to merge contacts that are invoiced in different currencies.

        :raise UserError: naming the currency of each.
        """
        # Projects that he may not see are billed to the contact that is kept, too.
        projects = self.env["project.project"].sudo().with_context(active_test=False)
        billed = projects.search(
            [("partner_id", "in", partners.ids), ("company_id", "=", company.id)]
        ).partner_id
        used = {
            partner: partner._zoho_currency(company)
            for partner in partners.sudo()
            if partner in billed or partner._newest_invoice_currency(company)
        }
        if len(set(used.values())) > 1:
            told = names_apart(partners)
            raise UserError(
                self.env._(
                    "These contacts are invoiced in different currencies: "
                    "%(contacts)s. A customer has one; merged, some projects could not "
                    "be fetched any more. Give them the same pricelist first.",
                    contacts=", ".join(
                        f"{told[partner]}: {currency.name}"
                        for partner, currency in used.items()
                    ),
                )
            )
