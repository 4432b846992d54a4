"""The summary: tables, counts, hours, and whether all is accounted for."""

from collections import Counter

import pytest

from tools import portal_summary
from tools.portal_summary import (
    accounted_minutes,
    describe_check,
    describe_errors,
    describe_hours,
    describe_lost,
    describe_run,
    table,
    unaccounted,
)

LABELS = {
    "entity": [["task", "Tasks"]],
    "billing_state": [["unbilled", "Unbilled"]],
    "reason": [["timesheet_not_billable", "Not billable"]],
}


class FakeBrowser:
    """Answers what the summary asks Odoo for."""

    def __init__(self, rows=None, groups=None):
        self._rows = rows or {}
        self._groups = groups or {}

    def rows(self, model, domain, fields, **options):
        return self._rows[model]

    def groups(self, model, domain, by, *aggregates, **options):
        return self._groups.get((model, by), [])

    def labels(self, model, field):
        return dict(LABELS[field])


def _line(**counts):
    names = dict.fromkeys(portal_summary.COUNTS, 0)
    return {"entity": "task", **names, **counts}


def test_a_table_has_its_numbers_to_the_right():
    assert table(
        ["Name", "hours", "logs"], [("A", 1234.5, 7), ("Long", 1.0, 1234)]
    ) == ("  Name     hours   logs\n  A     1,234.50      7\n  Long      1.00  1,234")


def test_a_run_shows_its_calls_beside_the_bound():
    browser = FakeBrowser({"zoho.sync.run.line": [_line(fetched=3, created=3)]})
    run = {"id": 1, "api_calls": 11, "duration": 0.5}
    said = describe_run(browser, run, 10)
    assert "Tasks         3        3" in said
    assert said.endswith("11 API calls in 30 s; the listings used need 10 (x 1.10)")
    assert describe_run(browser, run, 0).endswith("11 API calls in 30 s")


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"fetched": 5, "created": 3, "skipped": 1, "failed": 1}, ""),
        ({"fetched": 5, "created": 6}, ""),
        (
            {"fetched": 5, "created": 3, "withdrawn": 2},
            "  ✗ records read and then lost: task 2",
        ),
    ],
)
def test_lost_records_are_said(counts, said):
    browser = FakeBrowser({"zoho.sync.run.line": [_line(**counts)]})
    assert describe_lost(browser, {"id": 1}) == said


def test_hours_are_told_by_state_and_by_reason():
    groups = {
        ("account.analytic.line", "billing_state"): [("unbilled", 8.5, 4)],
        ("zoho.skipped.record", "reason"): [("timesheet_not_billable", 2.0, 1)],
    }
    said = describe_hours(FakeBrowser(groups=groups))
    assert "Unbilled       8.50     4" in said
    assert "Not billable        2.00     1" in said


def test_errors_are_counted_by_code():
    groups = {("zoho.sync.error", "code"): [("odoo_refused", 2, False)]}
    assert "odoo_refused        2   0.00" in describe_errors(FakeBrowser(groups=groups))
    assert describe_errors(FakeBrowser()) == "  no errors"


def test_every_fate_of_a_log_counts_as_accounted_for():
    browser = FakeBrowser(
        {"project.project": [{"id": 4, "zoho_id": "11"}]},
        {
            ("account.analytic.line", "project_id"): [([4, "P"], 1.5)],
            ("zoho.skipped.record", "project_zoho_id"): [("11", 30), ("12", 5)],
            ("zoho.sync.error", "project_zoho_id"): [("12", 0.25)],
        },
    )
    assert accounted_minutes(browser) == Counter({"11": 120, "12": 20})
    listed = {"11": {"total": 120}, "12": {"total": 21}}
    assert unaccounted(browser, listed) == {"12": (21, 20)}


def test_the_check_names_the_projects_that_differ():
    listed = {"11": {"total": 90}}
    assert describe_check(listed, {}) == (
        "  ✓ all 1.50 h that the portal lists are accounted for"
    )
    assert "11           1.50           1.00" in describe_check(
        listed, {"11": (90, 60)}
    )
