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
KINDS = ("*.xml", "*.csv", "*.po", "__manifest__.py")


def lint(settings: Settings) -> list[str]:
    """Run every linter and print what it complains about.

    :return: the names of the linters that complained.
    """
    linters = _linters(settings)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        ends = list(pool.map(lambda command: _run(settings, command), linters.values()))
    for name, (code, output) in zip(linters, ends, strict=True):
        say(f"{name}: {'FAILED' if code else 'passed'}")
        if code:
            print(output, flush=True)
    return [name for name, (code, _) in zip(linters, ends, strict=True) if code]


def _linters(settings: Settings) -> dict[str, Sequence[str | Path]]:
    """Return the commands, those left out that find nothing to read."""
    addons = addons_of(settings.repository)
    linters: dict[str, Sequence[str | Path]] = {
        "ruff": ["ruff", "check", "."],
        "ruff format": ["ruff", "format", "--check", "."],
        "mypy of tools": ["mypy", "tools"],
    }
    if list(settings.repository.glob("zoho_projects_connector/zoho/*.py")):
        linters["mypy of zoho"] = ["mypy", "--strict", "-p", "zoho"]
    if addons:
        linters["pylint"] = ["pylint", "--rcfile=.pylintrc", *addons]
        oca_checks = [
            "oca-checks-odoo-module",
            f"--disable={','.join(MATTERS_OF_TASTE)}",
        ]
        linters["oca-checks"] = [*oca_checks, *_files(addons)]
    return linters


def _files(addons: Sequence[Path]) -> list[str]:
    """Return the files that OCA's checks read."""
    return sorted(
        str(path) for addon in addons for kind in KINDS for path in addon.rglob(kind)
    )


def _run(settings: Settings, command: Sequence[str | Path]) -> tuple[int, str]:
    """Return how a linter ended and what it said."""
    done = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=settings.repository,
        env=odoo_environment(settings),
    )
    return done.returncode, done.stdout
