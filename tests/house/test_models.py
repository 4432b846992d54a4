"""One file a model: how many parts a model has, and no method twice.

:source: house.md, rule 2.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict

from . import sources

MOST_PARTS = 3
# More than that, and why; what is only not yet divided says so and may not grow.
MORE_PARTS = {
    # The ledger: the row, its restatement, its amounts, the nightly check.
    ("billing", "project.billed.time"): 4,
}
MOST_PARTS_FOR_A_MODEL = 1.3
MOST_FILES_OF_A_FOLDER = 60


def test_few_parts_of_a_model() -> None:
    counted = Counter((p.addon, p.package, p.model) for p in sources.parts())
    assert counted
    many = {key[1:]: count for key, count in counted.items() if count > MOST_PARTS}
    assert many == MORE_PARTS


def test_no_method_twice() -> None:
    found = defaultdict(list)
    for part in sources.parts():
        for method in part.methods:
            found[part.addon, part.package, part.model, method].append(part.path.name)
    twice = {key: names for key, names in found.items() if len(names) > 1}
    assert not twice


def test_guards_stand_before_what_they_guard() -> None:
    """A mixin that comes after Odoo's model is asked when rights were taken already."""
    guards = {"code.only.mixin", "caller.choice.mixin"}
    inherited = [part.inherits for part in sources.parts()]
    guarded = [names for names in inherited if guards & {*names}]
    assert len(guarded) > 40
    assert not [names for names in guarded if names[0] not in guards]


def test_no_model_is_sliced_by_its_length_alone() -> None:
    counted = Counter((p.addon, p.package, p.model) for p in sources.parts())
    assert len(sources.parts()) / len(counted) <= MOST_PARTS_FOR_A_MODEL


def test_folders_are_seen_at_a_glance() -> None:
    folders = Counter(path.parent for path in sources.product_files())
    full = {
        sources.name_of(folder): n
        for folder, n in folders.items()
        if n > MOST_FILES_OF_A_FOLDER
    }
    assert not full


def kept_by_code(node: ast.ClassDef) -> list[str]:
    """Return the fields of a class that only code may write; a view has none."""
    fields = {
        ast.unparse(one.targets[0]): {word.arg for word in one.value.keywords}
        for one in node.body
        if isinstance(one, ast.Assign)
        and isinstance(one.value, ast.Call)
        and ast.unparse(one.value.func).startswith("fields.")
    }
    is_view = "_auto = False" in map(ast.unparse, node.body)
    return [
        name
        for name, words in fields.items()
        if "readonly" in words and not words & {"compute", "related"} and not is_view
    ]


def test_each_package_guards_its_own_fields() -> None:
    """Not by the leave of another one, which happens to extend the same model."""
    kept, guarded = defaultdict(list), set()
    for part in sources.parts():
        key = (part.addon, part.package, part.model)
        if part.package and ast.unparse(part.node.bases[0]) == "models.Model":
            kept[key] += kept_by_code(part.node)
        if "code.only.mixin" in part.inherits:
            guarded.add(key)
    keeping = {key for key, names in kept.items() if names}
    assert len(keeping) > 20
    assert not keeping - guarded
