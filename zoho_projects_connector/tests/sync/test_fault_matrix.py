"""Whatever goes wrong, in whichever dialect: all of Zoho arrives, or it is said.

Each trouble is met once, in one of a few dialects that together hold many switches;
with ``FAULT_MATRIX=1``, as in ``make test-faults``, each in every dialect. A larger
number leaves troubles out: 5 takes every fifth, other ones in the next dialect.
"""

import os

from odoo.tests import tagged

from ..simulator import DIALECTS
from .fault_matrix import TROUBLES, speaking
from .test_sync_dialects import packs

PACKS = 2
# With each change, these are met by tests that ask more of them.
ELSEWHERE = {
    *("module_disabled", "licence", "no_such_path", "list_gone", "scope_missing"),
    *("token_expired", "token_revoked", "portal_gone", "web_page", "nothing"),
}


def matrix():
    """Return ``(name, dialect, troubles)`` of each test class."""
    if "FAULT_MATRIX" in os.environ:
        dialects, names = DIALECTS, list(TROUBLES)
        step = int(os.environ["FAULT_MATRIX"])
    else:
        dialects = {f"pack_{n}": pack for n, pack in enumerate(packs()[:PACKS])}
        names = [name for name in TROUBLES if name not in ELSEWHERE]
        step = PACKS
    return [
        (name, dialect, names[number % step :: step])
        for number, (name, dialect) in enumerate(dialects.items())
    ]


for one in matrix():
    made = tagged("post_install", "-at_install")(speaking(*one))
    made.__module__ = __name__
    globals()[made.__name__] = made
del made
