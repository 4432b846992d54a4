import logging

from odoo import fields, models

from ...zoho.redact import RedactingFilter, StatementFilter
from .clock import is_ahead

# Odoo logs each statement at debug level, a failed one always, and the values that a
# form or a script sends.
logging.getLogger("odoo.sql_db").addFilter(StatementFilter("zoho_credential"))
logging.getLogger("odoo.service.model").addFilter(RedactingFilter())


class ZohoCredential(models.Model):
    """The secrets of one integration; no group may read it, and neither may RPC.

    Every field is closed to everybody but ``sudo``, so that even an administrator who
    gives himself access to the model reads nothing.
    """

    _name = "zoho.credential"
    _inherit = ["code.only.mixin"]
    _description = "Zoho Credential"
    _rec_name = "integration_id"
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
        self.env.cr.precommit.data.setdefault(self._name, set()).update(self.ids)
        self.integration_id.invalidate_recordset(["has_client_secret", "is_signed_in"])

    def _is_held_here(self) -> bool:
        """Return whether this very transaction has written the row."""
        return self.id in self.env.cr.precommit.data.get(self._name, ())

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
