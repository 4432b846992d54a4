"""A plugin of pytest: who runs what, what is under way, what failed and what took long.

Loaded with ``-p tools.pytest_progress``. Several processes share the classes of tests,
the dearest first, and one of them takes all tours: a browser needs a core for itself.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections import Counter, defaultdict
from collections.abc import Generator
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import freezegun
import pytest
from xdist.scheduler import LoadScopeScheduling

# Many tests freeze the clock; what they take is measured with one that goes on.
freezegun.configure(extend_ignore_list=["_pytest.timing", __name__])

TOURS = "tours"
# How much longer the tests of a file take than those beside them, by its name: in Odoo
# that is about a second, without it far less.
WEIGHTS = {"test_tour_": 15, "test_billing_property": 90, "test_kill_": 5000}
SECONDS_BETWEEN_LINES = 30
SLOWEST = 8


def group_of(nodeid: str) -> str:
    """Return what one process runs at a time: a class, the functions of a file."""
    file = nodeid.partition("::")[0]
    return TOURS if _name(file).startswith("test_tour_") else nodeid.rpartition("::")[0]


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


def clock(seconds: float) -> str:
    """Return minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


class Progress:
    """What the process that a person looks at says about the tests."""

    def __init__(self, config: pytest.Config) -> None:
        self.reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
        self.begun = perf_counter()
        self.session: pytest.Session | None = None
        self.outcomes: dict[str, str] = {}
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.under_way: dict[str, None] = {}
        self._over = threading.Event()
        self._ticking = threading.Thread(target=self._tick, daemon=True)

    def _tick(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_LINES):
            self._say(self.line())

    def _say(self, line: str, **markup: bool) -> None:
        self.reporter.write_line(line, **markup)
        self.reporter.flush()

    def line(self) -> str:
        """Return how far it is."""
        total = self.session.testscollected if self.session else 0
        counts = Counter(self.outcomes.values())
        done = len(self.outcomes)
        names = dict.fromkeys(_name(nodeid) for nodeid in list(self.under_way))
        share = f"{100 * done // total:3} %" if total else "collecting"
        return (
            f"  {clock(perf_counter() - self.begun):>5}  {share}  {done} of {total} "
            f"tests, {counts['failed']} failed; now {', '.join(names) or 'starting'}"
        )

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Say from now on how far it is."""
        self.session = session
        self._ticking.start()

    def pytest_sessionfinish(self) -> None:
        """Say nothing more."""
        self._over.set()
        self._ticking.join()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that a test begins."""
        self.under_way[nodeid] = None

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Note that a test has ended."""
        self.under_way.pop(nodeid, None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count, and show a failure at once."""
        self.seconds[report.nodeid.rpartition("::")[0]] += report.duration
        if report.when == "call" or not report.passed:
            self._count(report.nodeid, report.outcome)
        if report.failed:
            self._show(f"{report.nodeid} ({report.when})", report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Show at once what cannot be imported."""
        if report.failed:
            self._count(report.nodeid, report.outcome)
            self._show(report.nodeid, report)

    def _count(self, nodeid: str, outcome: str) -> None:
        """Keep the worst that happened to a test."""
        if self.outcomes.get(nodeid) != "failed":
            self.outcomes[nodeid] = outcome

    def _show(
        self, title: str, report: pytest.TestReport | pytest.CollectReport
    ) -> None:
        self._say(f"✗ {title}", red=True)
        for name, text in (("", report.longreprtext), *report.sections):
            self._say(f"{name}\n{text}".strip())

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self) -> Generator[None, tuple[str, ...], object]:
        """Leave out the letter of each test: the lines tell enough."""
        status = yield
        return (status[0], "", "") if status else status

    def pytest_terminal_summary(self) -> None:
        """Name what failed and what took longest."""
        self._say(self.line().partition(";")[0])
        slowest = sorted(self.seconds.items(), key=lambda item: -item[1])[:SLOWEST]
        for name, seconds in slowest:
            if seconds >= 5:
                self._say(f"  {clock(seconds):>5}  {name}")
        for nodeid, outcome in self.outcomes.items():
            if outcome == "failed":
                self._say(f"✗ {nodeid}", red=True)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Report where a person looks, not in the processes that only run tests."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Progress(config), "progress")
    elif "ODOO_RC" in os.environ:
        own_files(config)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Begin with what takes longest where several processes share the tests."""
    if hasattr(config, "workerinput"):
        order = dearest_first([item.nodeid for item in items])
        items[:] = [items[position] for position in order]


def own_files(config: pytest.Config) -> None:
    """Give one of several processes in Odoo a filestore of its own.

    pytest-odoo copies the database but lets all copies share the files, and each
    class of tests ends with the removal of those that its own database lacks.
    """
    from odoo.tests.common import get_db_name
    from odoo.tools import config as odoo_config

    folder = TemporaryDirectory(prefix="odoo-")
    config.add_cleanup(folder.cleanup)
    files = PurePath("filestore", get_db_name())
    shared = Path(odoo_config["data_dir"], files)
    if shared.exists():
        shutil.copytree(shared, Path(folder.name, files))
    odoo_config["data_dir"] = folder.name


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """Return who hands out the tests."""
    return Scheduling(config, log)
