"""Keys of files, names of addons, and a server that is not there."""

import pytest

pytest.importorskip("psycopg2")

from tools.databases import connect, key_of_files
from tools.postgres import free_port
from tools.settings import Server
from tools.shell import ToolError
from tools.templates import addons_of


@pytest.fixture
def addon(tmp_path):
    folder = tmp_path / "addon"
    (folder / "tests").mkdir(parents=True)
    (folder / "__manifest__.py").write_text("{}")
    return folder


def test_the_key_follows_the_files(addon):
    before = key_of_files([addon])
    assert key_of_files([addon]) == before
    (addon / "models.py").write_text("x = 1\n")
    assert key_of_files([addon]) != before


def test_a_renamed_file_changes_the_key(addon):
    (addon / "a.py").touch()
    before = key_of_files([addon])
    (addon / "a.py").rename(addon / "b.py")
    assert key_of_files([addon]) != before


def test_tests_and_caches_leave_the_key_alone(addon):
    before = key_of_files([addon])
    (addon / "tests" / "test_a.py").write_text("x = 1\n")
    (addon / "__pycache__").mkdir()
    (addon / "__pycache__" / "a.pyc").touch()
    assert key_of_files([addon]) == before


def test_the_key_follows_what_is_below_the_addons(addon):
    assert key_of_files([addon], ["base_1"]) != key_of_files([addon], ["base_2"])


def test_a_folder_with_a_manifest_is_an_addon(addon):
    (addon.parent / "docs").mkdir()
    assert addons_of(addon.parent) == [addon]


def test_a_server_that_is_not_there_is_said():
    server = Server("127.0.0.1", str(free_port()), "odoo", "")
    with pytest.raises(ToolError, match="does not let odoo in"):
        connect(server)
