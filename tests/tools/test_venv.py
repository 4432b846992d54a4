"""The interpreter and the pins."""

import re
import sys
from dataclasses import replace

import pytest

from tools import venv
from tools.settings import REPOSITORY, read_settings
from tools.shell import ToolError
from tools.venv import find_python, loosened


def test_odoo_runs_on_some_versions():
    check = venv.CHECK.replace("import sys; ", "").replace(
        "sys.version_info", "version"
    )
    for version, fits in (
        ((2, 7, 18), False),
        ((3, 9, 18), False),
        ((3, 10, 13), True),
        ((3, 13, 0), True),
        ((3, 14, 0), False),
    ):
        with pytest.raises(SystemExit) as end:
            exec(check, {"sys": sys, "version": version})
        assert bool(end.value.code) is not fits, version


def test_the_given_interpreter_is_taken():
    assert find_python(sys.executable) == sys.executable


def test_another_interpreter_is_looked_for_when_the_given_one_is_too_new(monkeypatch):
    found = {"python3": "/bin/python3", "python3.12": "/bin/python3.12"}
    monkeypatch.setattr(venv.shutil, "which", found.get)
    monkeypatch.setattr(venv, "_runs", lambda path, *_words: path.endswith(".12"))
    assert find_python("python3") == "/bin/python3.12"


def test_no_interpreter_is_said(monkeypatch):
    monkeypatch.setattr(venv.shutil, "which", lambda name: None)
    with pytest.raises(ToolError, match="runs on Python 3.10 to 3.13"):
        find_python("python3")


def test_pins_become_upper_bounds_and_markers_stay():
    pins = 'a==1.2\nb==3; python_full_version >= "3.11.5"\n'
    assert loosened(pins) == 'a<=1.2\nb<=3; python_full_version >= "3.11.5"\n'


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """What pip was asked for, in an environment that is there already."""
    asked = []
    monkeypatch.setattr(venv, "run", lambda command, **_: asked.append(command))
    settings = replace(read_settings({}), home=tmp_path)
    (settings.venv / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    settings.venv_python.parent.mkdir()
    settings.venv_python.touch()
    asked.append(settings)
    return asked


def test_the_environment_is_made_once(asked, tmp_path):
    settings = asked.pop()
    venv.ensure_venv(settings, tmp_path)
    pinned, oca = asked[-2:]
    assert "--no-deps" in oca
    assert "--no-deps" not in pinned
    (link,) = settings.venv.rglob("odoo19.pth")
    assert link.read_text() == f"{tmp_path}\n"
    asked.clear()
    venv.ensure_venv(settings, tmp_path)
    assert asked == []


def test_each_addon_of_the_oca_is_pinned_to_the_series():
    lines = (REPOSITORY / "tools" / venv.OCA).read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert all(re.fullmatch(r"odoo-addon-[\w-]+==19\.0(\.\d+)+", pin) for pin in pins)
