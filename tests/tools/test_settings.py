"""What the environment says."""

from dataclasses import replace
from pathlib import Path

import pytest

from tools.settings import read_settings
from tools.shell import ToolError


def test_nothing_set_means_beside_the_project():
    settings = read_settings({})
    assert settings.home == settings.repository / ".odoo"
    assert settings.odoo_path is None
    assert settings.server is None
    assert settings.http_port == 8069


def test_an_empty_variable_counts_as_not_set():
    settings = read_settings({"PGHOST": "", "ODOO_PATH": "", "HTTP_PORT": ""})
    assert settings.server is None
    assert settings.odoo_path is None
    assert settings.http_port == 8069


def test_folders_and_port_can_be_given(tmp_path):
    settings = read_settings(
        {"ODOO_HOME": str(tmp_path), "ODOO_PATH": str(tmp_path), "HTTP_PORT": "8100"}
    )
    assert settings.home == tmp_path
    assert settings.odoo_path == tmp_path
    assert settings.venv_python == tmp_path / "venv" / "bin" / "python"
    assert settings.http_port == 8100


def test_a_given_server_is_taken_with_its_companions():
    server = read_settings({"PGHOST": "db.test", "PGPASSWORD": "secret"}).server
    assert server.environment() == {
        "PGHOST": "db.test",
        "PGPORT": "5432",
        "PGUSER": "odoo",
        "PGPASSWORD": "secret",
    }
    assert "secret" not in repr(server)


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_said(port):
    with pytest.raises(ToolError, match="is not a port"):
        read_settings({"HTTP_PORT": port})


def test_two_clones_have_two_keys():
    one = read_settings({})
    assert replace(one, home=Path("/a")).key == one.key
    assert replace(one, repository=Path("/b")).key != one.key
