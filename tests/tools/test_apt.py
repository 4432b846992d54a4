"""Reading the machine's apt configuration, and what is refused."""

import pytest

from tools import apt
from tools.apt import (
    PrivateApt,
    Source,
    install_missing,
    machine_sources,
    main_source,
    own_release,
    parse_deb822,
    parse_one_line,
)
from tools.shell import ToolError

KEYRING = "/usr/share/keyrings/archive.gpg"
MAIN = Source(("http://mirror.test/debian",), ("bookworm", "sid"), KEYRING)


def test_a_deb822_entry_is_read():
    text = f"""# a comment
Types: deb deb-src
URIs: http://mirror.test/debian
Suites: bookworm
 sid
Components: main
Signed-By: {KEYRING}
"""
    assert parse_deb822(text) == [MAIN]


def test_a_key_inside_the_entry_is_no_keyring():
    text = "Types: deb\nURIs: http://m.test\nSuites: sid\nSigned-By:\n -----BEGIN\n .\n"
    assert parse_deb822(text) == [Source(("http://m.test",), ("sid",), "")]


@pytest.mark.parametrize("line", ["Enabled: no", "Enabled: false"])
def test_a_disabled_entry_is_left_out(line):
    assert parse_deb822(f"Types: deb\nURIs: http://m.test\nSuites: sid\n{line}") == []


def test_sources_of_packages_are_left_out():
    assert parse_deb822("Types: deb-src\nURIs: http://m.test\nSuites: sid") == []


def test_one_line_entries_are_read():
    text = f"""
# deb http://comment.test sid main
deb [arch=amd64 signed-by={KEYRING}] http://mirror.test/debian bookworm main
deb-src http://mirror.test/debian bookworm main
deb http://plain.test/debian sid main
"""
    assert parse_one_line(text) == [
        Source(("http://mirror.test/debian",), ("bookworm",), KEYRING),
        Source(("http://plain.test/debian",), ("sid",), ""),
    ]


def test_both_forms_of_a_machine_are_read(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text("deb http://old.test sid main\n")
    entries = tmp_path / "sources.list.d"
    (entries / "debian.sources").write_text(
        "Types: deb\nURIs: http://new.test\nSuites: bookworm\n"
    )
    (entries / "notes.txt").write_text("deb http://ignored.test sid main\n")
    uris = [source.uris for source in machine_sources(tmp_path)]
    assert uris == [("http://old.test",), ("http://new.test",)]


def test_a_machine_without_configuration_has_no_entries(tmp_path):
    assert machine_sources(tmp_path) == []


def test_the_mirror_is_the_entry_with_the_own_release():
    other = Source(("http://other.test",), ("nodistro",), "")
    security = Source(("http://security.test",), ("bookworm-security",), "")
    assert main_source([other, security, MAIN], "bookworm") == MAIN


def test_no_mirror_is_said():
    with pytest.raises(ToolError, match="names no Debian mirror"):
        main_source([Source(("http://other.test",), ("nodistro",), "")], "bookworm")


def test_the_own_release_is_read(tmp_path):
    path = tmp_path / "os-release"
    path.write_text('NAME="Debian"\nVERSION_CODENAME=bookworm\n')
    assert own_release(path) == "bookworm"
    path.write_text('NAME="Other"\n')
    assert own_release(path) == ""
    assert own_release(tmp_path / "missing") == ""


def test_the_private_tree_uses_the_mirror_and_its_key(tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(apt, "machine_sources", lambda: [MAIN])
    monkeypatch.setattr(apt, "own_release", lambda: "bookworm")
    monkeypatch.setattr(apt, "run", lambda command, **_: commands.append(command))
    PrivateApt(tmp_path / "apt", ["sid", "bookworm"]).update()
    assert (tmp_path / "apt" / "sources.list").read_text() == (
        f"deb [signed-by={KEYRING}] http://mirror.test/debian sid main\n"
        f"deb [signed-by={KEYRING}] http://mirror.test/debian bookworm main\n"
    )
    (command,) = commands
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
