from datetime import datetime
from typing import Any

from pytz import all_timezones_set, timezone

from odoo import api, fields, models

from ...clock import say_day
from .entities import ENTITIES

# A late and an early hour, of which the day may be another one elsewhere.
DAY_ENDS = (datetime(2026, 3, 9, 23, 30), datetime(2026, 3, 9, 0, 30))


def web_address(url: str) -> str | bool:
    """Return an address that a browser may be sent to, else False."""
    is_web = url.startswith(("https://", "http://"))
    return url.rstrip("/") if is_web else False


class ZohoPortal(models.Model):
    """A portal that the signed-in Zoho user can see; one of them is synced."""

    _name = "zoho.portal"
    _inherit = ["code.only.mixin"]
    _description = "Zoho Portal"
    _order = "name, id"

    integration_id = fields.Many2one(
        "zoho.integration",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(related="integration_id.company_id", store=True)
    zoho_id = fields.Char("Zoho ID", required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    role = fields.Char(readonly=True)
    timezone = fields.Char("Time Zone", readonly=True)
    plan = fields.Char(readonly=True)
    currency = fields.Char(readonly=True)
    url = fields.Char("Address", readonly=True)
    is_owner = fields.Boolean("Owner", readonly=True)
    is_admin = fields.Boolean("Portal Administrator", readonly=True)
    warning = fields.Char(compute="_compute_warning")

    _zoho_id_uniq = models.Constraint(
        "UNIQUE(integration_id, zoho_id)", "A portal is listed once."
    )

    @api.depends("name", "role", "timezone", "plan")
    @api.depends_context("formatted_display_name")
    def _compute_display_name(self) -> None:
        """Name it; while one is chosen, Odoo shows its details in grey beside it."""
        for portal in self:
            name = portal.name or ""
            details = [*filter(None, (portal.role, portal.timezone, portal.plan))]
            if details and self.env.context.get("formatted_display_name"):
                name += f"\t--{' · '.join(details)}--"
            portal.display_name = name

    @api.depends("is_owner", "is_admin", "role")
    def _compute_warning(self) -> None:
        for portal in self:
            portal.warning = not (portal.is_owner or portal.is_admin) and self.env._(
                "You are %(role)s in this portal, neither its owner nor an"
                " administrator: Zoho hides projects and time logs from you without an"
                " error. Sign in as the owner or as an administrator.",
                role=portal.role or self.env._("a member"),
            )

    def _update_from(self, integration: Any, portals: list) -> None:
        """Make the portals of an integration those that Zoho lists now.

        The chosen portal is kept even when Zoho no longer lists it: its links hang on
        its Zoho id.

        :param integration: the integration that the portals were listed for.
        :param list[Portal] portals: what Zoho lists.
        """
        # Only code writes portals: what Zoho lists.
        integration = integration.sudo()
        known = {portal.zoho_id: portal for portal in integration.portal_ids}
        listed = {portal.zoho_id: self._prepare_values(portal) for portal in portals}
        for zoho_id, values in listed.items():
            if zoho_id in known:
                known[zoho_id].write(values)
        self.sudo().create(
            [
                {"integration_id": integration.id, "zoho_id": zoho_id, **values}
                for zoho_id, values in listed.items()
                if zoho_id not in known
            ]
        )
        gone = integration.portal_ids.filtered(lambda p: p.zoho_id not in listed)
        # The chosen one is kept by a foreign key, too (`restrict`).
        (gone - integration.portal_id).unlink()

    @api.model
    def _prepare_values(self, portal: Any) -> dict:
        known = self._known_currency(portal.currency)
        told = {"currency": known} if known else {}
        return {
            **told,
            "name": portal.name or portal.zoho_id,
            "role": portal.role,
            "timezone": portal.timezone,
            "plan": portal.plan,
            "url": web_address(portal.url),
            "is_owner": portal.is_owner,
            "is_admin": portal.is_admin,
        }

    @api.model
    def _known_currency(self, code: str) -> str:
        """Return the code of a currency if it is one, else `""`.

        How Zoho tells the portal's own was never seen. A word that is none would keep
        every project out; not told, amounts count as the company's, and it is said.

        :source: Zoho Projects API reference, section 3.
        """
        currencies = self.env["res.currency"].with_context(active_test=False)
        return currencies.search([("name", "=", code)], limit=1).name or ""

    def _record_url(
        self, entity: str, zoho_id: str, project_zoho_id: str | bool
    ) -> str | bool:
        """Return where a record is shown in Zoho Projects, False when not known.

        Zoho documents no addresses of its pages: these are the ones its own portal
        shows. A record without a page of its own opens its project.

        :param entity: kind of record, as in ``zoho.link``.
        :param project_zoho_id: the project of the record; for a project, its own id.
        """
        if not self.url:
            return False
        project = zoho_id if entity == "project" else project_zoho_id
        if not project:
            return self.url
        page = ENTITIES[entity].page
        return self.url + page.format(project=project, zoho_id=zoho_id)

    def _describe_currency(self, company: Any) -> str:
        """Return in which currency amounts are that name none themselves."""
        if self.currency:
            return self.env._(
                "Amounts without a currency of their own are in %(currency)s, the"
                " currency of the portal.",
                currency=self.currency,
            )
        return self.env._(
            "Zoho has not told the currency of the portal: amounts without a currency"
            " of their own count as %(currency)s, your company's. If the portal's is"
            " another one, give its projects a budget in their currency.",
            currency=company.currency_id.name,
        )

    def _describe_day(self, company: Any) -> str | bool:
        """Return an example of the day that a log gets, or False without a zone.

        :param company: the company whose own time zone is shown beside the portal's.
        """
        if not self.timezone or self.timezone not in all_timezones_set:
            return False
        own_zone = company.resource_calendar_id.tz or company.partner_id.tz or "UTC"
        for moment in DAY_ENDS:
            local = timezone(self.timezone).localize(moment)
            own = local.astimezone(timezone(own_zone))
            if own.date() != local.date():
                return self.env._(
                    "Work of %(day)s at %(time)s in %(zone)s is a timesheet of %(day)s,"
                    " although it is %(own_day)s at your company (%(own_zone)s).",
                    day=say_day(self.env, local.date()),
                    time=f"{local:%H:%M}",
                    zone=self.timezone,
                    own_day=say_day(self.env, own.date()),
                    own_zone=own_zone,
                )
        return self.env._(
            "The days of the portal (%(zone)s) are those of your company.",
            zone=self.timezone,
        )
