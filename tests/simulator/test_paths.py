"""Paths, tokens and scopes against sections 1.8, 1.9, 2 and 10."""

import pytest


def test_portals_is_a_bare_array(caller):
    answer = caller.raw("https://projects.zoho.com/api/v3/portals")
    portal = answer.json()[0]
    assert portal["id"] == "60118842377"
    assert isinstance(portal["profile"]["id"], int)
    assert portal["profile"]["name"] == "Portal Owner"
    assert caller.get("").json()["portal_name"] == "northlight"


@pytest.mark.parametrize(
    "url",
    [
        "https://projectsapi.zoho.com/api/v3/portals/60118842377/projects",
        "https://projectsapi.zoho.com/api/v3/portal/60118842377/projects/",
        "https://projectsapi.zoho.com/api/v3/portal/60118842377/nothing",
        "https://projectsapi.zoho.com/api/v3.1/portal/60118842377/projects",
    ],
)
def test_wrong_paths_have_no_rule(caller, url):
    answer = caller.raw(url)
    assert answer.status_code == 400
    assert answer.json()["error"]["title"] == "URL_RULE_NOT_CONFIGURED"


def test_api_domain_is_not_the_projects_api(caller):
    answer = caller.raw("https://www.zohoapis.com/api/v3/portals")
    assert answer.status_code == 404
    assert "<html>" in answer.text


def test_reading_a_write_path_is_an_invalid_method(caller):
    assert caller.title("logs") == (400, "INVALID_METHOD")


def test_another_portal_is_not_found(caller):
    answer = caller.raw("https://projectsapi.zoho.com/api/v3/portal/1/projects")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("header", "title"),
    [
        ("", "INVALID_TICKET"),
        ("Basic abc", "INVALID_TICKET"),
        ("Zoho-oauthtoken 1000.unknown", "INVALID_OAUTHTOKEN"),
        ("Bearer 1000.unknown", "INVALID_OAUTHTOKEN"),
    ],
)
def test_authorization_header(caller, header, title):
    url = "https://projectsapi.zoho.com/api/v3/portals"
    answer = caller.session.get(url, headers={"Authorization": header})
    assert (answer.status_code, answer.json()["error"]["title"]) == (401, title)


def test_bearer_works_too(caller):
    url = "https://projectsapi.zoho.com/api/v3/portals"
    headers = {"Authorization": f"Bearer {caller.token}"}
    assert caller.session.get(url, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("projects", "projects"),
        ("customers", "clients"),
        ("all-tasklists", "tasklists"),
        ("phases", "milestones"),
        ("tasks", "tasks"),
        ("issues?page=1", "bugs"),
        ("timelogs", "timesheets"),
        ("users", "users"),
        ("bin", "portals"),
        ("module/tasks/fields", "custom_fields"),
    ],
)
def test_each_module_wants_its_scope(caller, sim, path, module):
    others = [f"ZohoProjects.{name}.READ" for name in ("portals", "projects", "tags")]
    scope = f"ZohoProjects.{module}.READ"
    caller.token, _ = sim.tokens([s for s in others if s != scope])
    assert caller.title(path) == (401, "INVALID_OAUTHSCOPE")
    caller.token, _ = sim.tokens([f"ZohoProjects.{module}.ALL"])
    answer = caller.get(path)
    assert answer.status_code == 200 or "module" in answer.text
