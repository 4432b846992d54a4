"""Endpoints and query parameters: sections 1.9, 7.2 and 9.2."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho import endpoints as e
from zoho import queries as q
from zoho.data_centers import SCOPES
from zoho.errors import ZohoRefused


def test_every_scope_is_one_we_ask_for():
    used = {one.scope for one in (*e.LISTINGS.values(), *e.RECORDS.values())}
    assert used <= set(SCOPES)


def test_names_of_listings():
    assert set(e.LISTINGS) == set(
        "portals customers customer_projects project_customers client_users"
        " customer_contacts project_crm_accounts users projects project_alone"
        " task_lists phases tasks issues time_logs project_time_logs bin module_fields"
        " settings_fields customers_older project_customers_older users_older phases_31"
        " project_phases".split()
    )
    assert e.LISTINGS["time_logs"] is e.TIME_LOGS


@pytest.mark.parametrize(
    ("listing", "pattern", "scope"),
    [
        (e.PORTALS, "/api/v3/portals", "portals"),
        (e.CUSTOMERS, "/api/v3/portal/{portal}/customers", "clients"),
        (
            e.CUSTOMER_PROJECTS,
            "/api/v3/portal/{portal}/clients/{customer}/projects",
            "clients",
        ),
        (
            e.PROJECT_CUSTOMERS,
            "/api/v3/portal/{portal}/projects/{project}/customers",
            "clients",
        ),
        (e.CLIENT_USERS, "/api/v3/portal/{portal}/clients/users", "clients"),
        (
            e.CUSTOMER_CONTACTS,
            "/api/v3/portal/{portal}/client/{customer}/contacts",
            "users",
        ),
        (
            e.PROJECT_CRM_ACCOUNTS,
            "/api/v3/portal/{portal}/projects/{project}/crm/accounts",
            "clients",
        ),
        (e.USERS, "/api/v3.1/portal/{portal}/users", "users"),
        (e.PROJECTS, "/api/v3/portal/{portal}/projects", "projects"),
        (e.TASK_LISTS, "/api/v3/portal/{portal}/all-tasklists", "tasklists"),
        (e.PHASES, "/api/v3/portal/{portal}/phases", "milestones"),
        (e.TASKS, "/api/v3/portal/{portal}/tasks", "tasks"),
        (e.ISSUES, "/api/v3/portal/{portal}/issues", "bugs"),
        (e.TIME_LOGS, "/api/v3/portal/{portal}/timelogs", "timesheets"),
        (e.BIN, "/api/v3/portal/{portal}/bin", "portals"),
        (
            e.MODULE_FIELDS,
            "/api/v3/portal/{portal}/module/{module}/fields",
            "custom_fields",
        ),
    ],
)
def test_paths_and_scopes(listing, pattern, scope):
    assert listing.pattern == pattern
    assert listing.scope == f"ZohoProjects.{scope}.READ"


def test_other_listings_stand_in_for_what_a_portal_does_not_know():
    paths = {name: other.pattern for name, other in e.INSTEAD.items()}
    assert paths == {
        "customers": "/api/v3/portal/{portal}/clients",
        "project_customers": "/api/v3/portal/{portal}/projects/{project}/clients",
        "users": "/api/v3/portal/{portal}/users",
        "phases": "/api/v3.1/portal/{portal}/phases",
        "phases_31": "/api/v3.1/portal/{portal}/projects/{project}/phases",
    }
    assert all(e.LISTINGS[other.name] is other for other in e.INSTEAD.values())


def test_a_request_is_known_by_all_but_its_page():
    one = e.PageRequest(e.TASKS, 1, {"a": "1", "b": "2"}, {"project": "5"})
    same = e.PageRequest(e.TASKS, 1, {"b": "2", "a": "1"}, {"project": "5"})
    assert one == same and hash(one) == hash(same) and one.key == same.key
    assert one.at(2).page == 2
    assert one.at(2).key == one.key and one.at(2) != one
    others = [
        e.PageRequest(e.ISSUES, 1, one.params, one.path_ids),
        e.PageRequest(e.TASKS, 1, {}, one.path_ids),
        e.PageRequest(e.TASKS, 1, one.params, {"project": "6"}),
    ]
    assert len({one.key, *(other.key for other in others)}) == 4


@pytest.mark.parametrize(
    ("kind", "word"),
    [("task", "task"), ("issue", "issue"), ("bug", "issue"), ("general", "general")],
)
def test_a_pass_over_logs_by_work_day(kind, word):
    params = q.time_log_params(kind, date(2026, 1, 2), date(2026, 5, 31))
    assert params == {
        "module": f'{{"type":"{word}"}}',
        "view_type": "customdate",
        "start_date": "2026-01-02",
        "end_date": "2026-05-31",
    }


def test_a_pass_over_logs_by_day_of_change():
    params = q.time_log_params("task", date(2026, 1, 2), date(2026, 1, 3), True)
    assert params["fetch_by_modified_time"] == "true"


def test_a_pass_over_the_logs_of_one_item():
    params = q.time_log_params("task", date(2026, 1, 2), date(2026, 1, 3), item_id="5")
    assert json.loads(params["module"]) == {"type": "task", "id": "5"}


def test_a_pass_of_no_known_type():
    with pytest.raises(ZohoRefused):
        q.time_log_params("all", date(2026, 1, 2), date(2026, 1, 3))


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-01-01", "2026-01-01", [("2026-01-01", "2026-01-01")]),
        ("2026-01-01", "2026-06-02", [("2026-01-01", "2026-06-02")]),
        (
            "2026-01-01",
            "2026-06-03",
            [("2026-01-01", "2026-03-18"), ("2026-03-19", "2026-06-03")],
        ),
        ("2026-02-01", "2026-01-01", []),
    ],
)
def test_slices_of_days(start, end, expected):
    slices = q.day_slices(date.fromisoformat(start), date.fromisoformat(end))
    assert [(a.isoformat(), b.isoformat()) for a, b in slices] == expected


DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))


@given(DAYS, st.integers(0, 3000))
def test_slices_leave_no_gap_and_no_overlap(start, length):
    end = start + timedelta(days=length)
    slices = q.day_slices(start, end)
    assert slices[0][0] == start and slices[-1][1] == end
    for (_first, last), (following, _end) in zip(slices, slices[1:], strict=False):
        assert following - last == timedelta(days=1)
    lengths = [(last - first).days + 1 for first, last in slices]
    assert max(lengths) <= q.LONGEST_DAYS and max(lengths) - min(lengths) <= 1
    assert len(slices) == -(-(length + 1) // q.LONGEST_DAYS)


@pytest.mark.parametrize("which", ["all_open", "all_closed"])
def test_the_filter_of_projects(which):
    (name, text), *others = q.project_filter(which).items()
    assert (name, others) == ("filter", [])
    assert json.loads(text) == {
        "criteria": [
            {
                "field_name": "status",
                "criteria_condition": which,
                "value": [f"${{{which}}}"],
            }
        ],
        "pattern": "1",
    }


def test_a_filter_of_several_lines():
    params = q.criteria(
        q.criterion("is_completed", "is", [False]),
        q.criterion("tasklist_id", "is", [74, "75"]),
    )
    assert json.loads(params["filter"]) == {
        "criteria": [
            {
                "field_name": "is_completed",
                "criteria_condition": "is",
                "value": ["false"],
            },
            {
                "field_name": "tasklist_id",
                "criteria_condition": "is",
                "value": ["74", "75"],
            },
        ],
        "pattern": "1 AND 2",
    }


def test_types_of_logs_by_our_word_and_by_zohos():
    assert q.LOG_TYPES == {
        "task": "task",
        "issue": "issue",
        "bug": "issue",
        "general": "general",
    }
