from __future__ import annotations

import secrets
import time
from typing import NamedTuple

from odoo import api, models
from odoo.tools.misc import hash_sign, verify_hash_signed

from ..const import FORM_SCOPE, PAGE_LIFE, PAGE_SCOPE, VISIT_LIFE
from ..refusal import InsideRefused


class Visit(NamedTuple):
    """What a page was opened for: who looks, and at what.

    :ivar item: the task, bug or phase that the page is about, else empty.
    :ivar since: when the widget showed its secret, in seconds.
    """

    pairing: models.BaseModel
    project: models.BaseModel
    item: models.BaseModel
    since: int


class ZohoPairing(models.Model):
    """What a page and a form prove: who looks at what, and that it is sent once."""

    _inherit = "zoho.pairing"

    def _page_token(self, visit: Visit) -> str:
        """Return what proves, for minutes, who looks at which project.

        The secret of the database signs it: nobody may read that.
        """
        return hash_sign(self.sudo().env, PAGE_SCOPE, self._proof(visit), PAGE_LIFE)

    def _proof(self, visit: Visit) -> list:
        """Return all that a page or a form is bound to.

        Only code may read it: it is signed, and shown to nobody.
        """
        one = self.sudo()
        return [
            *(one.id, one.user_id.id, one.integration_id.id, one.portal_zoho_id),
            *(visit.project.id, visit.item._name, visit.item.id, visit.since),
        ]

    @api.model
    def _visit_of(self, token: str) -> Visit:
        """Return the visit that a page was opened for.

        :raise InsideRefused: when it is forged, too old, or its pairing has ended.
        """
        values = self._verified(PAGE_SCOPE, token)
        expired = InsideRefused(
            self.env._("This page is too old: open it again."), "expired"
        )
        if not values:
            raise expired
        number, _user, _integration, _portal, project, model, item, since = values
        # What was signed names the row; nobody is signed in.
        pairing = self.sudo().browse(number).exists()
        if not pairing:
            raise InsideRefused(
                self.env._("This pairing with Zoho Projects has ended."), "unpaired"
            )
        pairing._check_alive()
        visit = Visit(
            pairing,
            self.env["project.project"].browse(project),
            self.env[model].browse(item or ()),
            since,
        )
        age = time.time() - since
        if pairing._proof(visit) != values or age > VISIT_LIFE.total_seconds():
            raise expired
        return visit

    def _form_nonce(self, visit: Visit, action: str, record_id: int) -> str:
        """Return what lets a form do one thing, once.

        The secret of the database signs it: nobody may read that.
        """
        values = [
            *self._proof(visit),
            *(action, record_id, secrets.token_urlsafe(12)),
        ]
        return hash_sign(self.sudo().env, FORM_SCOPE, values, PAGE_LIFE)

    def _use_nonce(self, visit: Visit, nonce: str, action: str, record_id: int) -> None:
        """Let a form do what it was made for, if it has not yet.

        :raise InsideRefused: when it is another's, too old, or was sent before.
        """
        values = self._verified(FORM_SCOPE, nonce)
        bound = [*self._proof(visit), action, record_id]
        # Only the moment of the visit may differ: it is the page's, and checked there.
        if not values or values[:7] != bound[:7] or values[8:-1] != bound[8:]:
            raise InsideRefused(
                self.env._("This form is not valid any more: open the page again.")
            )
        # Nobody has rights to what was sent.
        if not self.env["zoho.form.use"].sudo()._use(values[-1]):
            raise InsideRefused(
                self.env._("This was sent already: it is not done twice.")
            )

    @api.model
    def _verified(self, scope: str, text: str) -> list | None:
        """Return what was signed, None for anything else."""
        try:
            # The secret of the database signs; nobody may read it.
            return verify_hash_signed(self.sudo().env, scope, text)
        except (ValueError, IndexError):
            return None
