"""The counts of the summary and what runs where."""

import pytest

pytest.importorskip("psycopg2")

from tools.run_tests import Counts, counts_of, side_by_side, split


def test_the_counts_of_a_report(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="9"><testcase/><testcase/>'
        "<testcase><failure/></testcase><testcase><error/></testcase>"
        "<testcase><skipped/></testcase><testcase><failure/><skipped/></testcase>"
        "</testsuite></testsuites>"
    )
    assert counts_of(report) == Counts(passed=2, failed=3, skipped=1)


def test_counts_add_up_to_one_line():
    total = Counts(1, 2, 3) + Counts(10, 20, 30)
    assert str(total) == "11 passed, 22 failed, 33 skipped"


def test_the_number_of_processes_can_be_asked_for(monkeypatch):
    monkeypatch.delenv("JOBS", raising=False)
    assert side_by_side(1) == []
    assert side_by_side(2) == ["-n", "2", "--dist", "loadfile"]
    monkeypatch.setenv("JOBS", "1")
    assert side_by_side(2) == []


def test_tests_below_an_addon_run_in_odoo():
    paths = ["tests/zoho", "addon/tests/test_a.py", "addon_more/tests"]
    pure, odoo = split(paths, ["addon"])
    assert pure == ["tests/zoho", "addon_more/tests"]
    assert odoo == ["addon/tests/test_a.py"]
