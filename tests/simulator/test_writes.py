"""The simulated portal takes what section 11.3 says, and refuses the rest."""

import pytest

from simulator import Dialect
from simulator.entities import CustomField

URL = "https://projectsapi.zoho.com/api/v3/portal/{}/{}"
SCOPES = ("ZohoProjects.timesheets.UPDATE", "ZohoProjects.projects.UPDATE")


@pytest.fixture
def patch(sim, caller):
    def send(path, body):
        caller.token, _refresh = sim.tokens(SCOPES)
        return caller.session.patch(
            URL.format(sim.portal.id, path),
            json=body,
            headers={"Authorization": f"Zoho-oauthtoken {caller.token}"},
            timeout=5,
        )

    return send


def row_of(log, word="Approved", **values):
    return {"id": log.id, "module": log.kind, "approval_status": word, **values}


def test_reading_alone_does_not_write(sim, caller):
    answer = caller.session.patch(
        URL.format(sim.portal.id, "logs"),
        json=[],
        headers={"Authorization": f"Zoho-oauthtoken {caller.token}"},
        timeout=5,
    )
    assert answer.json()["error"]["title"] == "INVALID_OAUTHSCOPE"


def test_logs_are_judged_in_bulk(sim, patch):
    logs = [sim.portal.add_log(sim.portal.golden_project) for _number in range(3)]
    before = [log.modified for log in logs]
    sim.clock.advance(60)
    assert patch("logs", [row_of(log, "Unapproved") for log in logs]).status_code == 200
    assert {log.approval for log in logs} == {"pending"}
    assert all(log.modified > old for log, old in zip(logs, before, strict=True))
    patch("logs", [row_of(logs[0], "Rejected"), row_of(logs[1])])
    assert [log.approval for log in logs] == ["rejected", "approved", "pending"]


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ({"module": {"type": "general"}}, "PATTERN_NOT_MATCHED"),
        ({"approval_status": "Pending"}, "PATTERN_NOT_MATCHED"),
        ({"surprise": 1}, "EXTRA_KEY_FOUND_IN_JSON"),
        ({"notes": "Other"}, "APPROVED_LOG_CANNOT_BE_EDITED"),
        ({"id": "1"}, "RESOURCE_NOT_FOUND"),
    ],
)
def test_one_that_is_refused(sim, patch, values, title):
    good, bad = (sim.portal.add_log(sim.portal.golden_project) for _number in range(2))
    body = [row_of(good, "Rejected"), {**row_of(bad), **values}]
    answer = patch("logs", body)
    assert answer.json()["error"]["title"] == title
    assert good.approval == "approved"
    for form, status in (("rows", 207), ("lists", 200)):
        sim.dialect = Dialect(bulk_refusal=form)
        assert patch("logs", body).status_code == status
        assert good.approval == "rejected"


def test_custom_fields_of_a_project(sim, patch):
    portal, project = sim.portal, sim.portal.golden_project
    for name, kind in (("cf_total", "currency"), ("cf_url", "url")):
        portal.custom_fields.append(
            CustomField(portal.new_id(), "projects", name, name, kind)
        )
    path = f"projects/{project}"
    answer = patch(path, {"cf_total": "12.50", "cf_url": "https://erp.example"})
    assert answer.json()["cf_total"] == "12.50"
    assert portal.projects[project].custom["cf_url"] == "https://erp.example"
    for body, title in (
        ({"cf_total": "a lot"}, "INVALID_PARAMETER_VALUE"),
        ({"cf_url": "erp"}, "INVALID_PARAMETER_VALUE"),
        ({"cf_unknown": "1"}, "EXTRA_KEY_FOUND_IN_JSON"),
    ):
        assert patch(path, body).json()["error"]["title"] == title
    sim.dialect = Dialect(project_answer="none")
    assert patch(path, {"cf_total": "1"}).status_code == 204
