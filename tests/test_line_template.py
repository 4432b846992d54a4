"""The text of an invoice line by a template: clean whatever is empty, and no code."""

import importlib.util
from pathlib import Path

import pytest

FILE = (
    Path(__file__).parents[1]
    / "zoho_projects_connector/models/billing/line_template.py"
)
spec = importlib.util.spec_from_file_location("line_template", FILE)
line_template = importlib.util.module_from_spec(spec)
spec.loader.exec_module(line_template)

FACTS = {"task": "Fix", "person": "Ann", "hours": "2:00", "notes": "Done", "phase": ""}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{task} - {person}: {hours} h", "Fix - Ann: 2:00 h"),
        ("{task} - {phase} - {person}", "Fix - Ann"),
        ("{phase} - {task}", "Fix"),
        ("{task} ({phase})", "Fix"),
        ("{task} ({phase}, {person})", "Fix (Ann)"),
        ("{task} (by {person}, {phase})", "Fix (by Ann)"),
        ("Phase: {phase}, by {person}", "by Ann"),
        ("{task}: {phase}", "Fix"),
        ("{task}\nPhase: {phase}\n{notes}", "Fix\nDone"),
        ("Work", "Work"),
        ("{phase}", ""),
        ("{nothing}", ""),
        ("{task} at {hours}", "Fix at 2:00"),
        ("", ""),
    ],
)
def test_filled(template: str, text: str) -> None:
    assert line_template.fill_template(template, FACTS) == text


def test_values_are_words() -> None:
    """Braces, separators and brackets of a name are no template."""
    facts = {"task": "{person} - (x, y): {0.__class__}", "person": "Ann"}
    assert line_template.fill_template("{task} - {person}", facts) == (
        "{person} - (x, y): {0.__class__} - Ann"
    )


@pytest.mark.parametrize(
    "name", ["task.name", "task!r", "task:>10", "0", "", "task.__class__", "env"]
)
def test_only_names_are_known(name: str) -> None:
    template = f"{{task}} {{{name}}}"
    assert line_template.unknown_placeholders(template) == [name]
    assert line_template.fill_template(template, FACTS).strip() == "Fix"


@pytest.mark.parametrize("template", ["{task", "task}", "{{task}}", "{task} }"])
def test_stray_braces(template: str) -> None:
    assert line_template.has_stray_brace(template)
    assert not line_template.has_stray_brace("{task} - {person}")
