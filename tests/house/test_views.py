"""What Odoo only warns of in its log, and nobody reads there."""

from __future__ import annotations

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
