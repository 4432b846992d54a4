"""Generated portals: deterministic, awkward, large; the simulator's own sums."""

import ast
import time
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest

import simulator
from simulator import CUT_OFF, SIZES, Counts, Simulator, generate, golden

TABLES = ("customers", "users", "projects", "phases", "task_lists", "tasks", "issues")


def content(portal):
    """Return everything in a portal."""
    return {
        name: [asdict(record) for record in getattr(portal, name).values()]
        for name in (*TABLES, "logs")
    }


def test_the_same_seed_gives_the_same_portal():
    assert content(generate("small", seed=3)) == content(generate("small", seed=3))
    assert content(generate("small", seed=3)) != content(generate("small", seed=4))


@pytest.mark.parametrize("size", ["small", "medium"])
def test_sizes(size):
    portal, counts = generate(size), SIZES[size]
    for name in TABLES:
        assert len(getattr(portal, name)) == getattr(counts, name), name
    assert len(portal.logs) == counts.logs


def test_own_counts():
    portal = generate(Counts(30, 20, 20, 40, 60, 300, 60, 900))
    assert len(portal.projects) == 30
    assert len(portal.logs) == 900


@pytest.fixture(scope="module")
def large():
    """A large portal, with the seconds that it took."""
    started = time.perf_counter()
    portal = generate("large")
    return portal, time.perf_counter() - started


def test_large_is_made_in_seconds(large):
    portal, seconds = large
    assert seconds < 30
    assert (len(portal.projects), len(portal.customers)) == (500, 100)
    assert (len(portal.tasks), len(portal.logs)) == (20_000, 100_000)


def test_golden_hours():
    portal = golden()
    figures = simulator.expected(portal)[portal.golden_project]
    assert figures["billable_approved"] == 45 * 60
    assert sorted(log.minutes for log in portal.logs.values()) == [600, 900, 1200]
    rates = {user.billing_rate for user in portal.users.values()} - {""}
    assert rates == {"100", "75", "50"}
    inside = generate("small")
    assert simulator.expected(inside)[inside.golden_project] == figures


def test_awkward_data_is_there():
    portal = generate("tiny")
    projects, logs = portal.projects.values(), portal.logs.values()
    assert any(not p.customers for p in projects)
    assert any(len(p.customers) > 1 and not p.primary for p in projects)
    assert any(len(p.customers) > 1 and p.primary for p in projects)
    assert {p.type for p in projects} == {"active", "archived", "template"}
    assert any(p.closed for p in projects)
    assert any(p.currency == "EUR" for p in projects)
    assert any(log.minutes == 132 * 60 + 30 for log in logs)
    assert any("<script>" in log.notes for log in logs)
    assert {log.kind for log in logs} == {"task", "issue", "general"}
    assert {log.approval for log in logs} == {"approved", "pending", "rejected", ""}
    assert any(log.owner in portal.ghosts for log in logs)
    assert any(not u.active for u in portal.users.values())
    assert max(task.depth for task in portal.tasks.values()) == 3
    assert any(not task.phase for task in portal.tasks.values())
    assert {log.day for log in logs} >= {date(2025, 12, 31), CUT_OFF}
    names = [c.name for c in portal.customers.values()]
    assert {"Café Zürich AG", "CAFE ZURICH AG"} <= set(names)
    assert all(int(identity) > 2**53 for identity in portal.logs)


def test_sums_by_fate():
    portal = generate("tiny")
    project = next(p for p in portal.projects.values() if p.name == "Judged logs")
    sums = simulator.expected(portal)[project.id]
    assert sums["billable_approved"] == 60 + 61 + 61
    assert sums["general"] == 61
    assert sums["waiting"] == 3 * (62 + 65)
    assert sums["rejected"] == 3 * 63
    assert sums["non_billable"] == 3 * 64
    fates = sum(sums[name] for name in simulator.FATES)
    assert (sums["total"], sums["logs"]) == (fates, 16)
    edge = next(p for p in portal.projects.values() if p.name == "Around the cut-off")
    assert simulator.expected(portal, CUT_OFF)[edge.id]["elsewhere"] == 200


def test_lower_bound(large):
    bound = simulator.lower_bound(large[0])
    assert bound["tasks"] == 100
    # Twenty-six projects have several customers, and no list says who is the first.
    assert bound["mapping"] == 126
    assert 500 <= sum(n for name, n in bound.items() if "timelogs" in name) <= 503
    assert bound["total"] == sum(bound.values()) - bound["total"]


def test_lower_bound_of_time_long_ago():
    """No list of time covers more than six months, however few logs there are."""
    portal = simulator.generate("tiny", seed=1)
    kinds = ("task", "issue", "general")
    bound = simulator.lower_bound(portal)
    assert [bound[f"timelogs_{kind}"] for kind in kinds] == [2, 1, 1]
    project, task = portal.golden_project, next(iter(portal.tasks))
    portal.add_log(project, task, 60, "2020-01-01")
    assert simulator.lower_bound(portal)["timelogs_task"] == 3


def test_lower_bound_of_what_was_used(caller, sim):
    project = sim.portal.golden_project
    caller.get("tasks", has_parents="true")
    caller.get(f"projects/{project}/customers")
    caller.get(f"projects/{project}/crm/accounts")
    caller.get(f"client/{next(iter(sim.portal.customers))}/contacts")
    caller.get("module/tasks/fields")
    bound = sim.lower_bound(used_only=True)
    assert bound["tasks_with_parents"] == 1
    several = [p for p in sim.portal.projects.values() if len(set(p.customers)) > 1]
    assert bound["mapping"] == len(sim.portal.customers) + len(several)
    assert bound["crm_accounts"] == len(sim.portal.projects)
    assert bound["contacts"] == len(sim.portal.customers)
    assert bound["fields"] == 4


def test_a_page_of_a_large_portal_is_quick(call_for, large):
    sim = Simulator(large[0], limit=0)
    caller = call_for(sim)
    params = {
        "module": '{"type":"task"}',
        "view_type": "customdate",
        "start_date": "2026-05-01",
        "end_date": "2026-10-31",
        "per_page": 200,
    }
    caller.get("timelogs", **params)
    started = time.perf_counter()
    for page in range(2, 12):
        assert caller.get("timelogs", page=page, **params).status_code == 200
    assert (time.perf_counter() - started) / 10 < 0.25


def test_the_simulator_imports_nothing_of_the_client():
    for path in Path(simulator.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert node.level < 2, path
                assert (node.module or "").split(".")[0] not in ("odoo", "zoho"), path
            if isinstance(node, ast.Import):
                assert not {n.name.split(".")[0] for n in node.names} & {"odoo", "zoho"}
