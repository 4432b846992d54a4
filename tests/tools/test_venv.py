"""The interpreter and the pins."""

import sys

import pytest

from tools import venv
from tools.shell import ToolError
from tools.venv import find_python, fits, loosened


@pytest.mark.parametrize("version", ["3.10.13", "3.11.2", "3.12.1", "3.13.0"])
def test_odoo_runs_on_these(version):
    assert fits(version)


@pytest.mark.parametrize("version", ["2.7.18", "3.9.18", "3.14.0"])
def test_odoo_does_not_run_on_these(version):
    assert not fits(version)


def test_the_given_interpreter_is_taken():
    assert find_python(sys.executable) == sys.executable


def test_another_interpreter_is_looked_for_when_the_given_one_is_too_new(monkeypatch):
    versions = {"/bin/python3": "3.14.1", "/bin/python3.12": "3.12.4"}
    found = {"python3": "/bin/python3", "python3.12": "/bin/python3.12"}
    monkeypatch.setattr(venv.shutil, "which", found.get)
    monkeypatch.setattr(venv, "_version", versions.get)
    assert find_python("python3") == "/bin/python3.12"


def test_no_interpreter_is_said(monkeypatch):
    monkeypatch.setattr(venv.shutil, "which", lambda name: None)
    with pytest.raises(ToolError, match="runs on Python 3.10 to 3.13"):
        find_python("python3")


def test_pins_become_upper_bounds_and_markers_stay():
    pins = 'a==1.2\nb==3; python_full_version >= "3.11.5"\n'
    assert loosened(pins) == 'a<=1.2\nb<=3; python_full_version >= "3.11.5"\n'
