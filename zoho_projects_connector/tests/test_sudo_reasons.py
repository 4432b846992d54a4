"""Nothing takes more rights than the user's without saying why: read from the sources.

The reason is in the docstring of the function, or in a comment within it, and says
whose rights do not do: with one of the words below.
"""

import ast
import io
import re
import tokenize
from pathlib import Path

from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).parent.parent
FOLDERS = ("controllers", "models", "report")
REASON = re.compile(
    r"\b(rights?|sudo|may|only code|everybody|nobody|whoever|checked)\b", re.IGNORECASE
)


def comments_of(source):
    """Return ``{line: comment}`` of a file."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string
        for token in tokens
        if token.type == tokenize.COMMENT
    }


def takes_rights(function):
    """Return whether a function itself calls ``sudo``."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sudo"
        for node in ast.walk(function)
    )


def without_reason(source):
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


@tagged("post_install", "-at_install")
class TestSudoReasons(BaseCase):
    def test_each_says_why(self):
        found = [
            f"{path.parent.parent.name}/{path.name}: {name}"
            for addon in ADDON.parent.glob(f"{ADDON.name}*")
            for folder in FOLDERS
            for path in sorted((addon / folder).glob("*.py"))
            for name in without_reason(path.read_text())
        ]
        self.assertFalse(found)

    def test_a_reason_is_missed(self):
        """The test itself: code without a word, with a comment, with a docstring."""
        bare = "def one(self):\n    # Fast.\n    return self.sudo()\n"
        self.assertEqual(without_reason(bare), ["one"])
        for told in (
            "def one(self):\n    # Nobody may read it.\n    return self.sudo()\n",
            'def one(self):\n    """Return it with more rights."""\n    self.sudo()\n',
        ):
            self.assertEqual(without_reason(told), [])
