"""Faults on order and the throttle, in process."""

from dataclasses import replace
from functools import partial

import pytest
import requests

from simulator import Dialect, Fault


@pytest.mark.parametrize(
    ("kind", "status", "title"),
    [
        ("error_500", 500, "INTERNAL_SERVER_ERROR"),
        ("token_expired", 401, "INVALID_OAUTHTOKEN"),
        ("portal_gone", 404, "RESOURCE_NOT_FOUND"),
        ("gone", 404, "RESOURCE_NOT_FOUND"),
        ("scope_missing", 401, "INVALID_OAUTHSCOPE"),
        ("module_disabled", 403, "FORBIDDEN"),
        ("licence", 402, "LICENSE_REQUIRED"),
        ("bad_rule", 400, "URL_RULE_NOT_CONFIGURED"),
        ("throttle", 400, "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"),
    ],
)
def test_refusals(caller, sim, kind, status, title):
    fault = sim.fault(kind, "tasks")
    assert caller.get("projects").status_code == 200
    assert caller.title("tasks") == (status, title)
    assert fault.struck == 1


def test_a_throttle_may_say_nothing_of_its_end(caller, sim):
    sim.dialect = Dialect(retry_after=True)
    sim.fault("throttle_untold", "tasks")
    answer = caller.get("tasks")
    assert "Try again" not in answer.text
    assert "Retry-After" not in answer.headers


def test_something_happens_before_an_answer(caller, sim):
    task = next(iter(sim.portal.tasks))
    purge = partial(sim.portal.purge, "task", task)
    sim.fault("meanwhile", "tasks", nth=2, happens=purge)
    shown = [f'"{task}"' in caller.get("tasks").text for _ in range(2)]
    assert shown == [True, False]


def test_spoiled_texts(caller, sim):
    sim.fault("nan", "tasks")
    assert ":NaN" in caller.get("tasks").text
    sim.fault("broken_row", "tasks")
    rows = caller.get("tasks").json()["tasks"]
    assert [row["id"] for row in rows].count([]) == 1
    sim.fault("malformed", "tasks")
    with pytest.raises(ValueError, match="Expecting"):
        caller.get("tasks").json()


def test_the_nth_call_for_some_times(caller, sim):
    sim.fault("error_500", "tasks", nth=2, times=2)
    statuses = [caller.get("tasks").status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


def test_for_ever_until_cleared(caller, sim):
    sim.fault("error_500", "task*", times=0)
    assert [caller.get("tasks").status_code for _ in range(3)] == [500] * 3
    sim.faults.clear()
    assert caller.get("tasks").status_code == 200


def test_where_restricts_to_parameters(caller, sim):
    fault = sim.fault("error_500", "tasks", where={"page": "2"})
    assert caller.get("tasks", page=1).status_code == 200
    assert sim.faults.unmet() == [fault]
    assert caller.get("tasks", page=2).status_code == 500
    assert sim.faults.unmet() == []


def test_an_unknown_fault_is_refused(sim):
    with pytest.raises(ValueError, match="unknown fault"):
        sim.fault("earthquake")
    assert Fault("reset").endpoint == "*"


@pytest.mark.parametrize(
    ("kind", "status"), [("html_200", 200), ("html_503", 503), ("html_429", 429)]
)
def test_html_pages(caller, sim, kind, status):
    sim.fault(kind, "tasks")
    answer = caller.get("tasks")
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


def test_broken_lines(caller, sim):
    sim.fault("reset", "tasks")
    with pytest.raises(requests.ConnectionError):
        caller.get("tasks")
    sim.fault("timeout", "projects")
    with pytest.raises(requests.ReadTimeout):
        caller.get("projects")


def test_cut_bodies(caller, sim):
    # Old versions of urllib3 do not compare the length: then the JSON is cut.
    sim.fault("cut_body", "tasks")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, ValueError)):
        caller.get("tasks").json()
    sim.fault("cut_json", "projects")
    with pytest.raises(ValueError, match="Unterminated|Expecting"):
        caller.get("projects").json()


def test_slow_answers(caller, sim):
    waited = []
    sim.faults.sleep = waited.append
    sim.fault("slow", "tasks", seconds=7, times=2)
    assert caller.get("tasks").status_code == 200
    assert waited == [7]
    with pytest.raises(requests.ReadTimeout):
        caller.session.get(
            f"https://projects.zoho.com/api/v3/portal/{sim.portal.id}/tasks",
            timeout=(1, 2),
        )


def test_revoked_refresh_token(caller, sim):
    sim.fault("token_revoked", "tasks")
    assert caller.title("tasks") == (401, "INVALID_OAUTHTOKEN")
    answer = caller.session.post(
        "https://accounts.zoho.com/oauth/v2/token",
        data={
            "grant_type": "refresh_token",
            "refresh_token": caller.refresh,
            "client_id": sim.client_id,
            "client_secret": sim.client_secret,
        },
    )
    assert answer.json() == {"error": "invalid_code"}


def test_faults_of_the_accounts_server(caller, sim):
    sim.fault("html_503", "oauth.token")
    answer = caller.session.post("https://accounts.zoho.com/oauth/v2/token")
    assert answer.status_code == 503
    assert sim.ledger.tokens["oauth.token"] == 1


def ids(caller, page, **params):
    """Return the ids of a page of tasks."""
    answer = caller.get("tasks", page=page, per_page=50, **params)
    return [row["id"] for row in answer.json()["tasks"]] if answer.content else []


def test_spoiled_listings(caller, sim):
    first, second = ids(caller, 1), ids(caller, 2)
    sim.fault("empty", "tasks")
    assert ids(caller, 1) == []
    sim.fault("short", "tasks")
    assert ids(caller, 1) == first[:25]
    sim.fault("duplicate", "tasks")
    assert ids(caller, 2) == first
    sim.fault("shift", "tasks", rows=3)
    assert ids(caller, 2)[:-3] == second[3:]


def test_throttle_after_so_many_calls(caller, sim, clock):
    sim.throttle.limit = 3
    project = sim.portal.golden_project
    for path in ("tasks", f"projects/{project}/tasks"):
        for _ in range(3):
            assert caller.get(path).status_code == 200
    answer = caller.get("tasks")
    assert answer.status_code == 400
    message = answer.json()["error"]["details"]["message"]
    assert message == (
        "Cannot execute more than 3 requests per API in 2 minutes. "
        "Try again after 10 minutes."
    )
    clock.advance(599)
    assert "after 1 minutes" in caller.get("tasks").text
    clock.advance(2)
    assert caller.get("tasks").status_code == 200
    assert sim.throttle.trips == 1


def test_the_window_rolls(caller, sim, clock):
    sim.throttle.limit = 3
    for _ in range(3):
        assert caller.get("tasks").status_code == 200
    clock.advance(121)
    for _ in range(3):
        assert caller.get("tasks").status_code == 200


def test_calls_during_the_lock_may_prolong_it(caller, sim, clock):
    sim.throttle.limit = 1
    sim.dialect = Dialect(lock_prolonged=True)
    statuses = []
    for _ in range(4):
        statuses.append(caller.get("tasks").status_code)
        clock.advance(599)
    assert statuses == [200, 200, 200, 200]
    caller.get("tasks")
    assert caller.get("tasks").status_code == 400
    clock.advance(599)
    assert caller.get("tasks").status_code == 400
    clock.advance(599)
    assert caller.get("tasks").status_code == 400


def test_one_counter_for_all_projects(caller, sim):
    sim.throttle.limit = 2
    projects = list(sim.portal.projects)[:3]
    answers = [caller.get(f"projects/{p}/tasks").status_code for p in projects]
    assert answers[2] == 400


def test_throttle_in_other_dialects(caller, sim):
    sim.throttle.limit = 1
    sim.dialect = Dialect(
        throttle_status=429,
        throttle_details="array",
        retry_after=True,
        rate_headers=True,
    )
    answer = caller.get("tasks")
    assert answer.headers["RateLimit"] == "1"
    assert answer.headers["RateLimit-Remaining"] == "0"
    answer = caller.get("tasks")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "600"
    assert "Try again" in answer.json()["error"]["details"][0]["message"]


@pytest.mark.parametrize(("form", "kind"), [("object", dict), ("array", list)])
def test_forms_of_details(caller, sim, form, kind):
    sim.dialect = replace(sim.dialect, error_details=form, error_status="number")
    error = caller.get("issues").json()["error"]
    assert isinstance(error["details"], kind)
    assert error["status_code"] == 400
    sim.dialect = replace(sim.dialect, error_details="absent")
    assert "details" not in caller.get("issues").json()["error"]


@pytest.mark.parametrize(
    ("refused", "path"),
    [
        ("view_type_users", "users?view_type=inactive"),
        ("has_parents", "tasks?has_parents=true"),
        ("sort_by", "tasks?sort_by=ASC(id)"),
        ("fetch_by_modified_time", "timelogs?fetch_by_modified_time=true"),
    ],
)
def test_refused_parameters(caller, sim, refused, path):
    sim.dialect = replace(sim.dialect, refused_params=frozenset({refused}))
    assert caller.title(path) == (400, "EXTRA_PARAM_FOUND")
