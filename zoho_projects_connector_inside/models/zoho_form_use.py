from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import PAGE_LIFE


class ZohoFormUse(models.Model):
    """A form inside Zoho that was sent: it does its work once."""

    _name = "zoho.form.use"
    _description = "Form Sent from Zoho Projects"
    _log_access = False

    nonce = fields.Char(required=True, readonly=True)
    used_at = fields.Datetime(required=True, readonly=True, index=True)

    _nonce_uniq = models.Constraint("UNIQUE(nonce)", "A form is sent once.")

    @api.model
    def _use(self, nonce: str) -> bool:
        """Note that a form is sent now.

        :return: False where it was sent before. Of two at once, one waits for the
            other, and is repeated by Odoo.
        """
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO %(table)s (nonce, used_at) VALUES (%(nonce)s, %(now)s)"
                " ON CONFLICT (nonce) DO NOTHING RETURNING id",
                table=SQL.identifier(self._table),
                nonce=nonce,
                now=fields.Datetime.now(),
            )
        )
        return bool(rows)

    @api.autovacuum
    def _gc_forms(self) -> None:
        """Forget forms that no page can send again."""
        limit = fields.Datetime.now() - PAGE_LIFE - timedelta(days=1)
        self.search([("used_at", "<", limit)]).unlink()
