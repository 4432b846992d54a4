"""The ways out of what is not fetched, and what each of them does, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from odoo.tools.translate import LazyTranslate

from ..sync.entities import FIELD_KEY, WRITE_KEY
from ..sync.sentences import ASKED_CODES, FULL_CODES
from ..sync.zoho_sync_error import UNKNOWN

if TYPE_CHECKING:
    from odoo.models import BaseModel

_lt = LazyTranslate(__name__)


class Way(NamedTuple):
    """A button that resolves something.

    :ivar method: what it calls.
    :ivar label: what stands on it.
    :ivar effect: what it will do; it may name the details of an error.
    :ivar is_of_error: whether the method is the error's, or the integration's.
    :ivar picks: model of the record that is chosen on the card and given to the
        method, if any.
    """

    method: str
    label: Any
    effect: Any
    is_of_error: bool = True
    picks: str = ""


PICK = _lt("Pick a Customer")
MAP = _lt("Map the User")
RETRY = _lt("Retry")
SIGN_IN = _lt("Sign in Again")
WAYS = {
    "pick": Way(
        "action_choose_customer",
        PICK,
        _lt(
            "You choose any company among your contacts. The sync never chooses another"
            " one for this customer; its projects and all that waited for them are"
            " fetched at once."
        ),
        picks="res.partner",
    ),
    "pick_for_project": Way(
        "action_choose_customer",
        PICK,
        _lt(
            "You choose to whom the project is billed, until Zoho names another"
            " customer. The project and all that waited for it are fetched at once."
        ),
        picks="res.partner",
    ),
    "pick_other": Way(
        "action_choose_customer",
        _lt("Choose Another Contact"),
        _lt(
            "If it is the wrong one: the customer is another contact from now on, and"
            " projects of which nothing is invoiced move to it. This contact gets its"
            " own details back."
        ),
        picks="res.partner",
    ),
    "pricelist": Way(
        "action_use_pricelist",
        _lt("Use a Pricelist"),
        _lt(
            "%(customer)s gets a pricelist in %(project_currency)s: new quotations and"
            " invoices to this customer are in that currency."
        ),
    ),
    "clone": Way(
        "action_clone_customer",
        _lt("Clone the Customer"),
        _lt(
            "A second contact %(customer)s is made, in %(project_currency)s. The first"
            " one stays as it is."
        ),
    ),
    "currency": Way(
        "action_activate_currency",
        _lt("Activate the Currency"),
        _lt(
            "%(currency)s becomes active in Odoo, and all that waited for it is fetched"
            " at once."
        ),
    ),
    "map_user": Way(
        "action_choose_employee",
        MAP,
        _lt(
            "You choose the employee. The sync never chooses another one for this user;"
            " what waited for him is fetched at once."
        ),
        picks="hr.employee",
    ),
    "map_log": Way(
        "action_choose_employee",
        MAP,
        _lt(
            "You choose who has worked on “%(record)s”, until Zoho names somebody. It"
            " is fetched at once."
        ),
        picks="hr.employee",
    ),
    "loss": Way(
        "action_accept_loss",
        _lt("These Are Really Gone"),
        _lt(
            "You are asked once more. Then a full comparison starts, which believes"
            " that %(missing)s of %(known)s records are gone, where a second sign"
            " confirms it."
        ),
    ),
    "unmap": Way(
        "action_unmap_field",
        _lt("Do Not Sync This Field"),
        _lt(
            "The sync leaves the field of Odoo alone that %(field)s fills now; what is"
            " in it stays. All else is fetched."
        ),
    ),
    "mapping": Way(
        "action_open_mapping",
        _lt("Open the Field Mapping"),
        _lt("There you choose another field of Odoo for it."),
        is_of_error=False,
    ),
    "customers": Way(
        "action_open_customers",
        _lt("Open the Customers"),
        _lt("There you choose another contact for a customer, if it is the wrong one."),
        is_of_error=False,
    ),
    "sign_in": Way(
        "action_ask_sign_in",
        SIGN_IN,
        _lt("You are asked once more, and sign in at Zoho as somebody who sees it."),
        is_of_error=False,
    ),
    "full": Way(
        "action_retry_cause",
        RETRY,
        _lt("A full comparison starts now, which may take a while."),
    ),
    "reread": Way(
        "action_retry_cause", RETRY, _lt("A sync starts now and reads it again.")
    ),
    "write": Way(
        "action_retry_cause",
        RETRY,
        _lt("The schedule asks Zoho once more, within a few minutes."),
    ),
    "ask": Way(
        "action_retry_cause",
        RETRY,
        _lt("Zoho is asked whether it was put right there; then it is tried again."),
    ),
    "kept": Way(
        "action_retry_cause",
        RETRY,
        _lt("It is tried again from what was read before, without a call to Zoho."),
    ),
    # Of the health of an integration, not of an error.
    "sync": Way(
        "action_sync",
        _lt("Instant Sync"),
        _lt("A sync starts now and fetches what has changed."),
        is_of_error=False,
    ),
    "history": Way(
        "action_open_runs",
        _lt("Open the History"),
        _lt("It says of each sync when it ran, and why it failed."),
        is_of_error=False,
    ),
    "switch_on": Way(
        "action_switch_on_schedule",
        _lt("Switch It On"),
        _lt("The scheduled action is switched on, and runs within minutes."),
        is_of_error=False,
    ),
    "switch_on_check": Way(
        "action_switch_on_check",
        _lt("Switch It On"),
        _lt("The scheduled action is switched on, and runs within minutes."),
        is_of_error=False,
    ),
    "check_billing": Way(
        "action_check_billed_time",
        _lt("Check Again"),
        _lt("All billed time is compared anew. When it agrees, this card goes."),
        is_of_error=False,
    ),
    "enable": Way(
        "action_ask_enable",
        _lt("Enable"),
        _lt("The integration syncs again, first with a full comparison."),
        is_of_error=False,
    ),
    "explain": Way(
        "action_explain_hours",
        _lt("Full Comparison"),
        _lt(
            "Everything in Zoho is read anew, which may take a while and usually"
            " explains it. Then the hours are compared again."
        ),
        is_of_error=False,
    ),
    # Of the months that are unexplained.
    "compare": Way(
        "action_check",
        _lt("Compare Again"),
        _lt("Zoho is asked for its own reports of these months once more."),
        is_of_error=False,
    ),
    "accept": Way(
        "action_accept",
        _lt("Accept"),
        _lt("The hours stay as they are on both sides; only other figures ask again."),
        is_of_error=False,
    ),
}
# Beside *Retry*, in the order in which they are offered.
BY_CODE = {
    "access_denied": ("sign_in",),
    "currency_inactive": ("currency",),
    "customer_ambiguous": ("pick",),
    "customer_currency_mismatch": ("pricelist", "clone", "pick_for_project"),
    "listing_shrunk": ("loss",),
    "login_protected": ("customers",),
    "mapping_invalid": ("unmap", "mapping"),
    "project_without_primary_customer": ("pick_for_project",),
    "scope_missing": ("sign_in",),
    "user_unresolved": ("map_log",),
}
BY_HEALTH = {
    "sign_in": ("sign_in",),
    "sync": ("sync", "history"),
    "schedule": ("sync",),
    "schedule_off": ("switch_on",),
    "billing_off": ("switch_on_check",),
}
# The ways out that take the right to change scheduled actions.
SWITCHES = ("switch_on", "switch_on_check")
PICKED_BY_CANDIDATE = ("customer_ambiguous", "project_without_primary_customer")


def ways_of_error(error: BaseModel) -> tuple[str, ...]:
    """Return the names of the ways out of one error, the most likely first."""
    ways = BY_CODE.get(error.code, ())
    if error.entity == "user" and error.zoho_id:
        ways = ("map_user", *ways)
    if error.code == "login_protected" and error.entity == "customer":
        ways = ("pick_other",)
    return (*ways, _retry_of(error))


def _retry_of(error: BaseModel) -> str:
    """Return which retry it is, for they do not cost the same."""
    zoho_id = error.zoho_id or ""
    if zoho_id.startswith(WRITE_KEY):
        return "write"
    if error.code in FULL_CODES or zoho_id.startswith(FIELD_KEY):
        return "full"
    # Whether it is there, whoever asks; what it says is for support alone.
    if not zoho_id or not error.sudo().payload:
        return "reread"
    return "ask" if error.code in ASKED_CODES else "kept"


def choice_of(name: str, record: BaseModel, details: dict | None = None) -> dict:
    """Return a way out as a button: what it calls, says and does.

    :param record: the error or the integration that it is about.
    :param details: what the sentence may name.
    """
    way, env = WAYS[name], record.env
    effect = env._(way.effect)
    if details is not None:
        effect %= {**UNKNOWN, "record": record.display_name, **details}
    return {
        "name": name,
        "model": record._name,
        "method": way.method,
        "args": [record.ids],
        "label": env._(way.label),
        "effect": effect,
        "is_refused": False,
    }
