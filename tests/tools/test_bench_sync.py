"""The figures of the benchmark and the limits they are held to."""

from dataclasses import replace

import pytest

from tools.bench import verdict
from tools.bench_sync import Measure, figures, limits

FIRST = {"records": 80, "calls": 21, "seconds": 2.0}
FIRST |= {"memory_before": 100.0, "memory_peak": 150.0}
HALF = Measure(50, FIRST, {"calls": 20, "seconds": 1.0}, 20, {"res_partner": 0})


def whole(writes=0, **figures):
    first = {**FIRST, "records": 130, "calls": 22, "memory_peak": 160.0, **figures}
    return replace(HALF, logs=100, first=first, writes={"res_partner": writes})


def test_figures_stand_side_by_side():
    said = figures([HALF, whole()])
    assert "50 logs  100 logs" in said
    assert "growth (MB)                         50.00     60.00" in said


def test_figures_within_the_limits_pass(capsys):
    assert verdict(limits(HALF, whole(), few=False))
    assert "✗" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"calls": 23}, "✗ calls are 1.15 x the bound"),
        ({"memory_peak": 401.0}, "✗ memory grows by 301 MB"),
        ({"memory_peak": 181.0}, "✗ twice the logs need 31 MB more"),
        ({"writes": 2}, "✗ the second sync writes {'res_par"),
    ],
)
def test_each_broken_limit_is_said(capsys, changes, said):
    assert not verdict(limits(HALF, whole(**changes), few=False))
    assert said in capsys.readouterr().out


def test_few_records_are_not_held_to_the_limit_of_calls():
    assert verdict(limits(HALF, whole(calls=40), few=True))
