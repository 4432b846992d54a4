"""Where Odoo comes from, and what is refused."""

from dataclasses import replace

import pytest

from tools import odoo_source
from tools.odoo_source import PACKAGES, SITE, STUB, ensure_source, series_of
from tools.settings import read_settings
from tools.shell import ToolError, write_stamp


def write_release(site, version):
    (site / "odoo").mkdir(parents=True)
    (site / "odoo" / "release.py").write_text(f"version_info = {version}\n")


def test_the_series_is_read_from_the_release(tmp_path):
    assert series_of(tmp_path) == "no Odoo"
    write_release(tmp_path, "(19, 0, 0, FINAL, 0, '')")
    assert series_of(tmp_path) == "19.0"


def test_a_given_odoo_is_used_as_it_is(tmp_path):
    write_release(tmp_path, "(19, 0, 0, FINAL, 0, '')")
    assert ensure_source(read_settings({"ODOO_PATH": str(tmp_path)})) == tmp_path


def test_a_given_folder_without_odoo_is_said(tmp_path):
    with pytest.raises(ToolError, match="holds no Odoo; Odoo 19.0 is needed"):
        ensure_source(read_settings({"ODOO_PATH": str(tmp_path)}))


def test_a_given_odoo_of_another_series_is_said(tmp_path):
    write_release(tmp_path, "(18, 0, 0, FINAL, 0, '')")
    with pytest.raises(ToolError, match="holds 18.0"):
        ensure_source(read_settings({"ODOO_PATH": str(tmp_path)}))


@pytest.fixture
def settings(tmp_path):
    return replace(read_settings({}), home=tmp_path)


def fetch(_folder, _suites, _packages, target):
    target.mkdir(parents=True)
    (target / "odoo-19.deb").touch()


def unpack(version):
    def run(command, *, failure):
        write_release(command[-1] / SITE, version)

    return run


def test_odoo_is_fetched_unpacked_and_completed(settings, monkeypatch):
    monkeypatch.setattr(odoo_source, "fetch", fetch)
    monkeypatch.setattr(odoo_source, "run", unpack("(19, 0, 0, FINAL, 0, '')"))
    site = ensure_source(settings)
    assert site == settings.home / "root" / SITE
    assert (site / STUB).exists()
    assert not (settings.home / "debs").exists()


def test_a_full_disk_is_said_before_the_work(settings, monkeypatch):
    monkeypatch.setattr(odoo_source, "MEGABYTES", 2**40)
    with pytest.raises(ToolError, match="MB are needed"):
        ensure_source(settings)


def test_a_package_of_another_series_is_said_and_not_kept(settings, monkeypatch):
    monkeypatch.setattr(odoo_source, "fetch", fetch)
    monkeypatch.setattr(odoo_source, "run", unpack("(20, 0, 0, FINAL, 0, '')"))
    with pytest.raises(ToolError, match="package holds 20.0"):
        ensure_source(settings)
    assert not (settings.stamps / "source").exists()


def test_what_was_fetched_is_not_fetched_again(settings):
    write_stamp(settings.stamps / "source", " ".join(PACKAGES))
    assert ensure_source(settings) == settings.home / "root" / SITE
