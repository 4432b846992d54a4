from typing import Any

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...zoho.records import CrmAccount
from .page import Accepted, SyncPage
from .res_partner import DETAILS
from .zoho_link_choice import as_stored

# What is written of each customer or contact, whatever people have mapped.
STANDARD_VALUES = {
    *(*DETAILS, "name", "is_company", "country_id", "state_id", "parent_id", "type"),
    "specific_property_product_pricelist",
}
# Who somebody with a login is, where he is reached, and on whose behalf he acts.
IDENTITY = {
    *("name", "email", "phone", "parent_id", "is_company", "type", "company_id"),
}


class ResPartner(models.Model):
    """What Zoho may overwrite of a contact, and what a person has decided."""

    _inherit = "res.partner"

    def _zoho_accept(
        self, page: SyncPage, record: Any, changes: dict[str, Any]
    ) -> Accepted:
        """Let the CRM's details win, and what a person has put back."""
        link = page.links.get(record.zoho_id)
        if self._zoho_is_led_elsewhere(page):
            changes = {
                name: value
                for name, value in changes.items()
                if self._fields[name].company_dependent
            }
        if page.entity == "customer" and not isinstance(record, CrmAccount):
            if "crm" in self._zoho_origins():
                changes = {n: value for n, value in changes.items() if not self[n]}
        if link:
            changes = link._without_refused(changes)
        protected = self._zoho_protected() if changes else set()
        return Accepted.without(changes, protected)

    def _zoho_follow_up(
        self, page: SyncPage, record: Any, changes: dict[str, Any], accepted: Accepted
    ) -> None:
        """Say what is withheld, and keep what an overwritten customer had."""
        super()._zoho_follow_up(page, record, changes, accepted)
        link = page.links.get(record.zoho_id)
        is_put_back = bool(link and link.values_refused)
        if is_put_back:
            link._forget_refused({*accepted.changes, *accepted.withheld})
        if not link or not link.fingerprint or link.values_before or is_put_back:
            self._zoho_keep_before(page, record, link, accepted.changes)

    def _zoho_protected(self) -> set[str]:
        """Return the fields that belong to a login, active or not, or to a company.

        Of an own company that is all but its terms here; of whom its internal users
        belong to, as of themselves, who they are. Note: `self.ensure_one()`

        :rtype: set[str]
        """
        everyone = self.env["res.users"].with_context(active_test=False)
        companies = self.env["res.company"].with_context(active_test=False)
        if companies.search_count([("partner_id", "=", self.id)], limit=1):
            return {
                name
                for name, field in self._fields.items()
                if not field.company_dependent
            }
        own = Domain("partner_id", "=", self.id)
        staff = Domain("partner_id", "child_of", self.id) & Domain("share", "=", False)
        return IDENTITY if everyone.search_count(own | staff, limit=1) else set()

    @api.model
    def _zoho_writable(self, link: Any) -> set[str]:
        """Return the fields that the synchronisation writes of a customer or contact.

        :rtype: set[str]
        """
        mappings = link.integration_id.with_context(active_test=False).mapping_ids
        mapped = mappings.filtered(
            lambda one: (
                one.entity == link.entity
                and not one.is_standard
                and one.field_id
                and one._is_mappable()
            )
        ).field_id
        return {
            name
            for name in STANDARD_VALUES.union(mapped.mapped("name"))
            if (field := self._fields.get(name))
            and (field.store or field.company_dependent)
            and not field.groups
        }

    def _zoho_is_restorable(self, name: str, value: Any, company: Any) -> bool:
        """Return whether a value that was kept as text is one that a field may get.

        Of records these are ids: of what is still there, and belongs to no other
        company. Note: `self.ensure_one()`
        """
        field = self._fields[name]
        if not field.relational:
            return isinstance(value, (str, int, float, bool))
        ids = [value] if field.type == "many2one" else value and value[0][2]
        if field.type == "many2many" and value != [[Command.SET, 0, ids]]:
            return False
        if not value:
            return True
        if field.type == "one2many" or not all(isinstance(one, int) for one in ids):
            return False
        records = self.env[field.comodel_name].browse(ids).exists()
        owners = "company_id" in records._fields and records.company_id
        return len(records) == len(ids) and (not owners or owners <= company)

    def _zoho_is_led_elsewhere(self, page: SyncPage) -> bool:
        """Return whether another portal, linked earlier, gives this contact's details.

        Two portals, or two companies, may share a contact: the second one links to it,
        and does not take turns with the first in overwriting it.
        """
        links = self.sudo().zoho_link_ids.filtered(
            lambda one: one.entity == page.entity and one.integration_id
        )
        leader = links.sorted("id")[:1].integration_id
        return bool(leader) and leader != page.integration

    def _zoho_keep_before(
        self, page: SyncPage, record: Any, link: Any, changes: dict[str, Any]
    ) -> None:
        """Note what is overwritten, and with what; the oldest values are kept."""
        before = {
            # As `write` takes it: JSON keeps ids, not records.
            name: self._fields[name].convert_to_write(self[name], self)
            for name in changes
        }
        page.overwritten[record.zoho_id] = {
            "values_before": {**before, **((link and link.values_before) or {})},
            "values_after": {
                **((link and link.values_after) or {}),
                **as_stored(changes),
            },
        }

    def _zoho_origins(self) -> set[str]:
        """Return where the details of this partner come from: ``crm``, ``projects``."""
        # Whether a link stands decides, whoever may read links.
        links = self.sudo().zoho_link_ids.filtered(lambda one: one.entity == "customer")
        return {"crm" if link.is_crm else "projects" for link in links}

    def _zoho_clone(self, currency: Any, company: Any) -> Any:
        """Return a new company with the details of this one, in another currency."""
        self.ensure_one()
        names = [*DETAILS, "name", "country_id", "state_id"]
        # So a many2one is its id, and no pair with the name.
        [values] = self.read(names, load=False)
        clone = self.create(
            {
                **{name: values[name] for name in names},
                "is_company": True,
                "company_id": self.company_id.id,
            }
        )
        pricelist = self.env["product.pricelist"]._zoho_for(currency, company)
        clone.with_company(company).specific_property_product_pricelist = pricelist
        return clone

    def _zoho_check_customer(self, company: Any) -> None:
        """Refuse a contact that cannot be the customer of a company's projects.

        :raise UserError: saying why.
        """
        refusal = self._zoho_refusal(company)
        if refusal:
            raise UserError(refusal)

    def _zoho_refusal(self, company: Any) -> str | None:
        if not self:
            return self.env._("Choose the contact first.")
        name = self.display_name
        if not self.is_company or self.parent_id:
            return self.env._(
                "%(contact)s is a person: choose the company.", contact=name
            )
        if self.company_id not in (company, company.browse()):
            return self.env._(
                "%(contact)s belongs to another company than %(company)s: choose one "
                "of its own, or one that all companies share.",
                contact=name,
                company=company.name,
            )
        if not self.active:
            return self.env._(
                "%(contact)s is archived: unarchive the contact first.", contact=name
            )
        return None
