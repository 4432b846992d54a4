from typing import Any

from odoo import api, fields, models

from ...groups import BILLING_GROUP
from ..billing.res_company import PORTAL_STAFF, PORTAL_TIME
from .overview import Overview

# What customers of the company see of time.
PORTAL_FIELDS = ("portal_time", "portal_staff", "portal_notes")


class ZohoIntegration(models.Model):
    """The way from an integration to what of it is to be settled, and to customers."""

    _inherit = "zoho.integration"

    # The company's own, for who sets up the integration: he may have no rights to
    # companies.
    portal_time = fields.Selection(
        PORTAL_TIME,
        string="Time in the Customer Portal",
        compute="_compute_portal_choice",
        inverse="_inverse_portal_choice",
    )
    portal_staff = fields.Selection(
        PORTAL_STAFF,
        string="People as Customers See Them",
        compute="_compute_portal_choice",
        inverse="_inverse_portal_choice",
    )
    portal_notes = fields.Boolean(
        "Show Notes of Time to Customers",
        compute="_compute_portal_choice",
        inverse="_inverse_portal_choice",
    )

    @api.depends(*(f"company_id.{name}" for name in PORTAL_FIELDS))
    def _compute_portal_choice(self) -> None:
        for integration in self:
            company = integration.company_id
            integration.update({name: company[name] for name in PORTAL_FIELDS})

    def _inverse_portal_choice(self) -> None:
        for integration in self:
            # Who may write an integration decides what its company shows, nothing else
            # of the company.
            company = integration.company_id.sudo()
            for name in PORTAL_FIELDS:
                value = integration[name]
                if company[name] != value and (value or name == "portal_notes"):
                    company[name] = value

    def action_open_differences(self) -> dict:
        """Show what has changed in Zoho after it was invoiced."""
        return self._open_list("zoho_difference_action")

    def action_open_rate_proposals(self) -> dict:
        """Show the rates that Zoho tells, to be taken over.

        :raise AccessError: for users outside the billing group.
        """
        self.ensure_one().check_access("read")
        proposals = self.env["zoho.rate.proposal"]
        proposals._check_biller()
        company = self.company_id
        told = self.portal_id.currency
        currency = self.env["res.currency"].search([("name", "=", told)], limit=1)
        wizard = proposals.create(
            {
                "integration_id": self.id,
                "currency_id": (currency or company.currency_id).id,
            }
        )
        wizard._propose()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rates from Zoho"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_switch_on_schedule(self) -> dict:
        """Switch the scheduled action of all syncs on again."""
        return self._switch_on(self.env["zoho.sync.run"]._cron())

    def action_switch_on_check(self) -> dict:
        """Switch the nightly check of billed time on again."""
        return self._switch_on(
            self.env.ref("zoho_projects_connector.ir_cron_billed_time")
        )

    def _switch_on(self, cron: models.BaseModel) -> dict:
        self._check_manager()
        # Odoo says who may change scheduled actions. An old moment of the next run
        # would look as if nobody ran them.
        cron.sudo(False).write({"active": True, "nextcall": fields.Datetime.now()})
        return self._notify(self.env._("Switched on: %(name)s.", name=cron.name))

    def action_check_billed_time(self) -> dict:
        """Compare all billed time with its documents, as every night.

        :raise AccessError: for who neither administrates integrations nor bills.
        """
        self.ensure_one().check_access("read")
        if not self.env.user.has_group(BILLING_GROUP):
            self._check_manager()
        # Checked above; the check is of all books.
        ledger = self.env["project.billed.time"].sudo()
        if ledger._cron_check():
            # Of all companies: the card names what this user may read.
            message = self.env._("Not all of it agrees yet.")
            return self._notify(message, "warning")
        return self._notify(self.env._("All billed time agrees with its documents."))

    @api.model
    def get_overview(self, wanted: list[str] | None = None) -> dict[str, Any]:
        """Return the page on which the app opens.

        :param wanted: keys of cards to be opened, the best first.
        :raise AccessError: for who may not see integrations.
        """
        return Overview(self.env).page([str(key) for key in wanted or ()])
