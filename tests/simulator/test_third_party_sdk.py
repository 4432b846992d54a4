"""Somebody else's client reads the simulator: the PyPI package zoho-projects-sdk.

The package knows Zoho's hosts only, so its HTTP transport is led to loopback; the
package itself is as published. It sends trailing slashes and wants a ``name`` on
portals, hence the dialect ``third_party``; on its default dialect the simulator
refuses the slash, as the reference says.
"""

import asyncio
import threading

import pytest

from simulator import DIALECTS, Simulator, generate
from simulator.server import serve

httpx = pytest.importorskip("httpx")
sdk = pytest.importorskip("zoho_projects_sdk.client")
api = pytest.importorskip("zoho_projects_sdk.api.timelogs")
exceptions = pytest.importorskip("zoho_projects_sdk.exceptions")


@pytest.fixture
def third_party(clock):
    """A simulator that speaks as this package expects."""
    portal = generate("small", clock=clock)
    return Simulator(portal, DIALECTS["third_party"], clock)


@pytest.fixture
def client(third_party, monkeypatch):
    """The package's client, its requests led to a server on loopback."""
    server = serve(third_party)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    send = httpx.AsyncHTTPTransport.handle_async_request

    async def to_loopback(transport, request):
        request.url = request.url.copy_with(
            scheme="http", host="127.0.0.1", port=server.port
        )
        return await send(transport, request)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", to_loopback)
    _access, refresh = third_party.tokens()
    yield sdk.ZohoProjects(
        client_id=third_party.client_id,
        client_secret=third_party.client_secret,
        refresh_token=refresh,
        portal_id=third_party.portal.id,
        timeout=10,
    )
    server.shutdown()
    server.server_close()
    thread.join()


def test_portals(client, third_party):
    portals = asyncio.run(client.portals.get_all())
    assert [(p.id, p.name) for p in portals] == [
        (int(third_party.portal.id), third_party.portal.name)
    ]
    assert third_party.ledger.tokens == {"oauth.token": 1}


def test_projects(client, third_party):
    projects = asyncio.run(client.projects.get_all(per_page=100))
    live = third_party.portal.projects.values()
    assert [(str(p.id), p.name, p.status_name) for p in projects] == [
        (p.id, p.name, p.status) for p in live if p.type != "template"
    ]


def test_one_project(client, third_party):
    golden = int(third_party.portal.golden_project)
    project = asyncio.run(client.projects.get(golden))
    assert (project.id, project.name) == (golden, "Golden staff example")


def test_tasks(client, third_party):
    tasks = asyncio.run(client.tasks.list_by_portal())
    assert len(tasks) == 20
    golden = third_party.portal.golden_project
    rows = asyncio.run(client.tasks.list_by_project(golden))
    assert [(t.name, t.owners_and_work.owners[0].work_values) for t in rows] == [
        ("Part 1", "10:00"),
        ("Part 2", "20:00"),
        ("Part 3", "15:00"),
    ]


def test_issues(client, third_party):
    issues = asyncio.run(client.issues.list_by_portal())
    known = third_party.portal.issues
    assert len(issues) == 20
    assert all(known[i.id].name == i.title for i in issues)


def test_time_logs(client, third_party):
    golden = int(third_party.portal.golden_project)
    filters = api.TimelogFilters(start_date="2026-10-01", end_date="2026-10-31")
    logs = asyncio.run(client.timelogs.get_all(golden, filters=filters))
    assert sorted((log.log_hour, log.billing_status) for log in logs) == [
        ("10:00", "Billable"),
        ("15:00", "Billable"),
        ("20:00", "Billable"),
    ]
    assert {log.approval["status"] for log in logs} == {"Approved"}


def test_users(client, third_party):
    golden = int(third_party.portal.golden_project)
    users = asyncio.run(client.users.get_all(golden))
    assert [user.full_name for user in users] == [
        "Mila Koster",
        "Ada Hundred",
        "Ben Fifty",
        "Cleo Seventyfive",
    ]


def test_the_default_dialect_refuses_its_trailing_slash(client, third_party):
    third_party.dialect = DIALECTS["default"]
    with pytest.raises(exceptions.APIError, match="URL_RULE_NOT_CONFIGURED"):
        asyncio.run(client.portals.get_all())
