"""Whatever goes wrong, in whichever dialect: all of Zoho arrives, or it is said.

Each trouble is met once, in one of a few dialects that together hold many switches;
with ``FAULT_MATRIX=1``, as in ``make test-faults``, each in every dialect. A larger
number takes one of so many at random: other ones with another ``FAULT_SEED``.
"""

import os
import random

from odoo.tests import tagged

from ..simulator import DIALECTS
from .fault_matrix import TROUBLES, speaking
from .test_sync_dialects import packs

PACKS = 2
SEED = int(os.environ.get("FAULT_SEED", 19))
# With each change, these are met by tests that ask more of them.
ELSEWHERE = {
    *("module_disabled", "licence", "no_such_path", "list_gone", "scope_missing"),
    *("token_expired", "token_revoked", "portal_gone", "web_page", "nothing"),
}


def matrix():
    """Return ``(name, dialect, troubles)`` of each test class."""
    if "FAULT_MATRIX" in os.environ:
        one_of, dice = int(os.environ["FAULT_MATRIX"]), random.Random(SEED)
        return [
            (name, dialect, [one for one in TROUBLES if not dice.randrange(one_of)])
            for name, dialect in DIALECTS.items()
        ]
    names = [name for name in TROUBLES if name not in ELSEWHERE]
    return [
        (f"pack_{number}", pack, names[number::PACKS])
        for number, pack in enumerate(packs()[:PACKS])
    ]


for one in matrix():
    made = tagged("post_install", "-at_install")(speaking(*one))
    made.__module__ = __name__
    globals()[made.__name__] = made
del made
