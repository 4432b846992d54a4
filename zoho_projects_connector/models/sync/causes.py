"""What the library's errors mean to people, and the way out, in their language.

The library speaks English, for logs. Of an error these need its word, its kind and what
Zoho itself has said: that is kept where it is told later, to whoever reads it then.

:source: product.md, section 9.
"""

from pytz import UTC

from odoo import fields
from odoo.api import Environment
from odoo.tools.translate import LazyTranslate

from ...clock import say_moment
from ...zoho.errors import (
    ZohoError,
    ZohoRefused,
    ZohoRetryLater,
    ZohoThrottled,
    ZohoTokenRejected,
    ZohoUnreadable,
)

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
        " replaced): press Sign in Again."
    ),
    "invalid_scope": _lt(
        "Zoho does not know one of the permissions that were asked for: check that the"
        " addresses are those of your portal's data center, then press Connect again."
    ),
    "unauthorized_client": _lt(
        "Zoho does not let this client sign in this way: make a client of the type"
        " Server-based Applications in Zoho's API console, and type its client ID"
        " and client secret here."
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
    "list_not_found": _lt(
        "Zoho does not find the list of this module, though the portal is there:"
        " another try later may help."
    ),
    "not_signed_in": _lt("Nobody is signed in to Zoho: press Connect."),
    "renewing": _lt(
        "Other workers are renewing the access to Zoho just now: another try in a"
        " moment should help."
    ),
    "scope_missing": _lt(
        "The sign-in does not cover this module: press Sign in Again and accept all"
        " that Zoho lists."
    ),
    "timeout": _lt(
        "Zoho takes too long to answer: another try in a few minutes should help."
    ),
    "connection": _lt(
        "The connection to Zoho fails: another try in a few minutes should help."
    ),
    "cut": _lt(
        "Zoho does not answer as it should, for its answers break off in the middle:"
        " another try in a few minutes should help."
    ),
    "maintenance": _lt(
        "Zoho answers with a page of maintenance: another try in a few minutes should"
        " help."
    ),
    # Of an error whose word is not known here, its kind; `said` are Zoho's own words.
    "token_rejected": _lt("Zoho does not accept the sign-in: press Sign in Again."),
    "retry_later": _lt(
        "Zoho does not answer as it should (%(said)s): another try in a few minutes"
        " should help."
    ),
    "unreadable": _lt(
        "The answer is not one of Zoho Projects: check the data center and the"
        " addresses."
    ),
    "refused": _lt("Zoho refuses what it was asked for (%(said)s)."),
    "sign_in_again": _lt("Zoho has ended the sign-in (%(said)s): press Connect again."),
}

# What an integration, a run or a module says of itself besides. Moments and modules are
# kept as such: each reader has his own words and time zone.
NOTES = {
    "address_changed": _lt(
        "The address was changed: sign in again, with the client secret of that server."
    ),
    "copied": _lt("This is a copy of the database: its sign-in was removed."),
    "no_portal": _lt(
        "This Zoho user sees no portal: sign in as the owner of the portal."
    ),
    "portal_taken": _lt(
        "The portal %(portal)s is connected to this company already, as"
        " %(integration)s: sign in as somebody who sees another one."
    ),
    "halted": _lt("The synchronisation came to a halt (%(error)s); it is tried again."),
    "standing": _lt(
        "Nothing has moved since %(time)s, as if the server had been stopped."
    ),
    "modules_failed": _lt("%(modules)s could not be read: see the errors."),
    "fits_nowhere": _lt("One of its values fits nowhere: %(error)s"),
    "list_shrunk": _lt(
        "Zoho's list has lost %(missing)s of %(known)s records at once."
    ),
    "list_deaf": _lt(
        "Records missing in Zoho's list: %(missing)s. None was withdrawn, for Zoho "
        "does not find single records that are there either."
    ),
    "throttled": _lt("Zoho asks to wait until %(time)s: nothing is lost."),
    "own_budget": _lt(
        "The calls that Zoho allows in two minutes are used up: nothing is lost."
    ),
    "paused": _lt("Zoho has asked for a pause: nothing is lost."),
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

# Zoho's other words for the same: what its library says of them is English.
SAME_WORDS = {
    "invalid_grant": "invalid_code",
    "invalid_token": "invalid_code",
    "redirect_uri_mismatch": "invalid_redirect_uri",
}

# The sentence for an error whose word is not known; the first kind that it is of.
KINDS = {
    ZohoTokenRejected: "token_rejected",
    ZohoRetryLater: "retry_later",
    ZohoUnreadable: "unreadable",
    ZohoRefused: "refused",
    ZohoError: "sign_in_again",
}


def cause_of(error: ZohoError) -> dict[str, str]:
    """Return what :func:`explain_cause` has to know of an error, fit for JSON."""
    kind = next(KINDS[one] for one in KINDS if isinstance(error, one))
    return {"code": error.code, "kind": kind, "said": error.said}


def explain_cause(
    env: Environment, cause: dict[str, str], signing_in: bool = False
) -> str:
    """Return one sentence for people that says what failed and the way out.

    :param cause: as :func:`cause_of` has returned it.
    :param signing_in: whether a code was being exchanged for tokens.
    """
    sentences = SENTENCES | (SIGN_IN_SENTENCES if signing_in else {})
    code = SAME_WORDS.get(cause["code"], cause["code"])
    # A lazy sentence takes no values while it is translated.
    template = sentences[code if code in sentences else cause["kind"]]
    sentence = env._(template)
    return sentence % {"said": cause["said"].rstrip(".") or "–"}


def note(code: str, **values: object) -> dict[str, object]:
    """Return a sentence as it is kept: its code, and what it names, fit for JSON.

    :param code: one of :data:`NOTES`.
    :param values: ``time`` as Odoo keeps moments, ``modules`` by their entities.
    """
    return {"code": code, "values": values}


def note_of(error: ZohoError, signing_in: bool = False) -> dict[str, object]:
    """Return what failed, as it is kept.

    :param error: an error of the API library.
    :param signing_in: whether a code was being exchanged for tokens.
    """
    if isinstance(error, ZohoThrottled):
        retry_at = error.retry_at.astimezone(UTC).replace(tzinfo=None)
        return note("throttled", time=fields.Datetime.to_string(retry_at))
    return {**cause_of(error), "signing_in": signing_in}


def pause_of(error: ZohoRetryLater) -> dict[str, object]:
    """Return why a sync waits; until when, the form says in its reader's zone."""
    if not isinstance(error, ZohoThrottled):
        return note_of(error)
    return note("own_budget" if error.code == "own_budget" else "paused")


def say_note(env: Environment, kept: dict | bool | None) -> str | bool:
    """Return a sentence that was kept in the words of its reader, False for none."""
    if not kept:
        return False
    if "text" in kept:
        return kept["text"]
    if "kind" in kept:
        return explain_cause(env, kept, kept.get("signing_in", False))
    values = dict(kept.get("values") or {})
    if "time" in values:
        values["time"] = say_moment(env, fields.Datetime.to_datetime(values["time"]))
    if "modules" in values:
        entities = env["zoho.stream"]._fields["entity"]
        labels = dict(entities._description_selection(env))
        values["modules"] = ", ".join(labels.get(one, one) for one in values["modules"])
    # A lazy sentence takes no values while it is translated.
    sentence = env._(NOTES[kept["code"]])
    return sentence % values


def explain(env: Environment, error: ZohoError, signing_in: bool = False) -> str:
    """Return one sentence for people that says what failed and the way out.

    :param error: an error of the API library.
    :param signing_in: whether a code was being exchanged for tokens.
    """
    return say_note(env, note_of(error, signing_in))
