"""Projects, task lists, phases, tasks and issues: sections 4, 6 and 12."""

from datetime import date, datetime

import pytest

from zoho import records as r

PROJECT = {
    "id": "192004000000073021",
    "key": "NL-41",
    "name": "Harbour website",
    "project_type": "active",
    "description": "<div>Relaunch</div>",
    "is_public_project": False,
    "is_strict_project": False,
    "is_rollup_project": False,
    "start_date": "2026-02-02",
    "end_date": "2026-06-30",
    "created_time": "2026-01-28T09:12:44.101Z",
    "modified_time": "2026-03-09T14:05:22.417Z",
    "completed_time": "2026-07-02T10:00:00.000Z",
    "owner": {
        "zpuid": "192004000000011001",
        "zuid": 7781200456,
        "name": "Mila K.",
        "first_name": "Mila",
        "last_name": "Koster",
        "full_name": "Mila Koster",
        "email": "mila@example.eu",
    },
    "created_by": {"zpuid": "192004000000011001"},
    "updated_by": {"zpuid": "192004000000011002"},
    "status": {
        "id": "192004000000016071",
        "name": "In Progress",
        "color": "blue",
        "color_hexcode": "#2f6fde",
        "is_closed_type": False,
    },
    "layout": {"id": "192004000000012345", "name": "Standard Layout"},
    "project_group": {"id": "192004000000018001", "name": "Retainers"},
    "budget_info": {"currency": "EUR", "tracking_method": "project_hours"},
    "business_hours_id": "192004000000019001",
    "percent_complete": 37,
    "is_completed": False,
    "tasks": {"open_count": 12, "closed_count": 7},
    "issues": {"open_count": 3, "closed_count": 1},
    "milestones": {"open_count": 2, "closed_count": 0},
    "tags": [{"id": "192004000000020001", "name": "web"}],
    "cf_po_number": "PO-3319",
    "cost_center": "CC-12",
}
TASK = {
    "id": "192004000000081077",
    "prefix": "NL-41-T9",
    "name": "Write release notes",
    "description": "<div>…</div>",
    "project": {"id": "192004000000073021", "name": "Harbour website"},
    "tasklist": {"id": "192004000000074010", "name": "Launch"},
    "milestone": {"id": "192004000000075002", "name": "Phase 2"},
    "status": {"id": "192004000000016170", "name": "Open", "is_closed_type": False},
    "priority": "medium",
    "completion_percentage": 40,
    "is_completed": False,
    "billing_type": "billable",
    "owners_and_work": {
        "owners": [
            {
                "zpuid": "192004000000011002",
                "zuid": "7781200999",
                "name": "Joost V.",
                "email": "joost@example.eu",
                "work_values": "06:00",
            }
        ],
        "total_work": "06:00",
        "unit": "hours",
        "work_type": "work_hours",
    },
    "duration": {"value": "3", "type": "days"},
    "start_date": "2026-03-02T00:00:00.000Z",
    "end_date": "2026-03-04T23:59:59.000Z",
    "log_hours": {"total_hours": "04:30", "billable_hours": "04:00"},
    "depth": 1,
    "sequence": {"sequence": 3},
    "parental_info": {"parent_task_id": "192004000000081070"},
    "association_info": {"has_subtasks": False, "has_comments": True},
    "tags": [],
    "created_via": "WEB",
    "created_time": "2026-02-20T08:00:00.000Z",
    "last_modified_time": "2026-03-09T14:05:22.417Z",
    "created_by": {"zpuid": "192004000000011001"},
    "updated_by": {"zpuid": "192004000000011002"},
    "cf_work_package": "WP-7",
}
ISSUE = {
    "id": "192004000000090311",
    "prefix": "NL-41-I4",
    "name": "Menu overlaps on tablet",
    "project": {"id": "192004000000073021", "name": "Harbour website"},
    "status": {
        "id": "192004000000016301",
        "name": "In Review",
        "is_closed_type": False,
    },
    "severity": {"id": "192004000000016401", "value": "Major"},
    "classification": {"id": "192004000000016501", "value": "UI/Usability"},
    "module": {"id": "192004000000016601", "value": "Navigation"},
    "is_it_reproducible": {"id": "192004000000016701", "value": "Always"},
    "assignee": {
        "zpuid": "192004000000011002",
        "name": "Joost V.",
        "email": "joost@example.eu",
    },
    "flag": "internal",
    "due_date": "2026-03-20",
    "milestone": {"id": "192004000000075002", "name": "Phase 2"},
    "added_via": "WEB",
    "created_by": {"zpuid": "192004000000011001"},
    "created_time": "2026-03-01T10:11:12.131Z",
    "last_updated_time": "2026-03-08T16:20:00.000Z",
}
JOOST = r.Person("192004000000011002", name="Joost V.", email="joost@example.eu")
MODIFIED = datetime(2026, 3, 9, 14, 5, 22, 417000)


def test_the_project_of_the_reference():
    assert r.parse_project(PROJECT) == r.Project(
        "192004000000073021",
        modified=MODIFIED,
        custom={"cf_po_number": "PO-3319", "cost_center": "CC-12"},
        key="NL-41",
        name="Harbour website",
        description="<div>Relaunch</div>",
        start=date(2026, 2, 2),
        end=date(2026, 6, 30),
        status_name="In Progress",
        owner=r.Person(
            "192004000000011001", name="Mila Koster", email="mila@example.eu"
        ),
        currency="EUR",
        tags=("web",),
        created=datetime(2026, 1, 28, 9, 12, 44, 101000),
    )


def test_an_old_project():
    row = {
        "id": 192004000000073021,
        "id_string": "192004000000073021",
        "prefix": "NL-41",
        "name": "Harbour website",
        "status": "archived",
        "custom_status_name": "Delivered",
        "start_date": "02-03-2026",
        "start_date_long": 1770076800000,
        "created_date": "01-28-2026",
        "created_date_long": 1769591564101,
        "updated_date_long": 1773065122417,
        "owner_name": "Mila K.",
        "owner_id": "7781200456",
        "owner_zpuid": "192004000000011001",
        "owner_email": "mila@example.eu",
        "task_count": {"open": 12},
    }
    project = r.parse_project(row)
    assert (project.key, project.status_name) == ("NL-41", "Delivered")
    assert project.is_archived and not project.is_closed
    assert project.start == date(2026, 2, 3)
    assert project.created == datetime(2026, 1, 28, 9, 12, 44, 101000)
    assert project.modified == MODIFIED
    assert project.owner == r.Person(
        "192004000000011001", name="Mila K.", email="mila@example.eu"
    )
    assert project.custom == {}


@pytest.mark.parametrize(
    ("row", "archived", "template"),
    [
        ({"project_type": "active"}, False, False),
        ({"project_type": "archived"}, True, False),
        ({"project_type": "Template"}, False, True),
        ({"status": {"name": "Archived"}}, False, False),
        ({}, False, False),
    ],
)
def test_lifecycle_of_a_project(row, archived, template):
    project = r.parse_project({"id": 1, **row})
    assert (project.is_archived, project.is_template) == (archived, template)


@pytest.mark.parametrize(
    ("row", "closed"),
    [
        ({"status": {"name": "Closed", "is_closed_type": False}}, False),
        ({"status": {"name": "Erledigt", "is_closed_type": True}}, True),
        ({"status": {"name": "x", "is_closed_type": "true"}}, True),
        ({"status": {"is_closed_type": False}, "is_completed": True}, False),
        ({"status": "Closed"}, False),
        ({"status": {"name": "x", "type": "closed"}}, True),
        ({"status": {"name": "x", "type": "open"}}, False),
        ({"is_completed": True}, True),
        ({"completed": "true"}, True),
        ({}, False),
    ],
)
@pytest.mark.parametrize("parse", [r.parse_project, r.parse_task, r.parse_issue])
def test_only_the_type_of_a_status_closes(parse, row, closed):
    assert parse({"id": 1, **row}).is_closed is closed


@pytest.mark.parametrize(
    "row",
    [
        {"client": {"id": 7, "name": "Acme"}},
        {"customer": {"id": "7", "name": "Acme"}},
        {"client_company": {"id": "7", "client_name": "Acme"}},
        {"primary_client": {"id": "7", "name": "Acme"}},
        {"customers": [{"id": "7", "name": "Acme"}]},
        {"clients": [{"id": 8}, {"id": "7", "name": "Acme", "is_primary": "true"}]},
        {"client_id": "7", "client_name": "Acme"},
    ],
)
def test_a_customer_told_by_the_project(row):
    customer = r.parse_project({"id": 1, **row}).customer
    assert customer and (customer.zoho_id, customer.name) == ("7", "Acme")


@pytest.mark.parametrize(
    "row",
    [{}, {"client": "Acme"}, {"customers": [{"id": 7}, {"id": 8}]}, {"client": {}}],
)
def test_no_customer_told_by_the_project(row):
    assert r.parse_project({"id": 1, **row}).customer is None


@pytest.mark.parametrize(("said", "expected"), [(True, True), ("false", False)])
def test_primary_flag_in_a_customers_list_of_projects(said, expected):
    project = r.parse_project({"id": 1, "is_primary_client": said})
    assert project.is_primary is expected
    assert project.custom == {}


@pytest.mark.parametrize(
    ("said", "hours", "amount"),
    [
        ({}, None, None),
        ({"budget_info": {"tracking_method": "project_hours"}}, None, None),
        ({"budget_info": {"hourly_budget": "120:30"}}, 120.5, None),
        ({"budget_info": {"hourly_budget": 80, "revenue_budget": "9,000"}}, 80, 9000),
        ({"revenue_budget": {"amount": "9000.50"}}, None, 9000.5),
        ({"hourly_budget": "many", "revenue_budget": None}, None, None),
    ],
)
def test_budget_of_a_project_when_present(said, hours, amount):
    project = r.parse_project({"id": 1, **said})
    assert (project.budget_hours, project.budget_amount) == (hours, amount)
    assert project.custom == {}


def test_billing_of_a_project_when_present():
    row = {"id": 1, "billing_method": "staff_hours", "fixed_cost": "1,000.00"}
    project = r.parse_project({**row, "rate_per_hour": "80"})
    assert project.billing_method == "staff_hours"
    assert (project.fixed_cost, project.billing_rate) == (1000.0, 80.0)


def test_the_task_of_the_reference():
    assert r.parse_task(TASK) == r.Task(
        "192004000000081077",
        modified=MODIFIED,
        custom={"cf_work_package": "WP-7"},
        key="NL-41-T9",
        name="Write release notes",
        description="<div>…</div>",
        project_id="192004000000073021",
        task_list_id="192004000000074010",
        phase_id="192004000000075002",
        parent_id="192004000000081070",
        status_name="Open",
        priority="medium",
        owners=(JOOST,),
        start=datetime(2026, 3, 2),
        end=datetime(2026, 3, 4, 23, 59, 59),
        planned_minutes=360,
        depth=1,
        project_name="Harbour website",
        task_list_name="Launch",
    )


def test_an_old_task():
    row = {
        "id": 1,
        "key": "NL-41-T9",
        "details": {"owners": [{"name": "Unassigned User"}]},
        "priority": "None",
        "work": "6:00",
        "work_type": "hrs",
        "start_date": "03-02-2026",
        "start_date_long": 1772409600000,
        "milestone_id": "75",
        "last_updated_time_long": 1773065122417,
    }
    task = r.parse_task(row, project_id="9")
    assert (task.key, task.owners, task.priority) == ("NL-41-T9", (), "none")
    assert (task.project_id, task.phase_id) == ("9", "75")
    assert task.start == datetime(2026, 3, 2)
    assert (task.planned_minutes, task.modified) == (360, MODIFIED)


@pytest.mark.parametrize(
    "row",
    [
        {"parental_info": {"parent_task_id": 5}},
        {"parent_task_id": "5"},
        {"parent": {"id": 5}},
        {"parent_id": "5"},
    ],
)
def test_parents_of_a_task(row):
    assert r.parse_task({"id": 1, **row}).parent_id == "5"


@pytest.mark.parametrize(
    "row", [{}, {"parent_task_id": "1"}, {"parental_info": {"parent_task_id": "0"}}]
)
def test_no_parent_of_a_task(row):
    assert r.parse_task({"id": 1, **row}).parent_id == ""


@pytest.mark.parametrize(
    ("work", "minutes"),
    [
        ({"total_work": "132:30", "unit": "hours"}, 7950),
        ({"total_work": "6", "unit": "hours"}, 360),
        ({"total_work": "6.5", "unit": "Hours"}, 390),
        ({"total_work": "06:00"}, 360),
        ({"total_work": "6"}, None),
        ({"total_work": "3", "unit": "days"}, None),
        ({"total_work": "50:00", "unit": "percentage"}, None),
        ({"total_work": "-"}, None),
        ({"total_work": "soon", "unit": "hours"}, None),
        ({}, None),
    ],
)
def test_planned_work(work, minutes):
    task = r.parse_task({"id": 1, "owners_and_work": work})
    assert task.planned_minutes == minutes


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("High", "high"),
        ({"value": "Low"}, "low"),
        ({"id": "1", "name": "Medium"}, "medium"),
        ("None", "none"),
        ("urgent", "none"),
        (None, "none"),
    ],
)
def test_priority(value, expected):
    assert r.parse_task({"id": 1, "priority": value}).priority == expected


@pytest.mark.parametrize("parse", [r.parse_task, r.parse_issue, r.parse_task_list])
@pytest.mark.parametrize(
    ("row", "known", "expected"),
    [
        ({"milestone": {"id": "75", "name": "Phase 2"}}, None, "75"),
        ({"milestone": {"id": "75", "name": "None"}}, None, ""),
        ({"milestone": {"name": "None"}}, None, ""),
        ({"milestone": {"id": "0", "name": "None"}}, None, ""),
        ({"milestone": {"id": "75", "name": "None"}}, {"75"}, "75"),
        ({"milestone": {"id": "75", "name": "None"}}, {"76"}, ""),
        ({"milestone": {"id": "75", "name": "Phase 2"}}, {"76"}, "75"),
        ({"phase": {"id": 75, "name": "Unassigned"}}, None, "75"),
        ({"milestone_id": "75"}, None, "75"),
        ({"phase_id": 75}, None, "75"),
        ({"milestone": "75"}, None, "75"),
        ({}, None, ""),
    ],
)
def test_phase_of_a_record(parse, row, known, expected):
    assert parse({"id": 1, **row}, phase_ids=known).phase_id == expected


def test_a_task_list():
    row = {
        "id": "74",
        "name": "Launch",
        "project": {"id": "73", "name": "Harbour website"},
        "milestone": {"id": "75", "name": "Phase 2"},
        "flag": "internal",
        "status": "active",
        "created_time": "2026-02-20T08:00:00.000Z",
        "last_updated_time": "2026-03-09T14:05:22.417Z",
        "created_by": {"zpuid": "1"},
        "sequence": 1,
        "meta_info": {
            "is_completed": True,
            "is_general": False,
            "is_none_milestone_tasklist": False,
            "is_rolled": False,
            "count_info": {},
        },
    }
    assert r.parse_task_list(row) == r.TaskList(
        "74",
        modified=MODIFIED,
        name="Launch",
        project_id="73",
        phase_id="75",
        is_closed=True,
    )


def test_the_hidden_task_list_of_no_phase():
    meta = {"is_general": "true", "is_none_milestone_tasklist": "true"}
    row = {"id": 1, "meta_info": meta, "milestone": {"id": 75, "name": "Keine"}}
    task_list = r.parse_task_list(row, project_id="9")
    assert task_list.is_general
    assert (task_list.phase_id, task_list.project_id) == ("", "9")


@pytest.mark.parametrize(("word", "closed"), [("completed", True), ("active", False)])
def test_a_task_list_closed_by_a_word(word, closed):
    assert r.parse_task_list({"id": 1, "status": word}).is_closed is closed


def test_a_phase():
    row = {
        "id": "75",
        "name": "Phase 2",
        "project": {"id": "73"},
        "owner": {"zpuid": "192004000000011002", "name": "Joost V."},
        "flag": "internal",
        "status": {"id": "1", "name": "Active", "is_closed_type": False},
        "start_date": "2026-02-02",
        "end_date": "2026-03-31",
        "completed_date": "2026-04-01",
        "last_updated_time": "2026-03-09T14:05:22.417Z",
    }
    assert r.parse_phase(row) == r.Phase(
        "75",
        modified=MODIFIED,
        name="Phase 2",
        project_id="73",
        start=date(2026, 2, 2),
        end=date(2026, 3, 31),
        status_name="Active",
        owner=r.Person("192004000000011002", name="Joost V."),
    )


def test_dates_of_a_phase_as_they_are_written():
    phase = r.parse_phase({"id": 1, "start_date": "02/03/2026", "end_date": "-"}, "9")
    assert (phase.start, phase.end, phase.project_id) == (date(2026, 2, 3), None, "9")


def test_the_issue_of_the_reference():
    assert r.parse_issue(ISSUE) == r.Issue(
        "192004000000090311",
        modified=datetime(2026, 3, 8, 16, 20),
        key="NL-41-I4",
        name="Menu overlaps on tablet",
        project_id="192004000000073021",
        phase_id="192004000000075002",
        status_name="In Review",
        severity="Major",
        classification="UI/Usability",
        assignee=JOOST,
        due=date(2026, 3, 20),
    )


def test_an_old_issue():
    row = {
        "id": 1,
        "title": "Menu overlaps",
        "severity": {"id": "2", "type": "Major"},
        "classification": {"id": "3", "type": "UI"},
        "assignee_zpuid": "11",
        "assignee_name": "Joost V.",
        "due_date": "03-04-2026",
        "due_date_long": 1775174400000,
    }
    issue = r.parse_issue(row, project_id="9")
    assert (issue.name, issue.severity, issue.classification) == (
        "Menu overlaps",
        "Major",
        "UI",
    )
    assert issue.assignee == r.Person("11", name="Joost V.")
    assert (issue.due, issue.project_id) == (date(2026, 4, 3), "9")


@pytest.mark.parametrize(
    "key",
    ["modified_time", "last_modified_time", "last_updated_time", "updated_time"],
)
@pytest.mark.parametrize("parse", [r.parse_project, r.parse_task, r.parse_issue])
def test_names_of_the_modified_time(parse, key):
    assert parse({"id": 1, key: "2026-03-09T14:05:22.417Z"}).modified == MODIFIED
    twin = {key: "03-09-2026", f"{key}_long": 1773065122417}
    assert parse({"id": 1, **twin}).modified == MODIFIED


@pytest.mark.parametrize("value", [None, "", "-", {}, []])
def test_missing_values_in_all_forms_are_the_same(value):
    keys = set(TASK) - {"id", "cf_work_package"}
    assert r.parse_task({"id": 1, **dict.fromkeys(keys, value)}) == r.Task("1")
    keys = set(PROJECT) - {"id", "cf_po_number", "cost_center"}
    assert r.parse_project({"id": 1, **dict.fromkeys(keys, value)}) == r.Project("1")
    keys = set(ISSUE) - {"id"}
    assert r.parse_issue({"id": 1, **dict.fromkeys(keys, value)}) == r.Issue("1")


def test_tags_as_objects_or_words():
    row = {"id": 1, "tags": [{"name": "web"}, "web", "urgent", None, {"id": 1}]}
    assert r.parse_task(row).tags == ("web", "urgent")
