"""Listings of many pages, and servers that bend the rules of paging: section 9.1."""

import pytest

from simulator import DIALECTS, Dialect
from zoho import endpoints as e
from zoho.paging import iter_rows

PAGES = {
    name: DIALECTS[name]
    for name in ("default", "kitchen_sink", "kitchen_sink_last", "silent")
} | {
    "always_more": Dialect(has_next_page="always_true"),
    "always_more_and_repeats": Dialect(
        has_next_page="always_true", past_end="repeat_last"
    ),
    "says_nothing_and_repeats": Dialect(page_info="absent", past_end="repeat_last"),
    "caps_and_tells_the_size_asked_for": Dialect(
        per_page_max=100, per_page_told="requested", has_next_page="absent"
    ),
    "caps_in_bare_lists": Dialect(
        per_page_max=100, page_info="absent", customers_shape="array"
    ),
    "refuses_large_pages": Dialect(per_page_max=100, per_page_excess="refused"),
    "refuses_large_pages_and_says_nothing": Dialect(
        per_page_max=100, per_page_excess="refused", error_details="absent"
    ),
    "gateway_of_old_logs": Dialect(gateway=True, log_shape="v2", numbers="string"),
}


@pytest.mark.parametrize("dialect", PAGES.values(), ids=list(PAGES))
def test_every_page_is_read(crowd, reading, dialect):
    read = reading(crowd, dialect)
    listed = {
        one.id
        for one in crowd.projects.values()
        if one.type != "template" or dialect.templates_listed
    }
    assert set(read.projects) == listed
    assert set(read.tasks) == set(crowd.tasks)
    assert set(read.task_lists) == set(crowd.task_lists)
    assert set(read.phases) == set(crowd.phases)
    assert set(read.customers) == set(crowd.customers)
    enabled = {one.id for one in crowd.projects.values() if one.issues_enabled}
    issues = {one.id for one in crowd.issues.values() if one.project in enabled}
    assert set(read.issues) == issues
    minutes = {
        one.id: one.minutes
        for one in crowd.logs.values()
        if crowd.log_visible(one, dialect.trashed_hides_logs)
    }
    assert {key: one.minutes for key, one in read.logs.items()} == minutes


def test_pages_cost_no_more_calls_than_there_are(crowd, reading):
    read = reading(crowd, Dialect())
    tasks = len(read.rows(e.TASKS))
    assert read.simulator.ledger.calls["tasks"] == -(-tasks // 200)
    assert read.client.calls == read.simulator.ledger.total


def test_a_page_that_comes_twice_stops_the_walk(crowd, start, connect):
    sim = start(crowd, limit=0)
    sim.fault("duplicate", "tasks", nth=2)
    found = {row["id"] for row in iter_rows(connect(sim), e.TASKS)}
    assert len(found) < len(crowd.tasks)
    assert found <= set(crowd.tasks)
