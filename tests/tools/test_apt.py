"""Where Debian is fetched from, what is installed, and what is refused."""

import pytest

from tools import apt
from tools.apt import debian_mirror, fetch, install_missing
from tools.shell import ToolError

URIS = """'http://other.test/dists/nodistro/InRelease' other.test_InRelease 0
'http://mirror.test/debian-security/dists/bookworm-security/InRelease' security 0
'http://mirror.test/debian/dists/bookworm/InRelease' mirror_InRelease 0
'http://mirror.test/debian/dists/bookworm/main/binary-amd64/Packages.xz' mirror 0
"""


@pytest.fixture
def machine(monkeypatch):
    """A machine of the release bookworm; notes what is run."""
    commands = []

    def run(command, *, failure, cwd=None):
        commands.append([str(word) for word in command])
        return "bookworm\n" if command[0] == "sh" else machine.uris

    def machine():
        return commands

    machine.uris = URIS
    monkeypatch.setattr(apt, "run", run)
    return machine


def test_the_mirror_is_where_apt_has_the_own_release_from(machine):
    assert debian_mirror() == "http://mirror.test/debian"


def test_no_mirror_is_said(machine):
    machine.uris = URIS.replace("/bookworm/", "/jammy/")
    with pytest.raises(ToolError, match="names no Debian mirror"):
        debian_mirror()


def test_this_machine_has_a_mirror():
    assert "://" in debian_mirror()


def test_the_private_tree_uses_the_mirror_and_its_key(machine, tmp_path, monkeypatch):
    keyring = tmp_path / "archive.gpg"
    keyring.touch()
    monkeypatch.setattr(apt, "KEYRING", keyring)
    fetch(tmp_path / "apt", ["sid", "bookworm"], ["odoo-19/sid"], tmp_path / "debs")
    assert (tmp_path / "apt" / "sources.list").read_text() == (
        f"deb [signed-by={keyring}] http://mirror.test/debian sid main\n"
        f"deb [signed-by={keyring}] http://mirror.test/debian bookworm main\n"
    )
    update, download = machine()[-2:]
    assert update[-1] == "update"
    assert download[-2:] == ["download", "odoo-19/sid"]
    for command in (update, download):
        assert f"-oDir::State::lists={tmp_path / 'apt' / 'lists'}" in command
        assert "-oDir::Etc::sourceparts=/dev/null" in command


def test_a_machine_without_apt_is_said(monkeypatch):
    monkeypatch.setattr(apt.shutil, "which", lambda name: None)
    with pytest.raises(ToolError, match="PostgreSQL is needed: install it by hand"):
        install_missing(["postgresql"], "PostgreSQL is needed")


def test_a_user_without_sudo_is_told_the_command(monkeypatch):
    monkeypatch.setattr(apt, "is_root", lambda: False)
    monkeypatch.setattr(
        apt.shutil, "which", lambda name: "/bin/x" if name == "apt-get" else None
    )
    with pytest.raises(ToolError, match="administrator for `apt-get install chromium`"):
        install_missing(["chromium"], "A browser is needed")


def test_the_lists_are_read_when_a_package_is_unknown(monkeypatch):
    commands = []

    def run(command, *, failure):
        commands.append(command)
        if len(commands) == 1:
            raise ToolError(failure)

    monkeypatch.setattr(apt, "is_root", lambda: True)
    monkeypatch.setattr(apt.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(apt, "run", run)
    install_missing(["chromium"], "A browser is needed")
    assert ["update" in command for command in commands] == [False, True, False]
    assert commands[2][-1] == "chromium"
