"""Who runs which tests, and what a person sees of it."""

import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from tools.pytest_progress import clock, dearest_first, group_of
from tools.settings import REPOSITORY


def test_a_class_and_the_functions_of_a_file_stay_together():
    assert group_of("a/test_a.py::Case::test_x") == "a/test_a.py::Case"
    assert group_of("a/test_a.py::test_x[a-b]") == "a/test_a.py"


def test_all_tours_stay_together():
    tours = ["a/test_tour_x.py::Tour::test_x", "b/test_tour_y.py::Tours::test_y"]
    assert {group_of(tour) for tour in tours} == {"tours"}


def test_the_dearest_group_comes_first_and_keeps_its_order():
    nodeids = [
        "test_a.py::One::test_1",
        "test_b.py::Two::test_2",
        "test_b.py::Two::test_1",
        "test_tour_c.py::Tour::test_1",
        "test_billing_property.py::Walk::test_1",
    ]
    assert dearest_first(nodeids) == [4, 3, 1, 2, 0]


def test_minutes_and_seconds():
    assert [clock(0), clock(59.9), clock(600)] == ["0:00", "0:59", "10:00"]


@pytest.fixture
def run(tmp_path):
    """Return what runs pytest on some lines, in some processes."""

    def run(lines, *words):
        (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:odoo\n")
        (tmp_path / "test_it.py").write_text(lines)
        command = [sys.executable, "-m", "pytest", "-qq", "--no-summary", *words]
        return subprocess.run(
            [*command, "-p", "tools.pytest_progress", str(tmp_path)],
            check=False,
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        ).stdout

    return run


TESTS = """
import pytest

def test_good(): pass
def test_bad(): assert 1 == 2, "seen"
@pytest.mark.skip
def test_left_out(): pass
"""
FROZEN = """
import freezegun, unittest

class TestFrozen(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        frozen = freezegun.freeze_time("2001-01-01")
        frozen.start()
        cls.addClassCleanup(frozen.stop)
    def test_1(self): pass
    def test_2(self): pass
"""


@pytest.mark.parametrize("words", [(), ("-n", "2", "--dist", "loadscope")])
def test_a_failure_is_shown_once_and_named_at_the_end(run, words):
    said = run(TESTS, *words)
    assert said.count("AssertionError: seen") == 1
    assert re.search(r"100 %  3 of 3 tests, 1 failed\n", said)
    assert said.rstrip().endswith("test_it.py::test_bad")


def test_a_frozen_clock_does_not_count(run, tmp_path):
    report = tmp_path / "report.xml"
    run(FROZEN, f"--junit-xml={report}")
    cases = ElementTree.parse(report).iter("testcase")
    taken = [float(case.get("time")) for case in cases]
    assert len(taken) == 2
    assert all(0 <= seconds < 1000 for seconds in taken)


def test_what_cannot_be_imported_is_a_failure(run):
    said = run("import nothing_of_this_name")
    assert "ModuleNotFoundError" in said
    assert "1 failed" in said
