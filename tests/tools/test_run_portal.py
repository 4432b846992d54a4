"""The story of ``make run``: the database, the errors, the exit code."""

import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest
import requests

pytest.importorskip("psycopg2")

from tools import __main__ as commands
from tools import run_portal
from tools.odoo_server import write_configuration
from tools.run_portal import ensure_database
from tools.settings import Server, read_settings
from tools.shell import ToolError
from tools.templates import addons_of


@pytest.fixture
def workshop(tmp_path):
    """Return a workshop without a server that notes which databases it makes."""
    settings = replace(read_settings({}), home=tmp_path)
    server = Server("127.0.0.1", "5499", "odoo", "secret")
    names = []

    def copy(name):
        names.append(name)
        return write_configuration(settings, server, name)

    return SimpleNamespace(
        settings=settings,
        server=server,
        databases=SimpleNamespace(names=lambda: names),
        copy=copy,
    )


@pytest.fixture
def updates(monkeypatch):
    words = []
    monkeypatch.setattr(run_portal, "bring_modules", lambda *args: words.append(args))
    return words


def test_a_database_is_made_once(workshop, updates):
    configuration = ensure_database(workshop, "portal")
    assert workshop.databases.names() == ["portal"]
    assert configuration.read_text().count("db_name = portal") == 1
    ensure_database(workshop, "portal")
    assert workshop.databases.names() == ["portal"]
    assert updates == []


def test_addons_are_updated_when_their_files_changed(workshop, updates, monkeypatch):
    ensure_database(workshop, "portal")
    monkeypatch.setattr(run_portal, "key_of_files", lambda _addons: "changed")
    ensure_database(workshop, "portal")
    ensure_database(workshop, "portal")
    assert len(updates) == 1
    assert updates[0][2] == [
        addon.name for addon in addons_of(workshop.settings.repository)
    ]


@pytest.fixture
def run(monkeypatch):
    def run(work):
        monkeypatch.setattr(run_portal, "run_portal", work)
        monkeypatch.setattr(commands, "_install", lambda _settings: None)
        monkeypatch.setattr(commands, "_continue_in_venv", lambda _settings: None)
        monkeypatch.setattr(commands.signal, "signal", lambda *_: None)
        monkeypatch.setattr(sys, "argv", ["tools", "run"])
        return commands.main()

    return run


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ToolError("Port 8069 is taken."), "✗ Port 8069 is taken."),
        (PermissionError(13, "Permission denied", "/x"), "✗ /x: Permission denied"),
        (
            requests.ConnectionError("long"),
            "✗ The system: no answer any more (ConnectionError)",
        ),
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
    assert run(lambda *_settings: 1) == 1


def test_the_functions_of_the_commands_are_there():
    for name in commands.IN_VENV.values():
        module, _dot, function = name.partition(".")
        assert callable(getattr(commands.import_module(f"tools.{module}"), function))
