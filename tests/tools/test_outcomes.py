"""What a run of pytest has told."""

import sys
from dataclasses import replace

import pytest

from tools.outcomes import ITSELF, outcomes_of, run_pytest
from tools.settings import read_settings


def test_a_report_tells_how_each_test_ended(tmp_path):
    found = tmp_path / "report.xml"
    found.write_text(
        '<testsuites><testsuite><testcase classname="odoo.tests.test_a.A" name="b"/>'
        '<testcase classname="tests.test_a.A" name="c"><failure/></testcase>'
        '<testcase classname="test_a.A" name="d"><error/></testcase>'
        '<testcase classname="test_a.A" name="e"><skipped/></testcase>'
        '<testcase classname="test_a.A" name="f"><failure/><skipped/></testcase>'
        '<testcase classname="test_a.A" name="f"/>'
        "</testsuite></testsuites>"
    )
    ended = {name[-1]: ended for name, ended in outcomes_of(found).items()}
    assert "test_a.A::b" in outcomes_of(found)
    assert ended.pop("b") == "passed"
    assert ended.pop("e") == "skipped"
    assert ended == dict.fromkeys("cdf", "failed")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return what runs pytest on some lines."""

    def run(lines, *words):
        (tmp_path / "test_it.py").write_text(lines)
        settings = replace(read_settings({}), home=tmp_path, repository=tmp_path)
        settings.venv_python.parent.mkdir(parents=True, exist_ok=True)
        settings.venv_python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        settings.venv_python.chmod(0o700)
        words = ["-p", "no:odoo", "-q", *words, "test_it.py"]
        with (tmp_path / "said").open("w") as output:
            return run_pytest(settings, words, {}, output)

    return run


def test_outcomes_are_those_of_the_tests(run):
    found = run("def test_a(): pass\ndef test_b(): assert 0\n")
    assert found == {"test_it::test_a": "passed", "test_it::test_b": "failed"}


def test_no_test_is_no_failure(run):
    assert run("") == {}


def test_an_end_without_a_report_is_a_failure(run):
    assert run("import os; os._exit(3)") == {ITSELF: "failed"}
    assert run("def test_a(): pass", "--no-such-option") == {ITSELF: "failed"}
