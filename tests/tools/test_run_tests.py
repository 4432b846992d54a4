"""The counts of the summary and what runs where."""

import os
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

pytest.importorskip("psycopg2")

from tools import run_tests
from tools.run_tests import side_by_side, split
from tools.settings import read_settings
from tools.shell import ToolError
from tools.templates import ASSETS


def test_everything_runs_in_a_process_for_each_core(monkeypatch):
    monkeypatch.delenv("JOBS", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert side_by_side(["addon/tests"], "")[:2] == ["-n", "2"]
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert side_by_side(["addon/tests"], "")[1] == "4"
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert side_by_side(["addon/tests"], "") == []


def test_a_few_tests_run_in_one_process(monkeypatch):
    monkeypatch.delenv("JOBS", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert side_by_side(["a/test_a.py", "a/test_b.py::Case::test"], "") == []
    assert side_by_side(["a/tests"], "golden") == []


def test_the_number_of_processes_can_be_asked_for(monkeypatch):
    monkeypatch.setenv("JOBS", "3")
    assert side_by_side(["a/test_a.py"], "")[:2] == ["-n", "3"]
    monkeypatch.setenv("JOBS", "1")
    assert side_by_side(["a/tests"], "") == []


def test_tests_below_an_addon_run_in_odoo():
    paths = ["tests/zoho", "addon/tests/test_a.py", "addon_more/tests"]
    pure, served, odoo = split(paths, ["addon"])
    assert pure == ["tests/zoho", "addon_more/tests"]
    assert served == []
    assert odoo == ["addon/tests/test_a.py"]


def test_tests_that_start_servers_run_beside_the_others():
    paths = ["tests/kill/test_kill_server.py", "tests/zoho"]
    assert split(paths, []) == (["tests/zoho"], paths[:1], [])
    assert split(["tests"], []) == (["tests"], list(run_tests.SERVED), [])
    for path in run_tests.SERVED:
        assert (read_settings({}).repository / path).is_dir()


FOLDERS = ("tests", "tests/zoho", *run_tests.SERVED, "zoho_projects_connector/tests")


@pytest.fixture
def done(monkeypatch):
    """Return what was run, in order, instead of running it; every run counts 2."""
    done = []

    def run_pytest(_settings, words, _environment):
        done.append([word for word in words if word in FOLDERS])
        return {"one": "passed", "two": "passed"}

    @contextmanager
    def lend(kind):
        assert kind == ASSETS
        yield "conf"

    workshop = SimpleNamespace(lend=lend, environment=lambda _configuration: {})
    monkeypatch.setattr(run_tests, "run_pytest", run_pytest)
    monkeypatch.setattr(run_tests, "_prepare", lambda _settings: workshop)
    named = {"count_complaints": 0, "run_mutants": 0, "run_suites": 1}
    for name, code in named.items():
        monkeypatch.setattr(
            run_tests, name, lambda _settings, n=name, c=code: done.append(n) or c
        )
    return done


def test_everything_ends_with_the_counts(done, capsys):
    assert run_tests.run_tests(read_settings({}), (), "") == 0
    assert done[:2] == ["count_complaints", ["tests"]]
    side_by_side = [[*run_tests.SERVED], ["zoho_projects_connector/tests"]]
    assert sorted(done[2:]) == side_by_side
    said = capsys.readouterr().out
    assert said.endswith("6 passed, 0 failed, 0 skipped\n")


def test_some_tests_run_without_the_linters(done, capsys):
    assert run_tests.run_tests(read_settings({}), ["tests/zoho"], "") == 0
    assert done == [["tests/zoho"]]
    assert capsys.readouterr().out == "2 passed, 0 failed, 0 skipped\n"


def test_all_tests_are_long_and_end_with_the_suites(done, capsys, monkeypatch):
    monkeypatch.setattr(os, "environ", {"KILLS": "9"})
    assert run_tests.run_all_tests(read_settings({})) == 1
    assert done[-2:] == ["run_mutants", "run_suites"]
    assert os.environ["KILLS"] == "9"
    assert os.environ["BILLING_EXAMPLES"] == run_tests.LONG["BILLING_EXAMPLES"]
    assert capsys.readouterr().out.endswith("6 passed, 1 failed, 0 skipped\n")


def refuse(*_words, **_more):
    raise ToolError("no room")


def test_a_database_that_cannot_be_made_is_a_failure(done, capsys, monkeypatch):
    monkeypatch.setattr(run_tests, "_prepare", refuse)
    assert run_tests.run_tests(read_settings({}), (), "") == 1
    assert capsys.readouterr().out.endswith("2 passed, 1 failed, 0 skipped\n")


def test_a_database_that_cannot_be_copied_is_a_failure(done, capsys, monkeypatch):
    full = SimpleNamespace(lend=refuse)
    monkeypatch.setattr(run_tests, "_prepare", lambda _settings: full)
    assert run_tests.run_tests(read_settings({}), (), "") == 1
    assert capsys.readouterr().out.endswith("4 passed, 1 failed, 0 skipped\n")
