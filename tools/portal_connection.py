"""The administrator's part of ``make run``: connect, choose, sync, wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from tools.portal_browser import Browser, Row
from tools.portal_options import ZohoAccount
from tools.portal_simulator import SimulatedPortal
from tools.shell import ToolError, say

INTEGRATION = "zoho.integration"
# The generator's awkward logs lie on both sides of this day.
CUT_OFF = "2026-01-01"
PREFERENCES = {
    "sync_timesheets": True,
    "timesheet_cutoff": "date",
    "timesheet_cutoff_date": CUT_OFF,
}
SET_UP = ("draft", "signed_in")
OPEN_RUN = ("queued", "running", "waiting")
SECONDS_BETWEEN_LINES = 10


class Connection:
    """One integration, worked on through an administrator's browser."""

    def __init__(self, browser: Browser, integration_id: int) -> None:
        self.browser = browser
        self.id = integration_id

    def read(self, *fields: str) -> Row:
        """Return values of the integration."""
        return self.browser.row(INTEGRATION, self.id, fields)

    def write(self, values: Mapping[str, Any]) -> None:
        """Change values of the integration."""
        self.browser.call(INTEGRATION, "write", [self.id], values)

    def press(self, button: str) -> Any:
        """Press a button of the form."""
        return self.browser.call(INTEGRATION, button, [self.id])

    def start_sync(self) -> int:
        """Press *Save and Sync*, or *Instant Sync* once that was done.

        :return: the run that was started, or that was under way.
        """
        first = self.read("status")["status"] in SET_UP
        self.press("action_save_and_sync" if first else "action_sync")
        run = self.browser.last("zoho.sync.run", [("integration_id", "=", self.id)])
        if not run:
            raise ToolError("No synchronisation was started.")
        return int(run["id"])


def connect_simulator(browser: Browser, portal: SimulatedPortal) -> Connection:
    """Connect the simulated portal through the pages of the sign-in.

    :return: the integration, signed in; it is made when there is none.
    """
    values = {
        "data_center": "custom",
        "accounts_url": portal.url,
        "api_url": portal.url,
        "client_id": portal.client_id,
        "client_secret": portal.client_secret,
    }
    connection = _integration(browser, values)
    say("signing in to the simulated Zoho through its consent page")
    browser.follow(connection.press("action_connect"))
    return connection


def connect_account(browser: Browser, account: ZohoAccount) -> Connection:
    """Connect a real account with the code of its self client.

    :raise ToolError: nobody is signed in, or no longer, and there is no code.
    """
    known = browser.labels(INTEGRATION, "data_center")
    if account.data_center not in known:
        raise ToolError(
            f"ZOHO_DATA_CENTER={account.data_center} is not known; "
            f"choose {', '.join(known)}."
        )
    names = ["data_center", "client_id", "client_secret"]
    names += ["accounts_url", "api_url"] if account.data_center == "custom" else []
    values = {name: getattr(account, name) for name in names}
    connection = _integration(browser, values)
    state = connection.read("is_signed_in", "status")
    if not state["is_signed_in"] or state["status"] == "sign_in_again":
        if not account.grant_code:
            raise ToolError(
                "ZOHO_GRANT_CODE must be set to sign in: generate it in Zoho's API "
                "console under Self Client."
            )
        connection.write({"grant_code": account.grant_code})
        connection.press("action_sign_in_with_code")
    _choose_portal(connection, account.portal)
    return connection


def _integration(browser: Browser, values: Mapping[str, Any]) -> Connection:
    """Return the integration with these values, made when there is none."""
    if found := browser.last(INTEGRATION, []):
        connection = Connection(browser, found["id"])
        connection.write(values)
        return connection
    named = {"name": "Zoho Projects", **PREFERENCES, **values}
    return Connection(browser, browser.create(INTEGRATION, named))


def _choose_portal(connection: Connection, wanted: str) -> None:
    """Choose the portal that is named, or the only one."""
    values = connection.read("portal_id", "portal_ids", "status_message")
    if values["portal_id"]:
        return
    portals = connection.browser.rows(
        "zoho.portal", [("id", "in", values["portal_ids"])], ["name", "zoho_id"]
    )
    chosen = [row for row in portals if wanted in (row["name"], row["zoho_id"])]
    if len(chosen) != 1:
        names = ", ".join(f"{row['name']} ({row['zoho_id']})" for row in portals)
        raise ToolError(
            f"Set ZOHO_PORTAL to one of the portals of the account: {names}."
            if portals
            else f"No portal: {values['status_message']}"
        )
    connection.write({"portal_id": chosen[0]["id"]})


def wait_for_run(
    connection: Connection, run_id: int, show: Callable[[str], None] = say
) -> Row:
    """Wait until a run ends, saying each module and, now and then, how far it is.

    :return: the values of the run.
    :raise ToolError: it failed, or only a person can help.
    """
    fields = ["status", "message", "api_calls", "duration"]
    said, seconds = "", 0
    while True:
        run = connection.browser.row("zoho.sync.run", run_id, fields)
        if run["status"] not in OPEN_RUN:
            break
        part, count = _progress(connection, run)
        if part != said or seconds % SECONDS_BETWEEN_LINES == 0:
            show(f"{part} {count:,}" if count else part)
        said, seconds = part, seconds + 1
        # A run that does not get on makes the integration say so.
        now = connection.read("status", "status_message")
        if now["status"] in ("sign_in_again", "stalled", "disabled"):
            raise ToolError(
                f"The integration says “{now['status'].replace('_', ' ')}”: "
                f"{now['status_message'] or 'open its form'}"
            )
        time.sleep(1)
    if run["status"] != "done":
        raise ToolError(f"The synchronisation {run['status']}: {run['message']}")
    return run


def _progress(connection: Connection, run: Row) -> tuple[str, int]:
    """Return the module at work, or what is waited for, and the records read."""
    if run["status"] == "waiting":
        return f"waiting: {run['message']}", 0
    domain = [("run_id", "=", run["id"])]
    line = connection.browser.last("zoho.sync.run.line", domain, "entity", "fetched")
    if not line:
        return "syncing", 0
    return f"syncing: {line['entity'].replace('_', ' ')}", line["fetched"]
