"""Connecting, choosing the portal and waiting for a run."""

import pytest

from tools import portal_connection
from tools.portal_connection import (
    Connection,
    connect_account,
    connect_simulator,
    wait_for_run,
)
from tools.portal_options import ZohoAccount
from tools.shell import ToolError

ACCOUNT = ZohoAccount("eu", "1000.ID", "secret")


class FakeBrowser:
    """Odoo as far as the steps of the administrator see it.

    :ivar found: what each model's ``search_read`` answers.
    :ivar values: what each model's ``read`` answers, one after another.
    """

    def __init__(self, **values):
        self.found = {}
        self.values = {
            "zoho.integration": [
                {
                    "is_signed_in": True,
                    "portal_id": [1, "A"],
                    "portal_ids": [1],
                    "status": "active",
                    "status_message": False,
                    **values,
                }
            ]
        }
        self.pressed = []
        self.written = {}
        self.followed = []

    def rows(self, model, domain, fields, **options):
        return self.found.get(model, [])

    def last(self, model, domain, *fields):
        return self.found.get(model, [{}])[0]

    def labels(self, model, field):
        return {"eu": "Europe", "custom": "Custom"}

    def row(self, model, record_id, fields):
        values = self.values[model]
        return values.pop(0) if len(values) > 1 else values[0]

    def create(self, model, values):
        self.written.update(values)
        return 5

    def call(self, model, method, *args, **kwargs):
        if method == "write":
            self.written.update(args[1])
        else:
            self.pressed.append(method)
        return {"url": "http://zoho.test/oauth"}

    def follow(self, action):
        self.followed.append(action["url"])


class FakePortal:
    url = "http://127.0.0.1:1"
    client_id = "1000.SIM"
    client_secret = "simulated"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(portal_connection.time, "sleep", lambda _seconds: None)


def test_the_simulator_is_signed_in_to_through_its_pages():
    browser = FakeBrowser()
    assert connect_simulator(browser, FakePortal()).id == 5
    assert browser.written["accounts_url"] == FakePortal.url
    assert browser.written["timesheet_cutoff_date"] == "2026-01-01"
    assert browser.followed == ["http://zoho.test/oauth"]


def test_an_integration_of_an_earlier_time_is_kept():
    browser = FakeBrowser()
    browser.found["zoho.integration"] = [{"id": 3, "accounts_url": "x"}]
    assert connect_simulator(browser, FakePortal()).id == 3
    assert browser.written["client_id"] == "1000.SIM"
    assert "timesheet_cutoff_date" not in browser.written


@pytest.mark.parametrize(
    "state", [{"is_signed_in": False}, {"status": "sign_in_again"}]
)
def test_signing_in_to_an_account_needs_a_code(state):
    with pytest.raises(ToolError, match="ZOHO_GRANT_CODE must be set"):
        connect_account(FakeBrowser(**state), ACCOUNT)


def test_a_code_signs_an_account_in():
    browser = FakeBrowser(is_signed_in=False)
    connect_account(browser, ZohoAccount("eu", "1000.ID", "secret", "code"))
    assert browser.written["grant_code"] == "code"
    assert browser.pressed == ["action_sign_in_with_code"]


def test_a_custom_account_names_its_addresses():
    browser = FakeBrowser()
    addresses = {"accounts_url": "http://a", "api_url": "http://b"}
    connect_account(browser, ZohoAccount("custom", "1000.ID", "secret", **addresses))
    assert addresses.items() <= browser.written.items()
    assert browser.pressed == []


def test_the_portal_is_chosen_by_name_or_id():
    browser = FakeBrowser(portal_id=False)
    browser.found["zoho.portal"] = [
        {"id": 1, "name": "One", "zoho_id": "11"},
        {"id": 2, "name": "Two", "zoho_id": "22"},
    ]
    for wanted, chosen in (("One", 1), ("22", 2)):
        connect_account(browser, ZohoAccount("eu", "i", "s", portal=wanted))
        assert browser.written["portal_id"] == chosen
    with pytest.raises(ToolError, match=r"ZOHO_PORTAL.*One \(11\), Two \(22\)"):
        connect_account(browser, ACCOUNT)


def test_an_account_without_a_portal_is_said():
    browser = FakeBrowser(portal_id=False, status_message="You see no portal.")
    with pytest.raises(ToolError, match="No portal: You see no portal"):
        connect_account(browser, ACCOUNT)


@pytest.mark.parametrize(
    ("status", "button"),
    [("signed_in", "action_save_and_sync"), ("active", "action_sync")],
)
def test_the_button_depends_on_the_status(status, button):
    browser = FakeBrowser(status=status)
    browser.found["zoho.sync.run"] = [{"id": 9}]
    assert Connection(browser, 5).start_sync() == 9
    assert browser.pressed == [button]


def test_a_sync_that_does_not_start_is_said():
    with pytest.raises(ToolError, match="No synchronisation was started"):
        Connection(FakeBrowser(), 5).start_sync()


def _run(status, message=""):
    return {"id": 9, "status": status, "message": message, "api_calls": 3}


def test_a_run_is_waited_for():
    browser = FakeBrowser()
    browser.values["zoho.sync.run"] = [
        _run("queued"),
        _run("running"),
        _run("waiting", "until noon"),
        _run("done"),
    ]
    shown = []
    run = wait_for_run(Connection(browser, 5), 9, shown.append)
    assert run["status"] == "done"
    assert shown == ["syncing", "waiting: until noon"]


def test_a_failed_run_is_said():
    browser = FakeBrowser()
    browser.values["zoho.sync.run"] = [_run("failed", "The portal is gone.")]
    with pytest.raises(ToolError, match="failed: The portal is gone"):
        wait_for_run(Connection(browser, 5), 9)


def test_an_unknown_data_center_is_said():
    account = ZohoAccount("moon", "1000.ID", "secret")
    with pytest.raises(ToolError, match="CENTER=moon is not known; choose eu, custom"):
        connect_account(FakeBrowser(), account)


@pytest.mark.parametrize("status", ["sign_in_again", "stalled", "disabled"])
def test_a_status_that_needs_a_person_ends_the_wait(status):
    browser = FakeBrowser(status=status, status_message="Press Connect.")
    browser.values["zoho.sync.run"] = [_run("running")]
    with pytest.raises(ToolError, match="Press Connect"):
        wait_for_run(Connection(browser, 5), 9, lambda _line: None)


def test_progress_is_told_by_module_and_now_and_then():
    browser = FakeBrowser()
    browser.values["zoho.sync.run"] = [*([_run("running")] * 12), _run("done")]
    lines = [{"entity": "task", "fetched": 1000 + number} for number in range(11)]
    lines.append({"entity": "bug", "fetched": 0})
    browser.last = lambda *_words: lines.pop(0)
    shown = []
    wait_for_run(Connection(browser, 5), 9, shown.append)
    assert shown == ["syncing: task 1,000", "syncing: task 1,010", "syncing: bug"]
