from typing import Any

from odoo import fields, models
from odoo.tools import SQL

from .zoho_link_choice import ORIGINS


class ZohoCustomer(models.Model):
    """The customers of Zoho: those with a contact in Odoo, and those without one yet.

    Nothing of it is stored: it is what the links and the open errors say.
    """

    _name = "zoho.customer"
    _inherit = ["synced.list.mixin"]
    _description = "Customer of Zoho"
    # A query instead of a table: nothing to keep in step with links and errors.
    _auto = False
    _order = "name, id"
    # What the ORM writes to the tables before it reads this one.
    _depends = {
        "zoho.link": [
            *("entity", "res_id", "state", "origin", "is_manual", "is_crm", "name"),
            *("values_before", "zoho_id", "integration_id", "company_id"),
        ],
        "zoho.sync.error": [
            *("entity", "zoho_id", "name", "resolved_at", "integration_id"),
            "company_id",
        ],
    }

    link_id = fields.Many2one("zoho.link", readonly=True)
    error_id = fields.Many2one("zoho.sync.error", readonly=True)
    integration_id = fields.Many2one("zoho.integration", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    name = fields.Char("Customer in Zoho", readonly=True)
    zoho_id = fields.Char("Zoho ID", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact in Odoo", readonly=True)
    email = fields.Char(related="partner_id.email")
    city = fields.Char(related="partner_id.city")
    origin = fields.Selection(
        [("none", "Not Matched"), *ORIGINS], "Matched", readonly=True
    )
    is_crm = fields.Boolean("From the CRM", readonly=True)
    is_overwritten = fields.Boolean("Overwritten", readonly=True)
    is_put_back = fields.Boolean("Put Back", readonly=True)
    changes = fields.Html("What Was Overwritten", related="link_id.changes")
    why = fields.Char(related="error_id.why")
    resolution = fields.Char(related="error_id.resolution")
    code = fields.Char(related="error_id.code", export_string_translation=False)
    url = fields.Char("Open in Zoho", compute="_compute_url", compute_sudo=True)

    def _compute_url(self) -> None:
        for customer in self:
            customer.url = (customer.link_id or customer.error_id).url

    @property
    def _table_query(self) -> SQL:
        return SQL(
            # Ids of two tables in one column: even ones are links, odd ones errors.
            """SELECT link.id * 2 AS id, link.id AS link_id, error.id AS error_id,
                      link.integration_id, link.company_id, link.zoho_id,
                      coalesce(link.name, partner.name) AS name,
                      partner.id AS partner_id, link.origin, link.is_crm,
                      coalesce(link.values_before, '{}') NOT IN ('{}', 'null', 'false')
                          AS is_overwritten,
                      coalesce(link.values_refused, '{}') NOT IN ('{}', 'null', 'false')
                          AS is_put_back
                 FROM zoho_link link
            LEFT JOIN res_partner partner ON partner.id = link.res_id
            LEFT JOIN zoho_sync_error error
                   ON error.integration_id = link.integration_id
                  AND error.entity = link.entity AND error.zoho_id = link.zoho_id
                  AND error.resolved_at IS NULL
                WHERE link.entity = 'customer'
                UNION ALL
               SELECT error.id * 2 + 1, NULL, error.id, error.integration_id,
                      error.company_id, error.zoho_id, error.name, NULL, 'none',
                      FALSE, FALSE, FALSE
                 FROM zoho_sync_error error
                WHERE error.entity = 'customer' AND error.zoho_id <> ''
                  AND error.resolved_at IS NULL
                  AND NOT EXISTS (SELECT FROM zoho_link link
                                   WHERE link.integration_id = error.integration_id
                                     AND link.entity = 'customer'
                                     AND link.zoho_id = error.zoho_id)"""
        )

    def action_pick(self) -> dict[str, Any]:
        """Pick the contact of a customer that is not matched."""
        return self.error_id.action_pick_customer()

    def action_change_contact(self) -> dict[str, Any]:
        """Choose another contact for a matched customer."""
        return self.link_id.action_change_contact()

    def action_put_back(self) -> None:
        """Give overwritten contacts the values that they had before."""
        self.link_id.action_put_back()

    def action_merge_customers(self) -> dict[str, Any]:
        """Open Odoo's merge for these customers and companies of the same name."""
        return self.link_id.action_merge_customers()

    def action_open_contact(self) -> dict[str, Any]:
        """Show the contact in Odoo."""
        return self.link_id.action_open_record()
