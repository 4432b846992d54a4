"""The variables of ``make run`` and ``make bench``."""

import pytest

pytest.importorskip("psycopg2")

from tools.bench import run_benches
from tools.portal_options import Options, ZohoAccount, read_options
from tools.settings import read_settings
from tools.shell import ToolError

ACCOUNT = {
    "ZOHO_DATA_CENTER": "eu",
    "ZOHO_CLIENT_ID": "1000.ID",
    "ZOHO_CLIENT_SECRET": "secret",
}


def test_nothing_set_is_the_small_simulated_portal():
    assert read_options({}) == Options("small", False, None)


@pytest.mark.parametrize(
    ("text", "once"), [("1", True), ("yes", True), ("0", False), ("", False)]
)
def test_once_ends_after_the_summary(text, once):
    assert read_options({"ONCE": text}).once is once


def test_an_unknown_size_is_said():
    with pytest.raises(ToolError, match="SIZE=endless is not known; choose small"):
        read_options({"SIZE": "endless"})


def test_kinds_of_data_have_databases_of_their_own():
    assert Options("small").database == "portal"
    assert Options("large").database == "portal_large"
    assert read_options(ACCOUNT).database == "portal_zoho"


def test_a_real_account_takes_the_place_of_the_simulator():
    given = {**ACCOUNT, "ZOHO_GRANT_CODE": "code", "ZOHO_PORTAL": "acme"}
    expected = ZohoAccount("eu", "1000.ID", "secret", "code", "acme")
    assert read_options(given).account == expected


@pytest.mark.parametrize("name", ACCOUNT)
def test_a_part_of_an_account_is_said(name):
    given = {other: value for other, value in ACCOUNT.items() if other != name}
    with pytest.raises(ToolError, match=f"{name} must be set"):
        read_options(given)


def test_a_benchmark_that_is_not_known_is_said(monkeypatch):
    monkeypatch.setenv("BENCH", "none")
    with pytest.raises(ToolError, match="choose billing, load, portals, quota, sync"):
        run_benches(read_settings({}))
