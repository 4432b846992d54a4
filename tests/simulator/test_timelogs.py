"""Time logs against section 7."""

import json
from dataclasses import replace
from datetime import date, datetime, timezone

import pytest

from simulator import Clock, Simulator, generate

RANGE = {"start_date": "2026-07-01", "end_date": "2026-12-31"}


def module(kind, **more):
    """Return a module parameter."""
    return json.dumps({"type": kind, **more})


def rows_of(answer):
    """Return the logs of an answer without their groups."""
    if answer.status_code == 204:
        return []
    return [row for day in answer.json()["time_logs"] for row in day["log_details"]]


def listing(caller, kind="task", path="timelogs", **params):
    """Return one page of logs of a kind within half a year."""
    asked = {"view_type": "customdate", **RANGE, "per_page": 200, **params}
    return rows_of(caller.get(path, module=module(kind), **asked))


def test_three_kinds_cover_everything(call_for, clock):
    sim = Simulator(generate("tiny", clock=clock), clock=clock)
    caller = call_for(sim)
    seen = []
    for kind in ("task", "issue", "general"):
        for start, end in (("2025-12-01", "2026-04-30"), ("2026-05-01", "2026-10-31")):
            seen += listing(caller, kind, start_date=start, end_date=end)
    visible = {
        log.id for log in sim.portal.logs.values() if sim.portal.log_visible(log)
    }
    assert sorted(row["id"] for row in seen) == sorted(visible)
    assert len(visible) < len(sim.portal.logs)


def test_issues_are_called_bug(caller):
    for row in listing(caller, "issue"):
        assert row["module_detail"]["type"] == "bug"
    for row in listing(caller, "task"):
        assert row["module_detail"]["type"] == "task"
    for row in listing(caller, "general"):
        assert "module_detail" not in row
        assert row["name"] == "Travel"


@pytest.mark.parametrize(
    ("params", "title"),
    [
        ({}, "LESS_THAN_MIN_OCCURANCE"),
        ({"module": module("bug")}, "PATTERN_NOT_MATCHED"),
        ({"module": module("all")}, "PATTERN_NOT_MATCHED"),
        ({"module": "task"}, "JSON_PARSE_ERROR"),
        ({"module": module("task"), "view_type": "year"}, "PATTERN_NOT_MATCHED"),
        (
            {"module": module("task"), "start_date": "01-03-2026"},
            "PATTERN_NOT_MATCHED",
        ),
        (
            {"module": module("task"), "view_type": "customdate"},
            "LESS_THAN_MIN_OCCURANCE",
        ),
        (
            {
                "module": module("task"),
                "view_type": "customdate",
                "start_date": "2026-02-01",
                "end_date": "2026-01-01",
            },
            "INVALID_PARAMETER_VALUE",
        ),
    ],
)
def test_refused_parameters(caller, params, title):
    assert caller.title("timelogs", **params) == (400, title)


def test_without_customdate_it_is_silently_one_week(caller):
    answer = caller.get("timelogs", module=module("task"), **RANGE, per_page=200)
    days = {row["date"] for row in rows_of(answer)}
    assert days
    assert min(days) >= "2026-06-29"
    assert max(days) <= "2026-07-05"


def test_other_views(caller, sim):
    def days(path="timelogs", **params):
        answer = caller.get(path, module=module("task"), per_page=200, **params)
        return {row["date"] for row in rows_of(answer)}

    assert days(view_type="day", start_date="2026-10-05") == {"2026-10-05"}
    month = days(view_type="month", start_date="2026-10-15")
    assert month
    assert {day[:7] for day in month} == {"2026-10"}
    path = f"projects/{sim.portal.golden_project}/timelogs"
    assert len(days(path, view_type="projectspan")) == 3
    assert days() == set()


def test_more_than_six_months_is_refused(caller, sim):
    params = {"module": module("task"), "view_type": "customdate"}
    full = {"start_date": "2026-04-30", "end_date": "2026-10-30"}
    assert caller.get("timelogs", **params, **full).status_code == 200
    full["end_date"] = "2026-10-31"
    assert caller.title("timelogs", **params, **full) == (
        400,
        "INVALID_PARAMETER_VALUE",
    )
    sim.dialect = replace(sim.dialect, long_range="cut")
    answer = caller.get("timelogs", **params, **full)
    assert max(row["date"] for row in rows_of(answer)) <= "2026-10-30"


def test_hours_beyond_a_day_and_html_notes(caller):
    row = next(r for r in listing(caller) if r["log_hour"] == "132:30")
    assert "<script>" in row["notes"]
    assert row["cf_activity"] == "Writing"


def test_groups_carry_totals(caller):
    body = caller.get(
        "timelogs", module=module("task"), view_type="customdate", **RANGE
    ).json()
    assert set(body["log_hours"]) == {
        "total_hours",
        "billable_hours",
        "non_billable_hours",
    }
    days = [group["date"] for group in body["time_logs"]]
    assert days == sorted(days)


def test_judgements_of_the_sample(caller, sim):
    project = next(p for p in sim.portal.projects.values() if p.name == "Judged logs")
    rows = listing(caller, "issue", f"projects/{project.id}/timesheet")
    told = {row["log_hour"]: row.get("approval", {}).get("status") for row in rows}
    assert told == {
        "01:01": "Approved",
        "01:02": "Pending",
        "01:03": "Rejected",
        "01:04": "Approved",
        "01:05": None,
    }
    row = next(r for r in rows if r["log_hour"] == "01:04")
    assert row["billing_status"] == "Non Billable"
    assert row["approval"]["approver"]["full_name"] == "Mila Koster"


def test_strangers_keep_their_card(caller, sim):
    stranger = next(iter(sim.portal.ghosts.values()))
    rows = [r for r in listing(caller) if r["owner"]["zpuid"] == stranger.id]
    assert rows[0]["owner"]["email"] == stranger.email


def test_changed_since(caller, sim, clock):
    log = next(iter(sim.portal.logs.values()))
    sim.portal.edit_log(log.id, minutes=77)
    today = clock.today().isoformat()
    params = {"start_date": today, "end_date": today, "fetch_by_modified_time": "true"}
    assert [row["id"] for row in listing(caller, **params)] == [log.id]
    assert listing(caller, start_date=today, end_date=today) == []
    sim.dialect = replace(sim.dialect, modified_fetch="ignored")
    assert listing(caller, **params) == []
    sim.dialect = replace(
        sim.dialect, modified_fetch="honoured", modified_end="exclusive"
    )
    assert listing(caller, **params) == []


def test_day_of_modification_in_the_portals_zone(call_for):
    clock = Clock.frozen(datetime(2026, 11, 2, 23, 30, tzinfo=timezone.utc))
    sim = Simulator(generate("tiny", clock=clock), clock=clock)
    log = next(iter(sim.portal.logs.values()))
    sim.portal.edit_log(log.id, minutes=77)
    params = {
        "start_date": "2026-11-03",
        "end_date": "2026-11-03",
        "fetch_by_modified_time": "true",
    }
    caller = call_for(sim)
    assert listing(caller, **params) == []
    sim.dialect = replace(sim.dialect, modified_zone="portal")
    assert [row["id"] for row in listing(caller, **params)] == [log.id]


def test_approval_may_not_count_as_modification(caller, sim, clock):
    log = next(o for o in sim.portal.logs.values() if o.approval == "pending")
    before = log.modified
    sim.dialect = replace(sim.dialect, approval_bumps=False)
    sim.portal.approve_log(log.id)
    assert log.modified == before
    sim.dialect = replace(sim.dialect, approval_bumps=True)
    sim.portal.withdraw_log(log.id)
    assert log.modified == clock.now()


def test_module_id(caller, sim):
    log = next(o for o in sim.portal.logs.values() if o.kind == "task")
    params = {"view_type": "customdate", **RANGE}
    of_one = caller.get("timelogs", module=module("task", id=log.item), **params)
    assert {r["module_detail"]["id"] for r in rows_of(of_one)} == {log.item}
    sim.dialect = replace(sim.dialect, module_id_required=True)
    answer = caller.get("timelogs", module=module("task"), **params)
    assert answer.json()["error"]["details"][0]["field_name"] == "id"
    answer = caller.get("timelogs", module=module("general"), **params)
    assert answer.status_code == 200


def test_filter_by_user(caller, sim):
    user = sim.portal.users[next(iter(sim.portal.logs.values())).owner].id
    text = json.dumps(
        {
            "criteria": [
                {"field_name": "user", "criteria_condition": "is", "value": [user]}
            ],
            "pattern": "1",
        }
    )
    assert {r["owner"]["zpuid"] for r in listing(caller, filter=text)} == {user}


def test_one_log_wants_its_type(caller, sim):
    log = next(o for o in sim.portal.logs.values() if o.kind == "issue")
    path = f"projects/{log.project}/logs/{log.id}"
    assert caller.get(path, type="issue").json()["id"] == log.id
    assert caller.title(path) == (400, "LESS_THAN_MIN_OCCURANCE")
    assert caller.title(path, type="bug") == (400, "PATTERN_NOT_MATCHED")
    assert caller.title(path, type="task") == (404, "RESOURCE_NOT_FOUND")


def test_an_employee_sees_his_own_logs(caller, sim):
    user = next(u for u in sim.portal.users.values() if u.first_name == "Ada")
    caller.token, _ = sim.tokens(user=user.id)
    assert {row["owner"]["zpuid"] for row in listing(caller)} == {user.id}


def test_report_totals(caller, sim):
    golden = sim.portal.golden_project
    params = {"view_type": "customdate", **RANGE, "report_type": "user"}
    body = caller.get(f"projects/{golden}/timelogs/report", **params).json()
    assert body["log_hours"]["total_hours"] == "45:00"
    assert caller.get("timelogs/report", **params).json()["count"] > 3
    params.pop("report_type")
    assert caller.title("timelogs/report", **params)[1] == "LESS_THAN_MIN_OCCURANCE"


def test_logs_of_a_trashed_task(caller, sim):
    log = next(o for o in sim.portal.logs.values() if o.kind == "task")
    path = f"projects/{log.project}/logs/{log.id}"
    sim.portal.trash("task", log.item)
    assert caller.get(path, type="task").status_code == 404
    sim.dialect = replace(sim.dialect, trashed_hides_logs=False)
    assert caller.get(path, type="task").status_code == 200


def test_moving_a_log(caller, sim):
    golden = sim.portal.golden_project
    log = next(o for o in sim.portal.logs.values() if o.project == golden)
    target = next(t for t in sim.portal.tasks.values() if t.project != golden)
    identity = log.id
    sim.portal.move_log(identity, target.id)
    assert (log.id, log.project) == (identity, target.project)
    sim.dialect = replace(sim.dialect, moved_log_keeps_id=False)
    sim.portal.move_log(identity, project=golden)
    assert log.id != identity
    assert (log.kind, log.item) == ("general", "")


def test_custom_date_bounds_are_inclusive(caller):
    rows = listing(caller, start_date="2025-12-31", end_date="2026-01-01")
    assert {"2025-12-31", "2026-01-01"} <= {row["date"] for row in rows}
    assert all(date.fromisoformat(row["date"]) for row in rows)
