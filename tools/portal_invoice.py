"""The accountant's part of ``make run``: rates, and an invoice from a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.portal_browser import Browser
from tools.shell import ToolError

ACCOUNTANT = "accountant"
BILLING_GROUP = "group_zoho_billing"
# Agreed with the customer of the golden project: 10 h, 20 h and 15 h make 3,125.
STAFF_RATES = {
    "ada@golden.example": 100.0,
    "ben@golden.example": 50.0,
    "cleo@golden.example": 75.0,
}
USUAL_RATE = 100.0


@dataclass(frozen=True)
class Invoice:
    """A customer invoice as the summary shows it."""

    label: str
    project: str
    customer: str
    currency: str
    untaxed: float
    total: float
    is_new: bool


def ensure_accountant(administrator: Browser, url: str) -> Browser:
    """Return the browser of a user with the Billing group alone, made when missing."""
    if not administrator.rows("res.users", [("login", "=", ACCOUNTANT)], ["id"]):
        group = administrator.rows(
            "ir.model.data",
            [("module", "=", "zoho_projects_connector"), ("name", "=", BILLING_GROUP)],
            ["res_id"],
        )
        values = {
            "name": "Alex Accountant",
            "login": ACCOUNTANT,
            "password": ACCOUNTANT,
            "email": "accountant@example.com",
            "group_ids": [(6, 0, [group[0]["res_id"]])],
        }
        administrator.create("res.users", values)
    browser = Browser(url)
    browser.log_in(ACCOUNTANT, ACCOUNTANT)
    return browser


def choose_project(browser: Browser, golden: str = "") -> int | None:
    """Return the project to invoice: the golden one, else that with most to bill.

    :param golden: Zoho id of the golden project of the simulated portal.
    """
    if golden:
        domain = [("zoho_id", "=", golden)]
        if found := browser.rows("project.project", domain, ["id"]):
            return int(found[0]["id"])
    if billed := browser.rows(
        "project.billed.time", [], ["project_id"], limit=1, order="id desc"
    ):
        return int(billed[0]["project_id"][0])
    domain_unbilled = [("billing_state", "=", "unbilled")]
    grouped = browser.groups(
        "account.analytic.line", domain_unbilled, "project_id", "unbilled_hours:sum"
    )
    if not grouped:
        return None
    project, _hours = max(grouped, key=lambda group: group[1])
    return int(project[0])


def ensure_staff_rates(administrator: Browser, project_id: int) -> None:
    """Give the staff of the golden project their rates, unless it has some."""
    rates = "project.billing.rate"
    if administrator.rows(rates, [("project_id", "=", project_id)], ["id"]):
        return
    staff = administrator.rows(
        "hr.employee", [("work_email", "in", list(STAFF_RATES))], ["work_email"]
    )
    for employee in staff:
        administrator.create(
            rates,
            {
                "project_id": project_id,
                "employee_id": employee["id"],
                "rate": STAFF_RATES[employee["work_email"]],
            },
        )


def invoice_project(browser: Browser, project_id: int) -> Invoice:
    """Invoice the unbilled time of a project, once.

    :return: the new draft, or the invoice of an earlier time.
    :raise ToolError: nothing can be invoiced; the wizard says why.
    """
    billed = browser.rows(
        "project.billed.time",
        [("project_id", "=", project_id)],
        ["move_id"],
        limit=1,
        order="id desc",
    )
    if billed:
        return _read_invoice(browser, project_id, billed[0]["move_id"][0], False)
    values = {"project_ids": [(6, 0, [project_id])], "group_by": "employee"}
    if _misses_a_rate(browser, values):
        _set_rate(browser, project_id)
    wizard = browser.create("project.invoice.create", values)
    action = browser.call("project.invoice.create", "action_create_invoice", [wizard])
    if not action.get("res_id"):
        raise ToolError("The time was put on several invoices instead of one.")
    return _read_invoice(browser, project_id, action["res_id"], True)


def _misses_a_rate(browser: Browser, values: Mapping[str, Any]) -> bool:
    """Tell whether the preview of the wizard leaves time out for want of a rate."""
    changed = browser.call(
        "project.invoice.create",
        "onchange",
        [],
        dict(values),
        ["project_ids"],
        {"project_ids": {}, "left_out_ids": {"fields": {"reason": {}}}},
    )
    left_out = changed["value"].get("left_out_ids", ())
    return any(row["reason"] == "missing_rate" for _code, _id, row in left_out)


def _set_rate(browser: Browser, project_id: int) -> None:
    """Set the rate of a project as the accountant does, in its billing terms."""
    terms = browser.create("project.billing.terms", {"project_id": project_id})
    browser.call(
        "project.billing.terms", "write", [terms], {"billing_rate": USUAL_RATE}
    )
    browser.call("project.billing.terms", "action_apply", [terms])


def _read_invoice(
    browser: Browser, project_id: int, move_id: int, is_new: bool
) -> Invoice:
    fields = ["display_name", "partner_id", "currency_id"]
    fields += ["amount_untaxed", "amount_total"]
    move = browser.row("account.move", move_id, fields)
    project = browser.row("project.project", project_id, ["display_name"])
    return Invoice(
        move["display_name"],
        project["display_name"],
        move["partner_id"][1],
        move["currency_id"][1],
        move["amount_untaxed"],
        move["amount_total"],
        is_new,
    )
