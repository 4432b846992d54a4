"""What tours need beside Odoo."""

import hashlib
from dataclasses import replace

import pytest

from tools import browser
from tools.browser import AXE, AXE_FILE, ensure_axe, ensure_browser
from tools.settings import read_settings
from tools.shell import ToolError


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """What npm was asked for; it puts a file where axe-core belongs."""
    asked = []

    def run(command, *, failure):
        asked.append([str(word) for word in command])
        script = asked.settings.venv / AXE_FILE
        script.parent.mkdir(parents=True)
        script.write_bytes(b"axe")

    class Asked(list):
        settings = replace(read_settings({}), home=tmp_path)

    asked = Asked()
    monkeypatch.setattr(browser, "run", run)
    monkeypatch.setattr(browser.shutil, "which", lambda name: f"/bin/{name}")
    return asked


def test_axe_core_is_fetched_once(asked, monkeypatch):
    monkeypatch.setattr(browser, "AXE_SHA256", hashlib.sha256(b"axe").hexdigest())
    ensure_axe(asked.settings)
    ensure_axe(asked.settings)
    [npm] = asked
    assert npm[-2:] == [str(asked.settings.venv), AXE]


def test_another_file_than_the_pinned_one_is_refused(asked):
    with pytest.raises(ToolError, match="is another file"):
        ensure_axe(asked.settings)


def test_npm_and_a_browser_are_installed_where_they_are_missing(asked, monkeypatch):
    installed = []
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    monkeypatch.setattr(
        browser, "install_missing", lambda packages, why: installed.extend(packages)
    )
    monkeypatch.setattr(browser, "AXE_SHA256", hashlib.sha256(b"axe").hexdigest())
    ensure_browser()
    ensure_axe(asked.settings)
    assert installed == ["chromium", "npm"]
