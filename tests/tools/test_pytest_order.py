"""Who runs which tests, and by which clock."""

import subprocess
import sys
from xml.etree import ElementTree

from tools.pytest_order import dearest_first, group_of
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


def test_classes_that_share_a_world_follow_the_tours():
    nodeids = [
        "test_a.py::One::test_1",
        "test_b.py::Two::test_1",
        "test_b.py::Two::test_2",
        "test_c.py::Three::test_1",
        "test_tour_d.py::Tour::test_1",
    ]
    sharing = {"test_a.py::One", "test_c.py::Three"}
    assert dearest_first(nodeids, sharing) == [4, 0, 3, 1, 2]


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


def test_a_frozen_clock_does_not_count(tmp_path):
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:odoo\n")
    (tmp_path / "test_it.py").write_text(FROZEN)
    report = tmp_path / "report.xml"
    pytest_words = ["-p", "tools.pytest_order", f"--junit-xml={report}", str(tmp_path)]
    command = [sys.executable, "-m", "pytest", *pytest_words]
    subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY)
    cases = ElementTree.parse(report).iter("testcase")
    taken = [float(case.get("time")) for case in cases]
    assert len(taken) == 2
    assert all(0 <= seconds < 1000 for seconds in taken)
