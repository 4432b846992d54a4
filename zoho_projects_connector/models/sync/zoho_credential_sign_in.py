import secrets
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq
from odoo.tools.misc import hmac

from ...zoho.auth import Token, exchange_code, revoke_token
from ...zoho.client import ZohoClient
from ...zoho.data_centers import (
    DATA_CENTERS,
    allowed_accounts_server,
    is_same_server,
)
from ...zoho.errors import ZohoError, ZohoSignInAgain
from ...zoho.patience import new_session
from .causes import note_of
from .zoho_integration import SET_UP_STATUSES

STATE_SCOPE = "zoho_projects_oauth"
STATE_LIFE = timedelta(minutes=10)


class ZohoCredential(models.Model):
    """Sign-in: by a round trip of the browser, or by a pasted code.

    Whoever signs in was checked before: he may write the integration.
    """

    _inherit = "zoho.credential"

    def _new_state(self) -> str:
        """Return a one-use state; only its signature is kept."""
        token = secrets.token_urlsafe(32)
        self._store(
            {
                "state_hash": self._sign_state(token),
                "state_expiry": fields.Datetime.now() + STATE_LIFE,
            }
        )
        return f"{self.integration_id.id}.{token}"

    def _sign_state(self, token: str) -> str:
        about = (self.integration_id.id, self.env.uid, token)
        # The database's own secret is a parameter, which system rights read.
        return hmac(self.env(su=True), STATE_SCOPE, about)

    def _use_state(self, token: str) -> None:
        """Accept the state once, from the user who got it, within its life.

        :raise UserError: with one sentence in every other case.
        """
        kept, expiry = self.state_hash, self.state_expiry
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
        self._store({"state_hash": False, "state_expiry": False})
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
        integration = self.integration_id
        # The controller makes a page of the error, and the request is committed all the
        # same: the savepoint takes back what was written within. That the state was
        # used stands before it, and stays.
        with integration._user_errors(signing_in=True), self.env.cr.savepoint():
            if query.get("error"):
                raise ZohoSignInAgain(
                    "Zoho has ended the sign-in.",
                    code=query["error"],
                    said=query["error"][:100],
                )
            if not query.get("code"):
                raise UserError(self.env._("Zoho sent no code: press Connect again."))
            server = self._accept_accounts_server(query)
            # Another data center has got a row of its own: this one may be gone.
            own = self._get_for(integration)
            own._sign_in(server, query["code"], integration.redirect_uri)

    def _accept_accounts_server(self, query: dict) -> str:
        """Return the server for the exchange, and move to its data center.

        :raise UserError: when the server is not one of Zoho's.
        """
        integration = self.integration_id
        custom = integration.data_center == "custom"
        server = query.get("accounts-server") or integration.accounts_url
        is_own = custom and is_same_server(server, integration.accounts_url)
        if not is_own and (custom or not allowed_accounts_server(server)):
            raise UserError(
                self.env._(
                    "%(server)s is not an accounts server of Zoho: nothing was sent"
                    " to it.",
                    server=server,
                )
            )
        if not custom:
            center = self._find_data_center(server, query.get("location"))
            integration.data_center = center
        return server

    def _find_data_center(self, server: str, location: str | None) -> str:
        """Return where the signed-in account lives, as far as Zoho says so."""
        if location in DATA_CENTERS:
            return location
        servers = {center.accounts_url: code for code, center in DATA_CENTERS.items()}
        return servers.get(server.rstrip("/"), self.integration_id.data_center)

    def _sign_in(
        self, accounts_url: str, code: str, redirect_uri: str | None = None
    ) -> None:
        """Exchange a code for tokens, keep them and list the portals.

        :raise ZohoError: when the code is refused.
        :raise UserError: when the account does not see the portal already synced.
        """
        self._lock_for_sign_in()
        token = exchange_code(
            new_session(),
            accounts_url,
            self.integration_id.client_id,
            self.client_secret,
            code,
            redirect_uri,
        )
        if not token.refresh_token:
            raise UserError(
                self.env._("Zoho gave no lasting access: press Connect again.")
            )
        self._store({"grant_code": False})
        if self.integration_id.portal_id:
            self._check_same_portal(token, accounts_url)
        self._store_token(token)
        self._after_sign_in()

    def _lock_for_sign_in(self) -> None:
        """Take the row before the code is used.

        A transaction that clashes with a sync is repeated, and would then find the
        code already used.

        :raise UserError: while a sync is running.
        """
        if not self.integration_id.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._("A sync is running: press Stop, and sign in in a moment.")
            )

    def _check_same_portal(self, token: Token, accounts_url: str) -> None:
        """Refuse an account that does not see the portal that is already synced.

        :raise ZohoError: when Zoho does not list the portals now.
        :raise UserError: when the portal is not among them.
        """
        portal = self.integration_id.portal_id
        client = ZohoClient(
            self.integration_id.api_url,
            access_token=token.access_token,
            session=new_session(),
        )
        seen = False
        try:
            seen = portal.zoho_id in {one.zoho_id for one in client.portals()}
        finally:
            if not seen:
                # Zoho keeps twenty refresh tokens; one that is not kept here is waste.
                revoke_token(new_session(), accounts_url, token.refresh_token)
        if not seen:
            raise UserError(
                self.env._(
                    "This account does not see the portal %(portal)s: sign in as"
                    " somebody who does. The sign-in before is kept.",
                    portal=portal.name,
                )
            )

    def _after_sign_in(self) -> None:
        """Set the status and list the portals; the sign-in holds without them.

        Whoever signed in was checked before: the status is written with more rights.
        """
        integration = self.integration_id
        integration.status_note = False
        if integration.status in SET_UP_STATUSES:
            integration.status = "signed_in"
        elif integration.status == "sign_in_again":
            integration.status = "active"
            self.env["zoho.sync.run"]._cron()._trigger()
        try:
            integration._update_portals(integration._list_portals())
        except ZohoError as error:
            integration.status_note = note_of(error)
        integration._leave_sign_in()

    def _revoke(self) -> None:
        """Give the sign-in back to Zoho, and forget it whatever Zoho answers."""
        if self.refresh_token:
            revoke_token(
                new_session(), self.integration_id.accounts_url, self.refresh_token
            )
        self._drop()
