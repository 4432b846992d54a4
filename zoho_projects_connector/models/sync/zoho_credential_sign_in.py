import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq
from odoo.tools.misc import hmac
from odoo.tools.urls import urljoin

from ...const import CALLBACK_PATH
from ...zoho.auth import (
    DATA_CENTERS,
    Token,
    allowed_accounts_server,
    authorize_url,
    exchange_code,
    is_same_server,
    revoke_token,
)
from ...zoho.client import ZohoClient
from ...zoho.errors import ZohoError, ZohoSignInAgain
from .zoho_integration import SET_UP_STATUSES

STATE_SCOPE = "zoho_projects_oauth"
STATE_LIFE = timedelta(minutes=10)


class ZohoIntegration(models.Model):
    """Sign-in: by a round trip of the browser, or by a pasted code."""

    _name = "zoho.integration"
    _inherit = ["zoho.integration"]

    client_id = fields.Char("Client ID", copy=False)
    client_secret = fields.Char(
        compute="_compute_write_only",
        inverse="_inverse_client_secret",
        copy=False,
        help="Kept where nobody can read it; type a new one to replace it.",
    )
    grant_code = fields.Char(
        "Code of the Self Client",
        compute="_compute_write_only",
        inverse="_inverse_grant_code",
        copy=False,
    )
    has_client_secret = fields.Boolean(compute="_compute_has_secrets")
    is_signed_in = fields.Boolean(compute="_compute_has_secrets")
    redirect_uri = fields.Char("Redirect Address", compute="_compute_redirect_uri")
    console_url = fields.Char("API Console", compute="_compute_console_url")

    def _compute_write_only(self) -> None:
        self.client_secret = False
        self.grant_code = False

    def _inverse_client_secret(self) -> None:
        self._keep_secret("client_secret")

    def _inverse_grant_code(self) -> None:
        self._keep_secret("grant_code")

    def _keep_secret(self, name: str) -> None:
        """Move what was typed out of everybody's sight; empty means unchanged."""
        for integration in self.filtered(name):
            integration._get_credential()._store({name: integration[name].strip()})
        self.invalidate_recordset([name], flush=False)

    @api.depends("status")
    def _compute_has_secrets(self) -> None:
        for integration in self:
            credential = integration._find_credential()
            integration.has_client_secret = bool(credential.client_secret)
            integration.is_signed_in = bool(credential.refresh_token)

    def _compute_redirect_uri(self) -> None:
        for integration in self:
            integration.redirect_uri = urljoin(
                integration.get_base_url(), CALLBACK_PATH
            )

    @api.depends("data_center")
    def _compute_console_url(self) -> None:
        for integration in self:
            center = DATA_CENTERS.get(integration.data_center, DATA_CENTERS["us"])
            integration.console_url = center.console_url

    def action_connect(self) -> dict:
        """Send the browser to Zoho, with a one-use state bound to this user.

        :raise UserError: when the client is not filled in.
        """
        self._check_manager()
        self._check_client()
        url = authorize_url(
            self.accounts_url, self.client_id, self.redirect_uri, self._new_state()
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def action_sign_in_with_code(self) -> dict:
        """Sign in with the code of a self client, for servers Zoho cannot reach.

        :raise UserError: with one sentence when Zoho refuses.
        """
        self._check_manager()
        self._check_client()
        code = self._get_credential().grant_code
        if not code:
            raise UserError(
                self.env._("Paste the code that Zoho's API console has generated.")
            )
        with self._user_errors(signing_in=True):
            self._sign_in(self.accounts_url, code)
        return self._notify(self.env._("Signed in to Zoho."))

    def _check_client(self) -> None:
        """Refuse a sign-in for which something is not filled in.

        :raise UserError: naming what.
        """
        if not (self.accounts_url and self.api_url):
            raise UserError(self.env._("Fill in the addresses of Zoho's servers."))
        if not (self.client_id and self.has_client_secret):
            raise UserError(self.env._("Fill in the client ID and the client secret."))

    def _new_state(self) -> str:
        """Return a one-use state; only its signature is kept."""
        token = secrets.token_urlsafe(32)
        self._get_credential()._store(
            {
                "state_hash": self._sign_state(token),
                "state_expiry": fields.Datetime.now() + STATE_LIFE,
            }
        )
        return f"{self.id}.{token}"

    def _sign_state(self, token: str) -> str:
        return hmac(self.env(su=True), STATE_SCOPE, (self.id, self.env.uid, token))

    def _use_state(self, token: str) -> None:
        """Accept the state once, from the user who got it, within its life.

        :raise UserError: with one sentence in every other case.
        """
        credential = self._get_credential()
        kept, expiry = credential.state_hash, credential.state_expiry
        if not kept:
            raise UserError(
                self.env._("This sign-in was already used: press Connect again.")
            )
        if not consteq(kept, self._sign_state(token)):
            raise UserError(
                self.env._(
                    "This sign-in was not started here by you: press Connect again."
                )
            )
        credential._store({"state_hash": False, "state_expiry": False})
        if not timedelta() <= expiry - fields.Datetime.now() <= STATE_LIFE:
            raise UserError(
                self.env._("This sign-in took too long: press Connect again.")
            )

    def _sign_in_from_callback(self, query: dict) -> None:
        """Finish the round trip of the browser.

        :param query: the parameters that Zoho has added to the redirect address.
        :raise UserError: with one sentence when anything is not as it should be.
        :source: Zoho Projects API reference, section 1.2.
        """
        with self._user_errors(signing_in=True), self.env.cr.savepoint():
            if query.get("error"):
                sentence = self.env._(
                    "Zoho has ended the sign-in (%(error)s): press Connect again.",
                    error=query["error"][:100],
                )
                raise ZohoSignInAgain(sentence, code=query["error"])
            if not query.get("code"):
                raise UserError(self.env._("Zoho sent no code: press Connect again."))
            server = self._accept_accounts_server(query)
            self._sign_in(server, query["code"], redirect_uri=self.redirect_uri)

    def _accept_accounts_server(self, query: dict) -> str:
        """Return the server for the exchange, and move to its data center.

        :raise UserError: when the server is not one of Zoho's.
        """
        custom = self.data_center == "custom"
        server = query.get("accounts-server") or self.accounts_url
        is_own = custom and is_same_server(server, self.accounts_url)
        if not is_own and (custom or not allowed_accounts_server(server)):
            raise UserError(
                self.env._(
                    "%(server)s is not an accounts server of Zoho: nothing was sent"
                    " to it.",
                    server=server,
                )
            )
        if not custom:
            self.data_center = self._find_data_center(server, query.get("location"))
        return server

    def _find_data_center(self, server: str, location: str | None) -> str:
        """Return where the signed-in account lives, as far as Zoho says so."""
        if location in DATA_CENTERS:
            return location
        servers = {center.accounts_url: code for code, center in DATA_CENTERS.items()}
        return servers.get(server.rstrip("/"), self.data_center)

    def _sign_in(
        self, accounts_url: str, code: str, redirect_uri: str | None = None
    ) -> None:
        """Exchange a code for tokens, keep them and list the portals.

        :raise ZohoError: when the code is refused.
        :raise UserError: when the account does not see the portal already synced.
        """
        self._lock_for_sign_in()
        credential = self._get_credential()
        token = exchange_code(
            self._zoho_session(),
            accounts_url,
            self.client_id,
            credential.client_secret,
            code,
            redirect_uri,
        )
        if not token.refresh_token:
            raise UserError(
                self.env._("Zoho gave no lasting access: press Connect again.")
            )
        credential._store({"grant_code": False})
        if self.portal_id:
            self._check_same_portal(token, accounts_url)
        self._store_token(token)
        self._after_sign_in()

    def _lock_for_sign_in(self) -> None:
        """Take the row before the code is used.

        A transaction that clashes with a sync is repeated, and would then find the
        code already used.

        :raise UserError: while a sync is running.
        """
        # Checked before; the lock must not depend on rights to the rows.
        if not self.sudo().try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._("A sync is running: press Stop, and sign in in a moment.")
            )

    def _check_same_portal(self, token: Token, accounts_url: str) -> None:
        """Refuse an account that does not see the portal that is already synced.

        :raise ZohoError: when Zoho does not list the portals now.
        :raise UserError: when the portal is not among them.
        """
        client = ZohoClient(
            self.api_url, access_token=token.access_token, session=self._zoho_session()
        )
        seen = False
        try:
            portals = client.portals()
            seen = self.portal_zoho_id in {portal.zoho_id for portal in portals}
        finally:
            if not seen:
                # Zoho keeps twenty refresh tokens; one that is not kept here is waste.
                revoke_token(self._zoho_session(), accounts_url, token.refresh_token)
        if not seen:
            raise UserError(
                self.env._(
                    "This account does not see the portal %(portal)s: sign in as"
                    " somebody who does. The sign-in before is kept.",
                    portal=self.portal_id.name,
                )
            )

    def _after_sign_in(self) -> None:
        """Set the status and list the portals; the sign-in holds without them.

        Whoever signed in was checked before: the status is written with more rights.
        """
        own = self.sudo()
        own.status_message = False
        if self.status in SET_UP_STATUSES:
            own.status = "signed_in"
        elif self.status == "sign_in_again":
            own.status = "active"
            self.env.ref("zoho_projects_connector.ir_cron_zoho_sync")._trigger()
        try:
            self._update_portals(self._zoho_call(lambda client: client.portals()))
        except ZohoError as error:
            own.status_message = self._explain(error)
        self._leave_sign_in()

    def _revoke_sign_in(self) -> None:
        """Give the sign-in back to Zoho, and forget it whatever Zoho answers."""
        credential = self._find_credential()
        if credential.refresh_token:
            revoke_token(
                self._zoho_session(), self.accounts_url, credential.refresh_token
            )
        credential._drop()
