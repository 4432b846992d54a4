from typing import Any

from odoo import models
from odoo.exceptions import UserError

from ...const import SYNC_CONTEXT
from ...zoho.endpoints import FORMS
from .entities import FIELD_KEY
from .sentences import ASKED_CODES


class ZohoSyncError(models.Model):
    """The ways out that are taken in the error summary itself."""

    _inherit = "zoho.sync.error"

    def _same_cause(self) -> Any:
        """Return all that one decision resolves. Note: `self.ensure_one()`."""
        return self.search(
            [
                ("integration_id", "=", self.integration_id.id),
                ("cause", "=", self.cause),
                ("resolved_at", "=", False),
            ]
        )

    def action_open_waiting(self) -> dict[str, Any]:
        """Show all of this cause, and what waits for it, however deep."""
        self.ensure_one().check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "zoho_projects_connector.zoho_sync_error_action"
        )
        return {
            **action,
            "display_name": self.env._(
                "Waiting for %(record)s", record=self.display_name
            ),
            "path": False,
            "domain": [
                ("id", "child_of", self._same_cause().ids),
                ("resolved_at", "=", False),
            ],
            "context": {"search_default_group_entity": 1},
        }

    def action_open_card(self) -> dict[str, Any]:
        """Show what this waits for on the overview, with the ways out."""
        self.ensure_one().check_access("read")
        root = self._root()
        card = f"error:{root.integration_id.id}:{root.cause}"
        return {**root.integration_id.action_open_overview(), "params": {"card": card}}

    def _root(self) -> Any:
        """Return the open error that this is folded under, however deep."""
        error = self
        while error.parent_id and not error.parent_id.resolved_at:
            error = error.parent_id
        return error

    def action_retry_cause(self) -> dict[str, Any]:
        """Try all that has the same cause again."""
        self._check_open()
        return self._same_cause().action_retry()

    def action_pick_customer(self) -> dict[str, Any]:
        """Ask which contact it is."""
        self._check_open()
        return self.env["zoho.customer.choose"]._open_dialog(error_id=self.id)

    def action_choose_customer(self, partner_id: int) -> dict[str, Any]:
        """Take a contact for this customer or project, without a dialog.

        :param partner_id: as the dialog would be given it.
        """
        self._check_open()
        dialog = self.env["zoho.customer.choose"]
        if self.code == "login_protected":
            link = self._link_of_customer()
            dialog.create(
                {"link_id": link.id, "partner_id": partner_id}
            ).action_choose()
            return self._retry_decided()
        values = {"error_id": self.id, "partner_id": partner_id}
        return dialog.create(values).action_choose()

    def _link_of_customer(self) -> Any:
        """Return the link of the customer that this is about.

        :raise UserError: when nothing in Odoo is this customer any more.
        """
        link = self.env["zoho.link"].search(
            [
                ("integration_id", "=", self.integration_id.id),
                ("entity", "=", "customer"),
                ("zoho_id", "=", self.entity == "customer" and self.zoho_id),
            ],
            limit=1,
        )
        if not link:
            raise UserError(
                self.env._("The customer is no longer in Odoo: press Retry.")
            )
        return link

    def action_map_user(self) -> dict[str, Any]:
        """Ask which employee it is."""
        self._check_open()
        return self._wizard("zoho.user.map", self.env._("Map the User"))

    def action_choose_employee(
        self, employee_id: int, with_same: bool = False
    ) -> dict[str, Any]:
        """Take an employee for this user or time log, without a dialog.

        :param employee_id: as the dialog would be given it.
        :param with_same: for all other time logs without an owner, too.
        """
        self._check_open()
        values = {
            "error_id": self.id,
            "employee_id": employee_id,
            "with_same": with_same,
        }
        return self.env["zoho.user.map"].create(values).action_map()

    def action_unmap_field(self) -> dict[str, Any]:
        """Sync the mapped field no longer whose value or type does not fit.

        :raise UserError: when it is not mapped any more.
        """
        self._check_open()
        # Of a field itself, or of the records whose values do not fit it.
        is_field = (self.zoho_id or "").startswith(FIELD_KEY)
        label = (self.details or {}).get("field")
        field = ("zoho_label", "in", [label] if label else [])
        if is_field:
            field = ("zoho_field", "=", self.zoho_id.removeprefix(FIELD_KEY))
        mapping = self.env["zoho.field.mapping"].search(
            [
                ("integration_id", "=", self.integration_id.id),
                ("entity", "=", self.entity),
                ("is_standard", "=", False),
                field,
            ]
        )
        if not mapping:
            raise UserError(
                self.env._("The field is not mapped any more: press Retry.")
            )
        errors = self._same_cause()
        mapping.active = False
        if is_field:
            message = self.env._("Not synced any more: %(field)s.", field=self.name)
            return self.integration_id._notify(message)
        return errors._retry_decided()

    def action_accept_loss(self) -> dict[str, Any]:
        """Ask whether so many records are really gone."""
        self._check_open()
        return self._wizard("zoho.loss.accept", self.env._("These Are Really Gone"))

    def action_activate_currency(self) -> dict[str, Any]:
        """Activate the currency of a project, and fetch the project.

        :raise UserError: when Odoo does not know it, or this user may not.
        """
        self._check_open()
        currency = self._currency(self.details.get("currency"))
        if not self.env["res.currency"].has_access("write"):
            raise UserError(
                self.env._(
                    "You may not change currencies: ask an accounting or Odoo "
                    "administrator to activate %(currency)s under Invoicing → "
                    "Configuration → Currencies. The next sync fetches the project.",
                    currency=currency.name,
                )
            )
        currency.active = True
        action = self._same_cause().action_retry()
        if not currency.rate_ids:
            params = action["params"]
            params["message"] += " " + self.env._(
                "%(currency)s has no exchange rate yet: set one before you invoice.",
                currency=currency.name,
            )
            params["next"]["infos"]["message"] = params["message"]
        return action

    def action_use_pricelist(self) -> dict[str, Any]:
        """Give the customer a pricelist in the currency of the project.

        :raise UserError: when other projects of his are in his currency of now.
        """
        self._check_open()
        customer, company = self._mismatched_customer(), self.company_id
        currency = self._currency(self.details.get("project_currency"))
        others = self._projects_of(customer).filtered(
            lambda project: project.billing_currency_id != currency
        )
        if others:
            raise UserError(
                self.env._(
                    "%(customer)s has projects in %(currency)s: %(projects)s. A "
                    "customer has one currency in Odoo: clone him for this project, "
                    "or pick another customer.",
                    customer=customer.display_name,
                    currency=", ".join(others.billing_currency_id.mapped("name")),
                    projects=", ".join(others[:5].mapped("name")),
                )
            )
        # Checked above; who may resolve errors need not have sales rights.
        pricelist = self.env["product.pricelist"].sudo()._zoho_for(currency, company)
        # A pricelist depends on the company in the environment.
        partner = customer.with_company(company).with_context(**SYNC_CONTEXT)
        partner.specific_property_product_pricelist = pricelist
        return self.action_retry()

    def action_clone_customer(self) -> dict[str, Any]:
        """Make a second contact for a customer, in the currency of the project.

        He becomes the customer himself where no project keeps the first contact; else
        he is the customer of this project alone.
        """
        self._check_open()
        customer = self._mismatched_customer()
        currency = self._currency(self.details.get("project_currency"))
        clone = customer._zoho_clone(currency, self.company_id)
        links = customer.zoho_link_ids.filtered(
            lambda link: (
                link.entity == "customer" and link.integration_id == self.integration_id
            )
        )
        link = links.filtered(lambda one: one.zoho_id == self._named_customer())
        if link and not self._projects_of(customer):
            link._stand_for(clone, "cloned")
        else:
            self._note_customer(clone)
        return self.action_retry()

    # What the ways out share
    def _check_open(self) -> None:
        """Refuse who may not resolve errors, and what is resolved already.

        :raise UserError: when the record was fetched in the meantime.
        """
        self.ensure_one()._check_manager()
        self.sudo()._check_syncs()
        if self.resolved_at:
            raise UserError(
                self.env._(
                    "%(record)s was fetched in the meantime: there is nothing left to"
                    " do.",
                    record=self.display_name,
                )
            )

    def _wizard(self, model: str, title: str) -> dict[str, Any]:
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_error_id": self.id},
        }

    def _currency(self, name: str) -> Any:
        """Return a currency, active or not.

        :raise UserError: when Odoo does not know it.
        """
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", name)], limit=1)
        )
        if not currency:
            raise UserError(
                self.env._(
                    "Odoo does not know the currency %(currency)s: create it under "
                    "Invoicing → Configuration → Currencies.",
                    currency=name or "–",
                )
            )
        return currency

    def _mismatched_customer(self) -> Any:
        """Return the customer whose currency is not the project's.

        :raise UserError: when he is gone, or cannot be a customer of this company.
        """
        partner_id = (self.details or {}).get("partner_id")
        customer = self.env["res.partner"].browse(partner_id).exists()
        if not customer:
            raise UserError(
                self.env._("The customer is no longer in Odoo: press Retry.")
            )
        # Its id comes from JSON, not from a field that Odoo has checked.
        customer.check_access("read")
        customer._zoho_check_customer(self.company_id)
        # He may resolve errors, which was checked, not make or change contacts.
        return customer.sudo()

    def _projects_of(self, customer: Any) -> Any:
        """Return the projects of the company that are billed to a customer."""
        # All of them count, whatever projects the user may read.
        projects = self.env["project.project"].sudo().with_context(active_test=False)
        return projects.search(
            [
                ("partner_id", "=", customer.id),
                ("company_id", "=", self.company_id.id),
                ("allow_billable", "=", True),
            ]
        )

    def _named_customer(self) -> str:
        """Return the Zoho id of the customer that Zoho names for a project, or ""."""
        # What Zoho named, for who may resolve the error.
        pairs = self.env["zoho.project.customer"].sudo()
        found = pairs._customers_of(self.integration_id, [self.zoho_id])
        return found.get(self.zoho_id, ("", 0))[0] or ""

    def _note_customer(self, partner: Any) -> None:
        """Keep who a project is billed to, until Zoho names another customer."""
        # Checked before; only code writes what people have picked.
        self.env["zoho.pick"].sudo()._keep_choice(
            self.integration_id,
            "project",
            self.zoho_id,
            partner_id=partner.id,
            named_zoho_id=self._named_customer(),
        )

    # Which errors Zoho is asked about before their records are tried again.

    def _askable(self) -> Any:
        """Return what Zoho is to be asked for before these are tried again.

        What waits for a record that is itself in error needs that one first.
        """
        found = self | self.parent_id | self.parent_id.parent_id
        return found._of_zoho().filtered(
            lambda error: error.entity in FORMS and (error.zoho_id or "").isdigit()
        )

    def _only_listed(self) -> Any:
        """Return what may be put right in Zoho and is told by its listings alone."""
        return self._of_zoho() - self._askable()

    def _of_zoho(self) -> Any:
        """Return those whose way out is in Zoho."""
        return self.filtered(
            lambda error: (
                error.code in ASKED_CODES
                and not error.resolved_at
                and not error.missing_entity
            )
        )
