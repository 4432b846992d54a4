"""The figures of a sync under Zoho's limits, and what they are held to."""

import pytest

from tools.bench import verdict
from tools.bench_quota import Paced, figures, least_seconds, limits

FIGURES = {
    **{"seconds": 620.0, "waited": 400.0, "waits": 5, "calls": 875, "records": 125000},
    **{"odoo": 40.0, "postgres": 15.0, "memory_before": 100.0, "memory_peak": 150.0},
}


QUICK = {**FIGURES, "calls": 11, "odoo": 4.0, "postgres": 2.0}


def done(trips=0, changed=13, **first):
    return [
        Paced("first sync", {**FIGURES, **first}, 0),
        Paced("full comparison", FIGURES, 0),
        Paced("quick sync", QUICK, trips),
        Paced("one per cent changed", {**QUICK, "calls": changed}, trips),
    ]


def test_least_seconds():
    """The first ninety calls wait for nothing."""
    assert [least_seconds(logs) for logs in (0, 18000, 18001, 100000)] == [
        *(0, 0, 120, 600),
    ]


def test_figures_within_the_limits_pass(capsys):
    assert "620.00" in figures(done(), 600)
    assert verdict(limits(done(), 600, 11))
    assert "✗" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("first", "trips", "said"),
    [
        ({"seconds": 670.0}, 0, "✗ the first sync takes 670 s, the limits alone 600 s"),
        ({"memory_peak": 190.0}, 0, "✗ memory grows by 90 MB"),
        ({}, 1, "✗ Zoho refused 1 calls for their number"),
        ({"changed": 14}, 0, "✗ one per cent changed: 14 calls, 11 at least"),
    ],
)
def test_each_broken_limit_is_said(capsys, first, trips, said):
    assert not verdict(limits(done(trips, **first), 600, 11))
    assert said in capsys.readouterr().out
