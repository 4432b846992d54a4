"""Every dialect still tells every record: a crude reader finds all ids."""

import json
from dataclasses import replace
from itertools import product

import pytest

from simulator import DIALECTS, Counts, Dialect, Simulator, generate, switches

LISTS = {
    "customer": "customers",
    "phase": "phases",
    "task_list": "all-tasklists",
    "task": "tasks",
    "issue": "issues",
}
# Enough for a second page of tasks, few enough for a hundred and fifty dialects.
FEW = Counts(26, 9, 14, 20, 45, 130, 20, 120)
# Dialects that take a list away or show less on purpose.
BLIND = (
    "customers_available_no",
    "module_id_required_yes",
)


def identity(row):
    """Return the id of a row in any of its forms."""
    found = row.get("id_string") or row.get("id") or row.get("entity_id")
    return str(found)


def rows_of(body):
    """Return the rows of any envelope."""
    if isinstance(body, list):
        return body
    if "timelogs" in body:
        return [
            row
            for day in body["timelogs"]["date"]
            for key in ("tasklogs", "buglogs", "generallogs")
            for row in day.get(key, [])
        ]
    if "time_logs" in body:
        return [r for day in body["time_logs"] for r in day.get("log_details", [])]
    if isinstance(body.get("data"), dict):
        return body["data"]["result"]
    lists = [v for k, v in body.items() if k != "page_info" and isinstance(v, list)]
    return lists[0] if lists else []


def walk(caller, path, version="v3", **params):
    """Return the rows of a list: all pages until one brings nothing new."""
    found, page = {}, 1
    while True:
        answer = caller.get(path, version, page=page, per_page=100, **params)
        assert answer.status_code in (200, 204), (path, answer.text)
        rows = rows_of(answer.json()) if answer.content else []
        fresh = {identity(row): row for row in rows if identity(row) not in found}
        if not fresh:
            return found
        found.update(fresh)
        page += 1


@pytest.fixture(scope="module")
def portal():
    """One portal for all dialects; nothing changes it here."""
    return generate(FEW)


@pytest.fixture(params=sorted(DIALECTS))
def dialect_name(request):
    """Each dialect by its name."""
    return request.param


def test_every_list_in_every_dialect(portal, call_for, dialect_name):
    sim = Simulator(portal, DIALECTS[dialect_name], limit=0)
    caller = call_for(sim)
    if dialect_name in BLIND:
        return
    for kind, path in LISTS.items():
        if kind == "phase" and sim.dialect.phases_version != "both":
            assert caller.get(path).status_code == 400
            assert caller.get(f"projects/{portal.golden_project}/phases", "v3.1").ok
            continue
        found = walk(caller, path)
        if kind == "task" and "has_parents" not in sim.dialect.refused_params:
            found.update(walk(caller, path, has_parents="true"))
        wanted = {
            record.id
            for record in portal.table(kind).values()
            if getattr(record, "project", "") != "none"
        }
        assert set(found) == wanted, (kind, dialect_name)


# Zoho lists the logs of at most half a year at once.
MONTHS = (
    ("2025-04-01", "2025-08-31"),
    ("2025-09-01", "2026-01-31"),
    ("2026-02-01", "2026-06-30"),
    ("2026-07-01", "2026-11-30"),
)


def test_every_log_in_every_dialect(portal, call_for, dialect_name):
    if dialect_name in BLIND:
        return
    sim = Simulator(portal, DIALECTS[dialect_name], limit=0)
    caller = call_for(sim)
    paths = ["timelogs"]
    if sim.dialect.module_id_required == "portal":
        paths = [f"projects/{project}/timelogs" for project in portal.projects]
    kinds = ("task", "issue", "general")
    found = {}
    for path, kind, (start, end) in product(paths, kinds, MONTHS):
        found.update(
            walk(
                caller,
                path,
                module=json.dumps({"type": kind}),
                view_type="customdate",
                start_date=start,
                end_date=end,
            )
        )
    hides = sim.dialect.trashed_hides_logs
    logs = portal.logs.values()
    assert set(found) == {o.id for o in logs if portal.log_visible(o, hides)}


def test_every_switch_has_a_dialect_of_its_own():
    default = Dialect()
    for name, values in switches().items():
        assert len(values) > 1, name
        for value in values[1:]:
            flipped = replace(default, **{name: value})
            assert flipped in DIALECTS.values(), (name, value)


SPAN = "view_type=customdate&start_date=2026-07-01&end_date=2026-11-30"
CLOSED = '{"criteria":[{"field_name":"status","criteria_condition":"all_closed"}]}'


def item_paths(portal):
    """Return calls about single records that show something."""
    golden = portal.golden_project
    log = next(o for o in portal.logs.values() if o.kind == "issue")
    crm = next(p for p in portal.projects.values() if p.crm_accounts)
    return [
        f"clients/{next(iter(portal.customers))}/projects",
        f"client/{portal.projects[log.project].primary}/contacts",
        f"projects/{log.project}/customers",
        f"projects/{crm.id}/crm/accounts",
        f"projects/{golden}/users",
        f"projects/{golden}",
        f"projects/{golden}0",
        f"projects/{log.project}/logs/{log.id}?type=issue",
        f"projects/{log.project}/logs/new/{log.id}?type=issue",
    ]


def log_paths():
    """Return calls that list logs."""
    spans = [
        ("issue", SPAN),
        ("general", SPAN),
        ("task", f"per_page=200&{SPAN}"),
        ("task", f"per_page=9&page=99&{SPAN}"),
        ("task", f"fetch_by_modified_time=true&{SPAN}"),
        ("task", SPAN.replace("2026-07", "2026-01")),
    ]
    return [f'timelogs?module={{"type":"{kind}"}}&{rest}' for kind, rest in spans]


def list_paths():
    """Return calls of the other lists."""
    return """
        projects|projects?page=9|customers|clients|clients/users|all-tasklists|phases
        tasks|tasks?has_parents=true|tasks?sort_by=DESC(name)|tasks?per_page=150
        tasks?page=9|issues?page=1|issues|bin|module/tasks/fields|module/timelogs/fields|users|tasks/
    """.replace("\n", "|").split("|")


def report_path():
    """Return a call of the report that does not say of which logs."""
    return f"timelogs/report?report_type=billable&{SPAN}"


def answers(caller, sim):
    """Yield many answers of a simulator, one by one."""
    paths = [path.strip() for path in list_paths() if path.strip()]
    paths += [f"projects?filter={CLOSED}", "", *log_paths(), *item_paths(sim.portal)]
    paths += [report_path(), "settings/currency", f"projects?sort_by={NEWEST}"]
    for path in paths:
        answer = caller.get(path)
        yield answer.status_code, dict(answer.headers), answer.text
    for path in ("users", "users?view_type=inactive"):
        answer = caller.get(path, "v3.1")
        yield answer.status_code, dict(answer.headers), answer.text
    caller.token = "1000.unknown"
    yield caller.get("tasks").status_code, {}, ""


NEWEST = "DESC(last_modified_time)"
# These do not change answers but what changes do, what sign-in says, or the throttle.
ELSEWHERE = (
    "approval_bumps",
    "approval_words",
    "bulk_answer",
    "bulk_refusal",
    "project_answer",
    "moved_log_keeps_id",
    "customer_bumps_project",
    "expires",
    "callback_location",
    "throttle_status",
    "lock_prolonged",
    "throttle_details",
    "retry_after",
    "modified_zone",
    "modified_end",
    "per_page_excess",
    "per_page_told",
    "users_page_max",
)


def test_every_switch_makes_a_difference(portal, call_for):
    sim = Simulator(portal, limit=0)
    plain = list(answers(call_for(sim), sim))
    for name, values in switches().items():
        for value in values[1:]:
            sim.dialect = replace(Dialect(), **{name: value})
            told = answers(call_for(sim), sim)
            differs = any(a != b for a, b in zip(told, plain, strict=True))
            assert differs or name in ELSEWHERE, (name, value)


def test_size_of_pages(portal, call_for):
    small = Dialect(per_page_max=100)
    sim = Simulator(portal, small, limit=0)
    caller = call_for(sim)
    assert len(caller.get("tasks", per_page=200).json()["tasks"]) == 100
    sim.dialect = replace(small, per_page_told="requested")
    info = caller.get("tasks", per_page=200).json()["page_info"]
    assert info["per_page"] == 200
    sim.dialect = replace(small, per_page_excess="refused")
    assert caller.title("tasks", per_page=200) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    ("value", "plain", "closed"),
    [
        ("always", True, False),
        ("closed_pass", False, True),
        ("never", False, False),
    ],
)
def test_archived_projects(portal, call_for, value, plain, closed):
    sim = Simulator(portal, Dialect(archived_listed=value), limit=0)
    caller = call_for(sim)
    archived = next(p.id for p in portal.projects.values() if p.name == "Archived")
    text = '{"criteria":[{"field_name":"status","criteria_condition":"all_closed"}]}'
    assert (archived in walk(caller, "projects")) is plain
    assert (archived in walk(caller, "projects", filter=text)) is closed
    assert caller.get(f"projects/{archived}").json()["project_type"] == "archived"
