"""The linters, each a check that passes or fails."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.odoo_server import odoo_environment
from tools.settings import Settings
from tools.shell import say
from tools.templates import addons_of

# Odoo's own files do not keep these either.
MATTERS_OF_TASTE = ("xml-header-wrong", "xml-field-numeric-without-eval")
# What of billing counts without the ORM; what it inherits of it is not looked at.
PLAIN_BILLING = (
    "zoho_projects_connector/hours.py",
    "zoho_projects_connector/models/billing/billing_rounding_mixin.py",
    "zoho_projects_connector/models/billing/plan.py",
    "zoho_projects_connector/models/billing/rate_table.py",
)
KINDS = ("*.xml", "*.csv", "*.po", "__manifest__.py")
# The core of the sync: plain Python, checked as strictly as the library. What it
# imports of Odoo's models is not looked at.
SYNC_CORE = (
    *("changes.py", "sync/entities.py", "sync/page.py", "sync/portal_session.py"),
    "sync/stream_*.py",
)


def count_complaints(settings: Settings) -> int:
    """Run every linter and print what it complains about.

    :return: how many linters complained.
    """
    addons = addons_of(settings.repository)
    files = [path for addon in addons for kind in KINDS for path in addon.rglob(kind)]
    models = settings.repository / "zoho_projects_connector/models"
    core = sorted(path for name in SYNC_CORE for path in models.glob(name))
    oca_checks = f"--disable={','.join(MATTERS_OF_TASTE)}"
    linters: dict[str, Sequence[str | Path]] = {
        "ruff": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "mypy of tools": ["mypy", "tools"],
        "mypy of zoho": ["mypy", "--strict", "-p", "zoho"],
        # What these import for its names alone is the ORM's: not looked at.
        "mypy of billing": [
            *("mypy", "--strict", "--follow-imports=silent"),
            *("--allow-subclassing-any", *PLAIN_BILLING),
        ],
        "mypy of sync": ["mypy", "--strict", "--follow-imports=silent", *core],
        "pylint": ["pylint", "--rcfile=.pylintrc", *addons],
        "oca-checks": ["oca-checks-odoo-module", oca_checks, *sorted(files)],
    }

    def run(command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=settings.repository,
            env=odoo_environment(settings),
        )

    complaints = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for name, done in zip(linters, pool.map(run, linters.values()), strict=True):
            say(f"{name}: {'FAILED' if done.returncode else 'passed'}")
            if done.returncode:
                complaints += 1
                print(done.stdout, flush=True)
    return complaints
