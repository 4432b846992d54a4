"""The accountant's part of ``make run``: rates, and an invoice from a project."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfWriter

from tools.apt import install_missing
from tools.portal_browser import Browser
from tools.shell import ToolError

ACCOUNTANT = "accountant"
MODULE = "zoho_projects_connector"
BILLING_GROUP = "group_zoho_billing"
# Agreed with the customer of the golden project: 10 h, 20 h and 15 h make 3,125.
STAFF_RATES = {
    "ada@golden.example": 100.0,
    "ben@golden.example": 50.0,
    "cleo@golden.example": 75.0,
}
USUAL_RATE = 100.0
# An invoice as it is sent: the document, then the time that it bills.
REPORTS = (
    "account.report_invoice_with_payments",
    f"{MODULE}.report_billed_time_annex",
)


def ensure_accountant(administrator: Browser) -> Browser:
    """Return the browser of a user with the Billing group alone, made when missing."""
    if not administrator.last("res.users", [("login", "=", ACCOUNTANT)]):
        domain = [("module", "=", MODULE), ("name", "=", BILLING_GROUP)]
        group = administrator.last("ir.model.data", domain, "res_id")
        values = {
            "name": "Alex Accountant",
            "login": ACCOUNTANT,
            "password": ACCOUNTANT,
            "email": "accountant@example.com",
            "group_ids": [(6, 0, [group["res_id"]])],
        }
        administrator.create("res.users", values)
    browser = Browser(administrator.url)
    browser.log_in(ACCOUNTANT, ACCOUNTANT)
    return browser


def invoice_a_project(
    administrator: Browser, accountant: Browser, golden: str = ""
) -> str:
    """Invoice one project, if any has time to bill.

    :param golden: Zoho id of the golden project of the simulated portal.
    :return: the line of the summary.
    """
    if golden:
        ensure_usual_rate(accountant)
    project = choose_project(accountant, golden)
    if project is None:
        return "no time to invoice"
    if golden:
        ensure_staff_rates(administrator, project)
    return invoice_project(accountant, project)


def choose_project(browser: Browser, golden: str = "") -> int | None:
    """Return the project to invoice: the golden one, else that with most to bill."""
    if golden:
        if found := browser.last("project.project", [("zoho_id", "=", golden)]):
            return int(found["id"])
    if billed := browser.last("project.billed.time", [], "project_id"):
        return int(billed["project_id"][0])
    unbilled = [("billing_state", "=", "unbilled")]
    grouped = browser.groups(
        "account.analytic.line", unbilled, "project_id", "unbilled_hours:sum"
    )
    project = max(grouped, key=lambda group: group[1], default=None)
    return int(project[0][0]) if project else None


def ensure_usual_rate(browser: Browser) -> None:
    """Give the company a rate that holds where nothing else is set, unless it has one.

    So that the first look shows what time is worth.
    """
    rates = "project.billing.rate"
    if not browser.last(rates, [("project_id", "=", False)]):
        browser.create(rates, {"rate": USUAL_RATE})


def ensure_staff_rates(administrator: Browser, project_id: int) -> None:
    """Give the staff of the golden project their rates, unless it has some."""
    rates = "project.billing.rate"
    if administrator.last(rates, [("project_id", "=", project_id)]):
        return
    staff = administrator.rows(
        "hr.employee", [("work_email", "in", list(STAFF_RATES))], ["work_email"]
    )
    for employee in staff:
        rate = STAFF_RATES[employee["work_email"]]
        values = {"project_id": project_id, "employee_id": employee["id"], "rate": rate}
        administrator.create(rates, values)


def invoice_project(browser: Browser, project_id: int) -> str:
    """Invoice the unbilled time of a project, once.

    :return: the line of the summary: the new draft, or the invoice of an earlier time.
    :raise ToolError: nothing can be invoiced; the wizard says why.
    """
    domain = [("project_id", "=", project_id)]
    if billed := browser.last("project.billed.time", domain, "move_id"):
        return _describe(browser, project_id, billed["move_id"][0], "made earlier")
    values = {"project_ids": [(6, 0, [project_id])], "group_by": "employee"}
    if _misses_a_rate(browser, values):
        _set_rate(browser, project_id)
    wizard = browser.create("project.invoice.create", values)
    action = browser.call("project.invoice.create", "action_create_invoice", [wizard])
    if not action.get("res_id"):
        raise ToolError("The time was put on several invoices instead of one.")
    return _describe(browser, project_id, action["res_id"], "made")


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
    rate = {"billing_rate": USUAL_RATE}
    browser.call("project.billing.terms", "write", [terms], rate)
    browser.call("project.billing.terms", "action_apply", [terms])


def _describe(browser: Browser, project_id: int, move_id: int, made: str) -> str:
    fields = ["display_name", "partner_id", "currency_id"]
    fields += ["amount_untaxed", "amount_total"]
    move = browser.row("account.move", move_id, fields)
    project = browser.row("project.project", project_id, ["display_name"])
    return (
        f"{move['display_name']} {made}: {move['amount_untaxed']:,.2f} "
        f"{move['currency_id'][1]} without taxes, {move['amount_total']:,.2f} with, "
        f"for {move['partner_id'][1]}, project {project['display_name']}"
    )


def ensure_printer() -> str:
    """Install what Odoo prints with, where this machine's release has it.

    :return: why there will be no PDF; nothing where there will be one.
    """
    if not shutil.which("wkhtmltopdf"):
        try:
            install_missing(["wkhtmltopdf"], "Odoo prints with wkhtmltopdf")
        except ToolError as error:
            return f"No PDF of it: {str(error).splitlines()[0]}"
    return ""


def print_invoice(browser: Browser, target: Path) -> str:
    """Print the invoice of the time billed last, with its annex, into one file.

    :return: the line of the summary: where it is, or why it is not.
    """
    billed = browser.last("project.billed.time", [("hours", ">", 0)], "move_id")
    if not billed:
        return ""
    printed = PdfWriter()
    try:
        for report in REPORTS:
            path = f"/report/pdf/{report}/{billed['move_id'][0]}"
            printed.append(BytesIO(browser.download(path)))
    except ToolError as error:
        return f"No PDF of it: {error}"
    printed.write(target)
    return f"As a PDF with its timesheet annex: {target}"
