"""Changes of the data between syncs, in process and over the control interface."""

from datetime import date

import pytest

from simulator import golden


@pytest.fixture
def portal(sim):
    """The portal, one hour later: every change is newer than the data."""
    sim.clock.advance(3600)
    return sim.portal


def test_a_new_portal_grows(clock):
    portal = golden(clock)
    customer = portal.add_customer("New", address={"city": "Gent"})
    contact = portal.add_contact(customer.id, "Ann", "New", "ann@new.example")
    project = portal.add_project("New", customer.id)
    phase = portal.add_phase(project.id, "One", start="2026-11-01", end="2026-12-01")
    task_list = portal.add_task_list(project.id, "List", phase=phase.id)
    task = portal.add_task(project.id, "Task", task_list.id, start="2026-11-01")
    child = portal.add_task(project.id, "Child", parent=task.id)
    issue = portal.add_issue(project.id, "Issue", due="2026-11-20")
    logs = [
        portal.add_log(project.id, item, day="2026-11-02")
        for item in (task.id, issue.id, "")
    ]
    assert customer.address.city == "Gent"
    assert (contact.kind, contact.zuid) == ("contact", None)
    assert (child.depth, child.task_list) == (1, task_list.id)
    assert [log.kind for log in logs] == ["task", "issue", "general"]
    assert logs[0].approver == portal.owner


def test_changes_of_a_log(portal, clock):
    log = next(o for o in portal.logs.values() if o.approval == "pending")
    portal.edit_log(log.id, minutes=30, day="2026-10-02", notes="x")
    assert (log.minutes, log.day.isoformat()) == (30, "2026-10-02")
    assert log.modified == clock.now()
    portal.approve_log(log.id)
    assert (log.approval, log.approved_at) == ("approved", clock.now())
    portal.reject_log(log.id, "No")
    assert (log.approval, log.reason) == ("rejected", "No")
    portal.withdraw_log(log.id)
    assert (log.approval, log.approver) == ("pending", "")
    portal.set_billable(log.id, False)
    assert not log.billable
    portal.delete_log(log.id)
    assert log.id not in portal.logs


def test_unknown_fields_are_refused(portal):
    log = next(iter(portal.logs))
    with pytest.raises(AttributeError):
        portal.edit_log(log, colour="red")
    with pytest.raises(AttributeError):
        portal.edit("log", log, colour="red")


def test_customers_of_a_project(portal, clock):
    project = portal.projects[portal.golden_project]
    first, second = list(portal.customers)[:2]
    portal.set_customers(project.id, [second, first])
    assert project.primary == second
    assert project.modified == clock.now()
    portal.set_primary(project.id, first)
    assert project.primary == first
    portal.set_customers(project.id, [])
    assert project.primary == ""
    portal.customer_bumps_project = False
    clock.advance(60)
    portal.add_project_customer(project.id, second)
    portal.add_project_customer(project.id, first)
    assert (project.primary, len(project.customers)) == (second, 2)
    assert project.modified < clock.now()
    portal.set_primary(project.id, list(portal.customers)[3])
    assert len(project.customers) == 3
    account = portal.set_crm_account(project.id, "CRM Ltd", email="a@crm.example")
    assert project.crm_accounts == [account]


def test_life_of_a_project(portal):
    identity = portal.golden_project
    project = portal.projects[identity]
    portal.close_project(identity)
    assert project.closed
    portal.reopen_project(identity)
    portal.archive_project(identity)
    assert (project.closed, project.type) == (False, "archived")
    portal.activate_project(identity)
    portal.disable_issues(identity)
    portal.rename("project", identity, "Renamed")
    assert (project.type, project.name) == ("active", "Renamed")
    assert not project.issues_enabled


def test_life_of_tasks_and_phases(portal):
    task = next(t for t in portal.tasks.values() if t.name == "Level 0")
    portal.close_task(task.id)
    assert (task.closed, task.percent) == (True, 100)
    portal.reopen_task(task.id)
    portal.edit("task", task.id, end="2026-12-24")
    assert task.end.isoformat() == "2026-12-24T00:00:00+00:00"
    phase = portal.close_phase(task.phase)
    portal.edit("phase", phase.id, end="2026-12-24")
    assert (phase.closed, phase.end.isoformat()) == (True, "2026-12-24")
    portal.move_task(task.id, portal.golden_project)
    family = [t for t in portal.tasks.values() if t.name.startswith("Level")]
    assert {t.project for t in family} == {portal.golden_project}
    logs = [o for o in portal.logs.values() if o.item == task.id]
    assert {o.project for o in logs} == {portal.golden_project}


def test_trash_restore_purge(portal):
    task = next(t for t in portal.tasks.values() if t.name == "Level 0")
    portal.trash("task", task.id)
    assert len([e for e in portal.bin.values() if e.name.startswith("Level")]) == 4
    portal.restore(task.id)
    assert task.id in portal.tasks
    portal.purge("task", task.id)
    assert task.id not in portal.tasks
    assert task.id not in portal.bin


def test_people_leave_return_vanish(portal):
    user = next(u for u in portal.users.values() if u.first_name == "Ada")
    portal.user_leaves(user.id)
    assert not user.active
    portal.user_returns(user.id)
    portal.set_profile(user.id, "Manager")
    assert (user.active, user.profile) == (True, "Manager")
    portal.user_removed(user.id)
    assert user.id not in portal.users
    assert portal.person(user.id) is user


def test_custom_fields_change(portal):
    field = portal.rename_custom_field("cf_activity", "Kind of work")
    assert field.label == "Kind of work"
    portal.remove_custom_field("cf_activity")
    assert field not in portal.custom_fields
    assert not any("cf_activity" in log.custom for log in portal.logs.values())


BASE = "http://zoho.test/_control"


def read(caller, what, **params):
    """Read from the control interface."""
    return caller.session.get(f"{BASE}/{what}", params=params).json()


def write(caller, what, **arguments):
    """Change something over the control interface."""
    return caller.session.post(f"{BASE}/{what}", json=arguments).json()


def test_control_changes_data(caller, sim):
    log = read(caller, "records", kind="log", project=sim.portal.golden_project)[0]
    changed = write(caller, "edit_log", log_id=log["id"], minutes=90, day="2026-10-09")
    assert (changed["minutes"], changed["day"]) == (90, "2026-10-09")
    assert write(caller, "rename", kind="customer", id=log["id"], name="x")["error"]
    assert "KeyError" in write(caller, "explode")["error"]
    assert "TypeError" in write(caller, "delete_log")["error"]


def test_control_reads_the_books(caller, sim):
    caller.get("tasks", per_page=200)
    caller.get("issues")
    ledger = read(caller, "ledger")
    assert ledger["calls"] == {"tasks": 1, "issues": 1}
    assert ledger["rows"] == {"tasks": len(sim.portal.tasks)}
    assert ledger["refusals"] == {"LESS_THAN_MIN_OCCURANCE": 1}
    assert read(caller, "lower_bound", used_only="1") == {"tasks": 1, "total": 1}
    assert read(caller, "expected", cut_off="2026-01-01") == sim.expected(
        cut_off=date(2026, 1, 1)
    )
    assert sum(read(caller, "expected_cells").values()) > 0
    state = read(caller, "state")
    assert state["rows"]["tasks"] == len(sim.portal.tasks)
    assert state["golden_project"] == sim.portal.golden_project
    write(caller, "reset_ledger")
    assert read(caller, "ledger")["total"] == 0
    assert "kitchen_sink" in read(caller, "dialects")
    assert read(caller, "self_client_code")["code"].startswith("1000.")


def test_control_switches(caller, sim):
    told = write(caller, "dialect", name="id_form_number", refused_params=["sort_by"])
    assert (told["id_form"], told["refused_params"]) == ("number", ["sort_by"])
    assert isinstance(caller.get("projects").json()[0]["id"], int)
    write(caller, "fault", kind="error_500", endpoint="projects")
    assert caller.get("projects").status_code == 500
    write(caller, "fault", kind="error_500", times=0)
    write(caller, "clear_faults")
    before = sim.clock()
    write(caller, "clock", advance=60)
    assert sim.clock() == before + 60
    assert write(caller, "limit", limit=5) == {"limit": 5}
    write(caller, "expire_tokens")
    assert caller.get("projects").status_code == 401
    write(caller, "revoke_tokens")
    assert not sim.store.refresh_tokens
    write(caller, "oauth", denies=True, dropped_scopes=["ZohoProjects.bugs.READ"])
    assert sim.oauth.denies
    assert sim.store.dropped_scopes == {"ZohoProjects.bugs.READ"}
    assert "KeyError" in write(caller, "oauth", colour="red")["error"]
