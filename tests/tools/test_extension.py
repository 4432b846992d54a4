"""The extension of Zoho Projects, and what Zoho's own packager says of it."""

import io
import json
import zipfile

import pytest

from tools.extension import ensure_packager, judge, load_maker, write_extension
from tools.settings import read_settings
from tools.shell import ToolError

SETTINGS = read_settings()
URL = "https://erp.acme.com"
ELSEWHERE = "https://finance.acme.com"
TABS = {"project_tab", "task_tab", "issue_tab", "milestone_tab"}


@pytest.fixture
def folder(tmp_path):
    """The files of the extension, as they are uploaded."""
    content = load_maker(SETTINGS.repository).extension_zip(URL)
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path / "finance")
    return tmp_path / "finance"


def test_it_has_a_page_for_each_tab(folder):
    manifest = json.loads((folder / "plugin-manifest.json").read_text())
    widgets = manifest["modules"]["widgets"]
    assert {one["location"] for one in widgets} == TABS
    for widget in widgets:
        page = folder / widget["url"].removeprefix("/")
        assert "widget.js" in page.read_text()
        assert (folder / widget["icon"].removeprefix("/")).exists()
    for locale in manifest["locale"]:
        assert json.loads((folder / f"app/translations/{locale}.json").read_text())


def test_it_is_made_for_one_server(folder):
    manifest = json.loads((folder / "plugin-manifest.json").read_text())
    assert manifest["whiteListedDomains"] == [URL]
    assert manifest["config"][0]["default"] == URL
    assert URL in (folder / "app/odoo.js").read_text()


def test_it_is_the_same_each_time():
    maker = load_maker(SETTINGS.repository)
    assert maker.extension_zip(URL) == maker.extension_zip(f"{URL}/")


def test_the_folder_of_the_repository_is_that_of_the_addon():
    """One source: administrators get from Odoo what developers see here."""
    linked = (SETTINGS.repository / "zoho_extension").resolve()
    assert linked == load_maker(SETTINGS.repository).FOLDER.resolve()


def test_make_extension_says_where_it_is(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("ODOO_URL", URL)
    settings = SETTINGS.__class__(
        **{**vars(SETTINGS), "home": tmp_path, "repository": SETTINGS.repository}
    )
    assert write_extension(settings) == 0
    path = capsys.readouterr().out.strip()
    assert zipfile.ZipFile(path).testzip() is None


def test_its_pages_may_lie_elsewhere(monkeypatch):
    """On a server of one's own, but never on Odoo's: Zoho's script runs in them."""
    files = load_maker(SETTINGS.repository).extension_files(URL, f"{ELSEWHERE}/")
    manifest = json.loads(files["plugin-manifest.json"])
    urls = {one["url"] for one in manifest["modules"]["widgets"]}
    assert urls == {f"{ELSEWHERE}/app/{tab}.html" for tab in TABS}
    assert manifest["whiteListedDomains"] == [URL, ELSEWHERE]
    monkeypatch.setenv("ODOO_URL", URL)
    monkeypatch.setenv("PAGES_URL", f"{URL}/finance")
    with pytest.raises(ToolError, match="Odoo's own address"):
        write_extension(SETTINGS)


def test_zoho_takes_it(folder):
    try:
        packager = ensure_packager(SETTINGS)
    except ToolError as error:
        pytest.skip(str(error))
    assert judge(packager, folder).exists()
    manifest = folder / "plugin-manifest.json"
    files = load_maker(SETTINGS.repository).extension_files(URL, ELSEWHERE)
    manifest.write_bytes(files["plugin-manifest.json"])
    assert judge(packager, folder).exists()
    manifest.write_text(manifest.read_text().replace("project_tab", "nowhere", 1))
    with pytest.raises(ToolError, match="Zoho refuses it"):
        judge(packager, folder)
