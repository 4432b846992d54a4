"""A plugin of pytest: who runs what, and in which order.

Loaded with ``-p tools.pytest_order``. Several processes share the classes of tests,
the dearest first, and one of them takes all tours: a browser needs a core for itself.
Classes that begin with the same world follow each other, and it is built once.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any

import freezegun
import pytest
from xdist.scheduler import LoadScopeScheduling

# Many tests freeze the clock; what they take is measured with one that goes on.
freezegun.configure(extend_ignore_list=["_pytest.timing"])

TOURS = "tours"
# Whose classes share the world that they begin with, and what lets them.
SHARING = "BillingCommon"
SHARED = "odoo.addons.zoho_projects_connector.tests.shared_world"
os.environ.setdefault("SHARED_WORLDS", "1")
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


def dearest_first(nodeids: list[str], sharing: Collection[str] = ()) -> list[int]:
    """Return the positions of tests in the order to run them in, group by group.

    :param sharing: the groups that begin with one world: they follow each other,
        behind the tours.
    """
    weights: Counter[str] = Counter()
    for nodeid in nodeids:
        weights[group_of(nodeid)] += _weight(nodeid)

    def key(position: int) -> tuple[bool, int, str, int]:
        group = group_of(nodeids[position])
        is_late = bool(sharing) and group != TOURS and group not in sharing
        return is_late, -weights[group], group, position

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
        sharing = {group_of(item.nodeid) for item in items if _shares_world(item)}
        order = dearest_first([item.nodeid for item in items], sharing)
        items[:] = [items[position] for position in order]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Return who hands out the tests."""
    return Scheduling(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """End the world that classes have shared, before a test that has its own."""
    if not _shares_world(item):
        _end_shared_world()


def _shares_world(item: Any) -> bool:
    """Tell whether a test begins in a world that classes share."""
    case = getattr(item, "cls", None)
    ancestors = {one.__name__ for one in getattr(case, "__mro__", ())}
    return SHARING in ancestors and "HttpCase" not in ancestors


@pytest.fixture(scope="session", autouse=True)
def shared_worlds(request: pytest.FixtureRequest) -> Iterator[None]:
    """End the world that classes share before its database is gone."""
    if "load_registry" in request.fixturenames:
        request.getfixturevalue("load_registry")
    yield
    _end_shared_world()


def _end_shared_world() -> None:
    if SHARED in sys.modules:
        sys.modules[SHARED].end()
