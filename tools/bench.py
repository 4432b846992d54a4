"""``make bench``: measures that must hold, each printed beside its limit."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.odoo_server import odoo_environment
from tools.portal_options import read_options
from tools.settings import Settings
from tools.shell import ToolError, run


def run_benches(settings: Settings) -> int:
    """Run the benchmark of ``BENCH``, or all; the size is ``SIZE``, large by default.

    :return: the exit code; 1 when a limit is broken.
    """
    from tools.bench_billing import bench_billing
    from tools.bench_load import bench_load
    from tools.bench_portals import bench_portals
    from tools.bench_quota import bench_quota
    from tools.bench_sync import bench_sync

    # Each prints its figures and returns whether they hold; others join here.
    benches = {
        "billing": bench_billing,
        "load": bench_load,
        "portals": bench_portals,
        "quota": bench_quota,
        "sync": bench_sync,
    }
    name = os.environ.get("BENCH", "")
    if name and name not in benches:
        raise ToolError(f"BENCH={name} is not known; choose {', '.join(benches)}.")
    size = read_options({"SIZE": "large", **os.environ}).size
    chosen = [benches[name]] if name else benches.values()
    return 0 if all([bench(settings, size) for bench in chosen]) else 1


def work(settings: Settings, configuration: Path, *words: str) -> Any:
    """Do something in Odoo, in a process of its own; return its figures.

    :param words: what ``tools.bench_worker`` does, and with what.
    """
    worker = [settings.venv_python, "-m", "tools.bench_worker", configuration]
    said = run(
        [*worker, *words],
        failure=f"The benchmark failed ({words[0]}).",
        cwd=settings.repository,
        env=odoo_environment(settings),
    )
    return json.loads(said.splitlines()[-1])


def verdict(checks: Sequence[tuple[bool, str]]) -> bool:
    """Print each limit and whether it holds."""
    for holds, sentence in checks:
        print(f"  {'✓' if holds else '✗'} {sentence}")
    return all(holds for holds, _sentence in checks)
