"""Faults on order: sections 1.6, 10.1 and 10.2."""

import tracemalloc
from datetime import datetime, timedelta, timezone

import pytest

from simulator import Dialect
from zoho import endpoints as e
from zoho.errors import (
    ZohoError,
    ZohoRefused,
    ZohoRetryLater,
    ZohoThrottled,
    ZohoTokenRejected,
    ZohoUnreadable,
)


def fetch(client, listing=e.TASKS, page=1):
    return client.fetch(e.PageRequest(listing, page))


@pytest.mark.parametrize(
    "kind", ["error_500", "html_503", "reset", "cut_body", "cut_json"]
)
def test_a_fault_that_passes_is_not_noticed(sim, client, kind):
    sim.fault(kind, "tasks")
    page = fetch(client)
    assert (page.calls, len(page.rows)) == (2, len(sim.portal.tasks))
    assert not sim.faults.unmet()


@pytest.mark.parametrize(
    ("kind", "error", "code", "calls"),
    [
        ("error_500", ZohoRetryLater, "retry_later", 2),
        ("html_503", ZohoRetryLater, "maintenance", 2),
        ("reset", ZohoRetryLater, "connection", 2),
        ("cut_body", ZohoRetryLater, "cut", 2),
        ("cut_json", ZohoRetryLater, "cut", 2),
        ("timeout", ZohoRetryLater, "timeout", 1),
        ("html_200", ZohoUnreadable, "wrong_address", 1),
        ("token_expired", ZohoTokenRejected, "invalid_oauthtoken", 1),
        ("scope_missing", ZohoRefused, "scope_missing", 1),
        ("unauthorized", ZohoTokenRejected, "unauthorized", 1),
        ("bomb", ZohoUnreadable, "too_large", 3),
        ("dense", ZohoUnreadable, "too_large", 3),
        ("malformed", ZohoUnreadable, "unreadable", 1),
        ("html_429", ZohoThrottled, "throttled", 1),
        ("throttle_untold", ZohoThrottled, "throttled", 1),
        ("module_disabled", ZohoRefused, "module_disabled", 1),
        ("licence", ZohoRefused, "licence", 1),
        ("gone", ZohoRefused, "not_found", 1),
        ("portal_gone", ZohoRefused, "not_found", 1),
        ("bad_rule", ZohoRefused, "module_disabled", 1),
        ("throttle", ZohoThrottled, "throttled", 1),
    ],
)
def test_a_fault_that_stays(sim, client, kind, error, code, calls):
    sim.fault(kind, "tasks", times=0)
    with pytest.raises(ZohoError) as caught:
        fetch(client)
    assert type(caught.value) is error
    assert (caught.value.code, client.calls) == (code, calls)
    assert caught.value.endpoint == e.TASKS.pattern


@pytest.mark.parametrize("kind", ["bomb", "dense"])
def test_a_small_answer_that_unpacks_to_much_is_left_in_the_middle(sim, client, kind):
    """Neither a quarter of a gigabyte nor millions of objects stand in memory."""
    sim.fault(kind, "tasks", times=0)
    tracemalloc.start()
    with pytest.raises(ZohoUnreadable, match="larger than any"):
        fetch(client)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 80 * 2**20


def test_a_failure_that_took_long_is_not_tried_again_at_once(sim, client, monkeypatch):
    """A scheduled action of Odoo has two minutes for all of its calls."""
    clock = iter((0, 16))
    monkeypatch.setattr("zoho.client.time.monotonic", lambda: next(clock))
    sim.fault("error_500", "tasks")
    with pytest.raises(ZohoRetryLater):
        fetch(client)
    assert client.calls == 1


def test_slow_answers(sim, client):
    sim.fault("slow", "tasks", seconds=20)
    assert fetch(client).rows
    sim.fault("slow", "issues", seconds=40)
    with pytest.raises(ZohoRetryLater):
        fetch(client, e.ISSUES)


@pytest.mark.parametrize(
    "dialect",
    [
        Dialect(),
        Dialect(throttle_status=429),
        Dialect(throttle_details="array"),
        Dialect(throttle_status=429, retry_after=True, error_details="absent"),
    ],
)
def test_the_throttle_names_its_end(tiny, start, connect, dialect):
    client = connect(start(tiny, dialect, limit=3))
    for _ in range(3):
        fetch(client)
    before = datetime.now(timezone.utc)
    with pytest.raises(ZohoThrottled) as caught:
        fetch(client)
    wait = caught.value.retry_at - before
    assert timedelta(minutes=1) < wait <= timedelta(minutes=31)
    assert fetch(client, e.PHASES).rows


def test_the_announced_limit(tiny, start, connect):
    sim = start(tiny, Dialect(rate_headers=True), limit=100)
    assert fetch(connect(sim)).rate_limit == 100


def test_a_token_of_fewer_scopes(sim, connect):
    client = connect(sim, scopes=["ZohoProjects.projects.READ"])
    assert fetch(client, e.PROJECTS).rows
    with pytest.raises(ZohoRefused) as caught:
        fetch(client, e.TASK_LISTS)
    assert caught.value.code == "scope_missing"
    assert "ZohoProjects.tasklists.READ" in caught.value.message


def test_the_wrong_host(sim, client):
    client.api_url = "https://www.zohoapis.com"
    with pytest.raises(ZohoUnreadable, match="address may be wrong"):
        client.portals()
