from contextlib import contextmanager

from pytz import UTC

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime
from odoo.tools.translate import LazyTranslate

from ...zoho.errors import (
    ZohoError,
    ZohoRetryLater,
    ZohoSignInAgain,
    ZohoThrottled,
    ZohoTokenRejected,
    ZohoUnreadable,
)
from .zoho_integration import SET_UP_STATUSES

_lt = LazyTranslate(__name__)
# What Zoho's own words mean to the person in front of the form, and the way out.
SENTENCES = {
    "access_denied": _lt(
        "Zoho refuses this to the signed-in user: sign in as the owner or as an"
        " administrator of the portal."
    ),
    "invalid_client": _lt(
        "Zoho does not know this client ID in this data center: check the client ID,"
        " and enable the client for the data center in Zoho's API console."
    ),
    "invalid_client_secret": _lt(
        "Zoho refuses the client secret: copy the secret of this data center from"
        " Zoho's API console (each data center can have its own)."
    ),
    "invalid_code": _lt(
        "Zoho no longer accepts the sign-in of this integration (it was revoked or"
        " replaced): press Sign in again."
    ),
    "invalid_redirect_uri": _lt(
        "Zoho does not know the redirect address: copy it from this form into the"
        " client in Zoho's API console, letter for letter."
    ),
    "too_large": _lt(
        "Zoho's answer is larger than all that Zoho Projects says at once: it was not"
        " read. Check the addresses; if they are right, ask Zoho's support."
    ),
    "licence": _lt(
        "The plan of this portal does not include what was asked for: upgrade the"
        " portal in Zoho or leave the module out."
    ),
    "module_disabled": _lt(
        "This module is switched off in the portal: enable it in Zoho or leave it out"
        " here."
    ),
    "not_found": _lt(
        "Zoho no longer finds the portal: it was closed, or this user has lost his"
        " access to it. Sign in as somebody who sees it."
    ),
}
# The same word means something else while a code is exchanged for tokens.
SIGN_IN_SENTENCES = {
    "access_denied": _lt(
        "The sign-in was refused in Zoho: press Connect again and accept the access."
    ),
    "invalid_code": _lt(
        "The code has expired or was already used (it lives for a few minutes): press"
        " Connect again, or generate a new code."
    ),
}


class ZohoIntegration(models.Model):
    """How the errors of the API library reach people: one sentence and a status."""

    _name = "zoho.integration"
    _inherit = ["zoho.integration"]

    def _explain(self, error: ZohoError, signing_in: bool = False) -> str:
        """Return one sentence for people that says what failed and the way out.

        :param error: an error of the API library.
        :param signing_in: whether a code was being exchanged for tokens.
        """
        sentences = SENTENCES | (SIGN_IN_SENTENCES if signing_in else {})
        if error.code in sentences:
            return self.env._(sentences[error.code])
        reason = error.message.rstrip(".")
        if error.code == "scope_missing":
            return self.env._(
                "%(reason)s: press Sign in again and accept all that Zoho lists.",
                reason=reason.partition(":")[0],
            )
        if isinstance(error, ZohoTokenRejected):
            return self.env._("%(reason)s: press Sign in again.", reason=reason)
        if isinstance(error, ZohoThrottled):
            return self.env._(
                "Zoho asks to wait until %(time)s: nothing is lost.",
                time=format_datetime(
                    self.env, error.retry_at.astimezone(UTC).replace(tzinfo=None)
                ),
            )
        if isinstance(error, ZohoRetryLater):
            return self.env._(
                "Zoho does not answer as it should (%(reason)s): another try in a few"
                " minutes should help.",
                reason=reason,
            )
        if isinstance(error, ZohoUnreadable):
            return self.env._(
                "The answer is not one of Zoho Projects (%(reason)s): check the data"
                " center and the addresses.",
                reason=reason,
            )
        return error.message

    def _explain_pause(self, error: ZohoRetryLater) -> str:
        """Return why a sync waits; until when, the form says in its reader's zone."""
        if not isinstance(error, ZohoThrottled):
            return self._explain(error)
        if error.code == "own_budget":
            return self.env._(
                "The calls that Zoho allows in two minutes are used up: nothing is"
                " lost."
            )
        return self.env._("Zoho has asked for a pause: nothing is lost.")

    @contextmanager
    def _user_errors(self, signing_in: bool = False):
        """Turn the library's errors into a dialog; the status says the same afterwards.

        :param signing_in: whether a code is being exchanged for tokens.
        :raise UserError: with one sentence instead of a traceback.
        """
        try:
            yield
        except ZohoError as error:
            sentence = self._explain(error, signing_in)
            dead = isinstance(error, ZohoSignInAgain) and not signing_in
            self._keep_failure(sentence, dead)
            raise UserError(sentence) from error

    def _keep_failure(self, sentence: str, dead: bool) -> None:
        """Write what failed in a cursor of its own: the dialog rolls this one back.

        When this transaction itself holds the row, or has just made it, a second cursor
        could not write: then the values go the way of the transaction.

        :param sentence: what is shown on the form.
        :param dead: whether the stored sign-in is no longer worth anything.
        """
        values = {"status_message": sentence}
        if dead and self.status not in SET_UP_STATUSES:
            values["status"] = "sign_in_again"
        with self.env.registry.cursor() as cr:
            # What Zoho said, whoever asked: only code may write it.
            own = self.with_env(self.env(cr=cr)).sudo().try_lock_for_update()
            own.write(values)
        if not own:
            self.sudo().write(values)
