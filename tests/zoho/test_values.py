"""Scalars in every form that section 2.1 and the rules of section 14 list."""

from contextlib import suppress
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho.errors import ZohoUnreadable
from zoho.values import (
    is_missing,
    is_storable,
    letters,
    parse_bool,
    parse_date,
    parse_datetime,
    parse_minutes,
    parse_number,
    storable,
    whole_number,
    zoho_id,
)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("192004000000073021", "192004000000073021"),
        (192004000000073021, "192004000000073021"),
        (9007199254740993, "9007199254740993"),
        (" 42 ", "42"),
        (42.0, "42"),
        (1.5, ""),
        (1.92004e17, ""),
        # The largest of which none is rounded: 2**53 may have been one more.
        (float(2**53 - 1), "9007199254740991"),
        (float(2**53), ""),
        ("7" * 100, "7" * 100),
        (float("nan"), ""),
        (float("inf"), ""),
        (None, ""),
        ("", ""),
        ("-", ""),
        ("-1", ""),
        (-1, ""),
        (0, ""),
        ("0", ""),
        ("None", ""),
        ("null", ""),
        (True, ""),
        (False, ""),
        ([], ""),
        ({"id": "1"}, ""),
    ],
)
def test_zoho_id(value, expected):
    assert zoho_id(value) == expected


@given(st.integers(min_value=1, max_value=10**19))
def test_id_is_the_same_as_number_and_text(number):
    assert zoho_id(number) == zoho_id(str(number)) == str(number)


@pytest.mark.parametrize("value", [True, "true", "True", 1, "1", "yes", " YES ", "y"])
def test_true(value):
    assert parse_bool(value) is True


@pytest.mark.parametrize(
    "value", [False, "false", "FALSE", 0, "0", "no", None, "", "maybe", [], {}]
)
def test_false(value):
    assert parse_bool(value) is False


def test_neither_is_the_default():
    assert parse_bool("perhaps", default=True) is True
    assert parse_bool(None, default=True) is True
    assert parse_bool("no", default=True) is False


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("06:15", 375),
        ("6:15", 375),
        ("132:30", 7950),
        ("06:15:00", 375),
        ("06:15:29", 375),
        ("06:15:30", 376),
        ("00:00", 0),
        ("24:00", 1440),
        (" 01:05 ", 65),
        ("99999:59", 5999999),
    ],
)
def test_minutes(value, expected):
    assert parse_minutes(value) == expected


@pytest.mark.parametrize(
    "value",
    ["6", 6, 6.25, "6.25", "6,25", "06:75", "-1:30", "", None, True, "six", "1:2", []],
)
def test_no_minutes(value):
    with pytest.raises(ZohoUnreadable):
        parse_minutes(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("6.25", 375), ("6,25", 375), ("0.33", 20), (1.5, 90), (2, 120), ("06:15", 375)],
)
def test_decimal_hours_when_the_key_says_so(value, expected):
    assert parse_minutes(value, decimal=True) == expected


@pytest.mark.parametrize(
    "value", ["-1.5", "x", "", None, True, "nan", "inf", "1e999999"]
)
def test_no_decimal_hours(value):
    with pytest.raises(ZohoUnreadable):
        parse_minutes(value, decimal=True)


@given(st.integers(min_value=0, max_value=59_999_999))
def test_every_duration_survives_its_text(minutes):
    hours, rest = divmod(minutes, 60)
    assert parse_minutes(f"{hours}:{rest:02d}") == minutes
    assert parse_minutes(f"{hours:02d}:{rest:02d}:00") == minutes


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-09",
        "2026-3-9",
        "2026-03-09T23:59:59.000Z",
        "2026-03-09T00:30:00+05:30",
        "03-09-2026",
        "03/09/2026",
        "03-09-2026 04:05 PM",
        1773014400000,
        "1773014400000",
        date(2026, 3, 9),
        datetime(2026, 3, 9, 23, 0),
    ],
)
def test_date_is_the_day_as_written(value):
    assert parse_date(value) == date(2026, 3, 9)


@pytest.mark.parametrize(
    "value",
    [None, "", "-", "soon", "2026-13-40", "31-31-2026", 6, "6", True, [], {}, 10**18],
)
def test_no_date(value):
    assert parse_date(value) is None


def test_day_first_only_where_month_first_is_impossible():
    assert parse_date("25-03-2026") == date(2026, 3, 25)


@pytest.mark.parametrize("offset", [-11, -5, 0, 1, 5.5, 9, 11])
def test_twin_tells_day_first_from_month_first_in_every_zone(offset):
    midnight = datetime(2026, 4, 3, tzinfo=timezone(timedelta(hours=offset)))
    twin = int(midnight.timestamp() * 1000)
    assert parse_date("03-04-2026", twin) == date(2026, 4, 3)
    assert parse_date("04-03-2026", twin) == date(2026, 4, 3)
    assert parse_date(twin) == date(2026, 4, 3)
    assert parse_date(None, twin) == date(2026, 4, 3)
    assert parse_date("", str(twin)) == date(2026, 4, 3)


@pytest.mark.parametrize(
    ("number", "moment"),
    [
        (10**11 - 1, None),
        (10**11, datetime(1973, 3, 3, 9, 46, 40)),
        (10**14 - 1, datetime(5138, 11, 16, 9, 46, 39, 999000)),
        (10**14, None),
    ],
)
def test_milliseconds_have_twelve_to_fourteen_digits(number, moment):
    assert parse_datetime(number) == moment


def test_the_first_of_all_days():
    assert parse_date("1900-01-01") == date(1900, 1, 1)
    assert parse_datetime("1900-01-01") == datetime(1900, 1, 1)


@given(st.dates(min_value=date(1980, 1, 1), max_value=date(2200, 1, 1)))
def test_every_day_survives_its_texts(day):
    assert parse_date(day.isoformat()) == day
    assert parse_date(day.strftime("%m-%d-%Y")) == day
    assert parse_date(f"{day.isoformat()}T23:59:59.999-11:00") == day


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-09T14:05:22.417Z",
        "2026-03-09T19:35:22.417+05:30",
        "2026-03-09T19:35:22.417+0530",
        "2026-03-09T06:05:22.417-08",
        "2026-03-09 14:05:22.417",
        "2026-03-09 14:05:22,417 UTC",
        "2026-03-09T14:05:22.417000000Z",
        1773065122417,
        "1773065122417",
        1773065122417.0,
        datetime(2026, 3, 9, 14, 5, 22, 417000),
        datetime(2026, 3, 9, 14, 5, 22, 417000, tzinfo=timezone.utc),
    ],
)
def test_datetime(value):
    assert parse_datetime(value) == datetime(2026, 3, 9, 14, 5, 22, 417000)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-09", datetime(2026, 3, 9)),
        ("03-09-2026", datetime(2026, 3, 9)),
        ("03-09-2026 02:05 PM", datetime(2026, 3, 9, 14, 5)),
        ("03-09-2026 12:05 AM", datetime(2026, 3, 9, 0, 5)),
        ("03/09/2026 14:05:59", datetime(2026, 3, 9, 14, 5, 59)),
        (date(2026, 3, 9), datetime(2026, 3, 9)),
    ],
)
def test_coarser_datetimes(value, expected):
    assert parse_datetime(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "-",
        "soon",
        "2026-02-30T10:00:00Z",
        "2026-03-09T25:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "13-32-2026",
        "03-09-2026 25:00",
        5,
        True,
        [],
    ],
)
def test_no_datetime(value):
    assert parse_datetime(value) is None


@given(st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2200, 1, 1)))
def test_every_moment_survives_its_text(moment):
    assert parse_datetime(moment.isoformat() + "Z") == moment
    shifted = moment.replace(tzinfo=timezone.utc).astimezone(
        timezone(timedelta(hours=-3, minutes=-30))
    )
    assert parse_datetime(shifted.isoformat()) == moment


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (42, 42.0),
        (42.5, 42.5),
        ("42.50", 42.5),
        (".5", 0.5),
        ("€ 42,50", 42.5),
        ("Rs.500", 500.0),
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1,234", 1234.0),
        ("12,34,567.00", 1234567.0),
        ("1.234.567", 1234567.0),
        ("1 234,50 EUR", 1234.5),
        ("1'234.50", 1234.5),
        ("$-3.00", -3.0),
        ("-3", -3.0),
        ("", None),
        ("free", None),
        (None, None),
        (True, None),
        (float("nan"), None),
        (float("inf"), None),
        ([], None),
    ],
)
def test_number(value, expected):
    assert parse_number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(7, 7), ("07", 7), ("²", None), (-1, None), (True, None), ("9" * 5000, None)],
)
def test_whole_number(value, expected):
    assert whole_number(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("Non-Billable", "nonbillable"), ("Non Billable", "nonbillable"), (None, "")],
)
def test_letters(value, expected):
    assert letters(value) == expected


@pytest.mark.parametrize("value", [None, "", " ", "-", [], {}, ()])
def test_missing(value):
    assert is_missing(value)


@pytest.mark.parametrize("value", [False, 0, "0", "none", [0], {"a": None}])
def test_not_missing(value):
    assert not is_missing(value)


@given(ANYTHING, ANYTHING)
def test_nothing_else_ever_comes_out_of_the_readers(value, twin):
    zoho_id(value)
    letters(value)
    parse_bool(value)
    parse_number(value)
    parse_date(value, twin)
    parse_datetime(value)
    for decimal in (False, True):
        with suppress(ZohoUnreadable):
            assert parse_minutes(value, decimal) >= 0


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none(number):
    for value in (number, [1, number], {"a": {"b": [number], "c": 1}}):
        assert is_storable(value) is False
        assert is_storable(storable(value))
    assert parse_number(number) is None


def test_what_is_storable_stays_as_it_is():
    value = {"a": [1, 2.5, None, True, "NaN", {"b": []}]}
    assert is_storable(value)
    assert storable(value) == value


def test_a_number_without_end_is_no_amount():
    assert parse_number(10**400) is None


@pytest.mark.parametrize("text", ["7" * 101, "7\x007", "7\n7"])
def test_no_identifier(text):
    assert zoho_id(text) == ""


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "01-01-0001"])
def test_days_before_all_days_are_none(text):
    assert parse_date(text) is None
    assert parse_datetime(text) is None
