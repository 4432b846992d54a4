"""Lists in every envelope of sections 7.3 and 9.1, and walks over their pages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho import endpoints as e
from zoho import paging
from zoho import queries as q
from zoho.errors import ZohoError, ZohoUnreadable
from zoho.paging import Page, find_record, iter_rows, parse_page

ROWS = [{"id": "1"}, {"id": "2"}]


def page_of(payload, listing=e.TASKS, asked=200):
    return parse_page(payload, e.PageRequest(listing), asked)


def many(count):
    return [{"id": str(number)} for number in range(1, count + 1)]


@pytest.mark.parametrize(
    "payload",
    [
        ROWS,
        {"tasks": ROWS},
        {"page_info": {"page": 1}, "tasks": ROWS},
        {"page_info": [{"page": "1"}], "tasks": ROWS},
        {"data": {"result": ROWS}},
        {"data": ROWS},
        {"result": {"tasks": ROWS}},
        {"response": {"result": {"data": {"tasks": ROWS}}}},
        {"anything": ROWS, "words": ["a"], "page_info": [{"page": 1}]},
        {"tasks": [], "data": ROWS},
    ],
)
def test_the_list_is_found(payload):
    assert page_of(payload).rows == ROWS


@pytest.mark.parametrize(
    "payload",
    [None, [], {}, {"page_info": {}}, {"tasks": []}, {"tasks": None}, {"a": 1}],
)
def test_an_answer_without_rows_is_an_empty_page(payload):
    page = page_of(payload)
    assert (page.rows, page.more) == ([], False)


@pytest.mark.parametrize(
    "payload",
    [
        3,
        "x",
        True,
        {"one": ROWS, "two": ROWS},
        {"tasks": {"tasks": {"tasks": {"tasks": {"tasks": {"tasks": ROWS}}}}}},
    ],
)
def test_an_unknown_shape_names_what_was_expected(payload):
    with pytest.raises(ZohoUnreadable) as caught:
        page_of(payload)
    assert "tasks" in caught.value.message
    assert caught.value.field == "tasks"
    assert caught.value.endpoint == "/api/v3/portal/{portal}/tasks"


@pytest.mark.parametrize("key", ["phases", "milestones"])
def test_both_keys_of_phases(key):
    assert page_of({key: ROWS}, e.PHASES).rows == ROWS


@pytest.mark.parametrize("key", ["customers", "clients", "data"])
def test_all_keys_of_customers(key):
    assert page_of({key: ROWS}, e.CUSTOMERS).rows == ROWS


def test_a_single_object_under_the_key_is_one_row():
    assert page_of({"tasks": {"id": "1"}}).rows == [{"id": "1"}]


def test_rows_that_are_no_objects_are_left_out():
    assert page_of([{"id": "1"}, None, "x", 3]).rows == [{"id": "1"}]


@pytest.mark.parametrize("more", [True, "true", "True", 1])
def test_zoho_says_more(more):
    assert page_of({"page_info": {"has_next_page": more}, "tasks": ROWS}).more


@pytest.mark.parametrize("more", [False, "false", 0])
def test_zoho_says_no_more_even_of_a_full_page(more):
    info = {"has_next_page": more, "per_page": 2}
    assert not page_of({"page_info": [info], "tasks": ROWS}).more


def test_zoho_always_says_more_but_the_page_is_empty():
    assert not page_of({"page_info": {"has_next_page": True}, "tasks": []}).more


@pytest.mark.parametrize("told", [2, "2"])
def test_a_page_as_full_as_zoho_allows_has_more(told):
    page = page_of({"page_info": {"per_page": told}, "tasks": ROWS})
    assert page.more
    assert page.per_page == 2


@pytest.mark.parametrize(
    ("count", "more"),
    [(200, True), (199, False), (100, True), (50, True), (49, False), (1, False)],
)
def test_a_silent_cap_shows_in_a_round_number(count, more):
    assert page_of(many(count)).more is more
    info = {"page": 1, "per_page": 200}
    assert page_of({"page_info": info, "tasks": many(count)}).more is more


@pytest.mark.parametrize("told", [None, "", 0, "many", "9" * 5000, {}])
def test_an_unusable_page_size_is_the_one_asked_for(told):
    page = page_of({"page_info": {"per_page": told}, "tasks": ROWS}, asked=2)
    assert (page.per_page, page.more) == (2, True)


def test_page_info_inside_a_wrapper():
    payload = {"data": {"page_info": {"has_next_page": "true"}, "result": ROWS}}
    assert page_of(payload).more


def test_lists_without_pages_never_have_more():
    assert not page_of(many(200), e.PORTALS).more
    info = {"has_next_page": True}
    assert not page_of({"page_info": info, "fields": ROWS}, e.MODULE_FIELDS).more


def test_a_page_knows_its_number_and_cost():
    request = e.PageRequest(e.TASKS, 7)
    page = parse_page(ROWS, request, 200, rate_limit=200, calls=2)
    assert (page.number, page.rate_limit, page.calls) == (7, 200, 2)


LOG = {"id": "9", "log_hour": "01:00"}


def logs_of(payload):
    return page_of(payload, e.TIME_LOGS)


def test_groups_of_logs_become_rows_with_the_day_of_the_group():
    payload = {
        "log_hours": {"total_hours": "09:30"},
        "time_logs": [
            {"date": "2026-03-09", "log_details": [LOG, {**LOG, "id": "10"}]},
            {"date": "2026-03-10", "log_details": [{**LOG, "date": "2026-03-11"}]},
            {"date": "2026-03-11", "log_details": [{**LOG, "date": ""}]},
            {"date": "2026-03-12"},
            {"date": "2026-03-13", "log_details": None},
        ],
    }
    days = [row["date"] for row in logs_of(payload).rows]
    assert days == ["2026-03-09", "2026-03-09", "2026-03-11", "2026-03-11"]


def test_old_groups_tell_the_type():
    day = {
        "date": "03-09-2026",
        "date_long": 1773014400000,
        "tasklogs": [LOG],
        "buglogs": [{**LOG, "type": ""}],
        "generallogs": {**LOG, "type": "general"},
    }
    payload = {"timelogs": {"grandtotal": "01:00", "date": [day]}}
    rows = logs_of(payload).rows
    assert [row["type"] for row in rows] == ["task", "bug", "general"]
    assert {row["date"] for row in rows} == {"03-09-2026"}
    assert {row["date_long"] for row in rows} == {1773014400000}


def test_a_log_with_a_day_of_its_own_takes_no_twin_of_its_group():
    group = {"date": "03-09-2026", "date_long": 1773014400000}
    own = {**LOG, "date": "03-10-2026"}
    (row,) = logs_of([{**group, "log_details": [own]}]).rows
    assert row == own


def test_the_given_rows_stay_as_they_are():
    group = {"date": "2026-03-09", "log_details": [dict(LOG)]}
    logs_of({"time_logs": [group]})
    assert group["log_details"] == [LOG]


def test_logs_without_groups():
    assert logs_of({"time_logs": [LOG]}).rows == [LOG]
    assert logs_of([LOG]).rows == [LOG]


def test_a_log_without_an_id_is_kept_to_be_reported():
    row = {"log_hour": "01:00"}
    assert logs_of([row]).rows == [row]
    assert len(logs_of([{"date": "2026-01-01", "log_details": [row]}]).rows) == 1


def test_logs_are_counted_not_days():
    groups = [{"date": "2026-03-09", "log_details": many(150)} for _ in range(2)]
    assert logs_of(groups).more
    assert not logs_of([{"date": "2026-03-09", "log_details": many(149)}]).more


def test_a_bin_of_one_list_per_module():
    payload = {
        "page_info": {"page": 1},
        "tasks": [{"id": "1"}],
        "projects": [{"id": "2", "module": "project"}, 5],
        "bin": {"bugs": [{"id": "3"}]},
        "count": 3,
    }
    rows = page_of(payload, e.BIN).rows
    assert rows == [
        {"id": "1", "module": "tasks"},
        {"id": "2", "module": "project"},
        {"id": "3", "module": "bugs"},
    ]


@pytest.mark.parametrize(
    "payload",
    [
        {"id": "1"},
        {"id_string": "1", "tasks": [{"id": "7"}]},
        [{"id": "1"}],
        {"task": {"id": "1"}},
        {"tasks": [{"id": "1"}]},
        {"result": {"id": "1"}},
        {"data": {"task": {"id": "1"}}},
        {"data": {"result": [{"id": "1"}]}},
    ],
)
def test_one_record_flat_or_wrapped(payload):
    found = find_record(payload, e.TASK)
    assert found and paging.row_id(found) == "1"


@pytest.mark.parametrize("payload", [None, {}, [], ""])
def test_no_record(payload):
    assert find_record(payload, e.TASK) is None


@pytest.mark.parametrize("payload", [{"message": "hello"}, {"tasks": []}, 5, ["x"]])
def test_content_without_a_record(payload):
    with pytest.raises(ZohoUnreadable):
        find_record(payload, e.TASK)


def test_one_log_may_come_in_its_group():
    payload = {"time_logs": [{"date": "2026-03-09", "log_details": [LOG]}]}
    assert find_record(payload, e.TIME_LOG) == {**LOG, "date": "2026-03-09"}


class Server:
    """Serves rows by pages; ``misbehaves`` bends them."""

    def __init__(self, rows, size=2, more=None, beyond=None):
        self.rows, self.size, self.more, self.beyond = rows, size, more, beyond
        self.pages = []

    def fetch(self, request):
        self.pages.append(request.page)
        start = (request.page - 1) * self.size
        rows = self.rows[start : start + self.size]
        if not rows and self.beyond is not None:
            rows = self.beyond
        more = start + self.size < len(self.rows) if self.more is None else self.more
        return Page(rows, more, request.page, self.size)


def walk(server, listing=e.TASKS):
    return [row["id"] for row in iter_rows(server, listing)]


def test_a_walk_takes_every_page():
    server = Server(many(5))
    assert walk(server) == ["1", "2", "3", "4", "5"]
    assert server.pages == [1, 2, 3]


def test_a_walk_stops_at_an_empty_page_though_more_is_promised():
    server = Server(many(4), more=True)
    assert len(walk(server)) == 4
    assert server.pages == [1, 2, 3]


def test_a_walk_stops_when_the_last_page_comes_again():
    server = Server(many(4), more=True, beyond=[{"id": "3"}, {"id": 4}])
    assert walk(server) == ["1", "2", "3", "4"]
    assert server.pages == [1, 2, 3]


def test_a_server_that_ignores_pages_is_read_once():
    class Deaf(Server):
        def fetch(self, request):
            return super().fetch(request.at(1))

    assert walk(Deaf(many(2), more=True)) == ["1", "2"]


def test_rows_that_moved_between_pages_come_once():
    server = Server([{"id": "1"}, {"id": "2"}, {"id": "2"}, {"id": "3"}])
    assert walk(server) == ["1", "2", "3"]


def test_rows_without_ids_are_told_apart_by_content():
    rows = [{"name": "a"}, {"name": "b"}, {"name": "c"}]
    found = list(iter_rows(Server(rows, more=True), e.TASKS))
    assert found == rows


def test_groups_with_the_same_id_are_told_apart_by_content():
    rows = [{"id": "1", "users": [n]} for n in range(4)]
    assert len(list(iter_rows(Server(rows), e.CLIENT_USERS))) == 4


def test_a_listing_that_does_not_end_is_an_error(monkeypatch):
    monkeypatch.setattr(paging, "PAGE_CAP", 3)
    with pytest.raises(ZohoUnreadable, match="does not end"):
        walk(Server(many(100)))


def test_a_walk_is_lazy_and_hands_over_its_parameters():
    class Noting(Server):
        def fetch(self, request):
            self.request = request
            return super().fetch(request)

    server = Noting(many(5))
    params = q.time_log_params("task", date(2026, 1, 1), date(2026, 1, 31))
    rows = iter_rows(server, e.PROJECT_TIME_LOGS, params, {"project": "7"})
    assert server.pages == []
    next(rows)
    assert server.pages == [1]
    assert (server.request.params, server.request.path_ids) == (
        params,
        {"project": "7"},
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["id", "tasks", "data", "result", "page_info", "per_page", "time_logs"]
                + ["date", "log_details", "tasklogs", "has_next_page", "bin", "error"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(sorted(e.LISTINGS)))
def test_whatever_comes_a_page_or_an_error_of_ours_comes_out(payload, name):
    try:
        page = page_of(payload, e.LISTINGS[name])
    except ZohoError:
        return
    assert all(isinstance(row, dict) for row in page.rows)


@given(st.integers(0, 450), st.sampled_from([50, 100, 200]), st.booleans())
def test_no_cap_loses_a_row(count, cap, tells):
    """A server that silently caps ``per_page`` and never says whether more follow."""
    rows = many(count)

    class Capping:
        def fetch(self, request):
            start = (request.page - 1) * cap
            cut = rows[start : start + cap]
            info = {"page_info": {"page": request.page, "per_page": 200}}
            return parse_page({**(info if tells else {}), "tasks": cut}, request)

    assert len(list(iter_rows(Capping(), e.TASKS))) == count
