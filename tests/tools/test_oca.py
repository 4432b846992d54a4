"""The OCA's addons: pinned, installed once, beside Odoo."""

import re
from dataclasses import replace

import pytest

from tools import oca
from tools.oca import REQUIREMENTS, ensure_oca_addons
from tools.settings import REPOSITORY, read_settings
from tools.shell import ToolError


@pytest.fixture
def settings(tmp_path):
    repository = tmp_path / "repository"
    (repository / "tools").mkdir(parents=True)
    (repository / "tools" / REQUIREMENTS).write_text("odoo-addon-one==19.0.1.0.0\n")
    return replace(read_settings({}), home=tmp_path / "home", repository=repository)


@pytest.fixture
def pip(monkeypatch, settings):
    """Pip: makes the folder as the packages do, and notes what it was asked."""
    asked = []

    def run(command, **_options):
        asked.append([str(word) for word in command])
        (settings.oca_addons / "one").mkdir(parents=True)
        return ""

    monkeypatch.setattr(oca, "run", run)
    return asked


def test_the_addons_lie_in_a_folder_of_their_own_without_dependencies(settings, pip):
    ensure_oca_addons(settings)
    (command,) = pip
    assert command[0] == str(settings.venv_python)
    assert "--no-deps" in command
    assert command[command.index("--target") + 1] == str(settings.oca)
    assert (settings.oca_addons / "one").is_dir()


def test_the_second_time_nothing_is_installed(settings, pip):
    ensure_oca_addons(settings)
    ensure_oca_addons(settings)
    assert len(pip) == 1


def test_a_changed_pin_replaces_the_folder(settings, pip):
    ensure_oca_addons(settings)
    (settings.oca_addons / "left").mkdir()
    requirements = settings.repository / "tools" / REQUIREMENTS
    requirements.write_text("odoo-addon-one==19.0.1.0.1\n")
    ensure_oca_addons(settings)
    assert len(pip) == 2
    assert [path.name for path in settings.oca_addons.iterdir()] == ["one"]


def test_a_folder_that_was_removed_is_made_again(settings, pip):
    ensure_oca_addons(settings)
    (settings.oca_addons / "one").rmdir()
    settings.oca_addons.rmdir()
    ensure_oca_addons(settings)
    assert len(pip) == 2


def test_an_installation_that_failed_is_tried_again(settings, monkeypatch):
    def refuse(*_command, failure):
        raise ToolError(failure)

    monkeypatch.setattr(oca, "run", refuse)
    for _attempt in range(2):
        with pytest.raises(ToolError, match="is a package index within reach"):
            ensure_oca_addons(settings)


def test_each_addon_is_pinned_to_the_series():
    lines = (REPOSITORY / "tools" / REQUIREMENTS).read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert all(re.fullmatch(r"odoo-addon-[\w-]+==19\.0(\.\d+)+", pin) for pin in pins)
