import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

import requests

from odoo import fields, models
from odoo.tools.urls import urljoin

from ..const import HINT_PATH
from .zoho_hint import TEST

# A hint is answered at once, whatever it says.
TEST_SECONDS = 10


class ZohoIntegration(models.Model):
    """Whether this portal says that a record has changed, and by which token."""

    _name = "zoho.integration"
    _inherit = ["code.only.mixin", "zoho.integration"]

    hints_enabled = fields.Boolean(
        "Listen to Hints",
        copy=False,
        help="Zoho says that a record has changed, and it is fetched within seconds. "
        "The synchronisation goes on as before: a hint that is lost is missed by "
        "nobody.",
    )
    hint_token = fields.Char(
        readonly=True,
        copy=False,
        groups="zoho_projects_connector.group_zoho_manager",
        help="Whoever knows it can make Odoo look at Zoho, and nothing else.",
    )
    hint_url = fields.Char("Address for Hints", compute="_compute_hint_url")
    last_hint = fields.Datetime("Last Hint Received", readonly=True, copy=False)
    # When Zoho was asked because of hints in the last minute, and by how many calls.
    hint_calls = fields.Json(readonly=True, copy=False, export_string_translation=False)

    def _ensure_hint_token(self) -> None:
        """Give a token to those that listen for the first time."""
        # Whether there is one; nobody is told which.
        self.filtered(lambda one: not one.sudo().hint_token)._renew_hint_token()

    def _renew_hint_token(self) -> None:
        """Give each of these another token: what was pasted in Zoho hints no more."""
        # Checked before; only code writes tokens.
        for integration in self.sudo():
            integration.hint_token = secrets.token_urlsafe(32)

    def action_renew_hint_token(self) -> None:
        """Make the token that was pasted in Zoho worthless, and show another."""
        self._check_manager()
        self._renew_hint_token()

    def _compute_hint_url(self) -> None:
        for integration in self:
            integration.hint_url = urljoin(integration.get_base_url(), HINT_PATH)

    def action_test_hint(self) -> dict:
        """Send a hint to the address that Zoho calls, and say whether it arrives."""
        self.ensure_one()
        self._check_manager()
        problem = self._test_hint()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if problem else "success",
                "sticky": bool(problem),
                "message": problem
                or self.env._("The hint has arrived by %(url)s.", url=self.hint_url),
            },
        }

    def _test_hint(self) -> str | bool:
        """Return why a hint does not arrive, or not from Zoho; False if it does."""
        hints = self.env["zoho.hint"]
        mark = str(secrets.randbelow(10**18))
        hints._take_tests(self)
        if problem := self._send_test_hint(mark):
            return problem
        if mark not in hints._take_tests(self):
            return self.env._(
                "Something answers at %(url)s, but the hint has not arrived here: "
                "another server or another database answers there. An administrator "
                "of Odoo corrects the system parameter web.base.url, or the dbfilter.",
                url=self.hint_url,
            )
        if _is_near(self.hint_url):
            return self.env._(
                "The hint has arrived, but Zoho cannot reach %(url)s: it is an address "
                "of your own network. An administrator of Odoo sets the system "
                "parameter web.base.url to the public address.",
                url=self.hint_url,
            )
        return False

    def _send_test_hint(self, mark: str) -> str | bool:
        """Send a hint as Zoho does; return why nothing answers, False if Odoo does.

        It goes to our own route alone, and follows nobody to another one.
        """
        url = self.hint_url
        hint = {"token": self.hint_token, "module": TEST, "id": mark}
        try:
            answer = requests.post(
                url, data=hint, timeout=TEST_SECONDS, allow_redirects=False
            )
        except requests.exceptions.SSLError:
            return self.env._(
                "%(url)s has no certificate that is trusted: Zoho needs one, too.",
                url=url,
            )
        except requests.exceptions.Timeout:
            return self.env._(
                "%(url)s does not answer within %(seconds)s seconds. An Odoo that does "
                "one thing at a time cannot call itself: it may work all the same. "
                "Change a record in Zoho, and look at Last Hint Received.",
                url=url,
                seconds=TEST_SECONDS,
            )
        except requests.exceptions.RequestException:
            return self.env._(
                "This server does not reach %(url)s. If that is the public address of "
                "Odoo, Zoho may reach it all the same: change a record in Zoho, and "
                "look at Last Hint Received. Otherwise, an administrator of Odoo "
                "corrects the system parameter web.base.url.",
                url=url,
            )
        if answer.status_code == requests.codes.ok:
            return False
        return self.env._(
            "%(url)s answers with the status %(status)s: something before Odoo, such "
            "as a proxy, does not let hints in.",
            url=url,
            status=answer.status_code,
        )


def _is_near(url: str) -> bool:
    """Return whether an address is surely one of this machine or its network."""
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(host).is_global
    except ValueError:
        # A name without a dot is nobody's in the world.
        return "." not in host
