"""A plugin of pytest: who runs what, and in which order.

Loaded with ``-p tools.pytest_order``. Several processes share the classes of tests,
the dearest first, and one of them takes all tours: a browser needs a core for itself.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

import freezegun
import pytest
from xdist.scheduler import LoadScopeScheduling

# Many tests freeze the clock; what they take is measured with one that goes on.
freezegun.configure(extend_ignore_list=["_pytest.timing"])

TOURS = "tours"
# How much longer the tests of a file take than those beside them, by its name: in Odoo
# that is about a second, without it far less.
WEIGHTS = {
    "test_tour_": 15,
    "test_billing_property": 90,
    "test_billing_walks_find": 400,
    "test_kill_": 5000,
}


def group_of(nodeid: str) -> str:
    """Return what one process runs at a time: a class, the functions of a file."""
    return (
        TOURS if _name(nodeid).startswith("test_tour_") else nodeid.rpartition("::")[0]
    )


def _name(nodeid: str) -> str:
    return PurePath(nodeid.partition("::")[0]).stem


def _weight(nodeid: str) -> int:
    name = _name(nodeid)
    return next((WEIGHTS[start] for start in WEIGHTS if name.startswith(start)), 1)


def dearest_first(nodeids: list[str]) -> list[int]:
    """Return the positions of tests in the order to run them in, group by group."""
    weights: Counter[str] = Counter()
    for nodeid in nodeids:
        weights[group_of(nodeid)] += _weight(nodeid)

    def key(position: int) -> tuple[int, str, int]:
        group = group_of(nodeids[position])
        return -weights[group], group, position

    return sorted(range(len(nodeids)), key=key)


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Hands out groups of tests one by one, in the order of their weight."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give one of several processes in Odoo a filestore of its own.

    pytest-odoo copies the database but lets all copies share the files, and each
    class of tests ends with the removal of those that its own database lacks.
    """
    if "ODOO_RC" not in os.environ or not hasattr(config, "workerinput"):
        return
    from odoo.tests.common import get_db_name
    from odoo.tools import config as odoo_config

    folder = TemporaryDirectory(prefix="odoo-")
    config.add_cleanup(folder.cleanup)
    files = PurePath("filestore", get_db_name())
    shared = Path(odoo_config["data_dir"], files)
    if shared.exists():
        shutil.copytree(shared, Path(folder.name, files))
    odoo_config["data_dir"] = folder.name


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Begin with what takes longest where several processes share the tests."""
    if hasattr(config, "workerinput"):
        order = dearest_first([item.nodeid for item in items])
        items[:] = [items[position] for position in order]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Return who hands out the tests."""
    return Scheduling(config, log)
