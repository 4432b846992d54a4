"""Why a record is not fetched, and the way out, in words for people.

:source: product.md, section 9.
"""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

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
