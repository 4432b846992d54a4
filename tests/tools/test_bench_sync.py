"""The figures of the benchmark and the limits they are held to."""

from dataclasses import replace

import pytest

from tools.bench_sync import Measure, _figures, _verdict

HALF = Measure(50, 80, 21, 20, 2.0, 100.0, 150.0, 20, 1.0, {"res_partner": 0})
WHOLE = replace(HALF, logs=100, records=130, calls=22, memory_peak=160.0)


def test_figures_stand_side_by_side():
    said = _figures([HALF, WHOLE])
    assert "50 logs  100 logs" in said
    assert "growth (MB)                         50.00     60.00" in said


def test_figures_within_the_limits_pass(capsys):
    assert _verdict(HALF, WHOLE, few=False)
    assert "✗" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"calls": 23}, "✗ calls are 1.15 x the bound"),
        ({"memory_peak": 401.0}, "✗ memory grows by 301 MB"),
        ({"memory_peak": 181.0}, "✗ twice the logs need 31 MB more"),
        ({"second_writes": {"res_partner": 2}}, "✗ the second sync writes {'res_par"),
    ],
)
def test_each_broken_limit_is_said(capsys, changes, said):
    assert not _verdict(HALF, replace(WHOLE, **changes), few=False)
    assert said in capsys.readouterr().out


def test_few_records_are_not_held_to_the_limit_of_calls():
    assert _verdict(HALF, replace(WHOLE, calls=40), few=True)
