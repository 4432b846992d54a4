import re
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.zoho_projects_connector.models.sync.sentences import refuse_address
from odoo.addons.zoho_projects_connector.models.sync.zoho_integration import (
    SET_UP_STATUSES,
)
from odoo.addons.zoho_projects_connector.zoho.data_centers import DATA_CENTERS

from ..const import EXTENSION_PATH, WIDGET_HOSTS

DIAGNOSTIC_FIELDS = ("inside_enabled", "hints_enabled", "last_hint")
OPEN_ONLY = ("disabled", *SET_UP_STATUSES)


class ZohoIntegration(models.Model):
    """Whether people work in Odoo from within this portal, and whose pages show it."""

    _name = "zoho.integration"
    _inherit = ["code.only.mixin", "zoho.integration"]

    inside_enabled = fields.Boolean(
        "Allow Work from within Zoho",
        copy=False,
        help="Whoever may invoice in Odoo can do so in a tab of the project in Zoho, "
        "after pairing once. Switched off, all pairings end.",
    )
    inside_hosts = fields.Char(
        "Further Addresses",
        copy=False,
        help="Where else the portal or its extension is shown, such as a domain of "
        "your own: https://projects.example.com. Several are parted by a space.",
    )
    widget_origins = fields.Char(
        "Addresses of the Extension",
        readonly=True,
        copy=False,
        help="Where Zoho serves the extension from, as administrators of the "
        "integration who paired there have confirmed. Forgotten when work from within "
        "Zoho is switched off.",
    )
    pairing_ids = fields.One2many(
        "zoho.pairing", "integration_id", "Pairings", readonly=True
    )

    def write(self, vals: dict) -> bool:
        """End all pairings when the portal is disabled, or the work within it."""
        done = super().write(vals)
        if vals.get("status") == "disabled" or vals.get("inside_enabled") is False:
            # Whoever may disable the integration ends what hangs on it.
            self.sudo().pairing_ids.unlink()
        if vals.get("inside_enabled") is False:
            # Allowed again, it is said anew which pages are the extension's; only code
            # writes them.
            self.sudo().widget_origins = False
        if vals.get("hints_enabled"):
            self._ensure_hint_token()
        return done

    def _diagnostic_facts(self) -> dict:
        return {
            **super()._diagnostic_facts(),
            **{name: self[name] for name in DIAGNOSTIC_FIELDS},
            # Addresses tell whose server it is: how many there are is enough.
            "further_addresses": len((self.inside_hosts or "").split()),
            "extension_addresses": len((self.widget_origins or "").split()),
            "pairings": len(self.pairing_ids),
        }

    def action_download_extension(self) -> dict:
        """Download the extension that shows this server in Zoho."""
        self._check_manager()
        return {
            "type": "ir.actions.act_url",
            "url": f"{EXTENSION_PATH}/{self.id}",
            "target": "download",
        }

    @api.constrains("inside_hosts")
    def _check_inside_hosts(self) -> None:
        """Refuse what is no plain address of a server: it would frame our pages."""
        for integration in self:
            for address in (integration.inside_hosts or "").split():
                refusal = refuse_address(self.env, address)
                if refusal:
                    raise ValidationError(refusal)

    def _is_open_inside(self) -> bool:
        """Return whether people may work from within this portal now."""
        self.ensure_one()
        return self.inside_enabled and self.status not in OPEN_ONLY

    def _inside_ancestors(self) -> list[str]:
        """Return the addresses whose pages may show ours, wildcards among them.

        The whole chain of frames is named: the portal's own page, and the widget's.
        """
        found = [*WIDGET_HOSTS]
        for integration in self:
            center = DATA_CENTERS.get(integration.data_center)
            if center:
                found.append(center.accounts_url.replace("accounts.", "projects.", 1))
            found += [
                address.lower().rstrip("/")
                for address in (integration.inside_hosts or "").split()
            ]
        return sorted(set(found))

    def _is_widget_origin(self, origin: str) -> bool:
        """Return whether the widget of this portal may be served from an origin."""
        if not re.fullmatch(r"https?://[a-z0-9.-]+(:[0-9]+)?", origin):
            return False
        return any(
            origin == allowed or _is_below(origin, allowed)
            for allowed in self._inside_ancestors()
        )

    def _is_known_origin(self, origin: str) -> bool:
        """Return whether an origin is surely one of this portal.

        Below the hosts of a wildcard live the extensions of others, too, and each asks
        for a secret as ours does: there an administrator has to have paired.
        """
        known = (self.widget_origins or "").split()
        return origin in known or origin in self._inside_ancestors()

    def _note_origin(self, origin: str) -> None:
        """Let everybody pair from an origin, now that an administrator has."""
        if not self._is_known_origin(origin):
            # Checked before; only code writes origins.
            one = self.sudo()
            one.widget_origins = f"{one.widget_origins or ''} {origin}".strip()


def _is_below(origin: str, allowed: str) -> bool:
    """Return whether an origin is one of those that a wildcard names."""
    scheme, _star, domain = allowed.partition("://*")
    parts = urlsplit(origin)
    return bool(domain) and parts.scheme == scheme and parts.netloc.endswith(domain)
