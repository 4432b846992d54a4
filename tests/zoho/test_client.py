"""The client: what it sends, what it returns, when it asks twice."""

import gzip
import threading

import pytest
import requests
import urllib3

from zoho import endpoints as e
from zoho.client import ZohoClient
from zoho.errors import (
    ZohoRefused,
    ZohoRetryLater,
    ZohoTokenRejected,
    ZohoUnreadable,
)
from zoho.paging import iter_rows

PORTAL = {"id": "60118842377", "portal_name": "northlight", "timezone": "Etc/UTC"}


def test_a_page_is_asked_for_as_the_reference_says(fake, client):
    fake.answer({"tasks": [{"id": "1"}], "page_info": {"has_next_page": True}})
    page = client.fetch(e.PageRequest(e.TASKS, 3, {"sort_by": "ASC(id)"}))
    assert fake.last.method == "GET"
    assert fake.last.url.startswith("https://projectsapi.zoho.eu/api/v3/portal/")
    assert fake.path == "/api/v3/portal/60118842377/tasks"
    assert fake.query == {"per_page": "200", "sort_by": "ASC(id)", "page": "3"}
    header = fake.last.headers["Authorization"]
    assert header == "Zoho-oauthtoken 1000.aaaabbbbcccc.ddddeeeeffff"
    assert (page.number, page.more, page.calls) == (3, True, 1)


@pytest.mark.parametrize("listing", e.LISTINGS.values(), ids=lambda one: one.name)
def test_every_listing_can_be_asked_for(fake, client, listing):
    fake.answer([{"id": "1", "log_hour": "01:00"}])
    ids = {"customer": "7", "project": "8", "module": "tasks"}
    page = client.fetch(e.PageRequest(listing, path_ids=ids))
    assert len(page.rows) == 1
    assert "{" not in fake.path and not fake.path.endswith("/")
    assert fake.path.startswith(f"/api/{listing.version}/portal")
    assert ("page" in fake.query) is listing.paged


def test_users_are_read_by_the_newer_version(fake, client):
    fake.answer({"users": []})
    client.fetch(e.PageRequest(e.USERS))
    assert fake.path == "/api/v3.1/portal/60118842377/users"
    assert fake.query["per_page"] == "50"


def test_a_listing_may_be_asked_for_smaller_pages(fake, client):
    fake.answer([{"id": n} for n in range(1, 101)])
    page = client.fetch(e.PageRequest(e.TASKS, 1, {"per_page": "100"}))
    assert fake.query["per_page"] == "100"
    assert page.more


REFUSED_SIZES = [
    {"title": "INVALID_PARAMETER_VALUE", "details": [{"field_name": "per_page"}]},
    {"title": "PATTERN_NOT_MATCHED", "details": {"field": "per_page"}},
    {"title": "EXTRA_PARAM_FOUND"},
]


@pytest.mark.parametrize("error", REFUSED_SIZES)
def test_a_size_that_is_refused_is_halved_down_to_fifty(fake, client, error):
    for _size in (200, 100):
        fake.answer({"error": error}, 400)
    fake.answer([{"id": n} for n in range(1, 51)])
    page = client.fetch(e.PageRequest(e.TASKS))
    assert (page.calls, page.asked, page.more) == (3, 50, True)
    fake.answer([{"id": 51}])
    assert client.fetch(e.PageRequest(e.TASKS, 2)).calls == 1
    assert fake.query == {"page": "2", "per_page": "50"}
    fake.answer([{"id": 1}])
    client.fetch(e.PageRequest(e.ISSUES))
    assert fake.query == {"page": "1", "per_page": "200"}


def test_a_size_that_is_refused_anyhow_is_refused(fake, client):
    for error in REFUSED_SIZES:
        fake.answer({"error": error}, 400)
    with pytest.raises(ZohoRefused) as caught:
        client.fetch(e.PageRequest(e.TASKS))
    assert caught.value.title == "EXTRA_PARAM_FOUND"
    assert fake.query["per_page"] == "50"


def test_a_later_page_is_never_asked_for_in_another_size_without_a_reason(fake, client):
    """Page 3 of a hundred rows each holds others than page 3 of two hundred."""
    fake.answer({"error": REFUSED_SIZES[2]}, 400)
    with pytest.raises(ZohoRefused):
        client.fetch(e.PageRequest(e.TASKS, 3))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"title": "INVALID_PARAMETER_VALUE", "details": [{"field": "module"}]}, 400),
        ({"title": "INVALID_METHOD"}, 405),
        ({"title": "FORBIDDEN"}, 403),
    ],
)
def test_other_refusals_are_not_about_the_size(fake, client, error, status):
    fake.answer({"error": error}, status)
    with pytest.raises(ZohoRefused):
        client.fetch(e.PageRequest(e.TASKS))


@pytest.mark.parametrize(("body", "status"), [(None, 204), ("", 200), ("  ", 200)])
def test_no_body_is_an_empty_page(fake, client, body, status):
    fake.answer(body, status)
    page = client.fetch(e.PageRequest(e.TASKS))
    assert (page.rows, page.more) == ([], False)


def test_an_answer_is_unpacked_once_or_not_at_all(fake, client):
    """What is packed twice, or in a way that nobody asked for, is not opened."""
    row = b'[{"id": 1}]'
    fake.answer(gzip.compress(row), headers={"Content-Encoding": "gzip"})
    assert client.fetch(e.PageRequest(e.TASKS)).rows == [{"id": 1}]
    assert fake.last.headers["Accept-Encoding"] == "gzip"
    packed = gzip.compress(gzip.compress(row))
    fake.answer(packed, headers={"Content-Encoding": "gzip, gzip"})
    with pytest.raises(ZohoUnreadable):
        client.fetch(e.PageRequest(e.TASKS))
    for broken in (gzip.compress(row)[:-4], gzip.compress(row)[:12], b"no gzip"):
        for _try in range(2):
            fake.answer(broken, headers={"Content-Encoding": "gzip"})
        with pytest.raises(ZohoRetryLater) as caught:
            client.fetch(e.PageRequest(e.TASKS))
        assert caught.value.code == "cut"


def test_null_is_an_empty_page(fake, client):
    fake.answer("null")
    assert client.fetch(e.PageRequest(e.TASKS)).rows == []


@pytest.mark.parametrize("status", [206, 207])
def test_partial_answers_are_read(fake, client, status):
    fake.answer([{"id": "1"}], status)
    assert client.fetch(e.PageRequest(e.TASKS)).rows == [{"id": "1"}]


def test_long_numbers_lose_no_digit(fake, client):
    fake.answer('[{"id": 192004000000073021}]')
    assert client.fetch(e.PageRequest(e.TASKS)).rows[0]["id"] == 192004000000073021


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        ({}, None),
        ({"RateLimit": "200"}, 200),
        ({"RateLimit": "100", "RateLimit-Window": "2"}, 100),
        (
            {
                "RateLimit": "100",
                "RateLimit-Window": "2",
                "RateLimit-Window-Unit": "MINUTES",
            },
            100,
        ),
        (
            {
                "RateLimit": "200",
                "RateLimit-Window": "4",
                "RateLimit-Window-Unit": "minutes",
            },
            100,
        ),
        ({"RateLimit": "many"}, None),
    ],
)
def test_the_announced_limit_is_handed_on(fake, client, headers, limit):
    fake.answer([], 200, headers)
    assert client.fetch(e.PageRequest(e.TASKS)).rate_limit == limit


def test_one_record(fake, client):
    fake.answer({"id": "9", "name": "x"})
    assert client.get(e.TASK, project="8", task="9") == {"id": "9", "name": "x"}
    assert fake.path == "/api/v3/portal/60118842377/projects/8/tasks/9"
    assert fake.query == {}


def test_one_time_log_takes_its_type_in_the_query(fake, client):
    fake.answer({"time_logs": [{"date": "x", "log_details": [{"id": "9"}]}]})
    found = client.get(e.TIME_LOG, project="8", log="9", type="task")
    assert found == {"id": "9", "date": "x"}
    assert fake.path.endswith("/projects/8/logs/9")
    assert fake.query == {"type": "task"}


@pytest.mark.parametrize("endpoint", e.RECORDS.values(), ids=lambda one: one.name)
def test_every_record_can_be_asked_for(fake, client, endpoint):
    fake.answer({"id": "1"})
    names = "project task_list phase task issue log user contact".split()
    used = {name: "5" for name in names if f"{{{name}}}" in endpoint.path}
    assert client.get(endpoint, **used) == {"id": "1"}


def test_a_user_may_be_asked_for_by_email(fake, client):
    fake.answer({"id": "1"})
    client.get(e.USER, user="a/b@example.eu")
    assert fake.path == "/api/v3.1/portal/60118842377/users/a%2Fb@example.eu"


def test_no_record(fake, client):
    fake.answer(None, 204)
    assert client.get(e.TASK, project="8", task="9") is None


def test_a_record_that_is_gone(fake, client):
    fake.answer({"error": {"title": "RESOURCE_NOT_FOUND"}}, 404)
    with pytest.raises(ZohoRefused) as caught:
        client.get(e.TASK, project="8", task="9")
    assert caught.value.code == "not_found"


def test_an_id_that_is_missing_is_said_before_anything_is_sent(fake, client):
    with pytest.raises(ZohoRefused, match="project"):
        client.get(e.TASK, task="9")
    with pytest.raises(ZohoRefused, match="customer"):
        client.fetch(e.PageRequest(e.CUSTOMER_PROJECTS))
    client.portal_id = ""
    with pytest.raises(ZohoRefused, match="portal"):
        client.fetch(e.PageRequest(e.TASKS))
    assert client.calls == 0


def test_portals_need_no_portal(fake, session):
    fake.answer([PORTAL, {"portal_name": "no id"}])
    client = ZohoClient("https://projectsapi.zoho.eu/ ", session=session)
    (portal,) = client.portals()
    assert portal.name == "northlight"
    assert fake.path == "/api/v3/portals"
    assert "Authorization" not in fake.last.headers


def test_a_stumble_is_asked_again_once_and_counted(fake, client):
    fake.answer(None, 502).answer([{"id": "1"}])
    page = client.fetch(e.PageRequest(e.TASKS))
    assert (len(page.rows), page.calls, client.calls) == (1, 2, 2)


@pytest.mark.parametrize("status", [500, 502, 503, 408])
def test_two_stumbles_are_an_error(fake, client, status):
    fake.answer(None, status).answer(None, status)
    with pytest.raises(ZohoRetryLater) as caught:
        client.fetch(e.PageRequest(e.TASKS))
    assert caught.value.status == status
    assert client.calls == 2


@pytest.mark.parametrize(
    "failure",
    [
        requests.ConnectionError("reset"),
        requests.exceptions.SSLError("handshake"),
        requests.exceptions.ChunkedEncodingError("cut"),
        requests.exceptions.ConnectTimeout("slow"),
        requests.exceptions.ContentDecodingError("gzip"),
        urllib3.exceptions.ProtocolError("reset"),
        OSError("no route"),
    ],
)
def test_a_broken_line_is_tried_again_once(fake, client, failure):
    fake.fail(failure).answer([{"id": "1"}])
    assert client.fetch(e.PageRequest(e.TASKS)).calls == 2
    fake.fail(failure).fail(failure)
    with pytest.raises(ZohoRetryLater) as caught:
        client.fetch(e.PageRequest(e.TASKS))
    assert caught.value.code in ("connection", "cut")
    assert caught.value.retry_at is None


@pytest.mark.parametrize(
    "failure",
    [
        requests.exceptions.ReadTimeout("slow"),
        TimeoutError("slow"),
        urllib3.exceptions.ReadTimeoutError(None, "https://x", "slow"),
    ],
)
def test_a_time_out_is_not_tried_again(fake, client, failure):
    fake.fail(failure)
    with pytest.raises(ZohoRetryLater) as caught:
        client.fetch(e.PageRequest(e.TASKS))
    assert (caught.value.code, client.calls) == ("timeout", 1)


@pytest.mark.parametrize(
    "api_url",
    [
        "",
        "projectsapi.zoho.eu",
        "ftp://zoho.eu",
        "https://",
        "http://[bad",
        "https://.x",
    ],
)
def test_an_impossible_address(session, api_url):
    client = ZohoClient(api_url, "1", "t", session)
    with pytest.raises(ZohoUnreadable) as caught:
        client.fetch(e.PageRequest(e.TASKS))
    assert caught.value.code == "wrong_address"


@pytest.mark.parametrize("token", ["a\nb", "a b", "tökén", "a\x00"])
def test_a_token_that_cannot_be_one_asks_for_a_new_one(client, token):
    client.access_token = token
    with pytest.raises(ZohoTokenRejected) as caught:
        client.fetch(e.PageRequest(e.TASKS))
    assert token not in caught.value.message
    assert client.calls == 0


def test_a_renewed_token_is_used_from_then_on(fake, client):
    fake.answer({"error": {"title": "INVALID_OAUTHTOKEN"}}, 401).answer([])
    with pytest.raises(ZohoTokenRejected):
        client.fetch(e.PageRequest(e.TASKS))
    assert client.calls == 1
    client.access_token = "1000.new.token"
    client.fetch(e.PageRequest(e.TASKS))
    assert fake.last.headers["Authorization"] == "Zoho-oauthtoken 1000.new.token"


def test_a_netrc_entry_never_replaces_the_token(fake, client, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine projectsapi.zoho.eu login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    fake.answer([])
    client.fetch(e.PageRequest(e.TASKS))
    assert fake.last.headers["Authorization"].startswith("Zoho-oauthtoken ")


def test_time_limits_reach_the_session(fake, client, monkeypatch):
    seen = {}
    send = client.session.send
    monkeypatch.setattr(
        client.session,
        "send",
        lambda request, **options: seen.update(options) or send(request, **options),
    )
    fake.answer([])
    client.fetch(e.PageRequest(e.TASKS))
    assert seen["timeout"] == 30
    assert seen["allow_redirects"] is False


def test_a_client_makes_its_own_session():
    assert isinstance(ZohoClient("https://x").session, requests.Session)


def test_a_walk_over_the_client(fake, client):
    fake.answer({"page_info": [{"has_next_page": "true"}], "tasks": [{"id": 1}]})
    fake.answer({"page_info": [{"has_next_page": "false"}], "tasks": [{"id": 2}]})
    assert [row["id"] for row in iter_rows(client, e.TASKS)] == [1, 2]


def test_calls_are_counted_from_several_threads(fake, client):
    count = 20
    for _ in range(count):
        fake.answer([])
    threads = [
        threading.Thread(target=client.fetch, args=(e.PageRequest(e.TASKS),))
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.calls == count
