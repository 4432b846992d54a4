"""What Odoo only warns of in its log, and nobody reads there."""

from __future__ import annotations

import ast
from xml.etree import ElementTree

import pytest

from . import sources

ROLES = {"alert", "alertdialog", "status"}


def is_alert(element: ElementTree.Element) -> bool:
    """Return whether an element looks like an alert, and is no link within one."""
    classes = element.get("class", "").split()
    return "alert-link" not in classes and any(
        name.startswith("alert-") for name in classes
    )


@pytest.mark.parametrize("addon", sources.addons(), ids=lambda addon: addon.name)
def test_an_alert_says_so_to_who_cannot_see_it(addon):
    alerts = [
        (sources.name_of(path), element)
        for path in addon.rglob("views/**/*.xml")
        for element in ElementTree.parse(path).iter()
        if is_alert(element)
    ]
    silent = [name for name, alert in alerts if alert.get("role") not in ROLES]
    assert not silent


@pytest.mark.parametrize("addon", sources.addons(), ids=lambda addon: addon.name)
def test_muted_words_can_be_read(addon):
    """Odoo's own grey is too light for axe-core, which looks at pages of tours only."""
    shown = [*addon.rglob("views/**/*.xml"), *addon.rglob("static/src/**/*")]
    light = [
        sources.name_of(path)
        for path in shown
        if path.suffix in (".xml", ".js") and "text-muted" in path.read_text()
    ]
    assert not light, "o_zoho_muted can be read"


def calls(node: ast.AST, name: str) -> bool:
    """Return whether a function calls a method of that name."""
    return any(
        isinstance(one, ast.Attribute) and one.attr == name for one in ast.walk(node)
    )


def keys_beside(node: ast.Dict) -> set[str]:
    """Return the keys that a dictionary adds to another one, none if it does not."""
    named = {key.value for key in node.keys if isinstance(key, ast.Constant)}
    return named if None in node.keys else set()


@pytest.mark.parametrize("path", sources.product_files(), ids=sources.name_of)
def test_a_list_is_called_as_it_is_meant(path):
    """Odoo shows the `display_name` of an action that was read, never its `name`."""
    wrong = [
        f"{function.name}, line {one.lineno}"
        for function in ast.walk(sources.tree_of(path))
        if isinstance(function, ast.FunctionDef) and calls(function, "_for_xml_id")
        for one in ast.walk(function)
        if isinstance(one, ast.Dict) and "name" in keys_beside(one)
    ]
    assert not wrong
