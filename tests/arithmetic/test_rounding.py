"""Time is rounded in steps, and noise makes no step."""

import pytest

MINUTE = 1 / 60


@pytest.mark.parametrize(
    ("method", "step", "minutes", "shown"),
    [
        ("none", 15, 7.5, 7.5),
        ("up", 15, 0, 0),
        ("up", 15, 1, 15),
        ("up", 15, 15, 15),
        ("up", 15, 15 + 0.9e-6, 15),
        ("up", 15, 15 + 1.2e-6, 30),
        ("up", 1, 20 + 1e-9, 20),
        ("up", 6, 61, 66),
        ("down", 15, 14, 0),
        ("down", 15, 15, 15),
        ("down", 15, 15 - 0.9e-6, 15),
        ("down", 15, 15 - 1.2e-6, 0),
        ("down", 15, 29, 15),
        ("nearest", 15, 7, 0),
        ("nearest", 15, 7.5, 15),
        ("nearest", 15, 7.5 - 0.9e-6, 15),
        ("nearest", 15, 7.5 - 1.2e-6, 0),
        ("nearest", 15, 22, 15),
        ("nearest", 15, 23, 30),
        # Taken back: a half rounds up, towards zero.
        ("nearest", 15, -7.5, 0),
        ("up", 15, -16, -15),
        ("down", 15, -16, -30),
    ],
)
def test_steps(rounding, method, step, minutes, shown):
    told = rounding.Rounding(method, step).apply(minutes * MINUTE)
    assert told == pytest.approx(shown * MINUTE, abs=1e-12)


@pytest.mark.parametrize("method", ["up", "down", "nearest"])
@pytest.mark.parametrize("step", [1, 5, 6, 10, 15, 30, 60])
def test_what_is_on_a_step_stays(rounding, method, step):
    for number in range(200):
        hours = number * step / 60
        assert rounding.Rounding(method, step).apply(hours) == hours


def test_default(rounding):
    assert rounding.Rounding() == ("none", 1)
    assert rounding.Rounding().apply(1.2345) == 1.2345
