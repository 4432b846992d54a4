"""No layer looks up, by import or by string.

:source: house.md, rule 1; architecture.md, section 2.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from . import sources

ADDON = sources.REPOSITORY / "zoho_projects_connector"
# These talk to Zoho, or are about the talk.
FLOW = ("zoho_", "portal_session", "stream_", "log_count", "health", "diagnostic")
NETWORK = {"client", "auth", "transport", "paging", "quota"}
# What billing may say of Zoho: the task list, by which it groups, and the approval,
# by which it proves. The names are older than the packages.
ZOHO_IN_BILLING = {
    "zoho.task.list",
    "zoho_task_list_id",
    "zoho_approver",
    "zoho_approved_at",
}
# The addon's own name, and what stands behind it in XML ids and imports.
OWN_NAME = re.compile(r"(?:addons\.)?zoho_projects_connector(?:\.\w+)*")
# Its groups are called after the application; no other sentence names Zoho.
ZOHO_SENTENCE = re.compile(r"\bZoho\b(?! Projects\b)")
ZOHO_WORD = re.compile(r"\b_?zoho[._]\w+(?:[.]\w+)*")
# What the synchronisation leaves to billing and to settling.
APART = re.compile(
    r"^(?:project\.(?:billed|billing|invoice|quotation|unbilled)[\w.]*"
    r"|account\.move(?:\.line)?|sale\.order(?:\.line)?"
    r"|(?:zoho_projects_connector\.)?zoho[._]difference[\w.]*)$"
)


def files(*packages: str) -> list[Path]:
    return [p for p in sources.product_files() if sources.package_of(p) in packages]


def ident(path: Path) -> str:
    return sources.name_of(path)


def library() -> list[Path]:
    return sorted((ADDON / "zoho").glob("*.py"))


@pytest.mark.parametrize("path", library(), ids=ident)
def test_library_knows_no_odoo(path: Path) -> None:
    for name in sources.imports(path):
        assert name.split(".")[0] != "odoo", name
        if name.startswith(ADDON.name):
            assert name.startswith(f"{ADDON.name}.zoho"), name


def test_parsing_knows_no_network() -> None:
    parsing = [
        path
        for path in library()
        if path.stem.startswith(("records", "values", "aliases", "reader"))
    ]
    assert len(parsing) > 3
    for path in parsing:
        found = {name.split(".")[-1] for name in sources.imports(path)}
        assert not found & {*NETWORK, "requests"}, path.name


@pytest.mark.parametrize("path", files("billing", "approval"), ids=ident)
def test_billing_knows_no_zoho(path: Path) -> None:
    above = ["sync", "settle"]
    if sources.package_of(path) == "billing":
        # Whom approval asks, billing need not know.
        above.append("approval")
    packages = "|".join(above)
    upward = re.compile(rf"zoho_projects_connector\.(?:zoho|\w+\.(?:{packages}))\b")
    assert not [name for name in sources.imports(path) if upward.match(name)]
    said = {
        word
        for _line, text in sources.words(path)
        for word in ZOHO_WORD.findall(OWN_NAME.sub("", text))
        if not any(
            word in (name, f"{name}s") or word.startswith(f"{name}.")
            for name in ZOHO_IN_BILLING
        )
    }
    assert not said
    assert not [t for _line, t in sources.words(path) if ZOHO_SENTENCE.search(t)]


@pytest.mark.parametrize("path", files("sync"), ids=ident)
def test_sync_knows_no_settling(path: Path) -> None:
    upward = re.compile(r"zoho_projects_connector\.\w+\.(?:billing|settle)\b")
    assert not [name for name in sources.imports(path) if upward.match(name)]
    said = {text for _line, text in sources.words(path) if APART.match(text)}
    assert not said


def test_mapping_knows_no_network() -> None:
    natives = [path for path in files("sync") if not path.stem.startswith(FLOW)]
    assert len(natives) > 10
    for path in natives:
        found = sources.imports(path)
        assert "requests" not in found, path.name
        assert not {f"{ADDON.name}.zoho.{name}" for name in NETWORK} & found, path.name


def test_an_import_changes_no_logger() -> None:
    """What a file does while it is imported, it does to the whole server."""
    changes = {"addFilter", "addHandler", "setLevel"}
    for path in sources.product_files():
        within = sum(name in changes for name, _function in sources.calls(path))
        everywhere = sum(
            isinstance(node, ast.Attribute) and node.attr in changes
            for node in ast.walk(sources.tree_of(path))
        )
        assert everywhere == within, ident(path)


def test_nobody_sleeps() -> None:
    for path in sources.product_files():
        called = {name for name, _function in sources.calls(path)}
        assert "sleep" not in called, ident(path)
