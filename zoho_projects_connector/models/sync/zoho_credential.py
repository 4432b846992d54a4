import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from psycopg2 import errors

from odoo import SUPERUSER_ID, api, fields, models

from ...clock import is_ahead
from ...zoho.auth import Token, refresh_token
from ...zoho.client import ZohoClient
from ...zoho.data_centers import ORIGINS, SCOPES
from ...zoho.endpoints import PORTALS
from ...zoho.errors import (
    ZohoRefused,
    ZohoRetryLater,
    ZohoSignInAgain,
    ZohoTokenRejected,
    ZohoUnreadable,
)
from ...zoho.patience import new_session
from ...zoho.redact import RedactingFilter, StatementFilter
from .causes import note

Answer = TypeVar("Answer")

# What Odoo itself would tell its log of secrets. These loggers are the server's: lines
# that do not mention us stay as they are.
MASKED_LOGGERS = {
    # Each statement at debug level, and a failed one always.
    "odoo.sql_db": StatementFilter("zoho_credential"),
    # The values that a form or a script sends, at debug level.
    "odoo.service.model": RedactingFilter("zoho"),
    # Each address that is asked for: Zoho puts the code of a sign-in into one, which
    # may also be the address that the login page leads back to.
    "werkzeug": RedactingFilter("zoho_projects"),
}

# Fields that people may type and nobody may read.
WRITE_ONLY = ("client_secret", "grant_code")
REFRESH_MARGIN_SECONDS = 300
LOCK_ATTEMPTS = 5
LOCK_TIMEOUT = "60s"


class ZohoCredential(models.Model):
    """The secrets of one integration; no group may read it, and neither may RPC.

    Every field is closed to everybody but ``sudo``, so that even an administrator who
    gives himself access to the model reads nothing. Who holds a row holds it in sudo.
    """

    _name = "zoho.credential"
    _inherit = ["code.only.mixin"]
    _description = "Zoho Credential"
    _rec_name = "integration_id"
    # No x2many command of another model, which may run in its sudo, makes or changes a
    # row.
    _allow_sudo_commands = False

    integration_id = fields.Many2one(
        "zoho.integration",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    client_secret = fields.Char(groups=fields.NO_ACCESS, copy=False, readonly=True)
    grant_code = fields.Char(groups=fields.NO_ACCESS, copy=False, readonly=True)
    refresh_token = fields.Char(groups=fields.NO_ACCESS, copy=False, readonly=True)
    access_token = fields.Char(groups=fields.NO_ACCESS, copy=False, readonly=True)
    access_token_expiry = fields.Datetime(
        groups=fields.NO_ACCESS, copy=False, readonly=True
    )
    renewed_at = fields.Datetime(groups=fields.NO_ACCESS, copy=False, readonly=True)
    refresh_after = fields.Datetime(groups=fields.NO_ACCESS, copy=False, readonly=True)
    state_hash = fields.Char(groups=fields.NO_ACCESS, copy=False, readonly=True)
    state_expiry = fields.Datetime(groups=fields.NO_ACCESS, copy=False, readonly=True)

    _integration_uniq = models.Constraint(
        "UNIQUE(integration_id)", "An integration keeps its secrets in one place."
    )

    def _register_hook(self) -> None:
        """Mask secrets in lines of Odoo's own, where this addon is installed.

        None of them is written by code of ours, which could leave the secret out. It is
        done with the first registry that has the addon, and not on import: a server
        that only finds it in its path is left alone. The same filter is added once.
        """
        super()._register_hook()
        for name, masking in MASKED_LOGGERS.items():
            logging.getLogger(name).addFilter(masking)

    # The row, and who holds it

    @api.model
    def _find_for(self, integration: models.BaseModel) -> models.BaseModel:
        """Return the row of an integration's secrets in sudo, maybe none.

        Nobody may read it: callers tell of it what may be told.
        """
        integration.ensure_one()
        return self.sudo().search([("integration_id", "=", integration.id)], limit=1)

    @api.model
    def _get_for(self, integration: models.BaseModel) -> models.BaseModel:
        """Return the row of an integration's secrets in sudo, made when missing."""
        credential = self._find_for(integration)
        if not credential:
            credential = credential.create({"integration_id": integration.id})
            credential._mark_held()
        return credential

    def _store(self, values: dict) -> None:
        """Write secrets in this transaction."""
        self._mark_held()
        self.write(values)

    def _drop(self) -> None:
        """Forget the secrets in this transaction."""
        self._mark_held()
        self.unlink()

    def _mark_held(self) -> None:
        """Remember until the end of the transaction that it holds the row.

        A second cursor that asked for the row now would wait for this one for ever.
        """
        # It is emptied with the transaction, by a commit as by a rollback: as the lock
        # is.
        self.env.cr.precommit.data.setdefault(self._name, set()).update(self.ids)
        # `depends` cannot name what these are computed from: no field leads to the row.
        self.integration_id.invalidate_recordset(["has_client_secret", "is_signed_in"])

    def _is_held_here(self) -> bool:
        """Return whether this very transaction has written the row."""
        return self.id in self.env.cr.precommit.data.get(self._name, ())

    @api.model
    def _follow_servers(
        self, integration: models.BaseModel, servers: tuple, values: dict
    ) -> None:
        """Drop secrets that were entered for other servers than are asked now.

        A token is of no use elsewhere. The client and its secret move along only from
        one of Zoho's own data centers to another, as Zoho itself moves people.

        :param servers: the servers that were asked before.
        :param values: what is written together with the new address: secrets among it
            were typed for that address.
        """
        credential = self._find_for(integration)
        kept = {name: values[name].strip() for name in WRITE_ONLY if values.get(name)}
        if {*servers, *integration._get_servers()} <= ORIGINS:
            kept = {"client_secret": credential.client_secret, **kept}
        lost = credential.refresh_token or credential.client_secret
        credential._drop()
        if any(kept.values()):
            self._get_for(integration)._store(kept)
        if lost:
            # What follows from the new address: only code may write it.
            integration.sudo().write(
                {
                    "status": integration._status_signed_out(),
                    "status_note": note("address_changed"),
                }
            )

    # The access token: one for all workers, refreshed early and once

    def _client(self) -> ZohoClient:
        """Return a client of the chosen portal that holds a fresh access token.

        :raise ZohoError: when there is no sign-in, or it is no longer worth anything.
        """
        return ZohoClient(
            self.integration_id.api_url,
            portal_id=self.integration_id.portal_zoho_id or "",
            access_token=self._get_fresh_token() or self._refresh_access_token(),
            session=new_session(),
        )

    def _call(self, call: Callable[[ZohoClient], Answer]) -> Answer:
        """Return what ``call(client)`` returns; a refused token is renewed once.

        :param call: a function of a :class:`ZohoClient`.
        :raise ZohoError: as the call does.
        """
        client = self._client()
        return self._with_renewed(client, lambda: call(client))

    def _with_renewed(self, client: ZohoClient, call: Callable[[], Answer]) -> Answer:
        """Return what a call returns; a token that Zoho refuses is renewed once.

        :raise ZohoRefused: when Zoho refuses the new token, too, but only here.
        :raise ZohoError: as the call does.
        """
        try:
            return call()
        except ZohoTokenRejected:
            client.access_token = self._refresh_access_token(client.access_token)
        try:
            return call()
        except ZohoTokenRejected as error:
            if error.endpoint == PORTALS.pattern or not self._is_token_alive(client):
                raise
            raise ZohoRefused(
                "Zoho takes the sign-in, but not for this module.",
                code="access_denied",
                status=error.status,
                endpoint=error.endpoint,
            ) from None

    @api.model
    def _is_token_alive(self, client: ZohoClient) -> bool:
        """Return whether Zoho takes the token where every sign-in may read.

        :raise ZohoRetryLater: when Zoho does not say.
        """
        try:
            client.portals()
        except ZohoSignInAgain:
            return False
        except (ZohoRefused, ZohoUnreadable):
            return True
        return True

    def _get_fresh_token(self, rejected_token: str | None = None) -> str | None:
        """Return the stored access token while it need not be refreshed.

        :param rejected_token: a token that Zoho has refused: never returned again.
        """
        fresh = self.refresh_after and self.refresh_after > fields.Datetime.now()
        # Of a token from the future nobody knows how old it is.
        fresh = fresh and not is_ahead(self.renewed_at)
        if fresh and self.access_token != rejected_token:
            return self.access_token
        return None

    def _refresh_access_token(self, rejected_token: str | None = None) -> str:
        """Return a fresh access token, and keep it whatever becomes of the caller.

        The row lock makes parallel workers wait for the one that refreshes; they read
        what it has stored. The new token is written in a cursor of its own, because
        Zoho has handed it out even if this transaction is rolled back.

        :param rejected_token: the token that Zoho has just refused.
        :raise ZohoSignInAgain: when the sign-in itself is dead; who catches it keeps
            the status, since the integration's row may be locked by the caller.
        :raise ZohoThrottled: when Zoho asks to wait with new tokens.
        """
        if self._is_held_here():
            return self._refresh_locked(rejected_token)
        for _attempt in range(LOCK_ATTEMPTS):
            try:
                token = self._refresh_in_own_cursor(rejected_token)
            except errors.SerializationFailure:
                continue  # another worker has refreshed it meanwhile: read it
            except errors.LockNotAvailable:
                break
            return token or self._refresh_locked(rejected_token)
        raise ZohoRetryLater(
            "Other workers are renewing the access to Zoho just now.", code="renewing"
        )

    def _refresh_in_own_cursor(self, rejected_token: str | None) -> str | None:
        """Return a fresh token, or None when another cursor does not see the row."""
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, self.env.context)
            # Of this transaction alone, and longer than one renewal takes.
            cr.execute("SET LOCAL lock_timeout = %s", [LOCK_TIMEOUT])
            # In SQL, for `lock_for_update` does not wait; whoever waits here finds the
            # token that was stored meanwhile. That a clash is expected keeps it out of
            # the log.
            cr.execute(
                "SELECT id FROM zoho_credential WHERE integration_id = %s FOR UPDATE",
                [self.integration_id.id],
                log_exceptions=False,
            )
            if not cr.rowcount:
                return None
            # Read anew in this cursor: a record keeps the one that it was read with.
            own = self.with_env(env)._get_for(self.integration_id.with_env(env))
            return own._refresh_locked(rejected_token)

    def _refresh_locked(self, rejected_token: str | None) -> str:
        """Return the stored token if it has become fresh, else one from Zoho."""
        if token := self._get_fresh_token(rejected_token):
            return token
        if not self.refresh_token:
            raise ZohoSignInAgain("Nobody is signed in.", code="not_signed_in")
        token = refresh_token(
            new_session(),
            self.integration_id.accounts_url,
            self.integration_id.client_id,
            self.client_secret,
            self.refresh_token,
        )
        self._store(self._prepare_token_values(token))
        return token.access_token

    def _store_token(self, token: Token) -> None:
        """Keep the tokens of a sign-in, and which scopes Zoho has left out."""
        values = self._prepare_token_values(token)
        self._store(values | {"refresh_token": token.refresh_token})
        self.integration_id.write(
            {
                "scopes_granted": " ".join(sorted(token.scopes)),
                "scopes_missing": " ".join(sorted(token.missing_scopes(SCOPES))),
            }
        )

    @api.model
    def _prepare_token_values(self, token: Token) -> dict:
        margin = min(REFRESH_MARGIN_SECONDS, token.expires_in // 10)
        now = fields.Datetime.now()
        expiry = now + timedelta(seconds=token.expires_in)
        return {
            "access_token": token.access_token,
            "renewed_at": now,
            "access_token_expiry": expiry,
            "refresh_after": expiry - timedelta(seconds=margin),
        }
