"""The story of ``make run``: the database, the errors, the exit code."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import requests

from tools import run_portal
from tools.portal_options import Options, ZohoAccount
from tools.run_portal import ensure_database, main
from tools.settings import Server, read_settings
from tools.shell import ToolError
from tools.templates import addons_of

ACCOUNT = ZohoAccount("eu", "1000.ID", "secret")


@pytest.fixture
def workshop(tmp_path):
    """Return a workshop without a server that notes which databases it makes."""
    settings = replace(read_settings({}), home=tmp_path)
    names = set()
    return SimpleNamespace(
        settings=settings,
        server=Server("127.0.0.1", "5499", "odoo", "secret"),
        databases=SimpleNamespace(exists=names.__contains__),
        copy_of_addons=names.add,
    )


@pytest.fixture
def updates(monkeypatch):
    words = []
    monkeypatch.setattr(run_portal, "run_odoo", lambda *args, **_kw: words.append(args))
    return words


def test_a_database_is_made_once(workshop, updates):
    configuration = ensure_database(workshop, "portal")
    assert workshop.databases.exists("portal")
    assert configuration.read_text().count("db_name = portal") == 1
    ensure_database(workshop, "portal")
    assert updates == []


def test_addons_are_updated_when_their_files_changed(workshop, updates, monkeypatch):
    ensure_database(workshop, "portal")
    monkeypatch.setattr(run_portal, "key_of_files", lambda _addons: "changed")
    ensure_database(workshop, "portal")
    ensure_database(workshop, "portal")
    assert len(updates) == 1
    names = ",".join(addon.name for addon in addons_of(workshop.settings.repository))
    assert f"--update={names}" in updates[0]
    assert f"--init={names}" in updates[0], "companions that came since are installed"


@pytest.fixture
def run(monkeypatch):
    def run(work):
        monkeypatch.setattr(run_portal, "run_portal", work)
        monkeypatch.setattr(run_portal.signal, "signal", lambda *_: None)
        monkeypatch.setenv("NO_PROXY", "")
        return main()

    return run


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ToolError("Port 8069 is taken."), "✗ Port 8069 is taken."),
        (requests.ConnectionError("long"), "✗ No answer any more: ConnectionError"),
        (KeyboardInterrupt(), "✗ interrupted; the next run goes on from here"),
    ],
)
def test_what_goes_wrong_is_one_sentence(run, capsys, error, said):
    def work(*_settings):
        raise error

    assert run(work) == 1
    assert capsys.readouterr().err.strip() == said


def test_the_exit_code_is_that_of_the_work(run):
    assert run(lambda *_settings: 0) == 0


def test_a_signal_interrupts():
    with pytest.raises(KeyboardInterrupt):
        run_portal._interrupt(15, None)


def test_a_real_account_needs_no_simulator(workshop):
    options = Options(account=ACCOUNT)
    with run_portal._portal(workshop.settings, options) as (portal, connect):
        assert portal is None
        assert connect.keywords == {"account": ACCOUNT}
