"""A hint: a rule of the simulated Zoho tells Odoo that somebody has changed a log."""

from __future__ import annotations

import time

from tools.portal_connection import Connection
from tools.portal_simulator import SimulatedPortal

LOG = "account.analytic.line"
HINT_PATH = "/zoho_projects/hint"
# What an administrator types into the webhook.
PARAMETERS = {
    "module": "timelog",
    "id": "{id}",
    "project": "{project}",
    "type": "{type}",
}
PATIENCE = 60.0
SECONDS_BETWEEN_LOOKS = 0.2


def follow_a_hint(
    connection: Connection,
    portal: SimulatedPortal,
    url: str,
    patience: float = PATIENCE,
) -> str:
    """Switch hints on, change a log in Zoho, and say how soon it is in Odoo.

    :param url: the address of Odoo, which the rule calls.
    :return: a line of the summary, "" where there is no log to change.
    """
    domain = [("zoho_id", "!=", False), ("billing_state", "=", "unbilled")]
    log = connection.browser.last(LOG, domain, "zoho_id")
    if not log:
        return ""
    connection.write({"hints_enabled": True})
    token = connection.read("hint_token")["hint_token"]
    parameters = {"token": token, **PARAMETERS}
    portal.change("hook", kind="log", url=f"{url}{HINT_PATH}", parameters=parameters)
    calls = portal.read("ledger")["total"]
    told = f"Corrected in Zoho at {time.strftime('%H:%M:%S')}"
    since = time.monotonic()
    portal.change("edit_log", log_id=log["zoho_id"], notes=told)
    while (seconds := time.monotonic() - since) < patience:
        if connection.browser.row(LOG, log["id"], ["name"])["name"] == told:
            calls = portal.read("ledger")["total"] - calls
            return (
                f"✓ a changed log was in Odoo after {seconds:.1f} s and {calls} API "
                "calls: a rule of the simulated Zoho sent a hint"
            )
        time.sleep(SECONDS_BETWEEN_LOOKS)
    return f"✗ a changed log was not in Odoo after {patience:.0f} s, for all its hint"
