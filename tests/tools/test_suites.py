"""How Odoo's own tests with the addons are compared with those without."""

import pytest

pytest.importorskip("psycopg2")

from tools.shell import ToolError
from tools.suites import SUITES, Comparison, chosen, report


def outcome(ran, failed=""):
    outcomes = dict.fromkeys(ran.split(), "passed") | {"left out": "skipped"}
    return outcomes | dict.fromkeys(failed.split(), "failed")


def test_what_fails_without_the_addons_is_not_counted():
    same = Comparison("x", outcome("a b", "a"), outcome("a b", "a"))
    assert same.holds
    healed = Comparison("x", outcome("a b", "a"), outcome("a b"))
    assert healed.holds


def test_a_new_failure_is_named():
    worse = Comparison("project", outcome("a b", "a"), outcome("a b", "a b"))
    assert not worse.holds
    assert worse.new_failures == ["b"]
    said = report([worse])
    assert "✗ project b" in said
    assert said.splitlines()[1].split() == ["project", "2", "1", "2", "1"]


def test_a_test_that_no_longer_runs_is_named():
    less = Comparison("project", outcome("a b"), outcome("a"))
    assert not less.holds
    assert "✗ project b did not run" in report([less])


def test_a_suite_without_tests_proves_nothing():
    assert not Comparison("project", outcome(""), outcome("")).holds


def test_suites_can_be_chosen():
    assert chosen("") == list(SUITES)
    assert chosen("project account") == ["project", "account"]
    with pytest.raises(ToolError, match="SUITES=sale is not known"):
        chosen("sale")
