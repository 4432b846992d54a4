"""Paging, filters, lists and single records against sections 4, 6, 8 and 9."""

from dataclasses import replace

import pytest

from simulator import Client, Dialect, Simulator, generate


def test_projects_are_a_bare_array_without_customer(caller, sim):
    rows = caller.get("projects", per_page=200).json()
    shown = [p for p in sim.portal.projects.values() if p.type != "template"]
    assert [row["id"] for row in rows] == [p.id for p in shown]
    assert not {"client", "customer", "primary_client"} & set(rows[0])
    assert rows[0]["status"]["is_closed_type"] is False


def test_closed_projects_by_filter(caller, sim):
    text = (
        '{"criteria":[{"field_name":"status","criteria_condition":"all_closed",'
        '"value":[]}],"pattern":"1"}'
    )
    rows = caller.get("projects", filter=text).json()
    closed = {p.id for p in sim.portal.projects.values() if p.closed}
    assert {row["id"] for row in rows} == closed
    opened = caller.get("projects", filter=text.replace("closed", "open")).json()
    assert not closed & {row["id"] for row in opened}


def test_status_and_search_parameters_are_ignored(caller):
    plain = caller.get("projects").json()
    assert caller.get("projects", status="active", search="x").json() == plain


def test_paging_covers_every_row_once(caller, sim):
    seen, page = [], 1
    while True:
        answer = caller.get("tasks", page=page, per_page=50)
        if answer.status_code == 204:
            break
        body = answer.json()
        seen += [row["id"] for row in body["tasks"]]
        more = body["page_info"]["has_next_page"]
        assert more is (len(seen) < len(sim.portal.tasks))
        page += 1
    assert seen == list(sim.portal.tasks)


def test_per_page_is_cut_silently(caller):
    info = caller.get("tasks", per_page=500).json()["page_info"]
    assert info["per_page"] == 200
    assert caller.get("tasks").json()["page_info"]["per_page"] == 100


@pytest.mark.parametrize("value", ["0", "-1", "x"])
def test_page_must_be_a_positive_number(caller, value):
    assert caller.title("tasks", page=value) == (400, "INVALID_PARAMETER_VALUE")


def test_issues_want_a_page(caller):
    answer = caller.get("issues")
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["title"] == "LESS_THAN_MIN_OCCURANCE"
    assert error["details"][0]["field_name"] == "page"
    assert error["status_code"] == "400"
    assert caller.get("issues", page=1).json()["issues"]


def test_empty_listing_is_204(call_for, clock):
    portal = generate("tiny", clock=clock)
    portal.bin.clear()
    answer = call_for(Simulator(portal)).get("bin")
    assert (answer.status_code, answer.content) == (204, b"")


def test_tasks_sort_by_modification(caller, sim):
    target = list(sim.portal.tasks)[40]
    sim.portal.rename("task", target, "Touched")
    body = caller.get("tasks", sort_by="DESC(last_modified_time)").json()
    assert body["tasks"][0]["id"] == target
    times = [row["last_modified_time"] for row in body["tasks"]]
    assert times == sorted(times, reverse=True)
    assert caller.title("tasks", sort_by="down") == (400, "PATTERN_NOT_MATCHED")


def test_tasks_filter_by_list_and_custom_field(caller, sim):
    wanted = next(iter(sim.portal.task_lists))
    criteria = (
        '{"criteria":[{"field_name":"%s","criteria_condition":"%s","value":["%s"]}]}'
    )
    rows = caller.get("tasks", filter=criteria % ("tasklist_id", "is", wanted)).json()
    assert {row["tasklist"]["id"] for row in rows["tasks"]} == {wanted}
    text = criteria % ("cf_work_package", "contains", "wp-2")
    rows = caller.get("tasks", filter=text).json()["tasks"]
    assert [row["cf_work_package"] for row in rows] == ["WP-2"]
    text = criteria % ("nothing", "is", "1")
    assert caller.title("tasks", filter=text) == (400, "FIELDS_VALIDATION_ERROR")
    assert caller.title("tasks", filter="{") == (400, "JSON_PARSE_ERROR")


def test_patterns_and_conditions(caller, sim):
    name = '{"field_name":"name","criteria_condition":"%s","value":["%s"]}'
    first, second = name % ("is", "Level 0"), name % ("is", "Level 1")
    both = '{"criteria":[%s,%s],"pattern":"1 %s 2"}'
    rows = caller.get("tasks", filter=both % (first, second, "OR")).json()["tasks"]
    assert {row["name"] for row in rows} == {"Level 0", "Level 1"}
    answer = caller.get("tasks", filter=both % (first, second, "AND"))
    assert answer.status_code == 204
    others = '{"criteria":[%s]}' % (name % ("is_not", "Level 0"))
    rows = caller.get("tasks", filter=others, per_page=200).json()["tasks"]
    assert len(rows) == len(sim.portal.tasks) - 1
    odd = '{"criteria":[%s]}' % (name % ("resembles", "Level 0"))
    assert caller.title("tasks", filter=odd) == (400, "PATTERN_NOT_MATCHED")
    done = '{"criteria":[{"field_name":"is_completed","criteria_condition":"is",'
    done += '"value":["true"]},{"field_name":"owner_email","criteria_condition":'
    done += '"contains","value":["staff"]}],"pattern":"1 AND 2"}'
    rows = caller.get("tasks", filter=done, per_page=200).json()["tasks"]
    assert rows
    assert all(row["is_completed"] for row in rows)


def test_subtasks_tell_parent_and_depth(caller):
    rows = caller.get("tasks", per_page=200).json()["tasks"]
    by_name = {row["name"]: row for row in rows}
    for depth in range(1, 4):
        row, parent = by_name[f"Level {depth}"], by_name[f"Level {depth - 1}"]
        assert row["parental_info"] == {"parent_task_id": parent["id"]}
        assert row["depth"] == depth


def test_sentinels_of_nothing(caller):
    rows = caller.get("tasks", per_page=200).json()["tasks"]
    row = next(r for r in rows if r["name"] == "Unassigned, no phase")
    assert row["milestone"]["name"] == "None"
    assert row["owners_and_work"]["owners"] == [{"name": "Unassigned User"}]


def test_single_records(caller, sim):
    portal = sim.portal
    task = next(iter(portal.tasks.values()))
    issue = next(iter(portal.issues.values()))
    phase = next(iter(portal.phases.values()))
    task_list = next(iter(portal.task_lists.values()))
    for path, identity in (
        (f"projects/{task.project}", task.project),
        (f"projects/{task.project}/tasks/{task.id}", task.id),
        (f"projects/{issue.project}/issues/{issue.id}", issue.id),
        (f"projects/{phase.project}/phases/{phase.id}", phase.id),
        (f"projects/{task_list.project}/tasklists/{task_list.id}", task_list.id),
    ):
        assert caller.get(path).json()["id"] == identity
        assert caller.title(f"{path}0") == (404, "RESOURCE_NOT_FOUND")
    path = f"projects/{issue.project}/issues/{issue.id}/description"
    assert "<b>screen</b>" in caller.get(path).json()["description"]


@pytest.mark.parametrize(
    ("form", "unwrap"),
    [
        ("single", lambda body: body["project"]),
        ("list", lambda body: body["projects"][0]),
        ("result", lambda body: body["result"]),
    ],
)
def test_wrapped_records(caller, sim, form, unwrap):
    sim.dialect = replace(sim.dialect, record_wrapper=form)
    golden = sim.portal.golden_project
    assert unwrap(caller.get(f"projects/{golden}").json())["id"] == golden


def test_a_record_of_another_project_is_not_found(caller, sim):
    task = next(iter(sim.portal.tasks.values()))
    other = list(sim.portal.projects)[-1]
    assert caller.get(f"projects/{other}/tasks/{task.id}").status_code == 404


def test_project_lists_hold_their_own(caller, sim):
    project = sim.portal.golden_project
    for path, key in (
        ("tasks", "tasks"),
        ("tasklists", "tasklists"),
        ("phases", "phases"),
    ):
        rows = caller.get(f"projects/{project}/{path}").json()[key]
        assert {row["project"]["id"] for row in rows} == {project}


def test_issues_switched_off_are_forbidden(caller, sim):
    project = next(
        p for p in sim.portal.projects.values() if p.name == "Without issues"
    )
    answer = caller.title(f"projects/{project.id}/issues", page=1)
    assert answer == (403, "FORBIDDEN")


def test_an_employee_sees_his_projects_only(caller, sim):
    user = next(u for u in sim.portal.users.values() if u.email == "ada@golden.example")
    caller.token, _ = sim.tokens(user=user.id)
    rows = caller.get("projects").json()
    assert [row["name"] for row in rows] == ["Golden staff example"]
    stranger = list(sim.portal.projects)[-1]
    assert caller.get(f"projects/{stranger}").status_code == 404
    assert caller.get("").json()["profile"]["name"] == "Employee"
    names = {row["name"] for row in caller.get("tasks").json()["tasks"]}
    assert names == {"Part 1", "Part 2", "Part 3"}


def test_bin_holds_what_was_trashed(caller, sim):
    task = next(t for t in sim.portal.tasks.values() if t.depth == 1)
    below = [t.id for t in sim.portal.tasks.values() if t.parent == task.id]
    sim.portal.trash("task", task.id)
    rows = caller.get("bin").json()["bin"]
    assert {task.id, *below} <= {row["id"] for row in rows}
    assert rows[-1]["module"] == "task"
    assert caller.get(f"projects/{task.project}/tasks/{task.id}").status_code == 404
    sim.portal.restore(task.id)
    assert caller.get(f"projects/{task.project}/tasks/{task.id}").status_code == 200


def test_metadata(caller):
    fields = caller.get("module/timelogs/fields").json()["fields"]
    custom = {one["api_name"]: one for one in fields if one["is_custom_field"] is True}
    assert set(custom) == {"cf_activity", "cf_travel_km", "cf_toll"}
    assert {one["api_name"] for one in fields} - set(custom) == {"notes", "log_hour"}
    assert custom["cf_activity"]["picklist_values"][0]["value"] == "Writing"
    assert caller.get("module/bugs/fields").json()["fields"]
    assert caller.get("settings/fields", module="projects").json()["fields"]
    assert caller.title("module/nothing/fields")[1] == "URL_RULE_NOT_CONFIGURED"
    names = [m["api_name"] for m in caller.get("settings/modules").json()["modules"]]
    assert "timelogs" in names


@pytest.mark.parametrize(
    "path",
    [
        "settings/global-statuses",
        "settings/timelog",
        "profiles",
        "users/me/records/permissions",
    ],
)
def test_settings_answer(caller, path):
    assert caller.get(path).status_code == 200


@pytest.mark.parametrize("form", ["refused", "object", "list"])
def test_currency_of_the_portal(form, call_for):
    """Its body was never seen: it is refused, or an object, or a list."""
    portal = generate("tiny")
    caller = call_for(Simulator(portal, Dialect(portal_currency=form), limit=0))
    answer = caller.get("settings/currency")
    assert answer.ok == (form != "refused")
    assert (portal.currency in answer.text) == answer.ok


def test_two_portals_of_one_user(clock, call_for):
    first, second = (
        generate("tiny", clock=clock),
        generate("tiny", clock=clock, portal_id="60118842378"),
    )
    caller = call_for(Simulator([first, second], clock=clock))
    rows = caller.raw("https://projectsapi.zoho.com/api/v3/portals").json()
    assert [row["id"] for row in rows] == [first.id, second.id]


def test_dialect_may_change_between_calls(caller, sim):
    sim.dialect = replace(sim.dialect, projects_shape="envelope")
    assert "projects" in caller.get("projects").json()


def test_own_client_is_registered(sim):
    client = sim.store.register(Client(id="1000.OTHER", secrets={"eu": "x"}))
    assert sim.store.clients["1000.OTHER"] is client
