"""One card of the overview, opened: what it is about, and the ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from odoo.tools.safe_eval import safe_eval

from ...groups import BILLING_GROUP
from ...hours import clock, clock_signed
from ...naming import name_some
from ..sync.zoho_sync_error import UNKNOWN
from .ways_out import (
    BY_HEALTH,
    PICKED_BY_CANDIDATE,
    SWITCHES,
    WAYS,
    choice_of,
    ways_of_error,
)

if TYPE_CHECKING:
    from odoo.models import BaseModel

# Of several, so many are told with both of their sides.
MOST_TOLD = 5
# Months and projects that are compared at once, newest first.
MOST_COMPARED = 20
# Contacts to pick from at once; the dialog shows them all.
MOST_CANDIDATES = 5
# Where what disagrees with billed time is listed.
LISTS = {
    "account.analytic.line": (
        "zoho_projects_connector.account_analytic_line_action_billing"
    ),
    "account.move": "account.action_move_out_invoice_type",
    "sale.order": "sale.action_orders",
}
# The dialog that chooses a record of a model elsewhere, and its field.
PICKED_BY = {
    "res.partner": ("zoho.customer.choose", "partner_id"),
    "hr.employee": ("zoho.user.map", "employee_id"),
}


class OpenCard:
    """A card that somebody looks at.

    :param env: of whoever looks: who may not resolve it has no buttons.
    :param card: as :class:`Attention` has listed it.
    """

    def __init__(self, env: Any, card: dict[str, Any]) -> None:
        self.env = env
        self.card = card
        self.integration = env["zoho.integration"].browse(card["integration_id"])

    def details(self) -> dict[str, Any]:
        """Return ``choices``, ``candidates``, ``links``, ``told`` and ``blocked``."""
        said = {"choices": [], "candidates": [], "links": [], "told": [], "blocked": ""}
        return {**said, **getattr(self, f"_read_{self.card['kind']}")()}

    def _blocked(self) -> str:
        """Return why this user has no buttons, "" when he has."""
        if self.integration.has_access("write"):
            return ""
        return self.env._("An administrator of Zoho Projects decides this.")

    def _of_integration(self, *names: str) -> list[dict]:
        return [choice_of(name, self.integration) for name in names]

    def _read_health(self) -> dict[str, Any]:
        if self.card["cause"] == "billing_found":
            return self._read_billing()
        names = BY_HEALTH.get(self.card["cause"], ())
        blocked = self._blocked() if names else ""
        choices = [] if blocked else self._of_integration(*names)
        if not self.env["ir.cron"].has_access("write"):
            for choice in choices:
                if choice["name"] in SWITCHES:
                    choice["is_refused"] = True
                    choice["effect"] = self.env._(
                        "You may not change scheduled actions: an administrator of"
                        " Odoo switches it on."
                    )
        return {"choices": choices, "blocked": blocked}

    def _read_billing(self) -> dict[str, Any]:
        """Return what disagrees, as it is now, and as far as this user may read it."""
        if not self.env.user.has_group(BILLING_GROUP) and self._blocked():
            blocked = self.env._("Somebody of the group Billing decides this.")
            return {"blocked": blocked}
        ledger = self.env["project.billed.time"]
        # The check is of all books: who looks is named only what he may read.
        found = [
            records.with_env(self.env)._filtered_access("read")
            for records in ledger.sudo()._wrong_records()
        ]
        labels = [
            (self.env._("Timesheets"), self.env._("Open the Timesheets")),
            (self.env._("Invoices"), self.env._("Open the Invoices")),
            (self.env._("Sales Orders"), self.env._("Open the Sales Orders")),
        ]
        told, links = [], []
        for records, (title, label) in zip(found, labels, strict=True):
            if records:
                names = ledger._names_of(records)
                text = name_some(self.env, names, MOST_TOLD)
                told.append({"title": title, "text": text})
                links.append({"label": label, "action": self._list(records, title)})
        choices = self._of_integration("check_billing")
        return {"told": told, "links": links, "choices": choices}

    def _list(self, records: BaseModel, title: str) -> dict[str, Any]:
        """Return the action that shows records as Odoo lists them."""
        action = self.env["ir.actions.act_window"]._for_xml_id(LISTS[records._name])
        return {
            **action,
            "display_name": title,
            "path": False,
            "domain": [("id", "in", records.ids)],
            "context": {"active_test": False, "create": False},
        }

    def _read_hours(self) -> dict[str, Any]:
        domain = [("integration_id", "=", self.integration.id)]
        rows = self.env["zoho.reconciliation"].search(
            [*domain, ("is_explained", "=", False)]
        )
        # Projects say more than the whole portal of the same month.
        told = (rows.filtered(lambda row: not row.is_portal) or rows)[:MOST_TOLD]
        label = self.env._("Open the Reconciliation")
        said = {
            "told": [
                {"title": one.display_name, "text": _say_row(one)} for one in told
            ],
            "links": [
                self._link(self.integration, "action_open_reconciliation", label)
            ],
        }
        if blocked := self._blocked():
            return {**said, "blocked": blocked}
        if self.integration.status == "disabled":
            choices = self._of_integration("enable")
        else:
            choices = self._of_integration("explain")
            # One call to Zoho each, for which somebody waits.
            choices.append(choice_of("compare", rows[:MOST_COMPARED]))
        return {**said, "choices": [*choices, choice_of("accept", rows)]}

    # What could not be fetched

    def _read_error(self) -> dict[str, Any]:
        error = self.env["zoho.sync.error"].browse(self.card["error_id"])
        said = {"links": self._links(error), "told": self._tell_whys(error)}
        if blocked := self._blocked():
            return {**said, "blocked": blocked}
        if self.integration.status == "disabled":
            return {**said, "choices": self._of_integration("enable")}
        candidates = self._candidates(error)
        choices = [self._choice(name, error) for name in ways_of_error(error)]
        if candidates:
            # The first way out is to pick: those at hand are above it.
            choices[0]["label"] = self.env._("Another Contact")
        return {**said, "candidates": candidates, "choices": choices}

    def _choice(self, name: str, error: BaseModel) -> dict:
        record = error if WAYS[name].is_of_error else self.integration
        choice = choice_of(name, record, error.details or {})
        if WAYS[name].picks:
            choice["pick"] = self._pick(WAYS[name].picks, error)
        if name == "currency" and not self.env["res.currency"].has_access("write"):
            choice["is_refused"] = True
            choice["effect"] = self.env._(
                "You may not change currencies: an accounting or Odoo administrator"
                " activates %(currency)s; the next sync fetches what waits.",
                **{**UNKNOWN, **(error.details or {})},
            )
        return choice

    def _pick(self, model: str, error: BaseModel) -> dict:
        """Return what is chosen from on the card, as the dialog would offer it.

        :return: ``model``, ``domain``, ``placeholder`` and ``also``: what a tick adds
            to the choice, "" for nothing.
        """
        dialog, name = PICKED_BY[model]
        domain = self.env[dialog]._fields[name].domain
        pick = {
            "model": model,
            "domain": safe_eval(domain, {"company_id": error.company_id.id}),
            "placeholder": self.env._("Any company"),
            "also": "",
        }
        if model == "hr.employee":
            pick["placeholder"] = self.env._("Choose the employee")
            count = self.env[dialog].new({"error_id": error.id}).same_count
            if count:
                pick["also"] = self.env._(
                    "All other time logs without an owner, too: %(count)s", count=count
                )
        return pick

    def _links(self, error: BaseModel) -> list[dict]:
        """Return where both sides of it are, and what waits for it."""
        links = []
        if self.card["waiting"] or self.card["count"] > 1:
            label = self.env._("Show the Waiting Records")
            links.append(self._link(error, "action_open_waiting", label))
        if error.record_model:
            label = self.env._("Open in Odoo")
            links.append(self._link(error, "action_open_record", label))
        if error.url:
            links.append({"label": self.env._("Open in Zoho"), "url": error.url})
        return links

    def _link(self, record: BaseModel, method: str, label: str) -> dict:
        args = [record.ids]
        return {"model": record._name, "method": method, "args": args, "label": label}

    def _tell_whys(self, error: BaseModel) -> list[dict]:
        """Return each record of a cause with its own reason, where they differ."""
        if self.card["count"] == 1:
            return []
        errors = error._same_cause().sorted("id")[:MOST_TOLD]
        if len({*errors.mapped("why")}) == 1:
            return []
        return [{"title": one.display_name, "text": one.why} for one in errors]

    def _candidates(self, error: BaseModel) -> list[dict]:
        """Return the contacts that a customer may be, each with its details."""
        if error.code not in PICKED_BY_CANDIDATE:
            return []
        wizard = self.env["zoho.customer.choose"].new({"error_id": error.id})
        return [
            {
                "id": partner.id,
                "name": partner.display_name,
                "details": ", ".join(
                    filter(None, (partner.city, partner.email, partner.phone))
                ),
                "invoices": count,
            }
            for partner, count in wizard._readable_candidates()[:MOST_CANDIDATES]
        ]

    # What differs from invoices

    def _read_difference(self) -> dict[str, Any]:
        ids = self.card["difference_ids"]
        differences = self.env["zoho.difference"].browse(ids)
        told = [
            {"title": one.display_name, "text": one.summary}
            for one in differences[:MOST_TOLD]
        ]
        label = self.env._("Open the Differences")
        links = [self._link(differences, "action_open_list", label)]
        if not self.env.user.has_group(BILLING_GROUP):
            blocked = self.env._("Somebody of the group Billing decides this.")
            return {"told": told, "links": links, "blocked": blocked}
        return {"told": told, "links": links, "choices": self._settlings(differences)}

    def _settlings(self, differences: BaseModel) -> list[dict]:
        """Return the ways to settle, each for those that may be settled so."""
        credited = differences.filtered("can_credit")
        rest = differences.filtered("can_bill_rest")
        # Figures of billed time, for who may settle it.
        hours = sum(one._excess_hours() for one in credited.sudo())
        more = sum(one.hours_after - one.hours_before for one in rest)
        rest_effect = self.env._(
            "The time becomes what Zoho says; the next invoice offers the rest:"
            " %(hours)s h more in Zoho.",
            hours=clock(max(more, 0.0)),
        )
        credit_effect = self.env._(
            "%(hours)s h are taken back: off a draft at once, off a posted invoice by a"
            " draft credit note. Then the time is as Zoho says.",
            hours=clock(hours),
        )
        accept_effect = self.env._(
            "The invoice and the time stay as they are; only another change in Zoho"
            " asks again."
        )
        offered = (
            ("action_bill_rest", rest, self.env._("Bill the Rest"), rest_effect),
            ("action_credit", credited, self.env._("Credit"), credit_effect),
            ("action_accept", differences, self.env._("Accept"), accept_effect),
        )
        return [
            {
                **self._link(found, method, label),
                "name": method,
                "effect": effect,
                "is_refused": False,
            }
            for method, found, label, effect in offered
            if found
        ]


def _say_row(row: BaseModel) -> str:
    """Return the hours of a project and month that nothing explains."""
    return row.env._(
        "%(zoho)s h in Zoho's report; nothing explains %(billable)s h billable and"
        " %(other)s h not billable",
        zoho=clock(row.zoho_billable + row.zoho_non_billable),
        billable=clock_signed(row.unexplained_billable),
        other=clock_signed(row.unexplained_non_billable),
    )
