"""Rate limits: section 10.1."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho.errors import ZohoThrottled
from zoho.quota import Quota, parse_retry_after

NOW = datetime(2026, 3, 9, 12, tzinfo=timezone.utc)


def ago(seconds, calls=1):
    return NOW - timedelta(seconds=seconds), calls


@pytest.mark.parametrize(
    ("header", "budget"),
    [(None, 90), (0, 90), (-5, 90), (200, 180), (100, 90), (50, 45), (1, 1)],
)
def test_budget(header, budget):
    assert Quota().budget(header) == budget


def test_only_calls_inside_the_window_count():
    counts = [ago(300, 50), ago(120, 7), ago(119, 3), ago(0, 2)]
    assert Quota().used(NOW, counts) == 5
    assert Quota().left(NOW, counts) == 85
    assert Quota().left(NOW, [ago(1, 500)]) == 0
    assert Quota().left(NOW, counts, rate_limit=200) == 175


def test_while_there_is_room_nobody_waits():
    assert Quota().retry_at(NOW, []) is None
    assert Quota().retry_at(NOW, [ago(10, 89)]) is None
    assert Quota().retry_at(NOW, [ago(10, 179)], rate_limit=200) is None


def test_a_full_window_is_left_by_its_oldest_calls():
    counts = [ago(20, 60), ago(100, 30), ago(500, 30)]
    assert Quota().retry_at(NOW, counts) == NOW + timedelta(seconds=20)
    counts = [ago(20, 60), ago(100, 10), ago(50, 25)]
    assert Quota().retry_at(NOW, counts) == NOW + timedelta(seconds=20)
    counts = [ago(20, 80), ago(100, 10), ago(50, 25)]
    assert Quota().retry_at(NOW, counts) == NOW + timedelta(seconds=70)


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=20),
    st.integers(1, 100),
)
def test_at_the_moment_named_a_call_fits(pairs, limit):
    quota, counts = Quota(limit=limit), [ago(*pair) for pair in pairs]
    moment = quota.retry_at(NOW, counts)
    if moment is None:
        assert quota.left(NOW, counts) > 0
    else:
        assert quota.left(NOW, counts) == 0
        assert NOW < moment <= NOW + timedelta(seconds=quota.window)
        assert quota.left(moment, counts) > 0


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({}, "", 600),
        ({"Retry-After": "30"}, "", 30),
        ({"Retry-After": "1.5"}, "", 1.5),
        ({"Retry-After": "0"}, "", 600),
        ({"Retry-After": "-5"}, "", 600),
        ({"Retry-After": "0"}, "Try again after 8 minutes", 480),
        ({"Retry-After": "Mon, 09 Mar 2026 12:01:00 GMT"}, "", 60),
        ({"Retry-After": "Mon, 09 Mar 2026 12:01:00 -0000"}, "", 60),
        ({"Retry-After": "Mon, 09 Mar 2026 11:00:00 GMT"}, "", 600),
        ({"Retry-After": "999999999"}, "", 86400),
        ({}, "Try again after 22 minutes.", 1320),
        ({}, "try again after 1 Hour", 3600),
        ({}, "Try again in 45 seconds", 45),
        ({}, "Try again after 0 minutes", 600),
        ({}, "Try again after some time.", 600),
        ({}, "Try again after 999999 hours", 86400),
    ],
)
def test_when_to_come_back(headers, message, seconds):
    expected = NOW + timedelta(seconds=seconds)
    assert parse_retry_after(headers, message, NOW) == expected


def test_the_moment_is_utc_whatever_the_clock_is():
    local = NOW.astimezone(timezone(timedelta(hours=9)))
    moment = parse_retry_after({"Retry-After": "60"}, "", local)
    assert moment.tzinfo is timezone.utc
    assert moment == NOW + timedelta(seconds=60)


def test_a_throttle_always_names_a_moment():
    assert ZohoThrottled("x").retry_at > datetime.now(timezone.utc)
    assert ZohoThrottled("x", retry_at=NOW).retry_at == NOW
