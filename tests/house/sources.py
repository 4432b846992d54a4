"""The product's sources, read as text and as syntax: nothing of it is imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGES = ("billing", "sync", "settle", "approval", "write_back")


@dataclass(frozen=True)
class Part:
    """One class of a file that is a model, or a piece of one."""

    addon: str
    package: str
    model: str
    path: Path
    node: ast.ClassDef

    @property
    def methods(self) -> list[str]:
        """Return the names of its methods."""
        return [one.name for one in self.node.body if isinstance(one, ast.FunctionDef)]

    @property
    def inherits(self) -> list[str]:
        """Return the models that it inherits, in their order."""
        inherited = said_of(self.node).get("_inherit", [])
        return [inherited] if isinstance(inherited, str) else list(inherited)


def addons() -> list[Path]:
    """Return the folders of the addons."""
    return sorted(path.parent for path in REPOSITORY.glob("*/__manifest__.py"))


def product_files() -> list[Path]:
    """Return the Python files of the product: no tests, no tools."""
    return sorted(
        path
        for addon in addons()
        for path in addon.rglob("*.py")
        if "tests" not in path.relative_to(addon).parts
    )


def name_of(path: Path) -> str:
    """Return how a failure names a file."""
    return str(path.relative_to(REPOSITORY))


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the syntax of a file."""
    return ast.parse(path.read_text())


def package_of(path: Path) -> str:
    """Return the package of a file, "" for a file of none."""
    parts = path.relative_to(REPOSITORY).parts
    return next((part for part in parts[1:-1] if part in PACKAGES), "")


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Yield every function and method of a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef):
            yield node


def lines_of(node: ast.AST) -> int:
    """Return how many lines a class or a function takes."""
    return node.end_lineno - node.lineno + 1  # type: ignore[attr-defined]


def parts() -> list[Part]:
    """Return all classes that are models or extend one."""
    return [
        Part(
            addon=path.relative_to(REPOSITORY).parts[0],
            package=package_of(path),
            model=model,
            path=path,
            node=node,
        )
        for path in product_files()
        for node in tree_of(path).body
        if isinstance(node, ast.ClassDef) and (model := model_of(node))
    ]


def said_of(node: ast.ClassDef) -> dict[str, str | list[str]]:
    """Return the ``_name`` and ``_inherit`` of a class, as far as it has them."""
    return {
        target.id: ast.literal_eval(one.value)
        for one in node.body
        if isinstance(one, ast.Assign)
        for target in one.targets
        if isinstance(target, ast.Name) and target.id in ("_name", "_inherit")
    }


def model_of(node: ast.ClassDef) -> str:
    """Return the model of a class, "" when it is none."""
    said = said_of(node)
    inherited = said.get("_inherit", "")
    first = inherited if isinstance(inherited, str) else inherited[0]
    return str(said.get("_name") or first)


def imports(path: Path) -> set[str]:
    """Return the dotted names that a file imports, seen from the repository.

    ``from ..zoho.errors import ZohoError`` in ``addon/models/x.py`` is
    ``addon.zoho.errors`` and ``addon.zoho.errors.ZohoError``.
    """
    package = path.relative_to(REPOSITORY).parts[:-1]
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            start = ".".join([*base, *filter(None, [node.module])])
            start = start.removeprefix("odoo.addons.")
            found.add(start)
            found.update(f"{start}.{alias.name}" for alias in node.names)
    return found


def calls(path: Path) -> Iterator[tuple[str, str]]:
    """Yield ``(method called, function that calls it)`` of a file."""
    for function in functions(path):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield node.func.attr, function.name


def words(path: Path) -> Iterator[tuple[int, str]]:
    """Yield ``(line, text)`` of every name, attribute and string of a file.

    Docstrings are for people and left out.
    """
    tree = tree_of(path)
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and ast.get_docstring(node, clean=False) is not None
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.keyword | ast.arg) and node.arg:
            yield node.lineno, node.arg
        elif isinstance(node, ast.FunctionDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in documented:
                yield node.lineno, node.value
