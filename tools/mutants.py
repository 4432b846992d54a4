"""``make mutants``: small mistakes in the arithmetic, each of which a test must find.

The tests of a file run once for each mistake, in a copy of what they need. What no test
can find, because it means the same, stands in ``EXPLAINED`` with its reason.
"""

from __future__ import annotations

import ast
import copy
import os
import queue
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tools.mutants_explained import EXPLAINED
from tools.settings import Settings
from tools.shell import ToolError, say

ADDON = "zoho_projects_connector"
# What is tested by what, without Odoo's database.
TARGETS = {
    f"{ADDON}/zoho/values.py": "tests/zoho/test_values.py",
    f"{ADDON}/hours.py": "tests/arithmetic/test_hours.py",
    f"{ADDON}/models/billing/billing_rounding_mixin.py": (
        "tests/arithmetic/test_rounding.py"
    ),
    f"{ADDON}/models/billing/plan.py": "tests/arithmetic/test_plan.py",
    f"{ADDON}/models/billing/rate_table.py": "tests/arithmetic/test_rate_table.py",
}
# What reads the database is judged by the tests in Odoo and by the random walks.
IN_ODOO = {
    *("read_rates", "_default_of", "_terms", "market_of", "_tasks_with_rates"),
    *("_roles", "_own_billing_rounding", "hour_unit", "day_unit", "is_correction"),
    *("this_month", "last_month", "name_months", "domain", "worked_between"),
}
COPIED = ("tests", f"{ADDON}/zoho", f"{ADDON}/models/billing", f"{ADDON}/hours.py")
PATIENCE_SECONDS = 120
SWAPS: dict[type, type] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
}
NAMES = {
    **{"min": "max", "max": "min", "any": "all", "all": "any"},
    **{"ceil": "floor", "floor": "ceil", "bisect_right": "bisect_left"},
}


@dataclass(frozen=True)
class Mutant:
    """A file with one mistake in it."""

    path: str
    line: int
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """Return what the table of explained mutants calls it."""
        return f"{Path(self.path).name}: {self.before} -> {self.after}"


def run_mutants(settings: Settings) -> int:
    """Run the tests against each mistake; ``MUTANTS`` narrows to names of files.

    :return: the exit code; 1 when a mistake is found by nobody.
    """
    chosen = os.environ.get("MUTANTS", "")
    mutants = [
        mutant
        for path in TARGETS
        if chosen in path
        for mutant in mutants_of(path, (settings.repository / path).read_text())
    ]
    jobs = int(os.environ.get("JOBS") or min(os.cpu_count() or 1, 4))
    say(f"{len(mutants)} mistakes in the arithmetic")
    workplaces: queue.Queue[Workplace] = queue.Queue()
    with ExitStack() as opened, ThreadPoolExecutor(jobs) as pool:
        for _number in range(jobs):
            workplaces.put(Workplace(settings, opened))
        first = workplaces.get()
        for path, tests in TARGETS.items():
            if chosen in path and not first.passes(tests):
                raise ToolError(f"{tests} fails without any mistake.")
        workplaces.put(first)

        def survives(mutant: Mutant) -> bool:
            place = workplaces.get()
            try:
                return place.passes_with(mutant)
            finally:
                workplaces.put(place)

        alive = [
            mutant
            for mutant, lives in zip(mutants, pool.map(survives, mutants), strict=True)
            if lives and mutant.name not in EXPLAINED
        ]
    for mutant in alive:
        print(f"✗ {mutant.path}:{mutant.line}: {mutant.before} -> {mutant.after}")
    print(f"{len(mutants)} mistakes, {len(alive)} found by no test and not explained")
    return 1 if alive else 0


class Workplace:
    """A copy of the sources and tests in which one file at a time is changed."""

    def __init__(self, settings: Settings, opened: ExitStack) -> None:
        self.python = settings.venv_python
        self.repository = settings.repository
        self.folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
        for name in COPIED:
            source, target = self.repository / name, self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target)

    def passes(self, tests: str) -> bool:
        """Return whether the tests pass; those that do not end do not."""
        words = ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", tests]
        try:
            ended = subprocess.run(
                [self.python, "-B", *words],
                check=False,
                capture_output=True,
                cwd=self.folder,
                timeout=PATIENCE_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return False
        return ended.returncode == 0

    def passes_with(self, mutant: Mutant) -> bool:
        """Return whether no test finds a mistake."""
        target = self.folder / mutant.path
        target.write_text(mutant.source)
        try:
            return self.passes(TARGETS[mutant.path])
        finally:
            shutil.copy(self.repository / mutant.path, target)


def mutants_of(path: str, source: str) -> Iterator[Mutant]:
    """Yield a file with one small mistake after another."""
    tree = ast.parse(source)
    for place, node in enumerate(_places(tree)):
        for number in range(len(_mistakes(node))):
            changed = copy.deepcopy(tree)
            twin = list(_places(changed))[place]
            before = ast.unparse(node)
            _mistakes(twin)[number]()
            yield Mutant(
                path, node.lineno, before, ast.unparse(twin), ast.unparse(changed)
            )


def _places(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """Yield what may be wrong, but for what reads the database and for annotations."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            if child.name in IN_ODOO or _is_model(child):
                continue
        if isinstance(child, (ast.arg, ast.Import, ast.ImportFrom)):
            continue
        if isinstance(child, (ast.expr, ast.stmt)):
            yield child
        yield from _places(child)


def _is_model(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        ast.unparse(base).startswith("models.") for base in node.bases
    )


def _mistakes(node: ast.AST) -> list[Callable[[], object]]:
    """Return functions, each of which puts one mistake into the node itself."""
    found: list[Callable[[], object]] = []
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        found.append(lambda: node.ops.__setitem__(0, SWAPS[type(node.ops[0])]()))
    if isinstance(node, (ast.BinOp, ast.BoolOp)) and type(node.op) in SWAPS:
        found.append(lambda: setattr(node, "op", SWAPS[type(node.op)]()))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        # `not not x` is the truth of x: the mistake is that `not` is missing.
        inner = ast.UnaryOp(ast.Not(), node.operand)
        found.append(lambda: setattr(node, "operand", inner))
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        is_bool, value = isinstance(node.value, bool), node.value
        found.append(
            lambda: setattr(node, "value", not value if is_bool else value + 1)
        )
    if isinstance(node, ast.Name) and node.id in NAMES:
        found.append(lambda: setattr(node, "id", NAMES[node.id]))
    if isinstance(node, ast.Return) and not _says_nothing(node.value):
        found.append(lambda: setattr(node, "value", ast.Constant(None)))
    return found


def _says_nothing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)
