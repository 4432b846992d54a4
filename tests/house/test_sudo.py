"""Nothing takes more rights than the user's without saying why.

The reason is in the docstring of the function, or in a comment within it, and says
whose rights do not do: with one of the words below.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize

import pytest

from . import sources

REASON = re.compile(
    r"\b(rights?|sudo|may|only code|everybody|nobody|whoever|checked)\b", re.IGNORECASE
)


def comments_of(source: str) -> dict[int, str]:
    """Return ``{line: comment}`` of a file."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def takes_rights(function: ast.FunctionDef) -> bool:
    """Return whether a function itself calls ``sudo``."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sudo"
        for node in ast.walk(function)
    )


def without_reason(source: str) -> list[str]:
    """Return the names of the functions that take rights and do not say why."""
    comments = comments_of(source)
    return [
        function.name
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef)
        and takes_rights(function)
        and not REASON.search(ast.get_docstring(function) or "")
        and not any(
            REASON.search(comments.get(line, ""))
            for line in range(function.lineno, function.end_lineno + 1)
        )
    ]


def test_each_says_why() -> None:
    found = [
        f"{sources.name_of(path)}: {name}"
        for path in sources.product_files()
        for name in without_reason(path.read_text())
    ]
    assert not found


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("def one(self):\n    # Fast.\n    return self.sudo()\n", ["one"]),
        ("def one(self):\n    # Nobody may read it.\n    return self.sudo()\n", []),
        (
            'def one(self):\n    """Return it with more rights."""\n    self.sudo()\n',
            [],
        ),
    ],
)
def test_a_reason_is_missed(source: str, named: list[str]) -> None:
    assert without_reason(source) == named
