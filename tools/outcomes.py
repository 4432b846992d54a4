"""pytest as a subprocess, and how each of its tests ended."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from tools.settings import Settings

NO_TESTS = 5
ITSELF = "pytest itself"
NUMBERS = itertools.count()


def run_pytest(
    settings: Settings,
    words: Sequence[str],
    environment: Mapping[str, str],
    output: IO[str] | None = None,
) -> dict[str, str]:
    """Run tests; an end that no report explains counts as a failed one, ``ITSELF``.

    :param output: what takes the words of pytest instead of the terminal.
    :return: ``passed``, ``failed`` or ``skipped`` by the name of the test.
    """
    report = settings.home / f"report-{os.getpid()}-{next(NUMBERS)}.xml"
    ended = subprocess.run(
        [settings.venv_python, "-m", "pytest", f"--junit-xml={report}", *words],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output or sys.stdout,
        cwd=settings.repository,
        env=environment,
    )
    outcomes = outcomes_of(report) if report.exists() else {ITSELF: "failed"}
    report.unlink(missing_ok=True)
    if ended.returncode not in (0, NO_TESTS) and "failed" not in outcomes.values():
        outcomes[ITSELF] = "failed"
    return outcomes


def outcomes_of(report: Path) -> dict[str, str]:
    """Read a JUnit report; a test of which a subtest fails has failed."""
    outcomes: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = f"{case.get('classname', '').split('.tests.')[-1]}::{case.get('name')}"
        tags = {element.tag for element in case}
        if tags & {"failure", "error"}:
            outcomes[name] = "failed"
        else:
            ended = "skipped" if "skipped" in tags else "passed"
            outcomes.setdefault(name, ended)
    return outcomes
