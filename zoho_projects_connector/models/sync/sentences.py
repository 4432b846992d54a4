"""Why a record is not fetched, and the way out, in words for people.

:source: product.md, section 9.
"""

from markupsafe import Markup
from pytz import UTC

from odoo.api import Environment
from odoo.tools import format_datetime
from odoo.tools.translate import LazyTranslate

from ...zoho.addresses import parse_origin
from ...zoho.errors import (
    ZohoError,
    ZohoRetryLater,
    ZohoThrottled,
    ZohoTokenRejected,
    ZohoUnreadable,
)

_lt = LazyTranslate(__name__)

LONGEST_QUICK_MINUTES = 24 * 60
LONGEST_FULL_HOURS = 31 * 24


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


# What only a full comparison finds, and finds to be over.
FULL_CODES = ("listing_shrunk", "deletion_unconfirmed")


# Codes whose records are tried again by each run, from what was read before.
RETRIED_CODES = (
    "odoo_refused",
    "user_unresolved",
    "mapping_invalid",
    "customer_ambiguous",
    "locked_period",
    "login_protected",
    "value_refused",
)


# Codes whose way out is in Zoho: who retries wants to know what Zoho says now.
ASKED_CODES = (
    "locked_period",
    "mapping_invalid",
    "parent_not_fetched",
    "project_without_primary_customer",
    "unreadable",
    "user_unresolved",
    "value_refused",
)


ENTITY_NAMES = {
    "customer": _lt("customer"),
    "user": _lt("user"),
    "project": _lt("project"),
    "task_list": _lt("task list"),
    "phase": _lt("phase"),
    "task": _lt("task"),
    "bug": _lt("bug"),
}


WHY = {
    "project_without_primary_customer": _lt(
        "The project has no primary customer in Zoho Projects."
    ),
    "project_with_several_customers": _lt(
        "The project has several customers in Zoho Projects, and none of them is "
        "marked as the primary one."
    ),
    "customer_currency_mismatch": _lt(
        "The project is in %(project_currency)s, but the customer %(customer)s uses "
        "%(customer_currency)s in Odoo."
    ),
    "currency_inactive": _lt("The currency %(currency)s is not active in Odoo."),
    "customer_ambiguous": _lt("Several contacts in Odoo have this name: %(names)s."),
    "login_protected": _lt(
        "%(contact)s has a login in Odoo, or is one of its own companies: who that is, "
        "and how to reach them, is never taken from Zoho, which says: %(values)s."
    ),
    "parent_not_fetched": _lt("The %(parent)s it belongs to could not be fetched."),
    "not_in_list": _lt(
        "Zoho's list does not contain this record, although others belong to it. The "
        "signed-in user may not be allowed to see it, or it was deleted."
    ),
    "user_unresolved": _lt("The time log does not say who worked."),
    "locked_period": _lt("A lock date of Odoo forbids this day."),
    "mapping_invalid": _lt(
        "The mapped field %(field)s has a value that does not fit: %(value)s."
    ),
    "value_refused": _lt(
        "The value of the field %(field)s is none that Odoo takes: %(value)s."
    ),
    "mapped_field_gone": _lt(
        "The mapped field %(field)s no longer exists in Zoho Projects. What Odoo has "
        "of it stays as it is."
    ),
    "mapped_field_type": _lt(
        "The mapped field %(field)s has another type in Zoho Projects now "
        "(%(value)s), which does not fit the field in Odoo. What Odoo has of it stays."
    ),
    "odoo_refused": _lt("Odoo refused the record: %(reason)s"),
    "unreadable": _lt("The record could not be understood: %(reason)s"),
    "access_denied": _lt("Zoho denies access to this module: %(reason)s"),
    "scope_missing": _lt("The sign-in does not include this module: %(reason)s"),
    "module_disabled": _lt("This module is switched off in Zoho: %(reason)s"),
    "licence": _lt("Zoho's plan does not include this module: %(reason)s"),
    "listing_shrunk": _lt(
        "Zoho's list has lost %(missing)s of %(known)s records at once. This is not "
        "believed: nothing was withdrawn or archived."
    ),
    "deletion_unconfirmed": _lt(
        "Zoho's list no longer holds %(missing)s records, but Zoho does not find "
        "single records that are there either, so nobody can tell whether these are "
        "gone. "
        "Nothing was withdrawn or archived."
    ),
    "other": _lt("This module could not be read: %(reason)s"),
    "other_record": _lt("The record could not be fetched (%(code)s)."),
}


RESOLUTION = {
    "project_without_primary_customer": _lt(
        "Pick a customer here, or add one to the project in Zoho Projects: the first "
        "becomes the primary one."
    ),
    "project_with_several_customers": _lt(
        "Pick one of them here, or mark one as primary in Zoho Projects."
    ),
    "customer_currency_mismatch": _lt(
        "Give the customer a pricelist in %(project_currency)s, clone the customer for "
        "this currency, or pick another one for the project."
    ),
    "currency_inactive": _lt(
        "Activate %(currency)s, here or under Invoicing → Configuration → Currencies."
    ),
    "customer_ambiguous": _lt(
        "Pick the one that it is. Or merge these contacts, or rename the others, then "
        "retry."
    ),
    "login_protected": _lt(
        "Nothing has to be done: all else is fetched, and time is billed as ever. The "
        "row goes once both sides say the same, or another contact is chosen."
    ),
    "parent_not_fetched": _lt("Resolve the error of the %(parent)s first."),
    "not_in_list": _lt(
        "Sign in as the owner or an administrator of the portal, or restore the "
        "record in Zoho Projects."
    ),
    "user_unresolved": _lt(
        "Map the user: say here whose time it is. Or set the owner of the log in Zoho."
    ),
    "locked_period": _lt("Change the date in Zoho, or the lock date in Odoo."),
    "mapping_invalid": _lt(
        "Correct the value in Zoho Projects, or the field mapping. A new choice of a "
        "pick list arrives with Fetch the Fields."
    ),
    "value_refused": _lt(
        "Correct it in Zoho Projects: an e-mail is one address, a website starts with "
        "https:// or http://, and no text is longer than a page."
    ),
    "mapped_field_gone": _lt(
        "Restore the field in Zoho Projects, or take it out of the field mapping."
    ),
    "mapped_field_type": _lt("Choose another field of Odoo in the field mapping."),
    "odoo_refused": _lt("Correct what the sentence names, then retry."),
    "unreadable": _lt(
        "Send the diagnostic file of the integration to support: it holds the masked "
        "record."
    ),
    "access_denied": _lt(
        "Sign in as the owner or an administrator of the portal, or give the user "
        "access to the module in Zoho Projects."
    ),
    "scope_missing": _lt("Sign in again and accept all permissions."),
    "module_disabled": _lt(
        "Switch the module on in Zoho Projects, or ignore this if it is not used."
    ),
    "licence": _lt("Extend the plan in Zoho, or ignore this if it is not used."),
    "listing_shrunk": _lt(
        "Check in Zoho Projects whether the records are gone, and whether the "
        "signed-in user still sees them. If they are gone, say so here; if not, retry."
    ),
    "deletion_unconfirmed": _lt(
        "The next full comparison tries again. Before you invoice, look in Zoho "
        "Projects whether the records are still there."
    ),
    "other": _lt("The next sync tries again; what was read before stays."),
    "other_record": _lt("Retry. If it stays, send the diagnostic file to support."),
}


def explain(env: Environment, error: ZohoError, signing_in: bool = False) -> str:
    """Return one sentence for people that says what failed and the way out.

    :param error: an error of the API library.
    :param signing_in: whether a code was being exchanged for tokens.
    """
    sentences = SENTENCES | (SIGN_IN_SENTENCES if signing_in else {})
    code = SAME_WORDS.get(error.code, error.code)
    if code in sentences:
        return env._(sentences[code])
    reason = error.message.rstrip(".")
    if error.code == "scope_missing":
        return env._(
            "%(reason)s: press Sign in again and accept all that Zoho lists.",
            reason=reason.partition(":")[0],
        )
    if isinstance(error, ZohoTokenRejected):
        return env._("%(reason)s: press Sign in again.", reason=reason)
    if isinstance(error, ZohoThrottled):
        retry_at = error.retry_at.astimezone(UTC).replace(tzinfo=None)
        return env._(
            "Zoho asks to wait until %(time)s: nothing is lost.",
            time=format_datetime(env, retry_at),
        )
    if isinstance(error, ZohoRetryLater):
        return env._(
            "Zoho does not answer as it should (%(reason)s): another try in a few"
            " minutes should help.",
            reason=reason,
        )
    if isinstance(error, ZohoUnreadable):
        return env._(
            "The answer is not one of Zoho Projects (%(reason)s): check the data"
            " center and the addresses.",
            reason=reason,
        )
    return error.message


def explain_pause(env: Environment, error: ZohoRetryLater) -> str:
    """Return why a sync waits; until when, the form says in its reader's zone."""
    if not isinstance(error, ZohoThrottled):
        return explain(env, error)
    if error.code == "own_budget":
        return env._(
            "The calls that Zoho allows in two minutes are used up: nothing is lost."
        )
    return env._("Zoho has asked for a pause: nothing is lost.")


def refuse_address(env: Environment, url: str) -> str | None:
    """Return why a text is not the plain address of a server, or None."""
    try:
        parse_origin(url)
    except ZohoUnreadable as error:
        if error.code == "address_insecure":
            return env._(
                "%(address)s must begin with https://, for secrets are sent to it."
                " Only this very machine (http://127.0.0.1 or http://localhost) may"
                " do without.",
                address=url,
            )
        return env._(
            "%(address)s is not the address of a server. Type it like"
            " https://accounts.example.com or"
            " https://accounts.example.com:8443, without a user name, a path,"
            " a question mark or anything else.",
            address=url,
        )
    return None


def refuse_intervals(env: Environment, minutes: int, hours: int) -> str | None:
    """Return why two intervals make no schedule, or None.

    :param minutes: between two syncs of what has changed.
    :param hours: between two comparisons of everything.
    """
    if not 1 <= minutes <= LONGEST_QUICK_MINUTES:
        return env._(
            "A sync comes every 1 to %(most)s minutes, at least once a day.",
            most=LONGEST_QUICK_MINUTES,
        )
    if not 1 <= hours <= LONGEST_FULL_HOURS:
        return env._(
            "A full comparison comes every 1 to %(most)s hours, at least once a"
            " month: only it finds what was deleted in Zoho.",
            most=LONGEST_FULL_HOURS,
        )
    if minutes > hours * 60:
        return env._(
            "A full comparison is a sync too: it cannot come every %(hours)s h"
            " when syncs come every %(minutes)s minutes.",
            hours=hours,
            minutes=minutes,
        )
    return None


def describe_example(env: Environment, example: dict) -> str:
    """Return what both choices mean for a customer of the portal.

    :param example: as a :class:`Rehearsal` has found it.
    """
    if example.get("error"):
        return env._("No example could be read: %(reason)s", reason=example["error"])
    if not example["count"]:
        return env._(
            "No customer of this portal has the name of a contact in Odoo: for now,"
            " both choices do the same."
        )
    sentences = {
        "overwrite": env._(
            "Overwrite: the details of the contact %(name)s are replaced"
            " (%(changes)s). The values before are kept and can be put back.",
            **example,
        ),
        "clone": env._(
            "Clone: a second contact %(name)s is made from the details in Zoho; the"
            " one in Odoo stays as it is.",
            **example,
        ),
    }
    counted = env._(
        "Customers of this portal with the name of a contact in Odoo: %(count)s.",
        **example,
    )
    body = Markup().join(
        Markup("<li>%s</li>") % sentence for sentence in sentences.values()
    )
    return Markup("<p>%s</p><ul>%s</ul>") % (counted, body)
