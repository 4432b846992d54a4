"""Customers, contacts, CRM accounts and users against sections 5 and 8.1."""

from dataclasses import replace

import pytest


def project_named(sim, name):
    """Return a project by its name."""
    return next(p for p in sim.portal.projects.values() if p.name == name)


def test_customers_hold_details_but_no_flag(caller, sim):
    rows = caller.get("customers").json()["customers"]
    assert len(rows) == len(sim.portal.customers)
    harbour = next(row for row in rows if row["name"] == "Harbour Authority")
    assert harbour["currency_code"] == "USD"
    assert harbour["country"] == "Netherlands"
    assert "is_primary" not in harbour
    assert caller.get("clients").json()["clients"] == rows


def test_customers_of_a_project_tell_the_primary(caller, sim):
    project = project_named(sim, "Several customers")
    for path, key in (("customers", "customers"), ("clients", "clients")):
        rows = caller.get(f"projects/{project.id}/{path}").json()[key]
        flags = {row["id"]: row["is_primary"] for row in rows}
        assert flags == {project.customers[0]: False, project.customers[1]: True}


def test_a_project_may_have_no_customer_or_no_primary(caller, sim):
    nobody = project_named(sim, "No customer at all")
    assert caller.get(f"projects/{nobody.id}/customers").status_code == 204
    undecided = project_named(sim, "Customers without a primary")
    rows = caller.get(f"projects/{undecided.id}/customers").json()["customers"]
    assert [row["is_primary"] for row in rows] == [False, False]


def test_projects_of_a_customer(caller, sim):
    customer = project_named(sim, "Several customers").customers[0]
    rows = caller.get(f"clients/{customer}/projects", per_page=200).json()
    expected = [p.id for p in sim.portal.projects.values() if customer in p.customers]
    assert [row["id"] for row in rows] == expected
    assert "is_primary" not in rows[0]
    sim.dialect = replace(sim.dialect, primary_in_projects=True)
    rows = caller.get(f"clients/{customer}/projects", per_page=200).json()
    assert {row["is_primary"] for row in rows} == {True, False}
    assert caller.title("clients/1/projects") == (404, "RESOURCE_NOT_FOUND")


def test_contacts_speak_camel_case(caller, sim):
    harbour = project_named(sim, "Judged logs").primary
    rows = caller.get(f"client/{harbour}/contacts").json()
    assert {row["displayName"] for row in rows} == {"Clara Client", "Cees Client"}
    assert rows[0]["clientId"] == harbour
    one = caller.get(f"contacts/{rows[0]['id']}").json()
    assert one["email"] == "clara@harbour.example"
    assert caller.title("contacts/1") == (404, "RESOURCE_NOT_FOUND")


def test_client_users_are_grouped_by_customer(caller, sim):
    groups = caller.get("clients/users").json()["clients"]
    assert [(g["name"], len(g["users"])) for g in groups] == [("Harbour Authority", 1)]
    project = project_named(sim, "Judged logs").id
    of_project = caller.get(f"projects/{project}/clients/users").json()
    assert of_project["clients"] == groups
    sim.dialect = replace(sim.dialect, client_users="flat")
    rows = caller.get("clients/users").json()["users"]
    assert rows[0]["client_id"] == groups[0]["id"]


def test_crm_accounts_of_a_project(caller, sim):
    project = project_named(sim, "From the CRM")
    rows = caller.get(f"projects/{project.id}/crm/accounts").json()["accounts"]
    assert rows[0]["name"] == "Meadow Group plc"
    golden = sim.portal.golden_project
    assert caller.get(f"projects/{golden}/crm/accounts").status_code == 204


def test_users_by_view(caller, sim):
    shown = caller.get("users", "v3.1", per_page=200).json()["users"]
    active = caller.get("users", "v3.1", view_type="active", per_page=200).json()
    left = caller.get("users", "v3.1", view_type="inactive").json()["users"]
    assert shown == active["users"]
    assert active["page_info"]["count"] == len(shown)
    assert "leo@example.eu" in {row["email"] for row in left}
    assert not any(row["is_active"] for row in left)
    assert len(shown) + len(left) == len(sim.portal.users)
    kinds = {row["user_type"] for row in shown}
    assert kinds == {"portal_user", "client_user", "contact"}


def test_ids_of_users(caller):
    rows = caller.get("users", "v3.1").json()["users"]
    owner = next(row for row in rows if row["email"] == "mila@example.eu")
    assert int(owner["id"]) > 2**53
    assert isinstance(owner["zuid"], int)
    contact = next(row for row in rows if row["user_type"] == "contact")
    assert "zuid" not in contact
    invited = next(row for row in rows if row["email"] == "invited@example.eu")
    assert "first_name" not in invited


def test_the_older_list_has_names(caller):
    rows = caller.get("users").json()["users"]
    assert rows[0]["name"] == "Mila K."
    assert rows[0]["zpuid"] == rows[0]["id"]


def test_one_user(caller, sim):
    left = next(u for u in sim.portal.users.values() if not u.active)
    for version in ("v3", "v3.1"):
        row = caller.get(f"users/{left.id}", version).json()
        assert row["status"] == "inactive"
    assert caller.get(f"users/{left.email}", "v3.1").json()["id"] == left.id
    stranger = next(iter(sim.portal.ghosts))
    assert caller.title(f"users/{stranger}") == (404, "RESOURCE_NOT_FOUND")


def test_members_of_a_project(caller, sim):
    golden = sim.portal.golden_project
    rows = caller.get(f"projects/{golden}/users", "v3.1").json()["users"]
    assert len(rows) == 4
    user = rows[1]["id"]
    projects = caller.get(f"users/{user}/projects").json()
    assert [row["id"] for row in projects] == [golden]


@pytest.mark.parametrize("path", ["customers", "clients", "crm"])
def test_paths_that_a_portal_does_not_have(caller, sim, path):
    sim.dialect = replace(sim.dialect, **{f"{path}_available": False})
    golden = sim.portal.golden_project
    wanted = f"projects/{golden}/crm/accounts" if path == "crm" else path
    assert caller.title(wanted) == (400, "URL_RULE_NOT_CONFIGURED")
    if path != "crm":
        assert caller.title(f"projects/{golden}/{path}")[0] == 400
