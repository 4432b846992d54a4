"""Why a record is not fetched, and the way out, in words for people.

:source: product.md, section 9.
"""

from collections.abc import Mapping

from markupsafe import Markup

from odoo.api import Environment
from odoo.tools.translate import LazyTranslate

from ...hours import clock
from ...zoho.addresses import parse_origin
from ...zoho.errors import ZohoUnreadable

_lt = LazyTranslate(__name__)

LONGEST_QUICK_MINUTES = 24 * 60
LONGEST_FULL_HOURS = 31 * 24

# What only a full comparison finds, and finds to be over.
FULL_CODES = ("listing_shrunk", "deletion_unconfirmed")

# Codes that are decided record by record: each is a cause of its own.
SINGLE_CODES = (
    "customer_ambiguous",
    "customer_currency_mismatch",
    "project_without_primary_customer",
)
# What makes two errors of another code two causes.
CAUSE_DETAILS = ("variant", "field", "currency", "reason")

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


# What is counted of each module: one, and several.
COUNTED = {
    "customer": (_lt("1 customer"), _lt("%(count)s customers")),
    "contact": (_lt("1 contact"), _lt("%(count)s contacts")),
    "user": (_lt("1 user"), _lt("%(count)s users")),
    "project": (_lt("1 project"), _lt("%(count)s projects")),
    "phase": (_lt("1 phase"), _lt("%(count)s phases")),
    "task_list": (_lt("1 task list"), _lt("%(count)s task lists")),
    "task": (_lt("1 task"), _lt("%(count)s tasks")),
    "bug": (_lt("1 bug"), _lt("%(count)s bugs")),
    "timelog": (_lt("1 time log"), _lt("%(count)s time logs")),
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
    "parent_not_fetched": _lt(
        "It belongs to “%(parent)s” (%(module)s), which could not be fetched."
    ),
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
    "unreadable": _lt(
        "The record could not be understood: it has none of the forms that are known."
    ),
    "unreadable_no_object": _lt(
        "The record could not be understood: Zoho has sent something else in its place."
    ),
    "unreadable_no_number": _lt(
        "The record could not be understood: one of its numbers is none, or has no end."
    ),
    "unreadable_no_id": _lt(
        "The record could not be understood: it has no ID that can be read."
    ),
    "unreadable_log_kind": _lt(
        "The time log could not be understood: it does not say whether it is of a task,"
        " a bug or neither."
    ),
    "unreadable_log_day": _lt(
        "The time log could not be understood: it has no day that can be read."
    ),
    "unreadable_log_length": _lt(
        "The time log could not be understood: it has no hours that can be read."
    ),
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
    "lock": _lt(
        "Time logs on posted invoices that Zoho has not locked: %(count)s (%(names)s). "
        "%(reason)s"
    ),
    "unlock": _lt(
        "Time logs on no invoice any more that Zoho has not set back: %(count)s "
        "(%(names)s). %(reason)s"
    ),
    "figures": _lt(
        "Projects whose figures Zoho has not taken: %(count)s (%(names)s). %(reason)s"
    ),
    "lock_scope_missing": _lt("The sign-in does not let Odoo lock time logs."),
    "figures_scope_missing": _lt("The sign-in does not let Odoo change projects."),
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
    "parent_not_fetched": _lt("Resolve the error of “%(parent)s” (%(module)s) first."),
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
    "lock": _lt(
        "Approve them in Zoho, as one of their approvers, or let it be: their invoice "
        "stands. Odoo tries again every day, until Lock What Is Invoiced is off."
    ),
    "unlock": _lt(
        "Set their approval back in Zoho yourself; until then nobody can edit them "
        "there. Odoo tries again every day."
    ),
    "figures": _lt(
        "Choose another field in the field mapping, or let the signed-in user change "
        "these projects in Zoho. Odoo tries again every day."
    ),
    "other": _lt("The next sync tries again; what was read before stays."),
    "other_record": _lt("Retry. If it stays, send the diagnostic file to support."),
}


def count_records(
    env: Environment, counts: Mapping[str, int], hours: float = 0.0
) -> str:
    """Return records as people count them: 1 project, 14 tasks, 38:15 h.

    :param counts: ``{entity: how many}``, in any order.
    :param hours: of the time logs among them.
    """
    parts = []
    for entity, (one, several) in COUNTED.items():
        if count := counts.get(entity):
            template = env._(several if count > 1 else one)
            parts.append(template % {"count": count})
    if hours:
        parts.append(env._("%(hours)s h", hours=clock(hours)))
    return ", ".join(parts)


def describe_attention(env: Environment, to_resolve: int, waiting: int) -> str:
    """Return how much waits for somebody, "" when nothing does.

    :param to_resolve: causes, each with its ways out.
    :param waiting: records that are not fetched because of them.
    """
    if not to_resolve:
        return ""
    if not waiting:
        return env._("%(count)s to resolve", count=to_resolve)
    if waiting == 1:
        return env._("%(count)s to resolve, 1 record waits for it", count=to_resolve)
    if to_resolve == 1:
        return env._("1 to resolve, %(waiting)s records wait for it", waiting=waiting)
    return env._(
        "%(count)s to resolve, %(waiting)s records wait for them",
        count=to_resolve,
        waiting=waiting,
    )


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

    :param example: as a :class:`Rehearsal` has found it, ``changes`` in words.
    """
    if example.get("error"):
        return env._("No example could be read: %(reason)s", reason=example["error"])
    if not example["count"]:
        return env._(
            "No customer of this portal has the name of a contact in Odoo: for now,"
            " both choices do the same."
        )
    counted = env._(
        "Customers of this portal with the name of a contact in Odoo: %(count)s.",
        **example,
    )
    if example.get("same"):
        counted = env._(
            "Customers of this portal with the name of a contact in Odoo: %(count)s."
            " Of these, %(same)s have the same details on both sides: Overwrite changes"
            " nothing in them.",
            **example,
        )
    body = Markup().join(
        Markup("<li>%s</li>") % sentence for sentence in _choices(env, example)
    )
    return Markup("<p>%s</p><ul>%s</ul>") % (counted, body)


def _choices(env: Environment, example: dict) -> list[str]:
    """Return what each choice does, of one customer that would change, or of all."""
    if example["changes"]:
        return [
            env._(
                "Overwrite: the details of the contact %(name)s are replaced"
                " (%(changes)s). The values before are kept and can be put back.",
                **example,
            ),
            env._(
                "Clone: a second contact %(name)s is made from the details in Zoho; the"
                " one in Odoo stays as it is.",
                **example,
            ),
        ]
    return [
        env._(
            "Clone: a second contact is made of each from the details in Zoho; the ones"
            " in Odoo stay as they are."
        )
    ]
