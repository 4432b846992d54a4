"""Hours are exact to the minute."""

import pytest


class Unit:
    """A unit of so many hours, as far as Odoo's own reckoning of units is asked."""

    def __init__(self, hours):
        self.hours = hours

    def _compute_quantity(self, quantity, to, round, raise_if_failure):
        assert (round, raise_if_failure) == (False, False)
        return quantity * self.hours / to.hours


class NoUnit:
    """An empty recordset of units."""

    env = None

    def __bool__(self):
        return False


@pytest.fixture
def units(hours, monkeypatch):
    """Return an hour, a day of eight, and give both an environment."""
    hour, day = Unit(1), Unit(8)
    hour.env = day.env = None
    monkeypatch.setattr(hours, "hour_unit", lambda env: hour)
    return hour, day


@pytest.mark.parametrize(
    ("given", "exact"),
    [
        (1 / 3 + 1e-9, 20 / 60),
        (0.1 + 0.2, 18 / 60),
        (7.6, 456 / 60),
        (0.0, 0.0),
        (-1 / 3 - 1e-9, -20 / 60),
        (1.00001, 1.00001),
        # A millionth of a minute is noise, more of it is time.
        (1 + 0.9e-6 / 60, 1.0),
        (1 + 1e-6 / 60, round(1 + 1e-6 / 60, 10)),
        (1 + 1.1e-6 / 60, round(1 + 1.1e-6 / 60, 10)),
        (0.123456789012345, 0.123456789),
        (0.12345678905, 0.1234567891),
    ],
)
def test_exact(hours, given, exact):
    assert hours.exact_hours(given) == exact


def test_sums(hours):
    none = hours.BilledHours()
    assert none == (0.0, 0.0)
    assert none.plus(1, 2).plus(0.5, 0.25) == (1.5, 2.25)


def test_sameness(hours):
    """A second is told apart, the rounding of a sum is not."""
    assert 1e-6 < hours.SAME_HOURS < 1 / 3600
    assert hours.ROUNDED_AWAY == 0.005


def test_clock(hours):
    assert [hours.clock(one) for one in (7.6, 0.25, 132.5)] == [
        *("07:36", "00:15", "132:30"),
    ]


def test_units(hours, units):
    hour, day = units
    assert hours.to_hours(1.5, day) == 12
    assert hours.from_hours(12, day) == 1.5
    # A third of an hour, as a day, has noise that whole minutes have not.
    assert hours.to_hours(1 / 24 + 1e-10, day) == 1 / 3
    for unit in (hour, NoUnit()):
        assert hours.to_hours(1.2345678901234, unit) == 1.2345678901234
        assert hours.from_hours(1.2345678901234, unit) == 1.2345678901234
