from __future__ import annotations

import hashlib
import secrets
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import consteq

from odoo.addons.zoho_projects_connector.groups import MONEY_GROUPS

from ..const import UNUSED_LIFE
from ..refusal import InsideRefused

# What a page inside Zoho may be about besides the project, by Zoho's word for it.
ITEM_MODELS = {
    "task": "project.task",
    "bug": "project.task",
    "phase": "project.milestone",
}


class Claim(NamedTuple):
    """Who and where a widget says that it is: nothing of it is believed by itself."""

    portal: str
    user: str
    user_name: str = ""
    email: str = ""


class ZohoPairing(models.Model):
    """That a user of Zoho may act as a user of Odoo, from one browser of his.

    The browser keeps a secret, of which only the hash is here. The secret is swapped
    for pages, each of which proves for minutes who looks at it. What may be done there
    is what the user of Odoo may do.
    """

    _name = "zoho.pairing"
    _inherit = ["code.only.mixin"]
    _description = "Pairing with Zoho Projects"
    _rec_name = "zoho_user_name"
    _order = "id desc"

    integration_id = fields.Many2one(
        "zoho.integration", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="integration_id.company_id", store=True)
    portal_zoho_id = fields.Char("Portal ID", required=True, readonly=True)
    zoho_user_id = fields.Char("User ID in Zoho", required=True, readonly=True)
    zoho_user_name = fields.Char("User in Zoho", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Acts as",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    origin = fields.Char("Kept by the Pages of", required=True, readonly=True)
    secret_hash = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    # Odoo's own proof of a session: it changes with the password, the second factor
    # and whether the user is archived.
    session_token = fields.Char(required=True, readonly=True, groups=fields.NO_ACCESS)
    last_used = fields.Datetime(readonly=True)

    # Pairing and ending

    @api.model
    def _pair(self, integration: models.BaseModel, claim: Claim, origin: str) -> str:
        """Pair the current user with a user of Zoho.

        :param origin: the pages that get the secret, and keep it.
        :return: the secret, which is nowhere else.
        :raise InsideRefused: when this user may not, or it is somebody else's.
        """
        user = self.env.user
        # Everybody pairs for himself, whatever his rights to integrations.
        integration = integration.sudo()
        self._check_may_pair(integration, claim, origin)
        integration._note_origin(origin)
        secret = secrets.token_urlsafe(32)
        digest = _digest(secret)
        # Only code writes pairings.
        pairing = self.sudo().create(
            {
                "integration_id": integration.id,
                "portal_zoho_id": integration.portal_zoho_id,
                "zoho_user_id": claim.user,
                "zoho_user_name": claim.user_name or claim.email or claim.user,
                "user_id": user.id,
                "origin": origin,
                "secret_hash": digest,
                # The user's own row needs no rights.
                "session_token": user.sudo()._compute_session_token(digest),
            }
        )
        return f"{pairing.id}.{secret}"

    @api.model
    def _check_may_pair(
        self, integration: models.BaseModel, claim: Claim, origin: str
    ) -> None:
        """Refuse a pairing that should not be, with the reason.

        :raise InsideRefused: always with a sentence.
        """
        user = self.env.user
        self._check_portal(integration, origin)
        if integration.company_id not in user.company_ids:
            raise InsideRefused(
                self.env._("The company of this portal is not one of yours.")
            )
        if not user._is_internal() or not user.has_groups(MONEY_GROUPS):
            raise InsideRefused(
                self.env._(
                    "Only project administrators and the Billing group of Zoho "
                    "Projects work from within Zoho."
                )
            )
        if not claim.user or self._is_somebody_else(integration, claim, user):
            raise InsideRefused(
                self.env._(
                    "%(name)s is not you: this user of Zoho belongs to somebody else "
                    "in Odoo.",
                    name=claim.user_name
                    or claim.email
                    or claim.user
                    or self.env._("Nobody"),
                )
            )

    @api.model
    def _check_portal(self, integration: models.BaseModel, origin: str) -> None:
        """Refuse a portal that nobody works inside of, and pages that are not its own.

        :raise InsideRefused: with a sentence.
        """
        if not integration._is_open_inside():
            raise InsideRefused(
                self.env._("Work from within this portal is not allowed.")
            )
        if not integration._is_widget_origin(origin):
            raise InsideRefused(
                self.env._(
                    "%(origin)s is no address of this portal. An administrator can add "
                    "it to the integration.",
                    origin=origin,
                )
            )
        # In his own name: whoever hands the integration over may have more rights.
        own = integration.with_user(self.env.user)
        if not integration._is_known_origin(origin) and not own.has_access("write"):
            raise InsideRefused(
                self.env._(
                    "%(origin)s is new: an administrator of the integration pairs "
                    "there first.",
                    origin=origin,
                )
            )

    @api.model
    def _is_somebody_else(
        self, integration: models.BaseModel, claim: Claim, user: models.BaseModel
    ) -> bool:
        """Return whether a user of Zoho is known to be another one of Odoo.

        Who is not synced is known to nobody: the person himself confirms it.
        """
        employee = self._employee_of(integration, claim.user)
        if not employee:
            return False
        email = (employee.work_email or "").strip().lower()
        is_other_mail = claim.email and email and claim.email.strip().lower() != email
        return bool(is_other_mail) or employee.user_id not in (user, user.browse())

    @api.model
    def _employee_of(
        self, integration: models.BaseModel, zoho_user_id: str
    ) -> models.BaseModel:
        """Return the employee that a user of Zoho is, if he was synced.

        Whoever pairs may not read employees; who it is decides whether he may pair.
        """
        link = self._link(integration, ("user",), zoho_user_id)
        return self.env["hr.employee"].sudo().browse(link.res_id).exists()

    @api.model
    def _link(
        self, integration: models.BaseModel, entities: tuple[str, ...], zoho_id: str
    ) -> models.BaseModel:
        """Return the link of a record of this portal, empty for none."""
        # Ids alone: whether he may read the record is asked in his own name.
        return (
            self.env["zoho.link"]
            .sudo()
            .search(
                [
                    ("company_id", "=", integration.company_id.id),
                    ("portal_zoho_id", "=", integration.portal_zoho_id),
                    ("entity", "in", entities),
                    ("zoho_id", "=", zoho_id),
                    ("state", "=", "linked"),
                ],
                limit=1,
            )
        )

    def action_end(self) -> None:
        """End pairings: what their browsers keep is worth nothing any more.

        :raise AccessError: where one is neither the user's own nor of an integration
            that he administrates.
        """
        self.check_access("read")
        for pairing in self:
            is_own = pairing.user_id == self.env.user
            if not (is_own or pairing.integration_id.has_access("write")):
                raise AccessError(self.env._("This pairing is not yours to end."))
        # Checked above; only code deletes pairings.
        self.sudo().unlink()

    @api.autovacuum
    def _gc_pairings(self) -> None:
        """End what nobody uses, and what proves nobody any more."""
        limit = fields.Datetime.now() - UNUSED_LIFE
        old = self.search([("last_used", "<", limit)])
        old |= self.search([("last_used", "=", False), ("create_date", "<", limit)])
        others = self.search([("id", "not in", old.ids)])
        (old | others.filtered(lambda one: one._why_ended())).unlink()

    # What a secret proves

    @api.model
    def _redeem(self, secret: str, claim: Claim) -> models.BaseModel:
        """Return the pairing of a secret, for whom it was made.

        :raise InsideRefused: with a sentence.
        """
        number, _dot, rest = secret.partition(".")
        # Nobody is signed in: the secret alone opens the row.
        pairing = self.sudo()
        if number.isdecimal() and len(number) < 10:
            pairing = pairing.browse(int(number)).exists()
        # Compared in any case: how long it takes says nothing of what is there.
        known = pairing.secret_hash or _digest("")
        if not consteq(known, _digest(rest)) or not pairing:
            raise InsideRefused(
                self.env._("This browser is not paired with Odoo any more."), "unpaired"
            )
        pairing._check_alive()
        same = (claim.portal, claim.user) == (
            pairing.portal_zoho_id,
            pairing.zoho_user_id,
        )
        if not same or self._is_somebody_else(
            pairing.integration_id, claim, pairing.user_id
        ):
            raise InsideRefused(
                self.env._(
                    "This browser is paired for another user or portal of Zoho: sign "
                    "in to Odoo again."
                ),
                "unpaired",
            )
        pairing.last_used = fields.Datetime.now()
        return pairing

    def _check_alive(self) -> None:
        """Refuse a pairing that has ended, and end it where it proves nobody.

        :raise InsideRefused: with a sentence.
        """
        self.ensure_one()
        why = self._why_ended()
        if why:
            self.unlink()
            raise InsideRefused(why, "unpaired")
        if not self.integration_id._is_open_inside():
            raise InsideRefused(
                self.env._("Work from within this portal is not allowed.")
            )

    def _why_ended(self) -> str | bool:
        """Return why this pairing proves nobody any more, False while it does."""
        user = self.user_id
        token = user.active and user._compute_session_token(self.secret_hash)
        if not token or not consteq(token, self.session_token):
            return self.env._(
                "The sign-in of %(user)s has changed: sign in to Odoo again.",
                user=user.name,
            )
        if not user._is_internal() or not user.has_groups(MONEY_GROUPS):
            return self.env._(
                "%(user)s no longer belongs to the groups that work from within Zoho.",
                user=user.name,
            )
        if self.company_id not in user.company_ids:
            return self.env._(
                "The company of this portal is no longer one of %(user)s's.",
                user=user.name,
            )
        if self.integration_id.portal_zoho_id != self.portal_zoho_id:
            return self.env._("The integration has another portal now.")
        return False


def _digest(secret: str) -> str:
    """Return what is kept of a secret. It is random: no salt makes it safer."""
    return hashlib.sha256(secret.encode()).hexdigest()
